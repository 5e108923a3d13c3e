/* ensemble: many paths of linear SDDEs by modes
 *
 *     dX = ( -b X(t) - a X(t - tau) ) dt + g dW,    X = x0 on t <= 0
 *
 * by Euler-Maruyama, x_{n+1} = (1 - b dt) x_n - a dt x(t_n - tau) + g sqrt(dt) xi, with
 * linear interpolation where dt does not divide tau (a delay below one step, or none, is
 * right too). With `single` the paths, not the statistics, are kept in float32: the same
 * noise to within its rounding, the same rules of bits. Modes share the time grid and are
 * independent. Path p of mode i takes its noise from the stream (seed, TG_PURPOSE_PATH, p +
 * i 2^40): it is the same path whatever else is computed. Results have the same bits for
 * any number of threads and any instruction set. Time in one unit; a, b in 1/time, g in X
 * per sqrt(time).
 */
#ifndef TG_SOLVER_ENSEMBLE_H
#define TG_SOLVER_ENSEMBLE_H

#include "core/isa.h"
#include "solver/observe.h"

#include <stddef.h>
#include <stdint.h>

typedef struct tg_linear {
    double a, b, g, tau, x0;
} tg_linear;

typedef struct tg_ensemble {
    const tg_linear *mode;    /* (modes) */
    size_t           modes;   /* >= 1 */
    size_t           paths;   /* >= 1 */
    double           dt;      /* > 0 */
    size_t           steps;   /* >= 1 */
    size_t           every;   /* a row of results each so many steps, >= 1 */
    size_t           keep;    /* store the first so many paths, <= paths */
    size_t           threads; /* 0: tg_parallel_threads() */
    uint64_t         seed;
    tg_isa           isa; /* TG_ISA_BEST but for tests */
    int single; /* paths in float32: twice as many at a time, errors of 1e-7 a step */
    const tg_observe *observe; /* also gather this; NULL: nothing */
} tg_ensemble;

/* Rows of results, at t = 0, every dt, 2 every dt, ...: steps / every + 1. */
size_t tg_ensemble_rows(const tg_ensemble *e);

/* Bytes tg_ensemble_run will allocate, and `kept` twice (results are handed out at the
 * end); without stored paths it grows with the longest delay, not with paths. */
double tg_ensemble_memory(const tg_ensemble *e);

/* Whether tg_ensemble_run would take it. Errors: TG_EDOMAIN as there. */
TG_CHECKED tg_status tg_ensemble_check(const tg_ensemble *e);

/* Run it. stats (modes, rows) receives count, mean and spread over paths; kept (keep,
 * modes, rows), which may be NULL if keep is 0, the stored paths. After TG_ESTOP stats hold
 * the paths that were finished; stored ones that were not are NaN. Errors: TG_EDOMAIN an
 * argument out of range or over 16 GiB needed; TG_EDIVERGED a path left the finite range
 * (mode, path, time right to within 64 steps); TG_ENOMEM; TG_ESTOP. After a failure stats
 * and kept are as before. */
TG_CHECKED tg_status tg_ensemble_run(const tg_ensemble *e, tg_stats *stats, double *kept);

/* Stationary variance of this very scheme for one mode without interpolation, g = 1: what
 * the ensemble must show, bias of the step included. By the fundamental solution of the
 * recursion. Errors: TG_EDOMAIN dt does not divide tau, or the recursion does not settle.
 */
TG_CHECKED tg_status tg_ensemble_scheme_variance(double a, double b, double tau, double dt,
                                                 double *variance);

#endif
