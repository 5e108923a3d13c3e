/* replicas: many independent simulations of one setup, summed up with standard errors
 *
 * Replicas are summed in at most 48 batches, so that memory does not grow with their number
 * times the points; each batch is one job. Beside the reported grid a replica is followed
 * on a grid of its own (asgd/sim/settling.h), which no reported grid and no horizon moves: there
 * the crossing of the mean is found, its error resampled over batches, and the means over
 * the quarters of the horizon are taken.
 */
#ifndef TG_ASGD_REPLICAS_H
#define TG_ASGD_REPLICAS_H

#include "asgd/sim/growth.h"
#include "asgd/sim/metric.h"
#include "core/progress.h"
#include "core/records.h"
#include "core/stats.h"

enum { TG_STALENESS_BINS = 4096 };

typedef struct tg_replicas_plan {
    double       horizon;           /* [time] */
    size_t       points;            /* grid t_i = i horizon / (points - 1), >= 2 */
    double       target;            /* loss to reach; NaN: none */
    size_t       replicas, threads; /* threads 0: as many as there are */
    tg_progress *progress;          /* NULL: none */
    /* What else is measured, such as tg_metrics, NULL-terminated; borrowed, and must outlive the
     * simulation. NULL: nothing. */
    const tg_kind *const *metrics;
    /* Where batches that took their time are kept, and taken from if they are there, from the number
     * `first` on; borrowed. NULL: nowhere. */
    tg_records *records;
    size_t      first;
} tg_replicas_plan;

typedef struct tg_simulation {
    size_t    points, replicas; /* replicas: those that were finished */
    double   *t;                /* (points) [time] */
    tg_stats *loss;             /* (points) of F(x(t)) - F* over replicas */
    double   *hit;              /* (replicas) first time at the target; inf: not reached */
    double
        spacing; /* of looks at the loss, over the time that has passed; 0: at every event */
    double        *hit_gradients; /* (replicas) evaluated until then; inf: not reached */
    tg_stats       floor;         /* of each replica's mean loss over the last half */
    uint64_t      *staleness;     /* (TG_STALENESS_BINS) deliveries by staleness in updates;
                                      the last bin takes all that are larger */
    tg_ledger      ledger;        /* over all replicas */
    tg_metric_plan metric_plan;   /* of the metrics; its grid is t */
    void         **metric;   /* rooms, one for each of the list; NULL: none asked for */
    size_t         diverged; /* replicas whose loss left the finite range */
    size_t         diverged_replica; /* the first of them ... */
    double         diverged_time;    /* ... and when ... */
    uint64_t       diverged_updates; /* ... and after how many updates ... */
    char           diverged_in[48];  /* ... and where in its model, if that can be told */
    size_t         stalled;          /* replicas in which some worker never comes back */
    size_t         stalled_replica, stalled_worker; /* the first of them, and its first */
    tg_growth      growth;                          /* verdict: does the mean loss grow? */
    double settle, settle_error; /* mean loss is below the target from here on, with its
                                       resampled standard error (tg_settling_find); inf: not
                                       within the horizon */
} tg_simulation;

/* Run the replicas; the result does not depend on the number of threads. A stop request is
 * heard within a replica; those that were finished are summed up and TG_ESTOP is not an
 * error, unless none was. Owner of *out: the caller, tg_simulation_free(). Errors: those of
 * tg_sim_create; TG_EDOMAIN horizon, points or replicas out of range, over 1e12 of them a
 * thread, or over 4 GiB needed; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_replicas_run(const tg_setup *setup, const tg_replicas_plan *plan,
                                     tg_simulation **out);
void                 tg_simulation_free(tg_simulation *s);

/* Batches of so many replicas. */
size_t tg_replicas_batches(size_t replicas);

/* Batch `index` alone, as the bytes that records keep. Owner of *data: the caller, free(). Errors:
 * those of tg_replicas_run() but for the limit of work. */
TG_CHECKED tg_status tg_replicas_batch(const tg_setup *setup, const tg_replicas_plan *plan,
                                       size_t index, void **data, size_t *size);

/* The table of metric number `metric` of those that were asked for, into one of its columns.
 * Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_simulation_report(const tg_simulation *s, size_t metric,
                                          tg_table *out);

#endif
