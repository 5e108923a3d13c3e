/* jump: the jump form of a mode, event by event and exact
 *
 *     at each arrival t of a Poisson process of rate lambda:
 *         x(t) = x(t-) - eta ( h x((t - T)-) + sigma xi ),     x = x0 on t <= 0
 *
 * with T drawn afresh from the delay law and xi standard normal (theory.md (1); the Poisson
 * limit is of Yu, Chen, Poor 2024). There is no time grid: x is constant between arrivals
 * and is looked up in the path's own history. This is one of the four meanings of a random
 * delay, see tg_random_delay in solver/sdde.h. Time in one unit, lambda in its inverse.
 */
#ifndef TG_SOLVER_JUMP_H
#define TG_SOLVER_JUMP_H

#include "core/delay.h"
#include "core/stats.h"

#include <stdint.h>

typedef struct tg_jump {
    double          eta, h, sigma, lambda, x0;
    const tg_delay *delay;    /* borrowed */
    size_t          paths;    /* >= 1 */
    double          interval; /* results at t = 0, interval, ..., (rows - 1) interval */
    size_t          rows;     /* >= 1 */
    size_t          threads;  /* 0: tg_parallel_threads() */
    uint64_t        seed;
} tg_jump;

/* Count, mean and spread of x over the paths into stats (rows), the same bits for any
 * number of threads; path p draws from the streams (seed, ARRIVAL | DELAY | NOISE, p).
 * After TG_ESTOP stats hold the paths that were finished. Errors: TG_EDOMAIN an argument
 * out of range or more than 1e8 arrivals to a path; TG_EDIVERGED a path left the finite
 * range; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_jump_run(const tg_jump *j, tg_stats *stats);

#endif
