/* Linear modes with one constant delay by the steps of solver/exact.h: X on the grid has
 * the law of the equation; the bridge in between knows nothing of the drift. */
#include "solver/hitting_kind.h"

#include "solver/exact_block.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK TG_EXACT_BLOCK

typedef struct state {
    const tg_hitting *p;
    size_t            size;   /* doubles of a block of one mode, at most */
    tg_exact_step    *step;   /* (modes) */
    tg_exact_block   *block;  /* (threads, modes) */
    double           *memory; /* (threads, modes, size) */
    double           *x;      /* (threads, 2, modes, BLOCK): now and next */
    double           *g;      /* (modes, BLOCK) */
} state;

static size_t
dim(const tg_hitting *p)
{
    return p->modes;
}

/* The step of a mode, with no more past than the run looks at. */
static tg_status
make_step(const tg_hitting *p, size_t mode, tg_exact_step *out)
{
    TG_TRY(tg_exact_step_make(&p->mode[mode], p->dt, out));
    tg_exact_step_shorten(out, (size_t)ceil(p->horizon / p->dt - 1e-9));
    return TG_OK;
}

static tg_status
check(const tg_hitting *p)
{
    tg_exact_step s;

    TG_TRY(tg_hitting_linear.check(p));
    for (size_t i = 0; i < p->modes; i++) TG_TRY(make_step(p, i, &s));
    return TG_OK;
}

/* Doubles of a block of the mode that takes most; a step that check() refuses takes none.
 */
static double
size_of(const tg_hitting *p)
{
    tg_exact_step s;
    double        size = 0;

    for (size_t i = 0; i < p->modes; i++) {
        if (make_step(p, i, &s) != TG_OK) return 0;
        size = fmax(size, tg_exact_block_size(&s));
    }
    return size;
}

static double
memory(const tg_hitting *p, size_t threads)
{
    const double each = size_of(p) + 2 * BLOCK;

    return (double)p->modes *
           ((double)threads * (each * sizeof(double) + sizeof(tg_exact_block)) +
            BLOCK * sizeof(double) + sizeof(tg_exact_step));
}

static void
release(void *context)
{
    state *s = context;

    free(s->step);
    free(s->block);
    free(s->memory);
    free(s->x);
    free(s->g);
    free(s);
}

static tg_status
fill(state *s)
{
    for (size_t i = 0; i < s->p->modes; i++) {
        TG_TRY(make_step(s->p, i, &s->step[i]));
        for (size_t k = 0; k < BLOCK; k++) s->g[i * BLOCK + k] = s->p->mode[i].g;
    }
    return TG_OK;
}

static tg_status
prepare(const tg_hitting *p, size_t threads, void **out)
{
    const size_t modes = p->modes, blocks = threads * modes;
    state       *s = calloc(1, sizeof *s);
    tg_status    status = TG_OK;

    *out = NULL;
    if (!s) return tg_fail(TG_ENOMEM, "out of memory");
    s->p = p;
    s->size = (size_t)size_of(p);
    s->step = calloc(modes, sizeof *s->step);
    s->block = calloc(blocks, sizeof *s->block);
    s->memory = aligned_alloc(64, blocks * s->size * sizeof *s->memory);
    s->x = calloc(2 * blocks * BLOCK, sizeof *s->x);
    s->g = calloc(modes * BLOCK, sizeof *s->g);
    if (!s->step || !s->block || !s->memory || !s->x || !s->g)
        status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = fill(s);
    if (status == TG_OK)
        *out = s;
    else
        release(s);
    return status;
}

static void
start(const state *s, tg_exact_block *b, size_t thread, size_t first, double *x)
{
    for (size_t i = 0; i < s->p->modes; i++) {
        b[i].seed = s->p->seed;
        b[i].mode = i;
        b[i].first = first;
        tg_exact_block_start(&b[i], &s->step[i],
                             s->memory + (thread * s->p->modes + i) * s->size);
        memcpy(x + i * BLOCK, b[i].x, sizeof b[i].x);
    }
}

static tg_status
run(void *context, size_t thread, size_t first, tg_watch *w)
{
    const state    *s = context;
    const size_t    modes = s->p->modes;
    const double    dt = s->p->dt, steps = ceil(s->p->horizon / dt - 1e-9);
    tg_exact_block *b = s->block + thread * modes;
    double         *x = s->x + 2 * thread * modes * BLOCK, *next = x + modes * BLOCK;

    start(s, b, thread, first, x);
    tg_watch_start(w, s->p->seed, first, x, BLOCK);
    for (double n = 0; n < steps && !tg_watch_finished(w); n++) {
        if (tg_stop_requested()) return tg_stop_check();
        const tg_move m = { n * dt, dt, x, next, s->g, BLOCK, BLOCK, modes, 1 };
        for (size_t i = 0; i < modes; i++) {
            tg_exact_block_advance(&b[i]);
            memcpy(next + i * BLOCK, b[i].x, sizeof b[i].x);
        }
        tg_watch_step(w, &m);
        memcpy(x, next, modes * BLOCK * sizeof *x);
    }
    return TG_OK;
}

const tg_hitting_kind tg_hitting_exact = {
    BLOCK, dim, check, memory, prepare, release, run
};
