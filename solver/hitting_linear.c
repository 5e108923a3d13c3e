/* Linear modes with one constant delay: steps exact in b and trapezoidal in the lagged
 * term, by the ensemble's kernel, four at a time. The step is shortened until it divides
 * the delay. */
#include "solver/hitting_kind.h"

#include "solver/euler_kernel.h"

#include "core/dispatch.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

#define BLOCK TG_EULER_PATHS

typedef struct grid {
    double dt;
    size_t lag, slots, steps; /* lag in steps; rows kept of each mode */
} grid;

typedef struct state {
    const tg_hitting *p;
    grid              grid;
    double           *scratch; /* (threads, modes, slots, BLOCK) */
    double           *g;       /* (modes, BLOCK) */
    tg_euler4        *step;    /* (modes) coefficients */
} state;

typedef struct block {
    const state *s;
    size_t       first;
    double      *row;
} block;

/* A delay that no step could tell from none is none. */
static grid
grid_of(const tg_hitting *p)
{
    const double tau = p->mode[0].tau;
    grid         g = { .dt = p->dt };

    if (tau > 1e-10 * p->dt) {
        g.lag = (size_t)fmax(ceil(tau / p->dt - 1e-9), 1);
        g.dt = tau / (double)g.lag;
    }
    g.slots = g.lag + 8;
    g.steps = (size_t)ceil(p->horizon / g.dt - 1e-9);
    return g;
}

static size_t
dim(const tg_hitting *p)
{
    return p->modes;
}

static tg_status
check(const tg_hitting *p)
{
    for (size_t i = 0; i < p->modes; i++) {
        const tg_linear *m = &p->mode[i];
        if (!isfinite(m->a) || !isfinite(m->b) || !isfinite(m->g) || !isfinite(m->x0))
            return tg_fail(TG_EDOMAIN, "mode %zu has a coefficient that is not finite", i);
        if (!(m->tau >= 0 && m->tau == p->mode[0].tau))
            return tg_fail(TG_EDOMAIN, "delays must be >= 0 and equal, mode %zu has %g", i,
                           m->tau);
    }
    const double steps = p->horizon / fmin(p->dt, fmax(p->mode[0].tau, 1e-10 * p->dt));
    if (!p->exact && p->mode[0].tau > 1e-10 * p->dt && !(steps < 1e10))
        return tg_fail(
            TG_EDOMAIN,
            "steps as short as the delay, %g, would be %.3g; take another method",
            p->mode[0].tau, steps);
    return TG_OK;
}

static double
memory(const tg_hitting *p, size_t threads)
{
    const double slots = p->mode[0].tau / p->dt + 9;

    return (double)p->modes *
           (((double)threads * slots + 1) * BLOCK * sizeof(double) + sizeof(tg_euler4));
}

/* X' = -b X - a X(t - tau) over one step, X(t - tau) linear between its ends. */
static tg_euler4
coefficients(const tg_linear *m, size_t lag, double dt)
{
    const double b = m->b + (lag == 0 ? m->a : 0), x = b * dt;
    const double first =
        fabs(x) < 1e-6 ? dt * (1 - x / 2) : -expm1(-x) / b; /* int e^{-b u} */
    const double square = fabs(x) < 1e-6 ? dt * (1 - x) : -expm1(-2 * x) / (2 * b);
    const double weight = lag == 0 ? 0 : -m->a * first / 2;

    return (tg_euler4){
        .keep = exp(-x), .far = weight, .near = weight, .noise = m->g * sqrt(square)
    };
}

static void
release(void *context)
{
    state *s = context;

    if (!s) return;
    free(s->scratch);
    free(s->g);
    free(s->step);
    free(s);
}

static tg_status
prepare(const tg_hitting *p, size_t threads, void **out)
{
    state *s = calloc(1, sizeof *s);

    *out = NULL;
    if (!s) return tg_fail(TG_ENOMEM, "out of memory");
    s->p = p;
    s->grid = grid_of(p);
    s->scratch =
        aligned_alloc(64, threads * p->modes * s->grid.slots * BLOCK * sizeof *s->scratch);
    s->g = malloc(p->modes * BLOCK * sizeof *s->g);
    s->step = malloc(p->modes * sizeof *s->step);
    if (!s->scratch || !s->g || !s->step) {
        release(s);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < p->modes; i++) {
        s->step[i] = coefficients(&p->mode[i], s->grid.lag, s->grid.dt);
        for (size_t k = 0; k < BLOCK; k++) s->g[i * BLOCK + k] = p->mode[i].g;
    }
    *out = s;
    return TG_OK;
}

/* Row of a step counted from -slots on, so that it is never < 0. */
static double *
row_at(const block *b, size_t mode, size_t step)
{
    const size_t slots = b->s->grid.slots;

    return b->row + (mode * slots + step % slots) * BLOCK;
}

static void
four_steps(const block *b, size_t mode, size_t at)
{
    const grid  *g = &b->s->grid;
    const size_t now = at + g->slots;
    tg_euler4    s = b->s->step[mode];

    s.paths = BLOCK;
    s.seed = b->s->p->seed;
    s.high = (uint64_t)TG_PURPOSE_PATH << 16;
    s.first = b->first + ((uint64_t)mode << 40);
    s.block = at / 4;
    s.x = row_at(b, mode, now);
    for (size_t q = 0; q < 4; q++) {
        s.far_row[q] = row_at(b, mode, now + q - g->lag);
        s.near_row[q] = row_at(b, mode, now + q + (g->lag > 0) - g->lag);
        s.out[q] = row_at(b, mode, now + q + 1);
    }
    TG_DISPATCH(tg_isa_resolve(TG_ISA_BEST), tg_euler, &s);
}

static void
look(const block *b, size_t step, tg_watch *w)
{
    const grid   *g = &b->s->grid;
    const tg_move m = { .t = (double)step * g->dt,
                        .dt = g->dt,
                        .x = row_at(b, 0, step + g->slots),
                        .next = row_at(b, 0, step + 1 + g->slots),
                        .stride = g->slots * BLOCK,
                        .g = b->s->g,
                        .width = BLOCK,
                        .noises = b->s->p->modes,
                        .diagonal = 1 };

    tg_watch_step(w, &m);
}

static tg_status
run(void *context, size_t thread, size_t first, tg_watch *w)
{
    const state *s = context;
    const size_t all = s->grid.slots * BLOCK;
    const block  b = { s, first, s->scratch + thread * s->p->modes * all };

    for (size_t i = 0; i < s->p->modes; i++)
        for (size_t k = 0; k < all; k++) b.row[i * all + k] = s->p->mode[i].x0;
    tg_watch_start(w, s->p->seed, first, b.row, all);
    for (size_t at = 0; at < s->grid.steps && !tg_watch_finished(w); at += 4) {
        if (tg_stop_requested()) return tg_stop_check();
        for (size_t i = 0; i < s->p->modes; i++) four_steps(&b, i, at);
        for (size_t step = at; step < at + 4 && step < s->grid.steps; step++)
            look(&b, step, w);
    }
    return TG_OK;
}

const tg_hitting_kind tg_hitting_linear = {
    BLOCK, dim, check, memory, prepare, release, run
};
