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
    tg_exact_step     *steps; /* (modes) */
} run;

static tg_status
make_step(const tg_ensemble *e, size_t mode, tg_exact_step *s)
{
    TG_TRY(tg_exact_step_make(&e->mode[mode], e->dt, s));
    tg_exact_step_shorten(s, e->steps);
    return TG_OK;
}

/* Doubles a thread works in: for the mode that needs most. */
static tg_status
scratch(const tg_ensemble *e, double *size)
{
    tg_exact_step s;

    *size = 0;
    for (size_t i = 0; i < e->modes; i++) {
        TG_TRY(make_step(e, i, &s));
        *size = fmax(*size, tg_exact_block_size(&s));
    }
    return TG_OK;
}

double
tg_exact_memory(const tg_ensemble *e)
{
    const tg_paths p = tg_paths_of_modes(e, BLOCK);
    double         size = 0;

    if (scratch(e, &size) != TG_OK) return 0;
    return tg_paths_memory(&p, size) + (double)e->modes * sizeof(tg_exact_step);
}

tg_status
tg_exact_check(const tg_ensemble *e)
{
    double size = 0;

    TG_TRY(tg_ensemble_check(e));
    TG_TRY(scratch(e, &size));
    return tg_memory_check(tg_exact_memory(e),
                           "take longer steps, fewer rows or fewer paths to keep");
}

static tg_status
run_mode(const run *r, const tg_paths_block *paths, tg_exact_block *b)
{
    const tg_ensemble *e = r->e;

    tg_exact_block_start(b, &r->steps[b->mode], paths->scratch);
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
    tg_paths           p = tg_paths_of_modes(e, BLOCK);
    double             size = 0;

    if (!r->steps) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < e->modes; i++) {
        TG_TRY(make_step(e, i, &r->steps[i]));
        size = fmax(size, tg_exact_block_size(&r->steps[i]));
    }
    p.scratch = (size_t)size;
    p.run = run_block;
    p.context = r;
    return tg_paths_run(&p, stats, kept);
}

tg_status
tg_exact_run(const tg_ensemble *e, tg_stats *stats, double *kept)
{
    TG_TRY(tg_exact_check(e));
    run             r = { .e = e, .steps = calloc(e->modes, sizeof *r.steps) };
    const tg_status status = run_all(&r, stats, kept);
    free(r.steps);
    return status;
}

/* Path j of the block gets normal j of the first step of h, and nothing afterwards. */
static void
respond(const tg_exact_step *s, size_t steps, double *memory, double *variance)
{
    tg_exact_block b = { 0 };
    double         sum = 0;

    tg_exact_block_start(&b, s, memory);
    memset(b.z, 0, (size_t)s->draws * BLOCK * sizeof *b.z);
    for (size_t j = 0; j < (size_t)s->draws; j++) b.z[j * BLOCK + j] = 1;
    for (size_t n = 0; n < steps * s->sub; n++) {
        tg_exact_block_move(&b, n);
        for (int j = 0; j < s->draws; j++) {
            b.z[(size_t)j * BLOCK + (size_t)j] = 0;
            sum += b.x[j] * b.x[j];
        }
        if ((n + 1) % s->sub == 0) variance[n / s->sub] = sum;
    }
}

tg_status
tg_exact_variance(const tg_linear *m, double dt, size_t steps, double *variance)
{
    const size_t      count = steps > 0 ? steps : 1;
    const tg_linear   still = { m->a, m->b, m->g, m->tau, 0 };
    const tg_ensemble e = {
        .mode = &still, .modes = 1, .paths = 1, .dt = dt, .steps = count, .every = count
    };
    tg_exact_step s;

    TG_TRY(tg_exact_check(&e));
    TG_TRY(make_step(&e, 0, &s));
    double *memory = malloc((size_t)tg_exact_block_size(&s) * sizeof *memory);
    if (!memory) return tg_fail(TG_ENOMEM, "out of memory");
    respond(&s, steps, memory, variance);
    free(memory);
    return TG_OK;
}
