#include "solver/paths.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JOBS TG_PATHS_JOBS

typedef struct work {
    const tg_paths *plan;
    size_t          cells, blocks;
    double         *scratch; /* (threads, scratch) */
    tg_stats       *block;   /* (threads, cells) of the block under way */
    tg_stats       *stats;   /* (JOBS, cells) */
    char           *done;    /* (JOBS) whether blocks of it are in stats */
    double         *kept;    /* (keep, cells) */
    tg_observer     observer;
} work;

static size_t
threads_of(const tg_paths *p)
{
    return p->threads ? p->threads : tg_parallel_threads();
}

tg_paths
tg_paths_of_modes(const tg_ensemble *e, size_t block)
{
    return (tg_paths){ .dim = e->modes,
                       .rows = tg_ensemble_rows(e),
                       .paths = e->paths,
                       .keep = e->keep,
                       .block = block,
                       .threads = e->threads,
                       .component = "mode",
                       .observe = e->observe };
}

tg_status
tg_paths_count(size_t n, const char *what)
{
    if (n >= 1 && (double)n < TG_PATHS_MOST) return TG_OK;
    return tg_fail(TG_EDOMAIN, "%s must be >= 1 and below 2^53, got %zu", what, n);
}

double
tg_paths_memory(const tg_paths *p, double scratch)
{
    const double cells = (double)p->rows * (double)p->dim;

    return (double)threads_of(p) * scratch * sizeof(double) +
           cells * ((JOBS + (double)threads_of(p)) * sizeof(tg_stats) +
                    2 * (double)p->keep * sizeof(double)) +
           tg_observe_memory(p->observe, threads_of(p), p->rows, p->dim, p->block);
}

tg_status
tg_paths_check(const tg_paths_block *b, size_t i, const double *x, double t)
{
    int finite = 1;

    for (size_t k = 0; k < b->n; k++) finite &= fabs(x[k]) < 1e150;
    for (size_t k = 0; !finite && k < b->n; k++)
        if (!(fabs(x[k]) < 1e150))
            return tg_fail(TG_EDIVERGED,
                           "%s %zu of path %zu left the finite range before t = %g",
                           b->plan->component, i, b->first + k, t);
    return tg_stop_check();
}

tg_status
tg_paths_record(const tg_paths_block *b, size_t row, size_t i, const double *x, double t)
{
    const tg_paths *p = b->plan;
    const size_t    at = p->rows_first ? row * p->dim + i : i * p->rows + row;
    double         *seen = tg_observer_at(b->observer, b->thread, row, i);

    TG_TRY(tg_paths_check(b, i, x, t));
    if (seen) memcpy(seen, x, p->block * sizeof *x);
    b->stats[at] = tg_stats_of(x, b->n);
    for (size_t k = 0; k < b->n && b->first + k < p->keep; k++)
        b->kept[(b->first + k) * p->dim * p->rows + at] = x[k];
    return TG_OK;
}

/* A block that is whole counts; of one that is not nothing is left. */
static tg_status
run_block(work *w, size_t number, size_t job, size_t thread)
{
    const tg_paths      *p = w->plan;
    const size_t         first = number * p->block, left = p->paths - first;
    const tg_paths_block b = { .plan = p,
                               .observer = &w->observer,
                               .stats = w->block + thread * w->cells,
                               .kept = w->kept,
                               .scratch = w->scratch + thread * p->scratch,
                               .job = job,
                               .thread = thread,
                               .first = first,
                               .n = left < p->block ? left : p->block };
    const tg_status      status = p->run(&b, p->context);

    for (size_t k = first; status != TG_OK && k < first + b.n && k < p->keep; k++)
        for (size_t i = 0; i < w->cells; i++) w->kept[k * w->cells + i] = NAN;
    if (status != TG_OK) return status;
    for (size_t i = 0; i < w->cells; i++)
        tg_stats_merge(&w->stats[job * w->cells + i], &b.stats[i]);
    tg_observer_take(&w->observer, job, thread, b.n);
    return TG_OK;
}

/* Job j takes blocks j B / JOBS .. (j + 1) B / JOBS, in order; after a stop request those
 * it has finished count. */
static tg_status
run_job(size_t job, size_t thread, void *context)
{
    work        *w = context;
    const size_t begin = job * w->blocks / JOBS, end = (job + 1) * w->blocks / JOBS;

    for (size_t k = begin; k < end; k++) {
        TG_TRY(tg_stop_check());
        TG_TRY(run_block(w, k, job, thread));
        w->done[job] = 1;
    }
    return TG_OK;
}

static void
report(const work *w, tg_stats *stats, double *kept)
{
    memset(stats, 0, w->cells * sizeof *stats);
    for (size_t job = 0; job < JOBS; job++)
        for (size_t i = 0; w->done[job] && i < w->cells; i++)
            tg_stats_merge(&stats[i], &w->stats[job * w->cells + i]);
    tg_observer_report(&w->observer, w->done);
    if (w->plan->keep) memcpy(kept, w->kept, w->plan->keep * w->cells * sizeof *kept);
}

static tg_status
run_all(work *w, tg_stats *stats, double *kept)
{
    const tg_paths *p = w->plan;

    if (!w->scratch || !w->block || !w->stats || !w->done || !w->kept)
        return tg_fail(TG_ENOMEM, "out of memory: %.3g MiB were needed",
                       tg_paths_memory(p, (double)p->scratch) / (1 << 20));
    for (size_t i = 0; i < p->keep * w->cells; i++) w->kept[i] = NAN;
    TG_TRY(tg_observer_open(p->observe, p->rows, p->dim, p->block, JOBS, threads_of(p),
                            &w->observer));
    const tg_status status = tg_parallel_run(JOBS, threads_of(p), run_job, w, NULL);
    if (status == TG_OK || status == TG_ESTOP) report(w, stats, kept);
    return status;
}

tg_status
tg_paths_run(const tg_paths *p, tg_stats *stats, double *kept)
{
    work w = { .plan = p,
               .cells = p->rows * p->dim,
               .blocks = (p->paths + p->block - 1) / p->block };

    w.scratch = aligned_alloc(64, threads_of(p) * p->scratch * sizeof *w.scratch);
    w.block = malloc(threads_of(p) * w.cells * sizeof *w.block);
    w.stats = calloc(JOBS * w.cells, sizeof *w.stats);
    w.done = calloc(JOBS, 1);
    w.kept = malloc(p->keep * w.cells * sizeof *w.kept + 1);
    const tg_status status = run_all(&w, stats, kept);
    tg_observer_close(&w.observer);
    free(w.scratch);
    free(w.block);
    free(w.stats);
    free(w.done);
    free(w.kept);
    return status;
}
