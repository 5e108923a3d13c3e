#include "solver/jump.h"

#include "solver/jump_path.h"
#include "solver/paths.h"

#include "core/memory.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JOBS  TG_PATHS_JOBS
#define BLOCK 32 /* paths observed at once */

static double
horizon(const tg_jump *j)
{
    return j->interval * (double)(j->rows - 1);
}

double
tg_jump_memory(const tg_jump *j)
{
    const size_t threads = j->threads ? j->threads : tg_parallel_threads();
    const double cells = (double)j->modes * (double)j->rows;

    return (double)threads * tg_jump_path_memory(j, horizon(j)) +
           JOBS * cells * sizeof(tg_stats) +
           tg_observe_memory(j->observe, threads, j->rows, j->modes, BLOCK);
}

tg_status
tg_jump_check(const tg_jump *j)
{
    if (!(j->interval > 0 && isfinite(j->interval)))
        return tg_fail(TG_EDOMAIN, "the interval must be > 0, got %g", j->interval);
    TG_TRY(tg_paths_count(j->paths, "paths"));
    TG_TRY(tg_paths_count(j->rows, "rows"));
    TG_TRY(tg_jump_path_check(j, horizon(j)));
    TG_TRY(tg_memory_check(tg_jump_memory(j), "take fewer rows or a shorter time"));
    return tg_observe_check(j->observe, j->modes, j->paths);
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
follow(tg_jump_path *p, const sink *to)
{
    const tg_jump *j = p->j;

    for (size_t row = 0;;) {
        const double t = tg_jump_path_next(p);
        for (; row < j->rows && (double)row * j->interval < t; row++)
            show(j, to, row, tg_jump_path_x(p));
        if (row == j->rows) return TG_OK;
        TG_TRY(tg_jump_path_arrive(p));
    }
}

typedef struct run {
    const tg_jump *j;
    tg_jump_path  *paths; /* (threads) */
    tg_stats      *stats; /* (JOBS, modes, rows) */
    char          *done;  /* (JOBS) */
    tg_observer    observer;
} run;

static tg_status
run_job(size_t job, size_t thread, void *context)
{
    run           *r = context;
    const tg_jump *j = r->j;
    tg_jump_path  *p = &r->paths[thread];

    const size_t first = job * j->paths / JOBS, end = (job + 1) * j->paths / JOBS;
    sink         to = { &r->observer, r->stats + job * j->modes * j->rows, thread, 0 };

    size_t i = first;
    for (; i < end && !tg_stop_requested(); i++) {
        TG_TRY(tg_jump_path_start(p, j->seed, i));
        TG_TRY(follow(p, &to));
        to.lane = (to.lane + 1) % BLOCK;
        if (to.lane == 0) tg_observer_take(&r->observer, job, thread, BLOCK);
    }
    if (to.lane) tg_observer_take(&r->observer, job, thread, to.lane);
    r->done[job] = i > first;
    return i < end ? tg_stop_check() : TG_OK;
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
    for (size_t i = 0; r->paths && i < threads; i++) tg_jump_path_close(&r->paths[i]);
    tg_observer_close(&r->observer);
    free(r->paths);
    free(r->stats);
    free(r->done);
}

tg_status
tg_jump_run(const tg_jump *j, tg_stats *stats)
{
    TG_TRY(tg_jump_check(j));
    const size_t threads = j->threads ? j->threads : tg_parallel_threads();
    run          r = { .j = j,
                       .paths = calloc(threads, sizeof *r.paths),
                       .stats = calloc(JOBS * j->modes * j->rows, sizeof *r.stats),
                       .done = calloc(JOBS, 1) };
    int          whole = r.paths && r.stats && r.done;

    for (size_t i = 0; whole && i < threads; i++)
        whole = tg_jump_path_open(&r.paths[i], j) == TG_OK;
    tg_status status =
        tg_observer_open(j->observe, j->rows, j->modes, BLOCK, JOBS, threads, &r.observer);
    if (status == TG_OK && !whole) status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = tg_parallel_run(JOBS, threads, run_job, &r, NULL);
    if (whole && (status == TG_OK || status == TG_ESTOP)) merge(&r, stats);
    drop(&r, threads);
    return status;
}
