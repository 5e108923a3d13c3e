/* hitting: when does a noisy delayed loop reach a level, and when does it stay below
 *
 *     dX_i = ( -b_i X_i - a_i X_i(t - tau) ) dt + g_i dW_i,   X_i = x0_i on t <= 0
 *     Y = X_1    or    Y = loss = sum_i h_i X_i^2 / 2
 *     hit = first t with Y <= level (Y >= level if it starts below)
 *     settled = first t from which Y stays on that side up to the horizon
 *
 * Steps are exact in b and trapezoidal in the lagged term. Between grid points Y is taken
 * as a Brownian bridge of its local noise s^2: from y to y', both on one side of the level,
 * it has touched with probability exp(-2 (y - level)(y' - level) / (s^2 dt)), and the
 * moment follows the bridge's first-passage law, tau/(dt - tau) inverse Gaussian. Exact in
 * law for X without drift; for the loss s^2 = sum (h_i x_i g_i)^2 at the step's begin.
 * Without the bridge the grid misses crossings and hits come late by O(sqrt(dt)).
 */
#ifndef TG_SOLVER_HITTING_H
#define TG_SOLVER_HITTING_H

#include "solver/ensemble.h"

typedef struct tg_hitting {
    const tg_linear *mode; /* (modes); one tau for all */
    const double    *h; /* (modes) eigenvalues of the loss; NULL: Y = X of the first mode */
    size_t           modes; /* >= 1 */
    double           level;
    double           dt;      /* > 0; shortened until it divides tau */
    double           horizon; /* > 0 */
    size_t           paths;   /* at most so many, >= 1 */
    double           error; /* stop when the mean hit has this standard error; 0: run all */
    int              grid_only; /* no bridge: to see what it is for */
    size_t           threads;   /* 0: tg_parallel_threads() */
    uint64_t         seed;
} tg_hitting;

typedef struct tg_hits {
    size_t paths;        /* that were run */
    size_t hit, settled; /* how many did before the horizon */
    double mean, error;  /* of min(hit, horizon), standard error (tg_survival_mean) */
} tg_hits;

/* Whether tg_hitting_run would take it: TG_EDOMAIN as there. */
TG_CHECKED tg_status tg_hitting_check(const tg_hitting *p);

/* Run it. hit and settled (paths), either may be NULL, receive each path's time, or the
 * horizon where it did not come to pass; *out the summary. Paths come in lots of 1024, so
 * the result is the same for any number of threads; sequential stopping looks after each
 * lot (Chow, Robbins 1965). Errors: TG_EDOMAIN an argument out of range, taus that differ, or
 * over 16 GiB needed for the paths' times;
 * TG_EDIVERGED; TG_ENOMEM; TG_ESTOP (the summary then holds the lots finished). */
TG_CHECKED tg_status tg_hitting_run(const tg_hitting *p, double *hit, double *settled,
                                    tg_hits *out);

#endif
