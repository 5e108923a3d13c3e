/* Any equation of solver/sdde.h by any of its methods. */
#include "solver/hitting_kind.h"

#include "solver/sdde_block.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

typedef struct state {
    tg_sdde_run  run;
    tg_sdde_plan plan;
    size_t       size;   /* doubles of a block */
    double      *memory; /* (threads, size) */
} state;

static size_t
dim(const tg_hitting *p)
{
    return p->sdde->dim;
}

static tg_sdde_run
run_of(const tg_hitting *p)
{
    const double steps = ceil(p->horizon / p->dt - 1e-9);

    return (tg_sdde_run){ .eq = p->sdde,
                          .method = p->method,
                          .paths = p->paths,
                          .steps = (size_t)steps,
                          .every = (size_t)steps,
                          .dt = p->dt,
                          .threads = p->threads,
                          .seed = p->seed };
}

static tg_status
check(const tg_hitting *p)
{
    const tg_sdde_run r = run_of(p);

    return tg_sdde_check(&r);
}

static double
memory(const tg_hitting *p, size_t threads)
{
    const tg_sdde_run  r = run_of(p);
    const tg_sdde_plan plan = tg_sdde_plan_make(&r);

    return (double)threads * tg_sdde_block_size(&plan) * sizeof(double);
}

static void
release(void *context)
{
    state *s = context;

    free(s->memory);
    free(s);
}

static tg_status
prepare(const tg_hitting *p, size_t threads, void **out)
{
    state *s = calloc(1, sizeof *s);

    *out = NULL;
    if (!s) return tg_fail(TG_ENOMEM, "out of memory");
    s->run = run_of(p);
    s->plan = tg_sdde_plan_make(&s->run);
    tg_sdde_plan_weigh(&s->plan);
    s->size = (size_t)tg_sdde_block_size(&s->plan);
    s->memory = aligned_alloc(64, threads * s->size * sizeof *s->memory);
    if (s->memory) {
        *out = s;
        return TG_OK;
    }
    release(s);
    return tg_fail(TG_ENOMEM, "out of memory");
}

/* One step; its noise is what the method has left in g. */
static tg_status
step(tg_sdde_block *b, tg_watch *w)
{
    const tg_sdde *eq = b->step.eq;
    tg_move        m = { .t = (double)b->now * b->step.dt,
                         .dt = b->step.dt,
                         .x = tg_sdde_block_x(b),
                         .g = b->step.g,
                         .stride = TG_SDDE_BLOCK,
                         .width = TG_SDDE_BLOCK,
                         .noises = eq->noises,
                         .diagonal = eq->diagonal };

    TG_TRY(tg_sdde_block_advance(b));
    m.next = tg_sdde_block_x(b);
    tg_watch_step(w, &m);
    return TG_OK;
}

static tg_status
run(void *context, size_t thread, size_t first, tg_watch *w)
{
    const state  *s = context;
    tg_sdde_block b;

    tg_sdde_block_place(&b, &s->plan, s->memory + thread * s->size);
    TG_TRY(tg_sdde_block_start(&b, first));
    tg_watch_start(w, s->run.seed, first, tg_sdde_block_x(&b), TG_SDDE_BLOCK);
    while (b.now < s->run.steps && !tg_watch_finished(w)) {
        if (tg_stop_requested()) return tg_stop_check();
        TG_TRY(step(&b, w));
    }
    return TG_OK;
}

const tg_hitting_kind tg_hitting_sdde = { TG_SDDE_BLOCK, dim,     check, memory,
                                          prepare,       release, run };
