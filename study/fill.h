/* fill: from a checked tree to the values of a study. Private to study/. */
#ifndef TG_STUDY_FILL_H
#define TG_STUDY_FILL_H

#include "study/study.h"

/* Everything but `root`, which is there. What fails leaves what tg_study_free() frees.
 * Errors: TG_EINPUT what the schema cannot say is wrong, with its place; TG_ENOMEM. */
TG_CHECKED tg_status tg_study_fill(tg_study *s);

/* The part of it that is the objective, and of that a network, a factorisation, or topics. */
TG_CHECKED tg_status tg_fill_objective(tg_study *s);
TG_CHECKED tg_status tg_fill_network(tg_study *s);
TG_CHECKED tg_status tg_fill_factorisation(tg_study *s);
TG_CHECKED tg_status tg_fill_lda(tg_study *s);
/* Whether the algorithms suit topics. Errors: TG_EINPUT. */
TG_CHECKED tg_status tg_check_lda(const tg_study *s);

/* What a checked node chooses: its name and its parameters; `fallback` where it is absent. */
TG_CHECKED tg_status tg_fill_choice(const tg_node *node, const char *fallback,
                                    const tg_kind *const *registry, tg_choice *out);

/* A list of n things, zeroed. Errors: TG_ENOMEM. */
#define TG_FILL_LIST(pointer, n)                                                           \
    do {                                                                                   \
        (pointer) = calloc((n) + 1, sizeof *(pointer));                                    \
        if (!(pointer)) return tg_fail(TG_ENOMEM, "out of memory");                        \
    } while (0)

/* The failure that is under way, with the place of `node` and `what` before it. */
tg_status tg_fill_fail(const tg_node *node, const char *what);

#endif
