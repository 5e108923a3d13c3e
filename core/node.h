/* node: a YAML document as a tree whose every value knows its file, line and column
 *
 * The one reader of structured text: study files, laws on the command line, matrices.
 * Numbers are strict ("2x" is not one) and every complaint names the place.
 */
#ifndef TG_CORE_NODE_H
#define TG_CORE_NODE_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum tg_node_type { TG_NODE_SCALAR, TG_NODE_LIST, TG_NODE_MAP } tg_node_type;

typedef struct tg_node {
    tg_node_type    type;
    char           *key;  /* in a map: this entry's key; else NULL */
    char           *text; /* scalar: its text; else NULL */
    struct tg_node *item; /* (count) list items or map entries, in file order */
    size_t          count;
    char           *source; /* where it came from: a file's name or e.g. "--law" */
    int             line, column, key_column;
} tg_node;

/* Read a YAML file; parse YAML text, of which `source` says where it came from.
 * *out is owned by the caller, tg_node_free(); NULL on failure.
 * Errors: TG_EIO file unreadable; TG_EINPUT not YAML, empty, anchors or duplicate keys;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_node_read(const char *path, tg_node **out);
TG_CHECKED tg_status tg_node_parse(const char *text, const char *source, tg_node **out);
void                 tg_node_free(tg_node *root);
/* Free what a node holds and make it an empty scalar; the node itself stays. */
void tg_node_clear(tg_node *node);

/* A deep copy. Owner: the caller, tg_node_free(). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_node_copy(const tg_node *node, tg_node **out);

/* The entry `key` of a map; NULL if there is none or `map` is not a map. */
const tg_node *tg_node_find(const tg_node *map, const char *key);

/* The value of a scalar as a finite number, a whole number >= 0, a truth value (true,
 * false, yes, no). Errors: TG_EINPUT, with place, what was expected and what came. */
TG_CHECKED tg_status tg_node_number(const tg_node *node, double *out);

/* The same, or inf (YAML's .inf). */
TG_CHECKED tg_status tg_node_number_or_inf(const tg_node *node, double *out);
TG_CHECKED tg_status tg_node_whole(const tg_node *node, size_t *out);
TG_CHECKED tg_status tg_node_truth(const tg_node *node, bool *out);

/* Fail with "file:line:column: " before the message; `node` may be NULL (no place). */
tg_status tg_node_fail(const tg_node *node, const char *format, ...) TG_FORMAT(2, 3);

/* Replace or add the value at a path such as "workers[0].count"; lists grow by at most one.
 * `text` is YAML; complaints about the new value name the place as "--set PATH". The tree
 * is unchanged on failure. Errors: TG_EINPUT no such place, or not YAML; TG_ENOMEM. */
TG_CHECKED tg_status tg_node_set(tg_node *root, const char *path, const char *text);

/* The value as one line of flow YAML that reads back as the same tree. Caller frees;
 * NULL when out of memory. */
char *tg_node_print(const tg_node *node);

/* Of `count` words the one nearest to `word` by edit distance, or NULL if none is near
 * enough to be a slip of the hand (distance <= 1 + length/3). Source: Levenshtein 1966,
 * with transpositions (Damerau 1964). */
const char *tg_nearest(const char *word, const char *const *words, size_t count);

#endif
