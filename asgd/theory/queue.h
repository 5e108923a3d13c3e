/* queue: one worker's queue among many, in time (asgd/theory/assigned.h). Private to theory. */
#ifndef TG_ASGD_QUEUE_H
#define TG_ASGD_QUEUE_H

#include "asgd/sim/cluster.h"
#include "core/status.h"

enum { TG_QUEUE_JOBS = 64 };

/* What is found by who is given a job, by how many there are: probability, and the first two moments of what
 * is left of the one under way. */
typedef struct tg_found {
    double p[TG_QUEUE_JOBS + 1], left[TG_QUEUE_JOBS + 1], square[TG_QUEUE_JOBS + 1];
} tg_found;

/* A group's queue on a grid: ages of the job under way, 0 .. ages - 1; flags: whether it was given one of this
 * permutation. */
typedef struct tg_queue {
    const tg_delay *law;
    double          share, mean;   /* of the workers; of the law [time] */
    size_t          ages, jobs;    /* jobs: the longest queue there is */
    double         *hazard;        /* (ages) chance to end in a step */
    double         *left, *square; /* (ages) E and E^2 of what is left [steps] */
    double          idle[2];
    double         *f, *next; /* (2, TG_QUEUE_JOBS, ages) */
    tg_found        seen;
} tg_queue;

/* The queue of a worker of group g, steps of dt: one job, new or somewhere within it. Free q->f or q->next, whichever
 * is lower. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_queue_open(const tg_cluster *c, size_t g, double dt, tg_queue *q);

/* A step: jobs under way grow older or end; returns how many end, of one worker. */
double tg_queue_work(tg_queue *q);

/* A job with this chance for each worker of a flag, which becomes `to`. */
void tg_queue_give(tg_queue *q, size_t flag, size_t to, double chance);

/* The permutation is through: nobody has had one of the next. */
void tg_queue_turn(tg_queue *q);

#endif
