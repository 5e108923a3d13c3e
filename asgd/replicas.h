/* replicas: many independent simulations of one setup, summed up with standard errors */
#ifndef TG_ASGD_REPLICAS_H
#define TG_ASGD_REPLICAS_H

#include "asgd/simulate.h"
#include "core/progress.h"
#include "core/stats.h"

enum { TG_STALENESS_BINS = 4096 };

typedef struct tg_replicas_plan {
    double       horizon;           /* [time] */
    size_t       points;            /* grid t_i = i horizon / (points - 1), >= 2 */
    double       target;            /* loss to reach; NaN: none */
    size_t       replicas, threads; /* threads 0: as many as there are */
    tg_progress *progress;          /* NULL: none */
} tg_replicas_plan;

typedef struct tg_simulation {
    size_t    points, replicas;  /* replicas: those that were finished */
    double   *t;                 /* (points) [time] */
    tg_stats *loss;              /* (points) of F(x(t)) - F* over replicas */
    double   *hit;               /* (replicas) first time at the target; inf: not reached */
    tg_stats  floor;             /* of each replica's mean loss over the last half */
    uint64_t *staleness;         /* (TG_STALENESS_BINS) deliveries by staleness in updates;
                                      the last bin takes all that are larger */
    uint64_t  arrivals, updates; /* over all replicas */
    size_t    diverged;          /* replicas whose loss left the finite range */
    size_t    diverged_replica;  /* the first of them ... */
    double    diverged_time;     /* ... and when */
    int       grew;              /* some diverged, or the mean loss keeps growing */
    double    settle, settle_error; /* mean loss is below the target from here on, with its
                                       standard error; inf: not within the horizon */
} tg_simulation;

/* Run the replicas; the result does not depend on the number of threads. After a stop
 * request those that were finished are summed up and TG_ESTOP is not an error, unless none
 * was. Owner of *out: the caller, tg_simulation_free(). Errors: those of tg_sim_create;
 * TG_EDOMAIN horizon, points or replicas out of range, or over 4 GiB needed; TG_ENOMEM,
 * TG_ESTOP. */
TG_CHECKED tg_status tg_replicas_run(const tg_setup *setup, const tg_replicas_plan *plan,
                                     tg_simulation **out);
void                 tg_simulation_free(tg_simulation *s);

#endif
