/* hitting: when does a noisy delayed loop reach a level, and when does it stay there
 *
 *     Y = X_c    or    Y = loss = sum_i h_i (X_i + shift_i)^2 / 2
 *     hit = first t with Y <= level (Y >= level if it starts below)
 *     settled = first t from which Y stays on that side up to the horizon
 *
 * of one of three equations:
 *
 *     mode   dX_i = ( -b_i X_i - a_i X_i(t - tau) ) dt + g_i dW_i, X_i = x0_i on t <= 0,
 *            the fast path: steps exact in b and trapezoidal in the lagged term; or those
 *            of solver/exact.h
 *     sdde   any equation of solver/sdde.h, any meaning of its delay, any method
 *     jump   the jump form of solver/jump.h, event by event: Y is constant between arrivals,
 *            so dt does not matter and the times are exact
 *
 * Between grid points Y is taken as a Brownian bridge of its local noise s^2: from y to y',
 * both on one side of the level, it has touched with probability exp(-2 (y - level)(y' -
 * level) / (s^2 dt)), and the moment follows the bridge's first-passage law. Exact in law
 * for X without drift. With g as the step used it, s^2 = sum_w g_cw^2 for X and sum_w (
 * sum_i h_i (x_i + shift_i) g_iw )^2, x at the step's begin, for the loss. Without the
 * bridge the grid misses crossings and hits come late by O(sqrt(dt)).
 */
#ifndef TG_SOLVER_HITTING_H
#define TG_SOLVER_HITTING_H

#include "solver/ensemble.h"
#include "solver/jump.h"
#include "solver/sdde.h"

typedef struct tg_hitting {
    const tg_linear      *mode; /* (modes), one tau for all; or */
    size_t                modes;
    int                   exact;  /* modes by solver/exact.h, where dt too is explained */
    const tg_sdde        *sdde;   /* this, */
    const tg_sdde_method *method; /* by that method; or */
    const tg_jump        *jump;   /* this; read are mode, modes, eta, lambda, delay */

    const double *h, *shift; /* (components) of the loss; h NULL: Y = X_component */
    size_t        component; /* shift NULL: 0 */
    double        level;
    double        dt;        /* > 0; the fast path shortens it until it divides tau */
    double        horizon;   /* > 0 */
    size_t        paths;     /* at most so many, >= 1 */
    double        error;     /* stop when the mean has this standard error; 0: run all */
    int           settle;    /* the mean is that of settled, not of hit */
    int           grid_only; /* no bridge: to see what it is for */
    size_t        threads;   /* 0: tg_parallel_threads() */
    uint64_t      seed;
} tg_hitting;

typedef struct tg_hits {
    size_t paths;        /* that were run */
    size_t hit, settled; /* how many did before the horizon; settled 0 if not asked for */
    double mean, error;  /* of min(time, horizon), standard error (tg_survival_mean) */
} tg_hits;

/* Whether tg_hitting_run would take it: TG_EDOMAIN as there. */
TG_CHECKED tg_status tg_hitting_check(const tg_hitting *p);

/* Bytes tg_hitting_run will allocate, and `hit` and `settled` with them. */
double tg_hitting_memory(const tg_hitting *p);

/* Run it. hit and settled (paths), either may be NULL, receive each path's time, or the
 * horizon where it did not come to pass, of the out->paths paths that were run; *out the
 * summary. Sequential stopping looks after each lot of 1024 paths (Chow, Robbins 1965), so
 * the result is the same for any number of threads; it waits for 30 paths that got there.
 * After TG_ESTOP, if a lot was finished, the results are those
 * of the lots finished. Errors: TG_EDOMAIN an argument out of range, not one equation, taus
 * that differ, or over 16 GiB needed; TG_EDIVERGED a path left the finite range before its
 * answer was known; TG_ENOMEM; TG_ESTOP; those of the callbacks. */
TG_CHECKED tg_status tg_hitting_run(const tg_hitting *p, double *hit, double *settled,
                                    tg_hits *out);

#endif
