/* tree: values of a checked study's tree by their paths. Private to study/: what is read here
 * goes into tg_study once.
 *
 * The value in force is the one given, or the schema's fallback, or NaN / 0 / NULL where there is
 * neither. A path must be in the schema with that type; a checked tree cannot fail.
 */
#ifndef TG_STUDY_TREE_H
#define TG_STUDY_TREE_H

#include "core/delay.h"
#include "core/node.h"
#include "core/table.h"

/* The node at a path (printf-style), NULL if absent. A single map stands for a list of one. */
const tg_node *tg_tree_node(const tg_node *root, const char *path, ...) TG_FORMAT(2, 3);
/* Items in a list; 1 for a single value; 0 if absent. */
size_t      tg_tree_count(const tg_node *root, const char *path, ...) TG_FORMAT(2, 3);
double      tg_tree_number(const tg_node *root, const char *path, ...) TG_FORMAT(2, 3);
size_t      tg_tree_whole(const tg_node *root, const char *path, ...) TG_FORMAT(2, 3);
const char *tg_tree_text(const tg_node *root, const char *path, ...) TG_FORMAT(2, 3);
/* Item i of a number or list of numbers; a single number answers for every i. */
double tg_tree_item(const tg_node *root, size_t i, const char *path, ...) TG_FORMAT(3, 4);

/* Every setting in force as notes of a table. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_tree_note(const tg_node *root, tg_table *table);

/* A file named at a path, relative to the tree's own folder, with a leading $NAME/ replaced by
 * the environment variable. Caller frees *out.
 * Errors: TG_EINPUT variable not set, saying which; TG_ENOMEM. */
TG_CHECKED tg_status tg_tree_file(const tg_node *root, const char *path, char **out);

#endif
