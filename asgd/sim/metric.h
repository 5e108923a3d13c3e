/* metric: what is measured of a run, beside its loss
 *
 * A metric sees the end of every job and the state at the times of a grid, and reports a table. It
 * has a room for a batch of replicas, which they go through one after the other; rooms of batches
 * are merged in their order, so that the numbers do not depend on threads.
 */
#ifndef TG_ASGD_SIM_METRIC_H
#define TG_ASGD_SIM_METRIC_H

#include "asgd/sim/simulate.h"
#include "core/table.h"

/* What the rooms are made for. */
typedef struct tg_metric_plan {
    const tg_kind *const *list; /* heads of tg_metric_kind, NULL-terminated */

    size_t        workers, dim, points;
    const double *t; /* (points) the grid [time] */
    double        horizon;
} tg_metric_plan;

typedef struct tg_metric_kind {
    tg_kind is;
    size_t (*room)(const tg_metric_plan *p); /* bytes, zero at the start */
    /* A replica begins. NULL: nothing to do. */
    void (*begin)(const tg_metric_plan *p, void *room);
    /* A job of the replica has come to its end. NULL: not looked at. */
    void (*see)(const tg_metric_plan *p, void *room, const tg_sim *s, const tg_job *job,
                tg_fate fate);
    /* The state that holds at grid time i. NULL: not looked at. */
    void (*look)(const tg_metric_plan *p, void *room, tg_sim *s, size_t i);
    /* The replica has come to the horizon. NULL: nothing to do. */
    void (*finish)(const tg_metric_plan *p, void *room, const tg_sim *s);
    void (*merge)(const tg_metric_plan *p, void *into, const void *one);

    const tg_column *column; /* of its table; (columns) */
    size_t           columns;
    tg_status (*report)(const tg_metric_plan *p, const void *room, tg_table *out);
} tg_metric_kind;

/* Heads of tg_metric_kind, NULL-terminated; the second list has what takes many gradients too. */
extern const tg_kind *const tg_metrics[], *const tg_metrics_coherent[];

/* Rooms, one for each of the list, NULL after the last. Owner: the caller, tg_metrics_free(); NULL
 * is allowed there. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_metrics_create(const tg_metric_plan *p, void ***out);
void                 tg_metrics_free(void **room);
double               tg_metrics_bytes(const tg_metric_plan *p); /* of the rooms */

/* Merge each room of `one` into that of `into`. */
void tg_metrics_merge(const tg_metric_plan *p, void *const *into, void *const *one);

extern const tg_metric_kind tg_metric_workers, tg_metric_progress, tg_metric_spread,
    tg_metric_gaps, tg_metric_coherence;

#endif
