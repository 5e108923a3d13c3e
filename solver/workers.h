/* workers: the worker form of the equations, P renewal workers on linear modes, path by path
 *
 *     at each delivery of a worker that read w:
 *     ASGD        x <- x - eta ( h (w - b) + sigma xi )
 *     DuDe-ASGD   slot <- h (w - b) + sigma xi,   x <- x - eta/P sum of slots
 *     and w <- x
 *
 * with xi independent standard normals and b the worker's own minimum. DuDe-ASGD moves once
 * every worker has delivered. Nothing is approximated: this is the process itself, and what
 * is found here has the standard error of its paths only.
 *
 * Who delivers when does not depend on x. So one path's deliveries drive all modes of a
 * problem, or one mode at many gains, side by side: x and what each worker holds are arrays
 * over them. Path p draws its jobs and phases from the streams (seed, WORKER, .) and its
 * noise from (seed, SHAKE, p), whatever the gains, threads and other paths are.
 *
 * Staggered workers are within a job at t = 0, with P(phase > t) = E (T - t)_+ / m.
 */
#ifndef TG_SOLVER_WORKERS_H
#define TG_SOLVER_WORKERS_H

#include "core/delay.h"
#include "core/stats.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum tg_workers_rule { TG_WORKERS_ASGD, TG_WORKERS_DUDE } tg_workers_rule;

typedef struct tg_workers_group {
    const tg_delay *law; /* borrowed */
    size_t          workers;
} tg_workers_group;

typedef struct tg_workers {
    const tg_workers_group *group; /* (groups) borrowed */
    size_t                  groups;
    tg_workers_rule         rule;
    bool                    together;       /* all begin a job at t = 0; else staggered */
    size_t                  paths, threads; /* threads 0: tg_parallel_threads() */
    uint64_t                seed;
} tg_workers;

/* Top Lyapunov exponent lim log|x(t)| / t [1/time] of a mode without noise at the loop gains
 * k = eta h P, gain (count), over so many deliveries of each worker on average; exponent
 * (count) receives its values over the paths. The growth is per delivery, times the rate
 * of deliveries; the state is scaled as it goes.
 * Errors: TG_EDOMAIN no workers, paths or deliveries, a gain not > 0, a law without finite
 * mean > 0; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_workers_exponents(const tg_workers *w, double deliveries,
                                          const double *gain, size_t count,
                                          tg_stats *exponent);

/* The gain above `low` at which a single run ceases to settle: the first zero of the
 * exponent, with its standard error; inf, and error 0, if there is none up to 200 `low`. The
 * paths are the same at every gain. Errors: as tg_workers_exponents; TG_ENOCONV no run
 * settles at `low`. */
TG_CHECKED tg_status tg_workers_threshold(const tg_workers *w, double deliveries,
                                          double low, double *gain, double *error);

typedef struct tg_workers_mode {
    double h, start, sigma;
} tg_workers_mode;

/* When sum_j h_j x_j^2 / 2 of one run is at a level. */
typedef struct tg_workers_run {
    const tg_workers_mode *mode; /* (modes) */
    size_t                 modes;
    const double          *minimum; /* (modes, P) b, by groups; NULL: 0 */
    double                 step, level, horizon;
} tg_workers_run;

/* hit (paths): the first time at the level; settled (paths), or NULL: the time from which it
 * is below up to the horizon; inf if that is not by the horizon. Without `settled` a path
 * ends when it hits. *done: how many paths were finished, the first ones; fewer after
 * TG_ESTOP. Errors: TG_EDOMAIN an argument out of range; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_workers_hitting(const tg_workers *w, const tg_workers_run *run,
                                        double *hit, double *settled, size_t *done);

#endif
