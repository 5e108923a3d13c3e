/* set: a growing set of roots, for the finders */
#ifndef TG_ROOTS_SET_H
#define TG_ROOTS_SET_H

#include "roots/find.h"

typedef struct tg_root_set {
    tg_root *root;
    size_t   count, room;
} tg_root_set;

/* Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_root_set_add(tg_root_set *set, tg_root root);

/* Add the conjugate of every root off the real axis, put all in order and hand them over.
 * `conjugates`: the set holds only those with Im s >= 0. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_root_set_finish(tg_root_set *set, int conjugates, tg_roots *out);

/* Roots with multiplicity, counting those off the real axis twice if `conjugates`. */
size_t tg_root_set_total(const tg_root_set *set, int conjugates);

#endif
