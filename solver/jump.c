#include "solver/jump.h"

#include "solver/observer.h"

#include "core/normals.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JOBS  64
#define BATCH 256 /* delays and normals drawn at once */
#define BLOCK 32  /* paths observed at once */

static tg_status
check(const tg_jump *j)
{
    if (j->modes == 0 || !isfinite(j->eta))
        return tg_fail(TG_EDOMAIN, "%zu modes and learning rate %g make no equation",
                       j->modes, j->eta);
    for (size_t i = 0; i < j->modes; i++)
        if (!isfinite(j->mode[i].h + j->mode[i].sigma + j->mode[i].x0))
            return tg_fail(TG_EDOMAIN, "mode %zu: h, sigma and x0 must be finite", i);
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
    return tg_observe_check(j->observe, j->modes, j->paths);
}

/* A path: x jumped to row i of value at time[i]; time[0] = 0, its row x0. */
typedef struct path {
    double *time, *value; /* (room), (room, modes) */
    size_t  count, room;
    tg_rng  arrival, law, noise;
    double  delay[BATCH];
    double *normal; /* (BATCH, modes) */
} path;

static tg_status
grow(path *p, size_t modes)
{
    const size_t room = p->room ? 2 * p->room : 1024;
    double      *time = realloc(p->time, room * sizeof *time);
    if (time) p->time = time;
    double *value = realloc(p->value, room * modes * sizeof *value);
    if (value) p->value = value;
    if (!time || !value) return tg_fail(TG_ENOMEM, "out of memory for %zu arrivals", room);
    p->room = room;
    return TG_OK;
}

/* The row of x(t-), that of the arrival before t; arrivals are even enough that a guess is
 * near. */
static size_t
row_before(const path *p, double t, double lambda, double now)
{
    size_t low = 0, high = p->count; /* time[low] < t <= time[high] */

    if (!(t > 0)) return 0;
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
    return low;
}

static void
draw(const tg_jump *j, path *p)
{
    tg_delay_samples(j->delay, &p->law, p->delay, BATCH);
    tg_rng_normals(&p->noise, p->normal, BATCH * j->modes);
}

/* All modes from the last row of the path to the next, at an arrival at t. */
static tg_status
arrive(const tg_jump *j, path *p, size_t n, double t)
{
    const size_t  modes = j->modes;
    const double *x = p->value + (p->count - 1) * modes,
                 *normal = p->normal + n % BATCH * modes;
    const double *past =
        p->value + row_before(p, t - p->delay[n % BATCH], j->lambda, t) * modes;
    double *next = p->value + p->count * modes;

    for (size_t i = 0; i < modes; i++) {
        next[i] = x[i] - j->eta * (j->mode[i].h * past[i] + j->mode[i].sigma * normal[i]);
        if (!(fabs(next[i]) < 1e150))
            return tg_fail(TG_EDIVERGED,
                           "a path of the jump form left the finite range at t = %g", t);
    }
    p->time[p->count++] = t;
    return TG_OK;
}

/* Where a path's values go at a row: into the statistics and before the observer. */
typedef struct sink {
    const tg_observer *observer;
    tg_stats          *stats; /* (modes, rows) of the job */
    size_t             thread, lane;
} sink;

static void
show(const tg_jump *j, const sink *to, size_t row, const double *x)
{
    for (size_t i = 0; i < j->modes; i++) {
        double *seen = tg_observer_at(to->observer, to->thread, row, i);
        if (seen) seen[to->lane] = x[i];
        tg_stats_add(&to->stats[i * j->rows + row], x[i]);
    }
}

/* The path up to the last row, shown at every row on the way. */
static tg_status
follow(const tg_jump *j, path *p, const sink *to)
{
    double t = 0;
    size_t row = 0;

    if (p->room == 0) TG_TRY(grow(p, j->modes));
    p->time[0] = 0;
    for (size_t i = 0; i < j->modes; i++) p->value[i] = j->mode[i].x0;
    p->count = 1;
    for (size_t n = 0;; n++) {
        if (p->count == p->room) TG_TRY(grow(p, j->modes));
        t += tg_rng_exponential(&p->arrival) / j->lambda;
        for (; row < j->rows && (double)row * j->interval < t; row++)
            show(j, to, row, p->value + (p->count - 1) * j->modes);
        if (row == j->rows) return TG_OK;
        if (n % BATCH == 0) draw(j, p);
        TG_TRY(arrive(j, p, n, t));
    }
}

typedef struct run {
    const tg_jump *j;
    path          *paths; /* (threads) */
    tg_stats      *stats; /* (JOBS, modes, rows) */
    char          *done;  /* (JOBS) */
    tg_observer    observer;
} run;

static tg_status
run_job(size_t job, size_t thread, void *context)
{
    run           *r = context;
    const tg_jump *j = r->j;
    path          *p = &r->paths[thread];

    const size_t first = job * j->paths / JOBS, end = (job + 1) * j->paths / JOBS;
    sink         to = { &r->observer, r->stats + job * j->modes * j->rows, thread, 0 };

    for (size_t i = first; i < end; i++) {
        p->arrival = tg_rng_stream(j->seed, TG_PURPOSE_ARRIVAL, i);
        p->law = tg_rng_stream(j->seed, TG_PURPOSE_DELAY, i);
        p->noise = tg_rng_stream(j->seed, TG_PURPOSE_NOISE, i);
        TG_TRY(follow(j, p, &to));
        to.lane = (to.lane + 1) % BLOCK;
        if (to.lane == 0) tg_observer_take(&r->observer, job, thread, BLOCK);
    }
    if (to.lane) tg_observer_take(&r->observer, job, thread, to.lane);
    r->done[job] = 1;
    return TG_OK;
}

static void
merge(const run *r, tg_stats *stats)
{
    const size_t cells = r->j->modes * r->j->rows;

    memset(stats, 0, cells * sizeof *stats);
    for (size_t job = 0; job < JOBS; job++)
        for (size_t i = 0; r->done[job] && i < cells; i++)
            tg_stats_merge(&stats[i], &r->stats[job * cells + i]);
    tg_observer_report(&r->observer, r->done);
}

static void
drop(run *r, size_t threads)
{
    for (size_t i = 0; r->paths && i < threads; i++) {
        free(r->paths[i].time);
        free(r->paths[i].value);
        free(r->paths[i].normal);
    }
    tg_observer_close(&r->observer);
    free(r->paths);
    free(r->stats);
    free(r->done);
}

tg_status
tg_jump_run(const tg_jump *j, tg_stats *stats)
{
    TG_TRY(check(j));
    const size_t threads = j->threads ? j->threads : tg_parallel_threads();
    run          r = { .j = j,
                       .paths = calloc(threads, sizeof *r.paths),
                       .stats = calloc(JOBS * j->modes * j->rows, sizeof *r.stats),
                       .done = calloc(JOBS, 1) };
    int          whole = r.paths && r.stats && r.done;

    for (size_t i = 0; whole && i < threads; i++)
        whole = !!(r.paths[i].normal = malloc(BATCH * j->modes * sizeof(double)));
    tg_status status =
        tg_observer_open(j->observe, j->rows, j->modes, BLOCK, JOBS, threads, &r.observer);
    if (status == TG_OK && !whole) status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = tg_parallel_run(JOBS, threads, run_job, &r, NULL);
    if (whole && (status == TG_OK || status == TG_ESTOP)) merge(&r, stats);
    drop(&r, threads);
    return status;
}
