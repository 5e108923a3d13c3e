/* lags: a delay law on a grid, E X(t - T) = sum_q w_q X(t - l_q dt)
 *
 * with whole l_q and X linear in between: w_q = int hat_q dF, hat_q the function that is 1
 * at l_q, 0 at its neighbours and linear between. Every lag is a node as long as there are
 * few; else cells of width d and probability p are halved, the largest p d^2 first, for the
 * error is at most sum p d^2 max|X''| / 8 (derived here). Lags longer than the run see
 * nothing but the history: they have nodes of their own, so that a law that lies beyond the
 * run for the most part leaves the run its nodes, and no cell counts as wider than the run.
 * Beyond the quantile of 1 - 1e-9 the law is taken to lie at it. Private to solver/.
 */
#ifndef TG_SOLVER_LAGS_H
#define TG_SOLVER_LAGS_H

#include "core/delay.h"

#define TG_LAGS_RUN    256 /* nodes up to the length of the run */
#define TG_LAGS_BEYOND 64  /* and longer */
#define TG_LAGS_MOST   (TG_LAGS_RUN + TG_LAGS_BEYOND)

typedef struct tg_lags {
    size_t count;
    double lag[TG_LAGS_MOST], weight[TG_LAGS_MOST]; /* lag: in steps, ascending */
} tg_lags;

/* For a run of `steps` steps. */
tg_lags tg_lags_make(const tg_delay *law, double dt, double steps);

/* A uniform law: all lags first .. last have the same weight, so that their sum runs along with X. */
typedef struct tg_flat {
    double first, last, weight; /* lags in steps; weight 0: there is no such sum */
} tg_flat;

/* Of a uniform law over more than a few steps, the other lags into *edges. */
tg_flat tg_lags_flat(const tg_delay *law, double dt, tg_lags *edges);

#endif
