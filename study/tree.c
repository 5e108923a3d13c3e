#include "study/tree.h"

#include "core/file.h"
#include "study/schema.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_ROOM = 256 };

static const tg_node *
look_up(const tg_node *root, const char *path)
{
    const tg_node *at = root;

    while (at && *path) {
        char         word[64];
        const size_t n = strcspn(path, ".[");
        if (*path == '[') {
            const size_t i = strtoul(path + 1, NULL, 10);
            if (at->type == TG_NODE_LIST)
                at = i < at->count ? &at->item[i] : NULL;
            else if (i > 0)
                at = NULL;
            path += strcspn(path, "]") + 1;
        } else {
            if (n >= sizeof word) return NULL;
            memcpy(word, path, n);
            word[n] = '\0';
            at = tg_node_find(at, word);
            path += n;
        }
        if (*path == '.') path++;
    }
    return at;
}

#define FORMAT_PATH(full, path)                                                            \
    do {                                                                                   \
        va_list args;                                                                      \
        va_start(args, path);                                                              \
        vsnprintf(full, sizeof full, path, args);                                          \
        va_end(args);                                                                      \
    } while (0)

const tg_node *
tg_tree_node(const tg_node *root, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    return look_up(root, full);
}

size_t
tg_tree_count(const tg_node *root, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    const tg_node *node = look_up(root, full);

    return !node ? 0 : node->type == TG_NODE_LIST ? node->count : 1;
}

static const char *
text_in_force(const tg_node *root, const char *path)
{
    const tg_node *node = look_up(root, path);
    const tg_key  *key = tg_schema_find(path);

    return node ? node->text : key ? key->fallback : NULL;
}

double
tg_tree_number(const tg_node *root, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    const char *text = text_in_force(root, full);
    return text ? strtod(text, NULL) : NAN;
}

size_t
tg_tree_whole(const tg_node *root, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    const char  *text = text_in_force(root, full);
    const double value = text ? strtod(text, NULL) : 0;
    return value >= 0 && value <= 0x1p53 ? (size_t)value : 0;
}

const char *
tg_tree_text(const tg_node *root, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    return text_in_force(root, full);
}

double
tg_tree_item(const tg_node *root, size_t i, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    const tg_node *node = look_up(root, full);
    if (node && node->type == TG_NODE_LIST)
        return i < node->count ? strtod(node->item[i].text, NULL) : (double)NAN;
    const char *text = text_in_force(root, full);
    return text ? strtod(text, NULL) : NAN;
}

tg_status
tg_tree_file(const tg_node *root, const char *path, char **out)
{
    const tg_node *node = look_up(root, path);
    const char    *name = text_in_force(root, path);
    char           variable[64];

    if (!name) return tg_fail(TG_EINPUT, "%s: missing file name", path);
    if (*name == '$') {
        const size_t n = strcspn(name + 1, "/");
        const char  *rest = name + 1 + n + (name[1 + n] == '/');
        snprintf(variable, sizeof variable, "%.*s", (int)n, name + 1);
        const char *folder = getenv(variable);
        if (!folder || !*folder)
            return tg_node_fail(node,
                                "%s: the environment variable %s is not set; it must name "
                                "the folder that holds %s",
                                path, variable, rest);
        *out = tg_path_join(folder, rest);
    } else {
        *out = tg_path_beside(root->source, name);
    }
    return *out ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

/* Leaves in file order first, then the defaults that were left in force. */
static tg_status
note_value(tg_table *table, const char *path, const tg_node *node)
{
    char *text = tg_node_print(node);

    if (!text) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_table_note(table, path, "%s", text);
    free(text);
    return status;
}

tg_status
tg_tree_note(const tg_node *root, tg_table *table)
{
    for (const tg_key *k = tg_schema; k->path; k++) {
        if (strchr(k->path, '[')) continue; /* shown whole with their list */
        const tg_node *node = look_up(root, k->path);
        if (node && k->type != TG_KEY_MAP) TG_TRY(note_value(table, k->path, node));
        char parent[PATH_ROOM];
        snprintf(parent, sizeof parent, "%s", k->path);
        char *dot = strrchr(parent, '.');
        if (dot) *dot = '\0';
        if (!node && k->fallback && (!dot || look_up(root, parent)))
            TG_TRY(tg_table_note(table, k->path, "%s (default)", k->fallback));
    }
    return TG_OK;
}
