#include "core/study.h"

#include "core/file.h"
#include "core/study_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tg_study {
    tg_node *root;
};

enum { PATH_ROOM = 256 };

/* ---- making -------------------------------------------------------------------------- */

/* Takes root. */
static tg_status
adopt(tg_node *root, tg_study **out)
{
    tg_study *s = NULL;
    tg_status status = tg_study_check(root);

    if (status == TG_OK && !(s = calloc(1, sizeof *s)))
        status = tg_fail(TG_ENOMEM, "out of memory");
    if (status != TG_OK) {
        tg_node_free(root);
        return status;
    }
    s->root = root;
    *out = s;
    return TG_OK;
}

static tg_status
apply(tg_node *root, const char *setting)
{
    char        path[PATH_ROOM];
    const char *equals = strchr(setting, '=');

    if (!equals || equals == setting || (size_t)(equals - setting) >= sizeof path)
        return tg_fail(TG_EINPUT, "--set: expected PATH=VALUE, got \"%s\"", setting);
    memcpy(path, setting, (size_t)(equals - setting));
    path[equals - setting] = '\0';
    return tg_node_set(root, path, equals + 1);
}

tg_status
tg_study_read(const char *path, const char *const *settings, size_t sets, tg_study **out)
{
    tg_node  *root = NULL;
    tg_status status = tg_node_read(path, &root);

    for (size_t i = 0; i < sets && status == TG_OK; i++) status = apply(root, settings[i]);
    if (status == TG_OK) return adopt(root, out);
    tg_node_free(root);
    return status;
}

tg_status
tg_study_parse(const char *text, const char *source, tg_study **out)
{
    tg_node *root = NULL;

    TG_TRY(tg_node_parse(text, source, &root));
    return adopt(root, out);
}

tg_status
tg_study_with(const tg_study *study, const char *path, const char *value, tg_study **out)
{
    tg_node *root = NULL;

    TG_TRY(tg_node_copy(study->root, &root));
    const tg_status status = tg_node_set(root, path, value);
    if (status == TG_OK) return adopt(root, out);
    tg_node_free(root);
    return status;
}

void
tg_study_free(tg_study *study)
{
    if (!study) return;
    tg_node_free(study->root);
    free(study);
}

/* ---- asking -------------------------------------------------------------------------- */

static const tg_node *
look_up(const tg_study *study, const char *path)
{
    const tg_node *at = study->root;

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
tg_study_node(const tg_study *study, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    return look_up(study, full);
}

size_t
tg_study_count(const tg_study *study, const char *path)
{
    const tg_node *node = look_up(study, path);

    return !node ? 0 : node->type == TG_NODE_LIST ? node->count : 1;
}

static const char *
text_in_force(const tg_study *study, const char *path)
{
    const tg_node *node = look_up(study, path);
    const tg_key  *key = tg_schema_find(path);

    return node ? node->text : key ? key->fallback : NULL;
}

double
tg_study_number(const tg_study *study, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    const char *text = text_in_force(study, full);
    return text ? strtod(text, NULL) : NAN;
}

size_t
tg_study_whole(const tg_study *study, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    const char  *text = text_in_force(study, full);
    const double value = text ? strtod(text, NULL) : 0;
    return value >= 0 && value <= 0x1p53 ? (size_t)value : 0;
}

const char *
tg_study_text(const tg_study *study, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    return text_in_force(study, full);
}

double
tg_study_item(const tg_study *study, const char *path, size_t i)
{
    const tg_node *node = look_up(study, path);

    if (node && node->type == TG_NODE_LIST)
        return i < node->count ? strtod(node->item[i].text, NULL) : (double)NAN;
    const char *text = text_in_force(study, path);
    return text ? strtod(text, NULL) : NAN;
}

tg_status
tg_study_law(const tg_study *study, tg_delay **out, const char *path, ...)
{
    char full[PATH_ROOM];

    FORMAT_PATH(full, path);
    const tg_node *node = look_up(study, full);
    if (!node) return tg_fail(TG_EINPUT, "%s: missing law", full);
    return tg_delay_from_node(node, out);
}

tg_status
tg_study_file(const tg_study *study, const char *path, char **out)
{
    const tg_node *node = look_up(study, path);
    const char    *name = text_in_force(study, path);
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
        *out = tg_path_beside(study->root->source, name);
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
tg_study_note(const tg_study *study, tg_table *table)
{
    for (const tg_key *k = tg_schema; k->path; k++) {
        if (strchr(k->path, '[')) continue; /* shown whole with their list */
        const tg_node *node = look_up(study, k->path);
        if (node && k->type != TG_KEY_MAP) TG_TRY(note_value(table, k->path, node));
        char parent[PATH_ROOM];
        snprintf(parent, sizeof parent, "%s", k->path);
        char *dot = strrchr(parent, '.');
        if (dot) *dot = '\0';
        if (!node && k->fallback && (!dot || look_up(study, parent)))
            TG_TRY(tg_table_note(table, k->path, "%s (default)", k->fallback));
    }
    return TG_OK;
}
