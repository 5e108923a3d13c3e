/* kind: the head of every choice: a server rule, an optimiser, a link, a metric
 *
 * A kind is a described value: its name, what it is, where it comes from, and its parameters
 * by name. A struct that begins with one is an entry of a registry, a NULL-terminated array of
 * pointers to heads; finding, the nearest name, help and the keys of a study are made here for
 * all of them. A choice is a kind with values for its parameters.
 */
#ifndef TG_CORE_KIND_H
#define TG_CORE_KIND_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { TG_MOST_PARAMS = 8 };

typedef struct tg_param {
    const char *name, *unit, *doc;
    double      fallback; /* NaN: it must be given */
    double      min, max; /* `open`: min itself is excluded */
    bool        open, whole;
} tg_param;

typedef struct tg_kind {
    const char     *name, *doc, *source; /* source: author, year; "" where there is none */
    const tg_param *param;               /* ends with name NULL; NULL: none */
} tg_kind;

typedef struct tg_choice {
    const tg_kind *kind; /* NULL: nothing chosen */
    double         param[TG_MOST_PARAMS];
} tg_choice;

size_t tg_kind_params(const tg_kind *kind); /* how many */

/* The place of a parameter; SIZE_MAX if there is none of that name. */
size_t tg_kind_param(const tg_kind *kind, const char *name);

/* The kind with its fallbacks, NaN where there is none. */
tg_choice tg_choice_of(const tg_kind *kind);

/* The entry of that name, with its fallbacks. `what` is the word for such a thing in the
 * complaint, "rule". Errors: TG_EINPUT unknown, with the nearest name. */
TG_CHECKED tg_status tg_choice_find(const tg_kind *const *registry, const char *what,
                                    const char *name, tg_choice *out);

/* Give a parameter its value. Errors: TG_EINPUT there is none of that name, with the nearest;
 * TG_EDOMAIN out of range, or not whole where it must be. */
TG_CHECKED tg_status tg_choice_set(tg_choice *c, const char *param, double value);

/* Whether every parameter is there and in its range. Errors: TG_EDOMAIN, saying which. */
TG_CHECKED tg_status tg_choice_check(const tg_choice *c);

#endif
