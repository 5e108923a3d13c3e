/* caches: staleness by decree
 *
 * P workers, each with a cache of the model, move in step. At iteration t worker p finds an update
 * u at its own cache; it is added to the cache of worker q at the end of iteration t + r, with r drawn
 * from the law of extra iterations, independently for every (t, p, q):
 *
 *     x_q(t + 1) = x_q(t) + sum over (t', p) with t' + r(t', p, q) = t of u_p(t')
 *
 * With no extra iterations all caches are the same and this is synchronous training. Parts of the
 * model may have a constant lag of their own, as the stages of a pipeline have.
 * Source: Dai, Zhou, Dong, Zhang, Xing 2019.
 */
#ifndef TG_ASGD_SIM_CACHES_H
#define TG_ASGD_SIM_CACHES_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct tg_lag {
    const double *weight; /* (most + 1) of r = 0 .. most; they need not add up to 1 */
    size_t        most;
    const size_t
        *part; /* (parts + 1) where parts of the model begin, from 0 to dim; NULL: one */
    const size_t *extra; /* (parts) constant lag of each part on top of r */
    size_t        parts;
} tg_lag;

typedef struct tg_caches tg_caches;

/* P caches at x0 (dim); the lag is copied. Draws come from `seed`. Owner: the caller,
 * tg_caches_free(). Errors: TG_EDOMAIN P or dim 0, weights not >= 0 with a sum > 0, parts that do
 * not rise from 0 to dim; TG_ENOMEM, also over what tg_memory_check() allows. */
TG_CHECKED tg_status tg_caches_create(size_t workers, size_t dim, const double *x0,
                                      const tg_lag *lag, uint64_t seed, tg_caches **out);
void                 tg_caches_free(tg_caches *c);

const double *tg_cache(const tg_caches *c, size_t worker); /* (dim) as it is now */

/* The update u (dim) of this worker in the present iteration. */
void tg_caches_add(tg_caches *c, size_t worker, const double *u);

/* The end of the iteration: what is due now is added. */
void tg_caches_next(tg_caches *c);

/* Share of updates that came after r extra iterations, into share (most + 1). */
void tg_caches_lags(const tg_caches *c, double *share);

#endif
