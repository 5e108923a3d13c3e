#include "asgd/replicas.h"

#include "asgd/settling.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCHES = 48, LISTEN = 4096 /* deliveries between looks at the stop flag */ };

/* What is kept of a replica. */
typedef struct replica {
    double   hit, diverged_at;
    double   began;      /* until then the model had not moved */
    double   quarter[4]; /* mean loss over the quarters of the horizon */
    uint64_t arrivals, updates;
    bool     finished;
} replica;

/* The losses of one replica at the grid times, or their sum over a batch. */
typedef struct batch {
    tg_stats *loss; /* (points) */
    double   *sum;  /* (cells) */
    size_t    replicas;
} batch;

typedef struct run {
    const tg_setup         *setup;
    const tg_replicas_plan *plan;
    double                 *t, *cell; /* (points), (cells): the two grids */
    size_t                  cells, batches, threads;
    replica                *replica;    /* (plan->replicas) */
    batch                  *batch;      /* (batches) */
    double                 *loss, *own; /* (threads, points), (threads, cells) */
    uint64_t               *staleness;  /* (threads, TG_STALENESS_BINS) */
} run;

/* A loss this many times the largest of its beginning (until every worker has delivered
 * twice or so) is counted as diverged, long before it overflows. */
static const double EXPLODED = 1e12;

/* About a day of one thread. */
static const double MOST_BYTES = 0x1p32, MOST_WORK = 1e12;

/* ---- one replica --------------------------------------------------------------------- */

/* A replica under way. */
typedef struct walk {
    tg_sim   *sim;
    replica  *r;
    double   *loss, *own; /* (points), (cells) */
    uint64_t *staleness;  /* (TG_STALENESS_BINS) */
    size_t    i, k;       /* grid points and cells filled */
    double    scale, beginning;
} walk;

/* See the loss that holds from `now` on. */
static void
look(walk *w, double now, double loss, double target)
{
    const uint64_t updates = tg_sim_updates(w->sim);

    if ((double)updates <= w->beginning) w->scale = fmax(w->scale, loss);
    if (updates == 0) w->r->began = now;
    if (!(loss <= EXPLODED * w->scale) || isinf(loss))
        w->r->diverged_at = fmin(w->r->diverged_at, now);
    if (loss <= target && isinf(w->r->hit)) w->r->hit = now;
}

/* Between deliveries the loss is constant: grid times before the next one get it. */
static void
fill(walk *w, const run *a, double next, double loss)
{
    while (w->k < a->cells && a->cell[w->k] < next) w->own[w->k++] = loss;
    while (w->i < a->plan->points && a->t[w->i] < next) w->loss[w->i++] = loss;
}

/* The loss is known after every delivery. */
static tg_status
follow(walk *w, const run *a)
{
    double loss = tg_sim_loss(w->sim), now = 0;

    for (uint64_t n = 1;; n++) {
        const double next = tg_sim_next(w->sim);
        look(w, now, loss, a->plan->target);
        if (isfinite(w->r->diverged_at)) return TG_OK;
        fill(w, a, next, loss);
        if (next > a->plan->horizon) return TG_OK;
        const uint64_t j = tg_sim_step(w->sim);
        w->staleness[j < TG_STALENESS_BINS ? j : TG_STALENESS_BINS - 1]++;
        now = next;
        loss = tg_sim_loss(w->sim);
        if (n % LISTEN == 0) TG_TRY(tg_stop_check());
    }
}

/* A loss that costs a pass over the data is asked for at grid times only; what is found out
 * of it rests on the cells. */
static tg_status
follow_dear(walk *w, const run *a)
{
    for (;;) {
        const double next = tg_sim_next(w->sim);
        const bool   own = w->k < a->cells && a->cell[w->k] < next;
        if (own || (w->i < a->plan->points && a->t[w->i] < next)) {
            const double loss = tg_sim_loss(w->sim);
            if (own) look(w, a->cell[w->k], loss, a->plan->target);
            if (isfinite(w->r->diverged_at)) return TG_OK;
            fill(w, a, next, loss);
            TG_TRY(tg_stop_check());
        }
        if (next > a->plan->horizon) return TG_OK;
        const uint64_t j = tg_sim_step(w->sim);
        w->staleness[j < TG_STALENESS_BINS ? j : TG_STALENESS_BINS - 1]++;
        if (j % LISTEN == 0) TG_TRY(tg_stop_check());
    }
}

/* Mean loss over each quarter of the horizon, by the trapezium rule on the cells. */
static void
fill_quarters(const run *a, const double *own, double quarter[4])
{
    const double length = a->plan->horizon / 4;

    for (int q = 0; q < 4; q++) quarter[q] = 0;
    for (size_t k = 1; k < a->cells; k++) {
        const double middle = (a->cell[k - 1] + a->cell[k]) / 2;
        const int q = middle < 2 * length ? middle >= length : 2 + (middle >= 3 * length);
        quarter[q] += (own[k - 1] + own[k]) / 2 * (a->cell[k] - a->cell[k - 1]);
    }
    for (int q = 0; q < 4; q++) quarter[q] /= length;
}

/* ---- batches ------------------------------------------------------------------------- */

static tg_status
run_one(const run *a, size_t index, size_t thread, batch *b)
{
    replica *r = &a->replica[index];
    walk     w = { .r = r,
                   .loss = a->loss + thread * a->plan->points,
                   .own = a->own + thread * a->cells,
                   .staleness = a->staleness + thread * TG_STALENESS_BINS,
                   .beginning = 2 * (double)a->setup->cluster->workers };

    TG_TRY(tg_sim_create(a->setup, index, &w.sim));
    r->hit = r->diverged_at = INFINITY;
    const tg_status status =
        a->setup->problem->kind->cheap_loss ? follow(&w, a) : follow_dear(&w, a);
    r->arrivals = tg_sim_arrivals(w.sim);
    r->updates = tg_sim_updates(w.sim);
    tg_sim_free(w.sim);
    TG_TRY(status);
    while (w.k < a->cells) w.own[w.k++] = INFINITY; /* diverged */
    while (w.i < a->plan->points) w.loss[w.i++] = INFINITY;
    for (size_t k = 0; k < a->cells; k++) b->sum[k] += w.own[k];
    for (size_t i = 0; i < a->plan->points; i++) tg_stats_add(&b->loss[i], w.loss[i]);
    fill_quarters(a, w.own, r->quarter);
    b->replicas++;
    r->finished = true;
    tg_progress_tick(a->plan->progress);
    return TG_OK;
}

/* Batch b has the replicas b, b + batches, ... */
static tg_status
run_batch(size_t index, size_t thread, void *context)
{
    const run *a = context;
    batch     *b = &a->batch[index];

    for (size_t i = index; i < a->plan->replicas; i += a->batches) {
        TG_TRY(tg_stop_check());
        TG_TRY(run_one(a, i, thread, b));
    }
    return TG_OK;
}

/* ---- summing up ---------------------------------------------------------------------- */

static void
add_replica(tg_simulation *s, size_t index, const replica *r)
{
    s->hit[s->replicas] = r->hit;
    s->arrivals += r->arrivals;
    s->updates += r->updates;
    if (isfinite(r->diverged_at) && s->diverged++ == 0) {
        s->diverged_replica = index;
        s->diverged_time = r->diverged_at;
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

static tg_status
judge_growth(const run *a, tg_simulation *s)
{
    const tg_cluster *c = a->setup->cluster;
    double(*quarter)[4] = malloc(s->replicas * sizeof *quarter);
    tg_growth_times times = { .horizon = a->plan->horizon };
    size_t          n = 0;

    if (!quarter) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < a->plan->replicas; i++) {
        const replica *r = &a->replica[i];
        if (!r->finished) continue;
        memcpy(quarter[n++], r->quarter, sizeof *quarter);
        times.began += r->began / (double)s->replicas;
        times.last_began = fmax(times.last_began, r->began);
    }
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] > 0) times.longest = fmax(times.longest, tg_delay_mean(c->law[g]));
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
        if (a->batch[b].replicas > 0) {
            sum[n] = a->batch[b].sum;
            replicas[n++] = a->batch[b].replicas;
        }
    const tg_settling of = { a->cell, sum, replicas, a->cells, n };
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

static tg_status
sum_up(const run *a, tg_simulation **out)
{
    tg_simulation *s = NULL;

    TG_TRY(allocate_simulation(a->plan, &s));
    s->diverged_time = INFINITY;
    memcpy(s->t, a->t, s->points * sizeof *s->t);
    for (size_t b = 0; b < a->batches; b++)
        for (size_t i = 0; i < s->points; i++)
            tg_stats_merge(&s->loss[i], &a->batch[b].loss[i]);
    for (size_t i = 0; i < a->plan->replicas; i++)
        if (a->replica[i].finished) add_replica(s, i, &a->replica[i]);
    for (size_t j = 0; j < a->threads * TG_STALENESS_BINS; j++) /* whole: any order */
        s->staleness[j % TG_STALENESS_BINS] += a->staleness[j];
    mend_diverged(s);
    tg_status status = judge_growth(a, s);
    if (status == TG_OK) status = find_settling(a, s);
    if (status == TG_OK)
        *out = s;
    else
        tg_simulation_free(s);
    return status;
}

/* ---- the run ------------------------------------------------------------------------- */

double
tg_replicas_work(const tg_setup *setup, const tg_replicas_plan *plan)
{
    const double one =
        tg_cluster_rate(setup->cluster) * plan->horizon + (double)plan->points;

    return one * (double)plan->replicas;
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
    const double threads = (double)(plan->threads ? plan->threads : tg_parallel_threads());
    const double work = tg_replicas_work(setup, plan), most = MOST_WORK * threads;
    if (!(work <= most))
        return tg_fail(TG_EDOMAIN,
                       "%.3g gradients and points to simulate, a day is enough for %.3g: "
                       "lower horizon, replicas, points or the number of workers",
                       work, most);
    return TG_OK;
}

/* The grid of its own: 1024 times a unit of the time, and 32 a delivery at the beginning;
 * where the loss is dear, 32 and one in four deliveries. */
static tg_status
open_grids(run *a)
{
    const double between = 1 / tg_cluster_rate(a->setup->cluster);
    const bool   cheap = a->setup->problem->kind->cheap_loss;

    if (!(a->t = malloc(a->plan->points * sizeof *a->t)))
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < a->plan->points; i++)
        a->t[i] = a->plan->horizon * (double)i / (double)(a->plan->points - 1);
    return tg_settling_grid(a->plan->horizon, cheap ? between / 32 : 4 * between,
                            cheap ? 1024 : 32, &a->cell, &a->cells);
}

static tg_status
open_batches(run *a)
{
    const size_t points = a->plan->points, size = points * sizeof(tg_stats);
    const double bytes =
        (double)a->batches * (double)size +
        (double)(a->batches + a->threads) * (double)(a->cells + points) * sizeof(double);

    if (bytes > MOST_BYTES)
        return tg_fail(TG_EDOMAIN, "%zu points need %.3g GiB, allowed are %g", points,
                       bytes / 0x1p30, MOST_BYTES / 0x1p30);
    a->replica = calloc(a->plan->replicas, sizeof *a->replica);
    a->batch = calloc(a->batches, sizeof *a->batch);
    a->loss = malloc(a->threads * points * sizeof *a->loss);
    a->own = malloc(a->threads * a->cells * sizeof *a->own);
    a->staleness = calloc(a->threads * TG_STALENESS_BINS, sizeof *a->staleness);
    bool whole = a->replica && a->batch && a->loss && a->own && a->staleness;
    for (size_t b = 0; whole && b < a->batches; b++) {
        a->batch[b].loss = calloc(points, sizeof *a->batch[b].loss);
        a->batch[b].sum = calloc(a->cells, sizeof *a->batch[b].sum);
        whole = a->batch[b].loss && a->batch[b].sum;
    }
    return whole ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

static void
close_run(run *a)
{
    for (size_t b = 0; a->batch && b < a->batches; b++) {
        free(a->batch[b].loss);
        free(a->batch[b].sum);
    }
    free(a->batch);
    free(a->replica);
    free(a->loss);
    free(a->own);
    free(a->staleness);
    free(a->t);
    free(a->cell);
}

static bool
any_finished(const run *a)
{
    for (size_t b = 0; a->batch && b < a->batches; b++)
        if (a->batch[b].replicas > 0) return true;
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
    free(s);
}
