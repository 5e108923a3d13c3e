#include "solver/jump.h"

#include "core/normals.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JOBS  64
#define BATCH 256 /* delays and normals drawn at once */

static tg_status
check(const tg_jump *j)
{
    const double coefficients[] = { j->eta, j->h, j->sigma, j->x0 };

    for (size_t i = 0; i < 4; i++)
        if (!isfinite(coefficients[i]))
            return tg_fail(TG_EDOMAIN, "eta, h, sigma and x0 must be finite");
    if (!j->delay) return tg_fail(TG_EDOMAIN, "there is no delay law");
    if (!(j->lambda > 0 && isfinite(j->lambda)))
        return tg_fail(TG_EDOMAIN, "the arrival rate must be > 0, got %g", j->lambda);
    if (!(j->interval > 0 && isfinite(j->interval)))
        return tg_fail(TG_EDOMAIN, "the interval must be > 0, got %g", j->interval);
    if (j->paths == 0 || j->rows == 0)
        return tg_fail(TG_EDOMAIN, "paths and rows must be >= 1");
    if (!(j->lambda * j->interval * (double)j->rows < 1e8))
        return tg_fail(TG_EDOMAIN, "%.3g arrivals to a path are more than 1e8",
                       j->lambda * j->interval * (double)j->rows);
    return TG_OK;
}

/* A path: x jumped to value[i] at time[i]; time[0] = 0, value[0] = x0. */
typedef struct path {
    double *time, *value;
    size_t  count, room;
    tg_rng  arrival, law, noise;
    double  delay[BATCH], normal[BATCH];
} path;

static tg_status
grow(path *p)
{
    const size_t room = p->room ? 2 * p->room : 1024;
    double      *time = realloc(p->time, room * sizeof *time);
    if (time) p->time = time;
    double *value = realloc(p->value, room * sizeof *value);
    if (value) p->value = value;
    if (!time || !value) return tg_fail(TG_ENOMEM, "out of memory for %zu arrivals", room);
    p->room = room;
    return TG_OK;
}

/* x(t-), from the arrival before t; arrivals are even enough that a guess is near. */
static double
value_before(const path *p, double t, double lambda, double now)
{
    size_t low = 0, high = p->count; /* time[low] < t <= time[high] */

    if (!(t > 0)) return p->value[0];
    for (double back = lambda * (now - t) + 4; back < (double)p->count; back *= 2) {
        const size_t i = p->count - (size_t)back;
        if (p->time[i] < t) {
            low = i;
            break;
        }
        high = i;
    }
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (p->time[middle] < t)
            low = middle;
        else
            high = middle;
    }
    return p->value[low];
}

static void
draw(const tg_jump *j, path *p)
{
    tg_delay_samples(j->delay, &p->law, p->delay, BATCH);
    tg_rng_normals(&p->noise, p->normal, BATCH);
}

/* The path up to the last row; stats get x at every row on the way. */
static tg_status
follow(const tg_jump *j, path *p, tg_stats *stats)
{
    double t = 0, x = j->x0;
    size_t row = 0;

    p->count = 0;
    for (size_t n = 0; row < j->rows; n++) {
        if (p->count == p->room) TG_TRY(grow(p));
        p->time[p->count] = t;
        p->value[p->count++] = x;
        t += tg_rng_exponential(&p->arrival) / j->lambda;
        for (; row < j->rows && (double)row * j->interval < t; row++)
            tg_stats_add(&stats[row], x);
        if (n % BATCH == 0) draw(j, p);
        const double past = value_before(p, t - p->delay[n % BATCH], j->lambda, t);
        x -= j->eta * (j->h * past + j->sigma * p->normal[n % BATCH]);
        if (!(fabs(x) < 1e150))
            return tg_fail(TG_EDIVERGED,
                           "a path of the jump form left the finite range at t = %g", t);
    }
    return TG_OK;
}

typedef struct run {
    const tg_jump *j;
    path          *paths; /* (threads) */
    tg_stats      *stats; /* (JOBS, rows) */
    char          *done;  /* (JOBS) */
} run;

static tg_status
run_job(size_t job, size_t thread, void *context)
{
    run           *r = context;
    const tg_jump *j = r->j;
    path          *p = &r->paths[thread];

    for (size_t i = job * j->paths / JOBS; i < (job + 1) * j->paths / JOBS; i++) {
        p->arrival = tg_rng_stream(j->seed, TG_PURPOSE_ARRIVAL, i);
        p->law = tg_rng_stream(j->seed, TG_PURPOSE_DELAY, i);
        p->noise = tg_rng_stream(j->seed, TG_PURPOSE_NOISE, i);
        TG_TRY(follow(j, p, r->stats + job * j->rows));
    }
    r->done[job] = 1;
    return TG_OK;
}

static void
merge(const run *r, tg_stats *stats)
{
    memset(stats, 0, r->j->rows * sizeof *stats);
    for (size_t job = 0; job < JOBS; job++)
        for (size_t i = 0; r->done[job] && i < r->j->rows; i++)
            tg_stats_merge(&stats[i], &r->stats[job * r->j->rows + i]);
}

tg_status
tg_jump_run(const tg_jump *j, tg_stats *stats)
{
    tg_status status;

    TG_TRY(check(j));
    const size_t threads = j->threads ? j->threads : tg_parallel_threads();
    run r = { j, calloc(threads, sizeof *r.paths), calloc(JOBS * j->rows, sizeof *r.stats),
              calloc(JOBS, 1) };
    if (r.paths && r.stats && r.done) {
        status = tg_parallel_run(JOBS, threads, run_job, &r, NULL);
        if (status == TG_OK || status == TG_ESTOP) merge(&r, stats);
    } else {
        status = tg_fail(TG_ENOMEM, "out of memory");
    }
    for (size_t i = 0; r.paths && i < threads; i++) {
        free(r.paths[i].time);
        free(r.paths[i].value);
    }
    free(r.paths);
    free(r.stats);
    free(r.done);
    return status;
}
