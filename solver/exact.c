#include "solver/exact.h"

#include "solver/exact_block.h"
#include "solver/paths.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK TG_EXACT_BLOCK

typedef struct run {
    const tg_ensemble *e;
    size_t             slots;
    tg_exact_step     *steps; /* (modes) */
} run;

static double
longest_lag(const tg_ensemble *e)
{
    double longest = 0;

    for (size_t i = 0; i < e->modes; i++) longest = fmax(longest, e->mode[i].tau / e->dt);
    return round(longest);
}

static tg_paths
plan(const tg_ensemble *e)
{
    return (tg_paths){ .dim = e->modes,
                       .rows = tg_ensemble_rows(e),
                       .paths = e->paths,
                       .keep = e->keep,
                       .block = BLOCK,
                       .threads = e->threads,
                       .component = "mode",
                       .observe = e->observe };
}

double
tg_exact_memory(const tg_ensemble *e)
{
    const tg_paths p = plan(e);

    return tg_paths_memory(&p, tg_exact_block_size(longest_lag(e) + 2));
}

static tg_status
run_mode(const run *r, const tg_paths_block *paths, tg_exact_block *b)
{
    const tg_ensemble *e = r->e;

    tg_exact_block_start(b, &r->steps[b->mode], r->slots, paths->scratch);
    TG_TRY(tg_paths_record(paths, 0, b->mode, b->x, 0));
    while (b->now < e->steps) {
        tg_exact_block_advance(b);
        const double t = (double)b->now * e->dt;
        if (b->now % e->every == 0)
            TG_TRY(tg_paths_record(paths, b->now / e->every, b->mode, b->x, t));
        else if (b->now % TG_PATHS_CHECK == 0)
            TG_TRY(tg_paths_check(paths, b->mode, b->x, t));
    }
    return TG_OK;
}

static tg_status
run_block(const tg_paths_block *paths, void *context)
{
    const run     *r = context;
    tg_exact_block b = { .seed = r->e->seed, .first = paths->first };

    for (b.mode = 0; b.mode < r->e->modes; b.mode++) TG_TRY(run_mode(r, paths, &b));
    return TG_OK;
}

static tg_status
run_all(run *r, tg_stats *stats, double *kept)
{
    const tg_ensemble *e = r->e;
    tg_paths           p = plan(e);

    if (!r->steps) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < e->modes; i++)
        TG_TRY(tg_exact_step_make(&e->mode[i], e->dt, &r->steps[i]));
    p.scratch = (size_t)tg_exact_block_size((double)r->slots);
    p.run = run_block;
    p.context = r;
    return tg_paths_run(&p, stats, kept);
}

tg_status
tg_exact_run(const tg_ensemble *e, tg_stats *stats, double *kept)
{
    TG_TRY(tg_ensemble_check(e));
    TG_TRY(tg_memory_check(tg_exact_memory(e),
                           "take longer steps, fewer rows or fewer paths to keep"));
    run r = { .e = e, .slots = (size_t)longest_lag(e) + 2 };
    r.steps = calloc(e->modes, sizeof *r.steps);
    const tg_status status = run_all(&r, stats, kept);
    free(r.steps);
    return status;
}
