/* replicas_sum: what the batches of a run come to. Private to asgd/sim/replicas*.c. */
#ifndef TG_ASGD_SIM_REPLICAS_SUM_H
#define TG_ASGD_SIM_REPLICAS_SUM_H

#include "asgd/sim/batch.h"

enum { TG_MOST_BATCHES = 48 };

typedef struct tg_replicas_running {
    const tg_setup         *setup;
    const tg_replicas_plan *plan;
    tg_replica_grids        grids;
    size_t                  batches, threads;
    tg_batch               *batch;      /* (batches) */
    double                 *loss, *own; /* (threads, points), (threads, cells) */
    tg_metric_plan          metric_plan;
} tg_replicas_running;

/* Owner of *out: the caller, tg_simulation_free(). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_replicas_sum(const tg_replicas_running *a, tg_simulation **out);

#endif
