/* live: asynchronous training by threads of this machine, in real time
 *
 *     worker:  take a job and hold its model; g = gradient at it; sleep; lock; deliver; next job
 *     server:  what the rule does with a delivery, by the thread that brings it, under the lock
 *
 * Gradients are those of the problem, with the samples that replica 0 of the simulator draws; the rule
 * and the optimiser are the simulator's own (asgd/sim/outside.h). Models are immutable while they are
 * held, so that workers read them without the lock, and what they read is one model, not parts of
 * several. Only the clock is real: the same seed does not give the same run.
 *
 * Each worker is a thread. With `sleep` it sleeps, after it has computed, as long as its law says in
 * the study's time. Losses are of models that were held at the times of a grid, and are computed when
 * the run is over, so that looking does not disturb it.
 */
#ifndef TG_ASGD_LIVE_H
#define TG_ASGD_LIVE_H

#include "asgd/sim/outside.h"
#include "asgd/sim/replicas.h"

enum { TG_LIVE_MOST_WORKERS = 512, TG_LIVE_MOST_JOBS = 10000000 };

typedef struct tg_live_plan {
    double       horizon;  /* [time] */
    double       unit;     /* of one unit of time [s] */
    bool         sleep;    /* workers sleep, beside computing, what their laws say */
    size_t       points;   /* of the grid t_i = i horizon / (points - 1), >= 2 */
    tg_progress *progress; /* NULL: none */
} tg_live_plan;

/* A job that has come to its end, in the order of these; times from the begin of the run. */
typedef struct tg_live_job {
    double   since, began, finished, ended; /* [time]; NaN: it did not come to it */
    uint64_t staleness;                     /* [updates], if it was delivered */
    uint32_t worker, number;
    tg_fate  fate;
} tg_live_job;

/* The state at a time of the grid. */
typedef struct tg_live_point {
    double    t;                  /* when it was looked at [time] */
    double    loss, slope, score; /* as tg_sim_loss() and others; NaN: not known */
    size_t    jobs;               /* on their way */
    tg_ledger ledger;
} tg_live_point;

/* Where a worker's time went, of all jobs that it has delivered [s]. */
typedef struct tg_live_worker {
    uint64_t delivered;
    double   computing; /* gradients */
    double   asked;     /* sleep, by its law ... */
    double   slept;     /* ... and as it was */
    double   waiting;   /* for the lock */
    double   serving;   /* at the server: the rule and the optimiser */
    double   processor; /* that it has had one, of its whole life */
} tg_live_worker;

typedef struct tg_live {
    size_t          workers, points; /* points: that were reached */
    tg_live_point  *point;           /* (points) */
    tg_live_worker *worker;          /* (workers) */
    tg_live_job    *job;             /* (jobs) */
    size_t          jobs;
    uint64_t       *staleness; /* (TG_STALENESS_BINS) deliveries, the last bin all that are
                                  larger */
    tg_ledger       ledger;    /* at the end */
    size_t          running;   /* jobs on their way at the end ... */
    uint64_t        pending;   /* ... and how stale they are by then, added up [updates] */
    double          seconds;   /* that it took */
    bool            stopped;   /* before its horizon, on request, or as no more jobs fit */
    double diverged; /* when its model was not finite any more [time]; inf: it was */
} tg_live;

/* What it takes beside the problem and the rule. [bytes] */
double tg_live_bytes(const tg_setup *setup, const tg_live_plan *plan);

/* Whether this can be trained live. Errors: those of tg_outside_check(); TG_EDOMAIN too many workers,
 * plan out of range, more memory than there may be. */
TG_CHECKED tg_status tg_live_check(const tg_setup *setup, const tg_live_plan *plan);

/* Train. A stop request ends it, with what was done kept and TG_OK. No update is lost, or it fails:
 * begun = applied + dropped + aborted + skipped + on their way. Owner of *out: the caller,
 * tg_live_free(). Errors: those of tg_live_check(), of tg_sim_create() and of the rule; TG_ENOCONV a
 * count that is wrong; TG_ENOMEM. */
TG_CHECKED tg_status tg_live_run(const tg_setup *setup, const tg_live_plan *plan,
                                 tg_live **out);
void                 tg_live_free(tg_live *l);

#endif
