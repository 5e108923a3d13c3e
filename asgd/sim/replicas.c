#include "asgd/sim/replicas.h"

#include "asgd/sim/batch.h"
#include "asgd/sim/settling.h"
#include "core/parallel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCHES = 48 };

typedef struct run {
    const tg_setup         *setup;
    const tg_replicas_plan *plan;
    tg_replica_grids        grids;
    size_t                  batches, threads;
    tg_batch               *batch;      /* (batches) */
    double                 *loss, *own; /* (threads, points), (threads, cells) */
    tg_metric_plan          metric_plan;
} run;

/* About a day of one thread. */
static const double MOST_BYTES = 0x1p32, MOST_WORK = 1e12;

/* Batches that took less time than this are not worth a record [s]. */
static const double LEAST_KEPT = 0.01;

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

static double
seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* From the records, if it is there; else computed, and kept there. What cannot be kept is no reason
 * to lose what was computed. */
static tg_status
run_batch(size_t index, size_t thread, void *context)
{
    const run      *a = context;
    const tg_batch *b = &a->batch[index];
    char            key[256];

    if (!a->plan->records) return compute_batch(a, index, thread);
    snprintf(key, sizeof key, "%.200s, batch %zu of %zu", a->plan->what, index, a->batches);
    if (tg_records_find(a->plan->records, key, b->block, b->bytes)) {
        for (size_t i = *b->count; i-- > 0;) tg_progress_tick(a->plan->progress);
        return TG_OK;
    }
    const double since = seconds();
    TG_TRY(compute_batch(a, index, thread));
    if (seconds() - since < LEAST_KEPT) return TG_OK;
    const tg_status kept = tg_records_add(a->plan->records, key, b->block, b->bytes);
    return kept == TG_ENOMEM ? kept : TG_OK;
}

/* ---- summing up ---------------------------------------------------------------------- */

/* Replicas of a batch are finished in order, so that after a stop few are looked at of many. */
static bool
is_finished(const run *a, size_t i)
{
    return i / a->batches < *a->batch[i % a->batches].count;
}

static size_t
next_finished(const run *a, size_t i)
{
    size_t left = a->batches; /* that many in a row that are not: there are no more */

    for (i++; i < a->plan->replicas && !is_finished(a, i); i++)
        if (--left == 0) return a->plan->replicas;
    return i;
}

static const tg_replica *
replica_of(const run *a, size_t i)
{
    return &a->batch[i % a->batches].replica[i / a->batches];
}

static size_t
first_finished(const run *a)
{
    return is_finished(a, 0) ? 0 : next_finished(a, 0);
}

static void
add_ledger(tg_ledger *into, const tg_ledger *one)
{
    into->begun += one->begun;
    into->delivered += one->delivered;
    into->applied += one->applied;
    into->dropped += one->dropped;
    into->aborted += one->aborted;
    into->skipped += one->skipped;
    into->gradients += one->gradients;
    into->updates += one->updates;
    into->fetched += one->fetched;
    into->away += one->away;
    into->bytes_up += one->bytes_up;
    into->bytes_down += one->bytes_down;
}

static void
add_replica(tg_simulation *s, size_t index, const tg_replica *r)
{
    s->hit[s->replicas] = r->hit;
    add_ledger(&s->ledger, &r->ledger);
    if (isfinite(r->diverged_at) && s->diverged++ == 0) {
        s->diverged_replica = index;
        s->diverged_time = r->diverged_at;
        s->diverged_updates = r->ledger.updates;
        memcpy(s->diverged_in, r->sick, sizeof s->diverged_in);
    }
    if (r->stalled && s->stalled++ == 0) {
        s->stalled_replica = index;
        s->stalled_worker = r->stalled_worker;
    }
    tg_stats_add(&s->floor, (r->quarter[2] + r->quarter[3]) / 2);
    s->replicas++;
}

/* inf - inf is not a number; a mean over replicas of which one diverged is infinite. */
static void
mend_diverged(tg_simulation *s)
{
    for (size_t i = 0; i < s->points; i++)
        if (isnan(s->loss[i].mean)) s->loss[i].mean = INFINITY;
    if (isnan(s->floor.mean)) s->floor.mean = INFINITY;
}

/* Mean round trip of the slowest worker: by its law and speed, and by what links and queues have been
 * seen to add in the mean of all. */
static double
longest_trip(const tg_cluster *c, const tg_ledger *l)
{
    const double lambda = tg_cluster_rate(c),
                 alone = lambda > 0 ? (double)c->workers / lambda : INFINITY,
                 seen = l->away / fmax(1, (double)l->delivered);

    return tg_cluster_longest(c) + fmax(0, seen - alone);
}

static tg_status
judge_growth(const run *a, tg_simulation *s)
{
    double(*quarter)[4] = malloc(s->replicas * sizeof *quarter);
    tg_growth_times times = { .horizon = a->plan->horizon };
    size_t          n = 0;

    if (!quarter) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = first_finished(a); i < a->plan->replicas; i = next_finished(a, i)) {
        const tg_replica *r = replica_of(a, i);
        memcpy(quarter[n++], r->quarter, sizeof *quarter);
        times.began += r->began / (double)s->replicas;
        times.last_began = fmax(times.last_began, r->began);
    }
    times.longest = longest_trip(a->setup->cluster, &s->ledger);
    s->growth = tg_growth_judge((const double(*)[4])quarter, n, &times);
    free(quarter);
    return TG_OK;
}

static tg_status
find_settling(const run *a, tg_simulation *s)
{
    const double *sum[BATCHES];
    size_t        replicas[BATCHES], n = 0;

    for (size_t b = 0; b < a->batches; b++)
        if (*a->batch[b].count > 0) {
            sum[n] = a->batch[b].sum;
            replicas[n++] = *a->batch[b].count;
        }
    const tg_settling of = { a->grids.cell, sum, replicas, a->grids.cells, n };
    s->settle = INFINITY;
    s->settle_error = NAN;
    if (isnan(a->plan->target)) return TG_OK;
    return tg_settling_find(&of, a->plan->target, a->setup->seed, &s->settle,
                            &s->settle_error);
}

static tg_status
allocate_simulation(const tg_replicas_plan *plan, tg_simulation **out)
{
    tg_simulation *s = calloc(1, sizeof *s);

    if (s) {
        s->points = plan->points;
        s->t = malloc(plan->points * sizeof *s->t);
        s->loss = calloc(plan->points, sizeof *s->loss);
        s->hit = malloc(plan->replicas * sizeof *s->hit);
        s->staleness = calloc(TG_STALENESS_BINS, sizeof *s->staleness);
    }
    if (!s || !s->t || !s->loss || !s->hit || !s->staleness) {
        tg_simulation_free(s);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *out = s;
    return TG_OK;
}

/* Those of whole runs. */
static tg_status
merge_metrics(const run *a, tg_simulation *s)
{
    s->metric_plan = a->metric_plan;
    s->metric_plan.t = s->t;
    TG_TRY(tg_metrics_create(&s->metric_plan, &s->metric));
    for (size_t b = 0; b < a->batches; b++)
        tg_metrics_merge(&s->metric_plan, s->metric, a->batch[b].metric);
    return TG_OK;
}

tg_status
tg_simulation_report(const tg_simulation *s, size_t metric, tg_table *out)
{
    const tg_metric_kind *kind = (const tg_metric_kind *)s->metric_plan.list[metric];

    return kind->report(&s->metric_plan, s->metric[metric], out);
}

static tg_status
sum_up(const run *a, tg_simulation **out)
{
    tg_simulation *s = NULL;

    TG_TRY(allocate_simulation(a->plan, &s));
    s->diverged_time = INFINITY;
    memcpy(s->t, a->grids.t, s->points * sizeof *s->t);
    for (size_t b = 0; b < a->batches; b++) {
        for (size_t i = 0; i < s->points; i++)
            tg_stats_merge(&s->loss[i], &a->batch[b].loss[i]);
        for (size_t j = 0; j < TG_STALENESS_BINS; j++)
            s->staleness[j] += a->batch[b].staleness[j];
    }
    for (size_t i = first_finished(a); i < a->plan->replicas; i = next_finished(a, i))
        add_replica(s, i, replica_of(a, i));
    mend_diverged(s);
    tg_status status = judge_growth(a, s);
    if (status == TG_OK && a->plan->metrics && s->replicas == a->plan->replicas)
        status = merge_metrics(a, s);
    if (status == TG_OK) status = find_settling(a, s);
    if (status == TG_OK)
        *out = s;
    else
        tg_simulation_free(s);
    return status;
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
    TG_TRY(check_changes(setup->cluster, plan->horizon));
    const double threads = (double)(plan->threads ? plan->threads : tg_parallel_threads());
    const double work = work_of(setup, plan), most = MOST_WORK * threads;
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
                            cheap ? 1024 : 32, &g->cell, &g->cells);
}

static tg_status
open_batches(run *a)
{
    const size_t points = a->grids.points, cells = a->grids.cells;

    a->metric_plan = (tg_metric_plan){ .list = a->plan->metrics,
                                       .workers = a->setup->cluster->workers,
                                       .dim = a->setup->problem->dim,
                                       .points = points,
                                       .t = a->grids.t,
                                       .horizon = a->plan->horizon };
    const double bytes =
        (double)a->batches * tg_batch_bytes(&a->grids, metrics_of(a), replicas_in(a, 0)) +
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
    for (size_t b = 0; b < a->batches; b++)
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

tg_status
tg_replicas_run(const tg_setup *setup, const tg_replicas_plan *plan, tg_simulation **out)
{
    run a = { .setup = setup, .plan = plan };

    TG_TRY(check(setup, plan));
    a.threads = plan->threads ? plan->threads : tg_parallel_threads();
    a.batches = plan->replicas < BATCHES ? plan->replicas : BATCHES;
    tg_status status = open_grids(&a);
    if (status == TG_OK) status = open_batches(&a);
    if (status == TG_OK)
        status = tg_parallel_run(a.batches, a.threads, run_batch, &a, NULL);
    if (status == TG_OK || (status == TG_ESTOP && any_finished(&a)))
        status = sum_up(&a, out);
    close_run(&a);
    return status;
}

void
tg_simulation_free(tg_simulation *s)
{
    if (!s) return;
    free(s->t);
    free(s->loss);
    free(s->hit);
    free(s->staleness);
    tg_metrics_free(s->metric);
    free(s);
}
