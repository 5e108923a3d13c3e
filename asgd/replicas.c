#include "asgd/replicas.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

typedef struct replica {
    double  *loss; /* (points) */
    double   hit, diverged_at;
    uint64_t arrivals, updates;
    int      finished;
} replica;

typedef struct batch {
    const tg_setup         *setup;
    const tg_replicas_plan *plan;
    replica                *replica;
    uint64_t               *staleness; /* (threads, TG_STALENESS_BINS) */
} batch;

/* A loss this many times the largest of its beginning (until every worker has delivered
 * twice or so) is counted as diverged, long before it overflows. */
static const double EXPLODED = 1e12;

/* What the losses of all replicas may take. */
static const double MOST_BYTES = 0x1p32;

static double
grid_time(const tg_replicas_plan *plan, size_t i)
{
    return plan->horizon * (double)i / (double)(plan->points - 1);
}

/* Between deliveries the loss is constant: grid points before the next one get it. */
static void
follow(tg_sim *s, const batch *b, uint64_t *staleness, replica *r)
{
    const tg_replicas_plan *plan = b->plan;
    const bool              cheap = b->setup->problem->kind->cheap_loss;
    const double            beginning = 2 * (double)b->setup->cluster->workers;
    double                  loss = tg_sim_loss(s), now = 0, scale = loss;

    for (size_t i = 0; i < plan->points;) {
        const double next = tg_sim_next(s);
        if (!cheap && grid_time(plan, i) < next) loss = tg_sim_loss(s);
        if ((double)tg_sim_updates(s) <= beginning) scale = fmax(scale, loss);
        if (!(loss <= EXPLODED * scale) || isinf(loss))
            r->diverged_at = fmin(r->diverged_at, now);
        if (loss <= plan->target && isinf(r->hit)) r->hit = now;
        while (i < plan->points && grid_time(plan, i) < next)
            r->loss[i++] = isinf(r->diverged_at) ? loss : INFINITY;
        if (isfinite(r->diverged_at)) {
            while (i < plan->points) r->loss[i++] = INFINITY;
            break;
        }
        if (next > plan->horizon) break;
        const uint64_t j = tg_sim_step(s);
        staleness[j < TG_STALENESS_BINS ? j : TG_STALENESS_BINS - 1]++;
        now = next;
        if (cheap) loss = tg_sim_loss(s);
    }
    r->arrivals = tg_sim_arrivals(s);
    r->updates = tg_sim_updates(s);
}

static tg_status
run_one(size_t index, size_t thread, void *context)
{
    const batch *b = context;
    replica     *r = &b->replica[index];
    tg_sim      *s;

    r->loss = calloc(b->plan->points, sizeof *r->loss);
    if (!r->loss) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(tg_sim_create(b->setup, index, &s));
    r->hit = r->diverged_at = INFINITY;
    follow(s, b, b->staleness + thread * TG_STALENESS_BINS, r);
    tg_sim_free(s);
    r->finished = 1;
    tg_progress_tick(b->plan->progress);
    return TG_OK;
}

/* The mean of a replica's loss over the last half of the grid. */
static double
late_mean(const double *loss, size_t points)
{
    double sum = 0;

    for (size_t i = points / 2; i < points; i++) sum += loss[i];
    return sum / (double)(points - points / 2);
}

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
    for (size_t i = 0; i < s->points; i++) tg_stats_add(&s->loss[i], r->loss[i]);
    tg_stats_add(&s->floor, late_mean(r->loss, s->points));
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

static double
mean_over(const tg_simulation *s, size_t from, size_t to)
{
    double sum = 0;

    for (size_t i = from; i < to; i++) sum += s->loss[i].mean;
    return sum / (double)(to - from);
}

/* Growth, not the approach to a floor from below: above the start, doubled from the second
 * to the last quarter of the grid, and by rising amounts. */
static int
has_grown(const tg_simulation *s)
{
    const size_t q = s->points / 4;

    if (s->diverged || q == 0) return !(s->loss[s->points - 1].mean <= s->loss[0].mean);
    const double second = mean_over(s, q, 2 * q), third = mean_over(s, 2 * q, 3 * q);
    const double last = mean_over(s, 3 * q, s->points);
    return !(last <= s->loss[0].mean) && last > 2 * second && last - third > third - second;
}

static tg_status
find_settling(tg_simulation *s, double target)
{
    double *mean = malloc(s->points * sizeof *mean), slope;

    if (!mean) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < s->points; i++) mean[i] = s->loss[i].mean;
    s->settle = tg_settling_time(s->t, mean, s->points, target, &slope);
    size_t at = 0;
    while (at + 1 < s->points && s->t[at] < s->settle) at++;
    s->settle_error =
        isfinite(s->settle) ? tg_stats_error(&s->loss[at]) / slope : (double)NAN;
    free(mean);
    return TG_OK;
}

static tg_status
sum_up(const batch *b, size_t threads, tg_simulation **out)
{
    const tg_replicas_plan *plan = b->plan;
    tg_simulation          *s = calloc(1, sizeof *s);

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
    s->diverged_time = INFINITY;
    for (size_t i = 0; i < plan->points; i++) s->t[i] = grid_time(plan, i);
    for (size_t i = 0; i < plan->replicas; i++)
        if (b->replica[i].finished) add_replica(s, i, &b->replica[i]);
    for (size_t j = 0; j < threads * TG_STALENESS_BINS; j++) /* whole numbers: any order */
        s->staleness[j % TG_STALENESS_BINS] += b->staleness[j];
    mend_diverged(s);
    s->grew = has_grown(s);
    const tg_status status = find_settling(s, plan->target);
    if (status == TG_OK)
        *out = s;
    else
        tg_simulation_free(s);
    return status;
}

tg_status
tg_replicas_run(const tg_setup *setup, const tg_replicas_plan *plan, tg_simulation **out)
{
    size_t done = 0;

    if (!(plan->horizon > 0) || !isfinite(plan->horizon))
        return tg_fail(TG_EDOMAIN, "horizon must be > 0, got %g", plan->horizon);
    if (plan->points < 2 || plan->replicas < 1)
        return tg_fail(TG_EDOMAIN,
                       "expected at least 2 points and 1 replica, got %zu and %zu",
                       plan->points, plan->replicas);
    const double bytes = (double)plan->replicas * (double)plan->points * sizeof(double);
    if (bytes > MOST_BYTES)
        return tg_fail(TG_EDOMAIN,
                       "%zu replicas of %zu points need %.3g GiB, allowed are %g",
                       plan->replicas, plan->points, bytes / 0x1p30, MOST_BYTES / 0x1p30);
    const size_t threads = plan->threads ? plan->threads : tg_parallel_threads();
    batch        b = { setup, plan, calloc(plan->replicas, sizeof *b.replica),
                       calloc(threads * TG_STALENESS_BINS, sizeof *b.staleness) };
    tg_status    status =
        b.replica && b.staleness ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        status = tg_parallel_run(plan->replicas, threads, run_one, &b, &done);
    if (status == TG_OK || (status == TG_ESTOP && done > 0))
        status = sum_up(&b, threads, out);
    for (size_t i = 0; b.replica && i < plan->replicas; i++) free(b.replica[i].loss);
    free(b.replica);
    free(b.staleness);
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
