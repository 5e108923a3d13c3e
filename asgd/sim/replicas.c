#include "asgd/sim/replicas.h"

#include "asgd/sim/replicas_sum.h"
#include "asgd/sim/settling.h"
#include "core/parallel.h"
#include "core/work.h"

#include <math.h>
#include <stdlib.h>

typedef tg_replicas_running run;

/* About a day of one thread. */
static const double MOST_BYTES = 0x1p32, MOST_WORK = 1e12;

/* ---- batches ------------------------------------------------------------------------- */

/* Metrics to measure; NULL: none. */
static const tg_metric_plan *
metrics_of(const run *a)
{
    return a->plan->metrics ? &a->metric_plan : NULL;
}

/* Batch b has the replicas b, b + batches, ... */
static size_t
replicas_in(const run *a, size_t index)
{
    return (a->plan->replicas - index + a->batches - 1) / a->batches;
}

static tg_status
compute_batch(const run *a, size_t index, size_t thread)
{
    for (size_t i = index; i < a->plan->replicas; i += a->batches) {
        TG_TRY(tg_stop_check());
        TG_TRY(tg_batch_run(&a->batch[index], a->setup, i, &a->grids, metrics_of(a),
                            a->loss + thread * a->grids.points,
                            a->own + thread * a->grids.cells));
        tg_progress_tick(a->plan->progress);
    }
    return TG_OK;
}

/* From the records, if it is there; else computed, and kept there. */
static tg_status
run_batch(size_t index, size_t thread, void *context)
{
    const run      *a = context;
    const tg_batch *b = &a->batch[index];
    const size_t    number = a->plan->first + index;

    if (!a->plan->records) return compute_batch(a, index, thread);
    if (tg_records_find(a->plan->records, number, b->block, b->bytes)) {
        for (size_t i = *b->count; i-- > 0;) tg_progress_tick(a->plan->progress);
        return TG_OK;
    }
    const double since = tg_work_clock();
    TG_TRY(compute_batch(a, index, thread));
    return tg_work_keep(a->plan->records, number, b->block, b->bytes, since);
}

/* ---- the run ------------------------------------------------------------------------- */

/* Deliveries to expect of a plan, changes of speed, and points to fill, all replicas together. */
static double
work_of(const tg_setup *setup, const tg_replicas_plan *plan)
{
    const tg_cluster *c = setup->cluster;
    double            rate = tg_cluster_pulse(c);

    for (size_t w = 0; c->pace_of && w < c->workers; w++) rate += tg_cluster_changes(c, w);
    return (rate * plan->horizon + (double)plan->points) * (double)plan->replicas;
}

/* A stretch of a worker's speed has a number of 32 bits. */
static tg_status
check_changes(const tg_cluster *c, double horizon)
{
    const double most = 0x1p31;

    for (size_t w = 0; c->pace_of && w < c->workers; w++)
        if (!(tg_cluster_changes(c, w) * horizon <= most))
            return tg_fail(TG_EDOMAIN,
                           "the speed of worker %zu changes %.3g times within the horizon, "
                           "at most %.3g can be: lower horizon or let it change less often",
                           w, tg_cluster_changes(c, w) * horizon, most);
    return TG_OK;
}

static tg_status
check(const tg_setup *setup, const tg_replicas_plan *plan)
{
    if (!(plan->horizon > 0) || !isfinite(plan->horizon))
        return tg_fail(TG_EDOMAIN, "horizon must be > 0, got %g", plan->horizon);
    if (plan->points < 2 || plan->replicas < 1)
        return tg_fail(TG_EDOMAIN,
                       "expected at least 2 points and 1 replica, got %zu and %zu",
                       plan->points, plan->replicas);
    return check_changes(setup->cluster, plan->horizon);
}

/* What is finished is no work. */
static tg_status
check_work(const tg_setup *setup, const tg_replicas_plan *plan)
{
    const double threads = (double)(plan->threads ? plan->threads : tg_parallel_threads());
    const double work = work_of(setup, plan) * tg_records_missing(plan->records),
                 most = MOST_WORK * threads;
    if (!(work <= most))
        return tg_fail(TG_EDOMAIN,
                       "%.3g gradients, changes of speed and points to simulate, a day is "
                       "enough for %.3g: "
                       "lower horizon, replicas, points or the number of workers",
                       work, most);
    return TG_OK;
}

/* The grid of its own: 1024 times a unit of the time, and 32 a delivery at the beginning;
 * where the loss is dear, 32 and one in four deliveries; in a very short horizon 64 times. */
static tg_status
open_grids(run *a)
{
    const double      between = 1 / tg_cluster_pulse(a->setup->cluster);
    const bool        cheap = a->setup->problem->kind->cheap_loss;
    tg_replica_grids *g = &a->grids;

    *g = (tg_replica_grids){ .points = a->plan->points,
                             .horizon = a->plan->horizon,
                             .target = a->plan->target };
    if (!(g->t = malloc(g->points * sizeof *g->t)))
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < g->points; i++)
        g->t[i] = g->horizon * (double)i / (double)(g->points - 1);
    return tg_settling_grid(g->horizon,
                            fmin(cheap ? between / 32 : 4 * between, g->horizon / 64),
                            cheap ? 1024 : TG_DEAR_LOOKS, &g->cell, &g->cells);
}

/* Room for `count` batches from the one of index `first` on. */
static tg_status
open_batches(run *a, size_t first, size_t count)
{
    const size_t points = a->grids.points, cells = a->grids.cells;

    a->metric_plan = (tg_metric_plan){ .list = a->plan->metrics,
                                       .workers = a->setup->cluster->workers,
                                       .dim = a->setup->problem->dim,
                                       .points = points,
                                       .t = a->grids.t,
                                       .horizon = a->plan->horizon };
    const double bytes =
        (double)count * tg_batch_bytes(&a->grids, metrics_of(a), replicas_in(a, first)) +
        (double)a->threads * (double)(cells + points) * sizeof(double);

    if (bytes > MOST_BYTES)
        return tg_fail(TG_EDOMAIN,
                       "%zu points and what is kept of %zu workers need %.3g GiB, allowed "
                       "are %g",
                       points, a->setup->cluster->workers, bytes / 0x1p30,
                       MOST_BYTES / 0x1p30);
    a->batch = calloc(a->batches, sizeof *a->batch);
    a->loss = malloc(a->threads * points * sizeof *a->loss);
    a->own = malloc(a->threads * cells * sizeof *a->own);
    if (!a->batch || !a->loss || !a->own) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t b = first; b < first + count; b++)
        TG_TRY(tg_batch_create(&a->grids, metrics_of(a), replicas_in(a, b), &a->batch[b]));
    return TG_OK;
}

static void
close_run(run *a)
{
    for (size_t b = 0; a->batch && b < a->batches; b++) tg_batch_clear(&a->batch[b]);
    free(a->batch);
    free(a->loss);
    free(a->own);
    free(a->grids.t);
    free(a->grids.cell);
}

static bool
any_finished(const run *a)
{
    for (size_t b = 0; b < a->batches; b++)
        if (*a->batch[b].count > 0) return true;
    return false;
}

size_t
tg_replicas_batches(size_t replicas)
{
    return replicas < TG_MOST_BATCHES ? replicas : TG_MOST_BATCHES;
}

tg_status
tg_replicas_run(const tg_setup *setup, const tg_replicas_plan *plan, tg_simulation **out)
{
    run a = { .setup = setup, .plan = plan };

    TG_TRY(check(setup, plan));
    TG_TRY(check_work(setup, plan));
    a.threads = plan->threads ? plan->threads : tg_parallel_threads();
    a.batches = tg_replicas_batches(plan->replicas);
    tg_status status = open_grids(&a);
    if (status == TG_OK) status = open_batches(&a, 0, a.batches);
    if (status == TG_OK)
        status = tg_parallel_run(a.batches, a.threads, run_batch, &a, NULL);
    if (status == TG_OK || (status == TG_ESTOP && any_finished(&a)))
        status = tg_replicas_sum(&a, out);
    close_run(&a);
    return status;
}

tg_status
tg_replicas_batch(const tg_setup *setup, const tg_replicas_plan *plan, size_t index,
                  void **data, size_t *size)
{
    run a = { .setup = setup, .plan = plan, .threads = 1 };

    TG_TRY(check(setup, plan));
    a.batches = tg_replicas_batches(plan->replicas);
    tg_status status = open_grids(&a);
    if (status == TG_OK) status = open_batches(&a, index, 1);
    if (status == TG_OK) status = compute_batch(&a, index, 0);
    if (status == TG_OK) {
        *data = a.batch[index].block;
        *size = a.batch[index].bytes;
        a.batch[index].block = NULL;
    }
    close_run(&a);
    return status;
}
