/* jump: the jump form of a mode, event by event and exact
 *
 *     at each arrival t of a Poisson process of rate lambda:
 *         x_i(t) = x_i(t-) - eta ( h_i x_i((t - T)-) + sigma_i xi_i ),   x_i = x0_i on t <= 0
 *
 * with T drawn afresh from the delay law, the same for all modes i, and xi independent
 * standard normals (THEORY.md (1); the Poisson limit is of Yu, Chen, Poor 2024). There is
 * no time grid: x is constant between arrivals and is looked up in the path's own history.
 * This is one of the meanings of a random delay, see tg_random_delay in solver/sdde.h. Time
 * in one unit, lambda in its inverse.
 */
#ifndef TG_SOLVER_JUMP_H
#define TG_SOLVER_JUMP_H

#include "core/delay.h"
#include "solver/observe.h"

#include <stdint.h>

typedef struct tg_jump_mode {
    double h, sigma, x0;
} tg_jump_mode;

typedef struct tg_jump {
    const tg_jump_mode *mode;  /* (modes) */
    size_t              modes; /* >= 1 */
    double              eta, lambda;
    const tg_delay     *delay;    /* borrowed */
    size_t              paths;    /* >= 1 */
    double              interval; /* results at t = 0, interval, ..., (rows - 1) interval */
    size_t              rows;     /* >= 1 */
    size_t              threads;  /* 0: tg_parallel_threads() */
    uint64_t            seed;
    const tg_observe   *observe; /* also gather this; NULL: nothing */
} tg_jump;

/* Bytes tg_jump_run will allocate: it grows with the arrivals to a path, not with paths. */
double tg_jump_memory(const tg_jump *j);

/* Whether tg_jump_run would take it. Errors: TG_EDOMAIN as there. */
TG_CHECKED tg_status tg_jump_check(const tg_jump *j);

/* Count, mean and spread of x over the paths into stats (modes, rows), the same bits for
 * any number of threads; path p draws from the streams (seed, ARRIVAL | DELAY | NOISE, p).
 * After TG_ESTOP stats hold the paths that were finished. Errors: TG_EDOMAIN an argument
 * out of range, more than 1e8 arrivals to a path or over 16 GiB needed; TG_EDIVERGED a path
 * left the finite range; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_jump_run(const tg_jump *j, tg_stats *stats);

#endif
