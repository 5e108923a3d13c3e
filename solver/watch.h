/* watch: what a block of paths does to a level. Private to solver/.
 *
 *     Y = X_c    or    Y = F = sum_i h_i (X_i + shift_i)^2 / 2
 *     hit = first t with Y <= level (Y >= level if it starts below)
 *     settled = first t from which Y stays on that side
 *
 * Over a step Y is a Brownian bridge of its local noise s^2 = sum_w ( sum_i dY/dX_i g_iw
 * )^2, dY/dX at the step's begin. From y to y', both on one side of the level, it has
 * touched with probability exp(-2 (y - level)(y' - level) / (s^2 dt)); the moment u dt
 * follows the bridge's first-passage law, u / (1 - u) inverse Gaussian. A path that jumps
 * needs no bridge.
 */
#ifndef TG_SOLVER_WATCH_H
#define TG_SOLVER_WATCH_H

#include "core/rng.h"

#include <stddef.h>

#define TG_WATCH_PATHS 256 /* at most at a time */

/* What is watched; borrowed arrays (dim). */
typedef struct tg_sight {
    size_t        dim, component; /* Y = X_component where h is NULL */
    const double *h, *shift;      /* of the loss; shift NULL: 0 */
    double        level;
    int           settle;    /* also look on after the hit */
    int           grid_only; /* no bridge */
} tg_sight;

/* A block of n paths under way. */
typedef struct tg_watch {
    const tg_sight *sight;
    size_t          n;                       /* <= TG_WATCH_PATHS, set by the owner */
    double          side;                    /* 1 if Y starts above the level, else -1 */
    double          ahead[TG_WATCH_PATHS];   /* side (Y - level) now */
    double          hit[TG_WATCH_PATHS];     /* inf until known; NaN: lost */
    double          outside[TG_WATCH_PATHS]; /* last time with side (Y - level) > 0 */
    tg_rng          bridge[TG_WATCH_PATHS];
} tg_watch;

/* One step of all paths from t to t + dt: component i of path k at x[i * stride + k], its
 * noise at g[i * width + k] if diagonal, else that of channel c at g[(i * noises + c) *
 * width + k]. */
typedef struct tg_move {
    double        t, dt;
    const double *x, *next, *g;
    size_t        stride, width, noises;
    int           diagonal;
} tg_move;

/* All n paths at t = 0 with X as in the first column of x; path k draws its bridges from
 * the stream (seed, TG_PURPOSE_BRIDGE, first + k). */
void tg_watch_start(tg_watch *w, uint64_t seed, uint64_t first, const double *x,
                    size_t stride);

void tg_watch_step(tg_watch *w, const tg_move *m);

/* Path k jumps at t to x (dim) and has been constant before. */
void tg_watch_jump(tg_watch *w, size_t k, double t, const double *x);

/* Whether nothing that comes could change the answer: of path k, of all. */
int tg_watch_over(const tg_watch *w, size_t k);
int tg_watch_finished(const tg_watch *w);

/* The times, (n) each, cut off at the horizon; settled may be NULL. Returns n, or the
 * number of a path that left the finite range before its answer was known. */
size_t tg_watch_report(const tg_watch *w, double horizon, double *hit, double *settled);

#endif
