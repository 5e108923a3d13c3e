/* refined: one Brownian path seen at several steps */
#ifndef TG_VALIDATION_REFINED_H
#define TG_VALIDATION_REFINED_H

#include "solver/sdde.h"

#include "validation/unit/check.h"

enum { PATHS = 1024 };

/* x(until) of every path at dt = 2^-level, all on one Brownian path to 2^-finest. */
static inline void
ends(const tg_sdde *eq, const tg_sdde_method *m, size_t until, int level, int finest,
     double *x)
{
    static double     kept[2 * PATHS];
    const size_t      steps = until << level;
    const tg_sdde_run r = { .eq = eq,
                            .method = m,
                            .paths = PATHS,
                            .steps = steps,
                            .every = steps,
                            .keep = PATHS,
                            .dt = (double)until / (double)steps,
                            .sub = (size_t)1 << (finest - level),
                            .seed = 1 + until };
    tg_stats          s[2];

    assert_ok(tg_sdde_solve(&r, s, kept));
    for (size_t k = 0; k < PATHS; k++) x[k] = kept[2 * k + 1];
}

#endif
