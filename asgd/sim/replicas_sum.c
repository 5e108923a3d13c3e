#include "asgd/sim/replicas_sum.h"

#include "asgd/sim/settling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Replicas of a batch are finished in order, so that after a stop few are looked at of many. */
static bool
is_finished(const tg_replicas_running *a, size_t i)
{
    return i / a->batches < *a->batch[i % a->batches].count;
}

static size_t
next_finished(const tg_replicas_running *a, size_t i)
{
    size_t left = a->batches; /* that many in a row that are not: there are no more */

    for (i++; i < a->plan->replicas && !is_finished(a, i); i++)
        if (--left == 0) return a->plan->replicas;
    return i;
}

static const tg_replica *
replica_of(const tg_replicas_running *a, size_t i)
{
    return &a->batch[i % a->batches].replica[i / a->batches];
}

static size_t
first_finished(const tg_replicas_running *a)
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
    s->hit_gradients[s->replicas] = r->hit_gradients;
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

/* Under staleness by decree a move comes as many rounds later as it is late, and a round takes as long as its slowest. */
static double
longest_way(const tg_replicas_running *a, const tg_simulation *s)
{
    const tg_rule_kind *rule = (const tg_rule_kind *)a->setup->rule.kind;
    const double        trip = longest_trip(a->setup->cluster, &s->ledger);
    const double        rounds =
        (double)s->ledger.delivered /
        ((double)a->setup->cluster->workers * fmax((double)s->replicas, 1));

    if (!rule->late) return trip;
    return (1 + rule->late(a->setup->rule.param, a->setup->lag)) *
           fmax(trip, a->plan->horizon / fmax(rounds, 1));
}

static tg_status
judge_growth(const tg_replicas_running *a, tg_simulation *s)
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
    times.longest = longest_way(a, s);
    s->growth = tg_growth_judge((const double(*)[4])quarter, n, &times);
    free(quarter);
    return TG_OK;
}

static tg_status
find_settling(const tg_replicas_running *a, tg_simulation *s)
{
    const double *sum[TG_MOST_BATCHES];
    size_t        replicas[TG_MOST_BATCHES], n = 0;

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
        s->hit_gradients = malloc(plan->replicas * sizeof *s->hit_gradients);
        s->staleness = calloc(TG_STALENESS_BINS, sizeof *s->staleness);
    }
    if (!s || !s->t || !s->loss || !s->hit || !s->hit_gradients || !s->staleness) {
        tg_simulation_free(s);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *out = s;
    return TG_OK;
}

/* Those of whole runs. */
static tg_status
merge_metrics(const tg_replicas_running *a, tg_simulation *s)
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

tg_status
tg_replicas_sum(const tg_replicas_running *a, tg_simulation **out)
{
    tg_simulation *s = NULL;

    TG_TRY(allocate_simulation(a->plan, &s));
    s->diverged_time = INFINITY;
    s->spacing = a->setup->problem->kind->cheap_loss ? 0 : 1.0 / TG_DEAR_LOOKS;
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

void
tg_simulation_free(tg_simulation *s)
{
    if (!s) return;
    free(s->t);
    free(s->loss);
    free(s->hit);
    free(s->hit_gradients);
    free(s->staleness);
    tg_metrics_free(s->metric);
    free(s);
}
