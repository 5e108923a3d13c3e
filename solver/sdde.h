/* sdde: stochastic delay differential equations of any form, over many paths at once
 *
 *     dX = f(t, X(t), X(t - tau_1), ..., X(t - tau_m)) dt + g(t, X(t), X(t - tau_1), ...) dW,
 *      X = phi on t <= 0,     X in R^n,  W in R^w
 *
 * Callbacks see a block of `count` paths as structures of arrays: component i of path k at
 * x[i * count + k], so that a plain loop over k vectorises. Lagged values are interpolated
 * linearly between grid points; a delay may be shorter than the step, or zero; the past is
 * kept for the longest delay or the length of the run, whatever is less. Path p takes its
 * noise from the stream (seed, TG_PURPOSE_PATH, p): results have the same bits for any
 * number of threads and any instruction set (as far as the callbacks do).
 *
 * Refinement: with `sub` = 2^k every step is driven by the sum of the increments that a run
 * of step dt / 2^k with sub = 1 and the same seed would take: the same Brownian path,
 * coarser.
 */
#ifndef TG_SOLVER_SDDE_H
#define TG_SOLVER_SDDE_H

#include "core/delay.h"
#include "solver/observe.h"

#include <stdint.h>

/* What a random delay means. They are different equations:
 *
 *   constant      tau_j as given
 *   path          one draw for each path, kept: every path has its own equation, and the mean is
 *                 the mixture of the means
 *   step          drawn afresh at every step: as dt -> 0 the law of large numbers turns it into
 *                 `distributed`; at finite dt it adds noise of variance dt Var f
 *   distributed   the average over the law, E_T f(.., X(t-T)) for f linear in it: the kernel
 *                 itself, as a chain (phase type), as a running sum (uniform), else on the
 *                 grid or, where that has more than 256 lags within the run
 *                 or 64 beyond, on as many of them; the mean of x' = -x(t-T) from 1, over a
 *                 run of 20 at steps of .01 or less, is within 5e-5 max|x| for any law:
 *                 heavy tails, and means of many runs
 *
 * Drawn afresh at every arrival of a Poisson process it is the jump form, solver/jump.h. */
typedef enum tg_random_delay {
    TG_DELAY_CONSTANT,
    TG_DELAY_PATH,
    TG_DELAY_STEP,
    TG_DELAY_DISTRIBUTED
} tg_random_delay;

typedef tg_status (*tg_sdde_function)(size_t count, double t, const double *x,
                                      const double *past, double *out, void *context);

typedef struct tg_sdde {
    size_t           dim, delays, noises; /* n >= 1, m >= 0, w >= 0 */
    int              diagonal;            /* w = n and component i has noise i alone */
    const double    *tau;                 /* (m) >= 0 */
    const tg_delay  *law;                 /* replaces tau_1 unless it is constant */
    tg_random_delay  meaning;
    tg_sdde_function drift;        /* x (n, count), past (m, n, count) -> f (n, count) */
    tg_sdde_function diffusion;    /* -> g (n, count) if diagonal, else (n, w, count) */
    tg_sdde_function slope;        /* Milstein: dg_i/dx_i (n, count); NULL: 0 */
    tg_sdde_function lagged_slope; /* dg_i/d(past_j)_i (m, n, count); NULL: 0 */
    /* phi into x (n), t <= 0; a table: solver/past.h */
    tg_status (*history)(double t, double *x, void *context);
    void *context; /* shared by all threads */
} tg_sdde;

/* A method declares its orders; validation/unit/t_sdde_orders.c measures them. Milstein's
 * strong order 1 for noise with a delay needs `sub` >~ 1/dt: its double integrals are
 * summed over the sub-steps. Linear equations with constant delays have exact steps too, in
 * solver/exact.h. */
typedef struct tg_sdde_step tg_sdde_step;
typedef struct tg_sdde_method {
    const char *name, *doc;
    double      strong, weak;                   /* noise that depends on X, lagged or not */
    double      strong_additive, weak_additive; /* noise that does not */
    int         stratonovich, diagonal_only;
    tg_status (*step)(tg_sdde_step *s);
} tg_sdde_method;

extern const tg_sdde_method *const tg_sdde_methods[]; /* NULL-terminated */
const tg_sdde_method              *tg_sdde_method_find(const char *name); /* NULL if none */

typedef struct tg_sdde_run {
    const tg_sdde        *eq;
    const tg_sdde_method *method;
    size_t            paths, steps, every; /* each >= 1; a row of results each `every` */
    size_t            sub;                 /* >= 1, see above; 0 counts as 1 */
    size_t            keep;                /* store the first so many paths */
    double            dt;                  /* > 0 */
    size_t            threads;             /* 0: tg_parallel_threads() */
    uint64_t          seed;
    const tg_observe *observe; /* also gather this; NULL: nothing */
} tg_sdde_run;

/* Bytes tg_sdde_solve will allocate, and `kept` twice (results are handed out at the end);
 * without stored paths it grows with the longest delay, not with paths. */
double tg_sdde_memory(const tg_sdde_run *r);

/* Whether tg_sdde_solve would take it. Errors: TG_EDOMAIN as there. */
TG_CHECKED tg_status tg_sdde_check(const tg_sdde_run *r);

/* Run it. stats (rows, n) with rows = steps / every + 1 receives count, mean and spread
 * over the paths; kept (keep, rows, n), which may be NULL if keep is 0, the stored paths.
 * Errors: TG_EDOMAIN an argument out of range, a method that needs diagonal noise, or more
 * than 16 GiB; TG_EDIVERGED x not finite (component, path, time right to within 64 steps);
 * TG_ENOMEM; those of the callbacks; after all of which stats and kept are as before.
 * TG_ESTOP: they hold the paths that were finished; stored ones that were not are NaN. */
TG_CHECKED tg_status tg_sdde_solve(const tg_sdde_run *r, tg_stats *stats, double *kept);

#endif
