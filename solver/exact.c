#include "solver/exact.h"

#include "solver/exact_block.h"
#include "solver/observer.h"

#include "core/memory.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK TG_EXACT_BLOCK
#define JOBS  64

typedef struct run {
    const tg_ensemble   *e;
    const tg_exact_step *steps; /* (modes) */
    size_t               rows, slots, size, blocks;
    double              *scratch; /* (threads, size) */
    tg_stats            *stats;   /* (JOBS, modes, rows) */
    char                *done;
    double              *kept;
    tg_observer          observer;
} run;

typedef struct block {
    const run     *r;
    size_t         thread, n;
    tg_exact_block at;
    double        *memory;
    tg_stats      *stats; /* (rows) of this mode and job */
} block;

static double
longest_lag(const tg_ensemble *e)
{
    double longest = 0;

    for (size_t i = 0; i < e->modes; i++) longest = fmax(longest, e->mode[i].tau / e->dt);
    return round(longest);
}

double
tg_exact_memory(const tg_ensemble *e)
{
    const size_t threads = e->threads ? e->threads : tg_parallel_threads();
    const size_t rows = tg_ensemble_rows(e);

    return (double)threads * tg_exact_block_size(longest_lag(e) + 2) * sizeof(double) +
           (double)e->modes * (double)rows *
               (JOBS * sizeof(tg_stats) + (double)e->keep * sizeof(double)) +
           tg_observe_memory(e->observe, threads, rows, e->modes, BLOCK);
}

static tg_status
record(const block *b)
{
    const tg_ensemble    *e = b->r->e;
    const tg_exact_block *at = &b->at;
    const size_t          row = at->now / e->every;
    tg_stats              s = { .n = (double)b->n };
    double               *seen = tg_observer_at(&b->r->observer, b->thread, row, at->mode);

    if (seen) memcpy(seen, at->x, sizeof at->x);
    for (size_t i = 0; i < b->n; i++) s.mean += at->x[i] / s.n;
    for (size_t i = 0; i < b->n; i++) s.m2 += (at->x[i] - s.mean) * (at->x[i] - s.mean);
    tg_stats_merge(&b->stats[row], &s);
    for (size_t i = 0; i < b->n && at->first + i < e->keep; i++)
        b->r->kept[((at->first + i) * e->modes + at->mode) * b->r->rows + row] = at->x[i];
    if (isfinite(s.m2)) return TG_OK;
    return tg_fail(TG_EDIVERGED, "mode %zu left the finite range before t = %g", at->mode,
                   (double)at->now * e->dt);
}

static tg_status
run_block(block *b)
{
    const tg_ensemble *e = b->r->e;

    tg_exact_block_start(&b->at, &b->r->steps[b->at.mode], b->r->slots, b->memory);
    TG_TRY(record(b));
    while (b->at.now < e->steps) {
        tg_exact_block_advance(&b->at);
        if (b->at.now % e->every == 0) TG_TRY(record(b));
    }
    return TG_OK;
}

static tg_status
run_job(size_t job, size_t thread, void *context)
{
    run               *r = context;
    const tg_ensemble *e = r->e;
    block b = { .r = r, .thread = thread, .memory = r->scratch + thread * r->size };

    b.at.seed = e->seed;
    const size_t begin = job * r->blocks / JOBS, end = (job + 1) * r->blocks / JOBS;
    size_t       k = begin;
    for (; k < end && !tg_stop_requested(); k++) {
        b.at.first = k * BLOCK;
        b.n = e->paths - b.at.first < BLOCK ? e->paths - b.at.first : BLOCK;
        for (b.at.mode = 0; b.at.mode < e->modes; b.at.mode++) {
            b.stats = r->stats + (job * e->modes + b.at.mode) * r->rows;
            TG_TRY(run_block(&b));
        }
        tg_observer_take(&r->observer, job, thread, b.n);
    }
    r->done[job] = k > begin;
    return k < end ? tg_stop_check() : TG_OK;
}

static void
merge(const run *r, tg_stats *stats)
{
    const size_t cells = r->e->modes * r->rows;

    memset(stats, 0, cells * sizeof *stats);
    for (size_t job = 0; job < JOBS; job++)
        for (size_t i = 0; r->done[job] && i < cells; i++)
            tg_stats_merge(&stats[i], &r->stats[job * cells + i]);
    tg_observer_report(&r->observer, r->done);
}

static tg_status
run_all(run *r, size_t threads, tg_exact_step *steps, tg_stats *stats)
{
    const tg_ensemble *e = r->e;

    for (size_t i = 0; i < e->modes; i++)
        TG_TRY(tg_exact_step_make(&e->mode[i], e->dt, &steps[i]));
    r->size = (size_t)tg_exact_block_size((double)r->slots);
    r->scratch = aligned_alloc(64, threads * r->size * sizeof *r->scratch);
    if (!r->scratch) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(tg_observer_open(e->observe, r->rows, e->modes, BLOCK, JOBS, threads,
                            &r->observer));
    const tg_status status = tg_parallel_run(JOBS, threads, run_job, r, NULL);
    if (status == TG_OK || status == TG_ESTOP) merge(r, stats);
    return status;
}

tg_status
tg_exact_run(const tg_ensemble *e, tg_stats *stats, double *kept)
{
    TG_TRY(tg_ensemble_check(e));
    TG_TRY(tg_memory_check(tg_exact_memory(e),
                           "take longer steps, fewer rows or fewer paths to keep"));
    const size_t   threads = e->threads ? e->threads : tg_parallel_threads();
    tg_exact_step *steps = calloc(e->modes, sizeof *steps);
    run            r = { .e = e,
                         .steps = steps,
                         .rows = tg_ensemble_rows(e),
                         .slots = (size_t)longest_lag(e) + 2,
                         .blocks = (e->paths + BLOCK - 1) / BLOCK,
                         .kept = kept };
    r.stats = calloc(JOBS * e->modes * r.rows, sizeof *r.stats);
    r.done = calloc(JOBS, 1);
    const tg_status status = steps && r.stats && r.done
                                 ? run_all(&r, threads, steps, stats)
                                 : tg_fail(TG_ENOMEM, "out of memory");
    tg_observer_close(&r.observer);
    free(r.scratch);
    free(r.stats);
    free(r.done);
    free(steps);
    return status;
}
