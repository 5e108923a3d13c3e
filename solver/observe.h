/* observe: what an ensemble gathers on its way beside mean and variance
 *
 *     F = sum_i h_i (x_i + shift_i)^2 / 2,    quantiles of x_i and F,
 *     cov( x_i(t), x_j(t - lag) )
 *
 * at the rows of the ensemble, without storing paths: memory grows with rows, components
 * and threads only. Loss and covariance are merged pairwise (Chan, Golub, LeVeque 1983) in
 * an order that threads do not change; quantiles are those of solver/sketch.h, of any
 * order. Modes of solver/ensemble.h are components here.
 */
#ifndef TG_SOLVER_OBSERVE_H
#define TG_SOLVER_OBSERVE_H

#include "core/stats.h"
#include "core/status.h"

typedef struct tg_pair {
    size_t i, j, lag; /* cov( x_i at a row, x_j `lag` rows before ) */
} tg_pair;

/* Zero means: not asked for. Inputs are borrowed; outputs are written when the ensemble
 * succeeds (or is stopped: then they hold the paths that were finished). */
typedef struct tg_observe {
    const double  *h, *shift; /* (dim) of F [loss/x^2], [x]; shift may be NULL: 0 */
    const double  *share;     /* (shares) each in [0, 1] */
    size_t         shares;
    const tg_pair *pair; /* (pairs) */
    size_t         pairs;
    tg_stats      *loss;          /* (rows); needs h */
    double        *quantile;      /* (rows, dim, shares) of x */
    double        *loss_quantile; /* (rows, shares) of F; needs h */
    double        *covariance;    /* (pairs, rows), unbiased; NaN in the first `lag` rows */
} tg_observe;

/* Bytes that it takes with so many threads, rows and components, and paths in flight. */
double tg_observe_memory(const tg_observe *o, size_t threads, size_t rows, size_t dim,
                         size_t block);

/* Errors: TG_EDOMAIN a pair of components that are not there, a share outside [0, 1], a
 * result without its inputs, 2^32 paths or more for quantiles. */
TG_CHECKED tg_status tg_observe_check(const tg_observe *o, size_t dim, size_t paths);

#endif
