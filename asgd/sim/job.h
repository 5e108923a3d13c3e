/* job: a gradient on its way
 *
 * Nothing is computed until somebody asks for the gradient (tg_sim_gradient), so that work which
 * is aborted or dropped costs none. What a job draws depends on (seed, replica, worker, number)
 * alone: neither on the order of events nor on what other workers do.
 */
#ifndef TG_ASGD_SIM_JOB_H
#define TG_ASGD_SIM_JOB_H

#include "asgd/sim/event.h"

typedef struct tg_job {
    uint32_t worker;              /* whose time, and whose samples */
    uint32_t number;              /* its how-manieth job of this worker, from 0 */
    uint64_t read;                /* updates made when its model was read */
    double   since;               /* when it was read [time] */
    double   began;               /* when the worker began to compute [time] */
    uint32_t version;             /* slot of the model it read */
    tg_event due;                 /* what happens to it next */
    uint32_t next, before, after; /* in its worker's queue; in the order of reading */
    uint8_t  stage;               /* tg_stage */
    double   finished;            /* when the worker is done with it; inf: never [time] */
} tg_job;

/* What has become of a job. */
typedef enum tg_fate { TG_APPLIED, TG_DROPPED, TG_ABORTED, TG_SKIPPED } tg_fate;

/* Whether its gradient came to the server. */
static inline bool
tg_fate_delivered(tg_fate fate)
{
    return fate == TG_APPLIED || fate == TG_DROPPED;
}

/* On its way. Those of a link are passed only where there is one. */
typedef enum tg_stage {
    TG_FREE,
    TG_ASKS,     /* waits for the downlink */
    TG_READS,    /* its model is on the downlink */
    TG_COMES,    /* has left it */
    TG_QUEUES,   /* waits for its worker */
    TG_COMPUTES, /* at most one of a worker */
    TG_WAITS,    /* for the uplink */
    TG_SENDS,    /* its gradient is on the uplink */
    TG_GOES      /* has left it */
} tg_stage;

#endif
