#include "solver/sdde.h"

#include "solver/observer.h"
#include "solver/sdde_block.h"

#include "core/memory.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define JOBS 64

const tg_sdde_method *const tg_sdde_methods[] = { &tg_sdde_euler_maruyama,
                                                  &tg_sdde_milstein, &tg_sdde_rk,
                                                  &tg_sdde_heun, NULL };

const tg_sdde_method *
tg_sdde_method_find(const char *name)
{
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++)
        if (!strcmp((*m)->name, name)) return *m;
    return NULL;
}

static tg_status
check_equation(const tg_sdde *eq)
{
    if (eq->dim == 0) return tg_fail(TG_EDOMAIN, "the equation has no components");
    if (!eq->drift || !eq->history || (eq->noises && !eq->diffusion))
        return tg_fail(TG_EDOMAIN, "the equation lacks its drift, diffusion or history");
    if (eq->diagonal && eq->noises != eq->dim)
        return tg_fail(TG_EDOMAIN, "diagonal noise has %zu channels for %zu components",
                       eq->noises, eq->dim);
    if (eq->meaning != TG_DELAY_CONSTANT && (!eq->law || eq->delays == 0))
        return tg_fail(TG_EDOMAIN, "a random delay needs a law and a delay to replace");
    for (size_t j = eq->meaning != TG_DELAY_CONSTANT; j < eq->delays; j++)
        if (!(eq->tau[j] >= 0 && isfinite(eq->tau[j])))
            return tg_fail(TG_EDOMAIN, "delay %zu must be >= 0, got %g", j, eq->tau[j]);
    return TG_OK;
}

double
tg_sdde_memory(const tg_sdde_run *r)
{
    const tg_sdde_plan plan = tg_sdde_plan_make(r);
    const size_t       threads = r->threads ? r->threads : tg_parallel_threads();
    const double       cells = (double)plan.rows * (double)r->eq->dim;

    return (double)threads * tg_sdde_block_size(&plan) * sizeof(double) +
           cells * (JOBS * sizeof(tg_stats) + 2 * (double)r->keep * sizeof(double)) +
           tg_observe_memory(r->observe, threads, plan.rows, r->eq->dim, TG_SDDE_BLOCK);
}

tg_status
tg_sdde_check(const tg_sdde_run *r)
{
    TG_TRY(check_equation(r->eq));
    if (!r->method) return tg_fail(TG_EDOMAIN, "no method is chosen");
    if (r->method->diagonal_only && r->eq->noises && !r->eq->diagonal)
        return tg_fail(TG_EDOMAIN, "method %s needs diagonal noise", r->method->name);
    if (r->method->diagonal_only && r->eq->lagged_slope &&
        r->eq->meaning != TG_DELAY_CONSTANT)
        return tg_fail(TG_EDOMAIN, "method %s needs constant delays in the noise",
                       r->method->name);
    if (!(r->dt > 0 && isfinite(r->dt)))
        return tg_fail(TG_EDOMAIN, "the step must be > 0, got %g", r->dt);
    if (r->paths == 0 || r->steps == 0 || r->every == 0 || r->keep > r->paths)
        return tg_fail(TG_EDOMAIN,
                       "paths, steps and rows must be >= 1, and kept paths among them");
    TG_TRY(tg_memory_check(tg_sdde_memory(r),
                           "take longer steps, fewer rows or fewer paths to keep"));
    return tg_observe_check(r->observe, r->eq->dim, r->paths);
}

typedef struct run {
    tg_sdde_plan plan;
    size_t       blocks;
    double      *memory; /* (threads, size) */
    size_t       size;
    tg_stats    *stats; /* (JOBS, rows, n) */
    char        *done;
    double      *kept;
    tg_observer  observer;
} run;

static tg_status
lost(const tg_sdde_block *b, size_t i, size_t k)
{
    return tg_fail(TG_EDIVERGED, "x[%zu] of path %zu left the finite range before t = %g",
                   i, b->first + k, (double)b->now * b->step.dt);
}

/* Row of results: statistics of the block's first `n` paths, merged; stored paths. */
static tg_status
record(const run *r, const tg_sdde_block *b, size_t thread, size_t n, tg_stats *stats)
{
    const size_t dim = b->step.eq->dim, row = b->now / r->plan.run->every;

    for (size_t i = 0; i < dim; i++) {
        const double *x = tg_sdde_block_x(b) + i * TG_SDDE_BLOCK;
        double       *seen = tg_observer_at(&r->observer, thread, row, i);
        tg_stats      s = { .n = (double)n };
        if (seen) memcpy(seen, x, TG_SDDE_BLOCK * sizeof *x);
        for (size_t k = 0; k < n; k++) s.mean += x[k] / s.n;
        for (size_t k = 0; k < n; k++) s.m2 += (x[k] - s.mean) * (x[k] - s.mean);
        for (size_t k = 0; k < n && !isfinite(s.m2); k++)
            if (!(fabs(x[k]) < 1e150)) return lost(b, i, k);
        tg_stats_merge(&stats[row * dim + i], &s);
        for (size_t k = 0; k < n && b->first + k < r->plan.run->keep; k++)
            r->kept[((b->first + k) * r->plan.rows + row) * dim + i] = x[k];
    }
    return TG_OK;
}

static tg_status
run_block(const run *r, tg_sdde_block *b, size_t job, size_t thread, size_t first)
{
    tg_stats          *stats = r->stats + job * r->plan.rows * r->plan.run->eq->dim;
    const tg_sdde_run *p = r->plan.run;
    const size_t n = p->paths - first < TG_SDDE_BLOCK ? p->paths - first : TG_SDDE_BLOCK;

    TG_TRY(tg_sdde_block_start(b, first));
    TG_TRY(record(r, b, thread, n, stats));
    while (b->now < p->steps) {
        TG_TRY(tg_sdde_block_advance(b));
        if (b->now % p->every == 0) TG_TRY(record(r, b, thread, n, stats));
    }
    tg_observer_take(&r->observer, job, thread, n);
    return TG_OK;
}

static tg_status
run_job(size_t job, size_t thread, void *context)
{
    run          *r = context;
    tg_sdde_block b;

    tg_sdde_block_place(&b, &r->plan, r->memory + thread * r->size);
    const size_t begin = job * r->blocks / JOBS, end = (job + 1) * r->blocks / JOBS;
    size_t       k = begin;
    for (; k < end && !tg_stop_requested(); k++)
        TG_TRY(run_block(r, &b, job, thread, k * TG_SDDE_BLOCK));
    r->done[job] = k > begin;
    return k < end ? tg_stop_check() : TG_OK;
}

static void
merge(const run *r, tg_stats *stats, double *kept)
{
    const size_t cells = r->plan.rows * r->plan.run->eq->dim;

    memset(stats, 0, cells * sizeof *stats);
    for (size_t job = 0; job < JOBS; job++)
        for (size_t i = 0; r->done[job] && i < cells; i++)
            tg_stats_merge(&stats[i], &r->stats[job * cells + i]);
    tg_observer_report(&r->observer, r->done);
    if (kept) memcpy(kept, r->kept, r->plan.run->keep * cells * sizeof *kept);
}

tg_status
tg_sdde_solve(const tg_sdde_run *p, tg_stats *stats, double *kept)
{
    tg_status status;
    run       r = { .blocks = (p->paths + TG_SDDE_BLOCK - 1) / TG_SDDE_BLOCK };

    TG_TRY(tg_sdde_check(p));
    r.plan = tg_sdde_plan_make(p);
    const size_t threads = p->threads ? p->threads : tg_parallel_threads();
    const size_t cells = r.plan.rows * p->eq->dim;
    r.size = (size_t)tg_sdde_block_size(&r.plan);
    r.memory = aligned_alloc(64, threads * r.size * sizeof *r.memory);
    r.stats = calloc(JOBS * cells, sizeof *r.stats);
    r.done = calloc(JOBS, 1);
    r.kept = calloc(p->keep * cells + 1, sizeof *r.kept);
    status = tg_observer_open(p->observe, r.plan.rows, p->eq->dim, TG_SDDE_BLOCK, JOBS,
                              threads, &r.observer);
    if (status == TG_OK && r.memory && r.stats && r.done && r.kept) {
        status = tg_parallel_run(JOBS, threads, run_job, &r, NULL);
        if (status == TG_OK || status == TG_ESTOP) merge(&r, stats, p->keep ? kept : NULL);
    } else {
        status = tg_fail(TG_ENOMEM, "out of memory");
    }
    tg_observer_close(&r.observer);
    free(r.memory);
    free(r.stats);
    free(r.done);
    free(r.kept);
    return status;
}
