/* training: what a live run holds while it goes. Private to asgd/live. */
#ifndef TG_ASGD_LIVE_TRAINING_H
#define TG_ASGD_LIVE_TRAINING_H

#include "asgd/live/live.h"
#include "core/gang.h"

/* What waits for a worker; guarded by the lock. */
typedef struct tg_hand {
    bool     given;  /* a job that it has not taken yet */
    uint32_t serial; /* moves on with every job that is given to it or given up */
    double   work;   /* of that job, by its law [time] */
} tg_hand;

/* A thread's own memory. */
typedef struct tg_desk {
    double *g, *bench, *scratch; /* one block, at g */
} tg_desk;

typedef struct tg_training {
    const tg_setup     *setup;
    const tg_live_plan *plan;
    uint64_t            seed; /* of the streams of noise */
    tg_gang            *gang; /* its lock guards all that follows but desks */
    tg_sim             *sim;
    double              start; /* on the gang's clock [s] */
    bool                over;
    tg_status           status; /* of the first failure ... */
    char                message[400];
    tg_hand            *hand;    /* (workers) */
    tg_desk            *desk;    /* (workers) */
    uint32_t           *version; /* (points) held at the times of the grid ... */
    const double      **model;   /* ... and what they are */
    size_t              room;    /* for jobs */
    tg_live            *live;
} tg_training;

/* Now [time]. */
static inline double
tg_training_time(const tg_training *r, double clock)
{
    return (clock - r->start) / r->plan->unit;
}

/* A member of the gang: take, compute, sleep, deliver, until it is over. */
void tg_training_work(size_t worker, void *training);

/* tg_outside: a job waits for the worker, or no more. */
void tg_training_give(void *training, size_t worker, double work);
void tg_training_drop(void *training, size_t worker);

/* tg_onlooker: write the end of a job down. */
void tg_training_record(void *training, const tg_sim *s, const tg_job *job, tg_fate fate);

/* With the lock: it is over, because of a failure (its message is the thread's) or not. */
void tg_training_end(tg_training *r, tg_status status);

#endif
