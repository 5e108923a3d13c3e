/* replica: one simulation followed over two grids of time. Private to asgd/sim/replicas*.c. */
#ifndef TG_ASGD_REPLICA_H
#define TG_ASGD_REPLICA_H

#include "asgd/sim/metric.h"

/* Looks at a dear loss in a factor of e of the time, about. */
enum { TG_DEAR_LOOKS = 32 };

/* The reported times, and the cells on which crossings and means rest (asgd/sim/settling.h). */
typedef struct tg_replica_grids {
    double *t, *cell; /* (points), (cells) [time]; both from 0 to the horizon */
    size_t  points, cells;
    double  horizon, target; /* target: loss to reach; NaN: none */
} tg_replica_grids;

/* Where the losses go, the histogram that deliveries are added to, rooms of metrics. */
typedef struct tg_replica_room {
    double   *loss, *own; /* (points), (cells) [loss]; inf once it has diverged */
    uint64_t *staleness;  /* (TG_STALENESS_BINS) */
    const tg_metric_plan *plan;
    void *const          *metric; /* one for each of its list; NULL: none */
} tg_replica_room;

typedef struct tg_replica {
    double    hit;            /* first time at the target; inf: not reached */
    double    hit_gradients;  /* evaluated until then; inf: not reached */
    double    diverged_at;    /* when the loss left the finite range; inf: it did not */
    double    began;          /* until then the model had not moved */
    double    quarter[4];     /* mean loss over the quarters of the horizon */
    size_t    stalled;        /* workers that had not come back and never will ... */
    size_t    stalled_worker; /* ... the first of them */
    tg_ledger ledger;
    char      sick[48]; /* where the model fails, if it diverged and can tell */
} tg_replica;

/* Follow replica `index` to the horizon. A stop request is heard on the way. Errors: those
 * of tg_sim_create; TG_ESTOP. */
TG_CHECKED tg_status tg_replica_run(const tg_setup *setup, uint64_t index,
                                    const tg_replica_grids *grids,
                                    const tg_replica_room *room, tg_replica *out);

#endif
