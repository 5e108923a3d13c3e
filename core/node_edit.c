/* node_edit: change a tree by path, print it on one line, guess what a misspelt word meant
 */
#include "core/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- setting by path ----------------------------------------------------------------- */

/* One step of a path: a word, or an index in brackets. Returns what follows, NULL if it is
 * neither. */
static const char *
next_step(const char *path, char word[64], size_t *index)
{
    char *end;

    if (*path == '.') path++;
    if (*path == '[') {
        *index = strtoul(path + 1, &end, 10);
        *word = '\0';
        return end > path + 1 && *end == ']' ? end + 1 : NULL;
    }
    const size_t n = strcspn(path, ".[");
    if (n == 0 || n >= 64) return NULL;
    memcpy(word, path, n);
    word[n] = '\0';
    return path + n;
}

/* The child a step names, made empty if it is the next one of a list or a new key. An empty
 * node becomes whatever the step needs. NULL if there is no such place (or no memory). */
static tg_node *
child(tg_node *parent, const char *word, size_t index)
{
    const tg_node_type type = *word ? TG_NODE_MAP : TG_NODE_LIST;

    if (parent->type == TG_NODE_SCALAR && !parent->text) parent->type = type;
    if (parent->type == TG_NODE_MAP && !*word && index == 0)
        return parent; /* list of one */
    if (parent->type != type) return NULL;
    if (*word) {
        const tg_node *found = tg_node_find(parent, word);
        if (found) return &parent->item[found - parent->item];
        index = parent->count;
    }
    if (index < parent->count) return &parent->item[index];
    if (index > parent->count) return NULL;
    tg_node *grown = realloc(parent->item, (index + 1) * sizeof *grown);
    if (!grown) return NULL;
    parent->item = grown;
    grown[index] = (tg_node){ .source = strdup(parent->source) };
    if (*word) grown[index].key = strdup(word);
    if (!grown[index].source || (*word && !grown[index].key)) {
        tg_node_clear(&grown[index]);
        return NULL;
    }
    parent->count++;
    return &grown[index];
}

/* Move the value into the place; the place keeps its key. */
static void
replace(tg_node *place, tg_node *value)
{
    char *key = place->key;

    place->key = NULL;
    tg_node_clear(place);
    *place = *value;
    place->key = key;
    *value = (tg_node){ 0 };
}

/* A copy is edited and swapped in, so a failed edit leaves the tree untouched. */
tg_status
tg_node_set(tg_node *root, const char *path, const char *text)
{
    tg_node    *value = NULL, *edited = NULL;
    char        word[64], source[160];
    size_t      index = 0;
    const char *rest = path;

    snprintf(source, sizeof source, "--set %s", path);
    tg_status status = tg_node_parse(text, source, &value);
    if (status == TG_OK) status = tg_node_copy(root, &edited);
    tg_node *at = edited;
    while (status == TG_OK && *rest) {
        rest = next_step(rest, word, &index);
        at = rest ? child(at, word, index) : NULL;
        if (!at) {
            status = tg_fail(TG_EINPUT, "--set %s: no such place in the study", path);
            break;
        }
    }
    if (status == TG_OK) {
        replace(at, value);
        const tg_node old = *root;
        *root = *edited;
        *edited = old;
    }
    tg_node_free(value);
    tg_node_free(edited);
    return status;
}

/* ---- printing ------------------------------------------------------------------------ */

static void
print(FILE *f, const tg_node *node)
{
    if (node->type == TG_NODE_SCALAR) {
        const char *t = node->text ? node->text : "";
        const int   plain = *t && !strpbrk(t, ",[]{}:#&*!|>'\"%@`\n\\ ");
        if (plain) {
            fputs(t, f);
        } else {
            fputc('\'', f);
            for (; *t; t++) fputs(*t == '\'' ? "''" : (char[]){ *t, 0 }, f);
            fputc('\'', f);
        }
        return;
    }
    const int map = node->type == TG_NODE_MAP;
    fputc(map ? '{' : '[', f);
    for (size_t i = 0; i < node->count; i++) {
        if (i) fputs(", ", f);
        if (map) fprintf(f, "%s: ", node->item[i].key);
        print(f, &node->item[i]);
    }
    fputc(map ? '}' : ']', f);
}

char *
tg_node_print(const tg_node *node)
{
    char  *text = NULL;
    size_t length;
    FILE  *f = open_memstream(&text, &length);

    if (!f) return NULL;
    print(f, node);
    return fclose(f) == 0 ? text : NULL;
}

/* ---- nearest word -------------------------------------------------------------------- */

enum { LONGEST = 48 };

static size_t
min2(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t
edit_distance(const char *a, const char *b)
{
    const size_t m = strlen(a), n = strlen(b);
    size_t       d[LONGEST + 1][LONGEST + 1];

    if (m > LONGEST || n > LONGEST) return LONGEST;
    for (size_t i = 0; i <= m; i++) d[i][0] = i;
    for (size_t j = 0; j <= n; j++) d[0][j] = j;
    for (size_t i = 1; i <= m; i++)
        for (size_t j = 1; j <= n; j++) {
            const size_t differ = a[i - 1] != b[j - 1];
            d[i][j] = min2(min2(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + differ);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = min2(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[m][n];
}

const char *
tg_nearest(const char *word, const char *const *words, size_t count)
{
    const char *best = NULL;
    size_t      least = 2 + strlen(word) / 3;

    for (size_t i = 0; i < count; i++) {
        const size_t distance = edit_distance(word, words[i]);
        if (distance < least) {
            least = distance;
            best = words[i];
        }
    }
    return best;
}
