#include "solver/ensemble.h"

#include "solver/euler_kernel.h"
#include "solver/paths.h"

#include "core/dispatch.h"
#include "core/memory.h"
#include "core/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK TG_EULER_PATHS /* paths in flight: their rows stay in the near caches */

/* The lag of a mode in steps: x(t_n - tau) = far x_{n - steps} + (1 - far) x_{n - steps +
 * 1}. */
typedef struct lag {
    size_t steps;
    double far;
} lag;

static lag
lag_of(const tg_linear *m, double dt)
{
    const double whole = round(m->tau / dt);

    if (fabs(m->tau / dt - whole) < 1e-9 * (1 + whole)) return (lag){ (size_t)whole, 1 };
    const double up = ceil(m->tau / dt);
    return (lag){ (size_t)up, 1 - (up - m->tau / dt) };
}

size_t
tg_ensemble_rows(const tg_ensemble *e)
{
    return e->steps / e->every + 1;
}

/* Rows a block keeps: the longest lag, the present and the four to come. */
static double
slots_of(const tg_ensemble *e)
{
    double longest = 0;

    for (size_t i = 0; i < e->modes; i++)
        longest = fmax(longest, ceil(e->mode[i].tau / e->dt));
    return longest + 8;
}

double
tg_ensemble_memory(const tg_ensemble *e)
{
    const tg_paths p = tg_paths_of_modes(e, BLOCK);

    return tg_paths_memory(&p, slots_of(e) * BLOCK);
}

tg_status
tg_ensemble_check(const tg_ensemble *e)
{
    if (e->modes == 0 || e->every == 0)
        return tg_fail(TG_EDOMAIN, "modes and the steps to a row must be >= 1");
    TG_TRY(tg_paths_count(e->paths, "paths"));
    TG_TRY(tg_paths_count(e->steps, "steps"));
    if (!(e->dt > 0 && isfinite(e->dt)))
        return tg_fail(TG_EDOMAIN, "the step must be > 0, got %g", e->dt);
    if (e->keep > e->paths)
        return tg_fail(TG_EDOMAIN, "%zu paths to keep of only %zu", e->keep, e->paths);
    for (size_t i = 0; i < e->modes; i++) {
        const tg_linear *m = &e->mode[i];
        if (!isfinite(m->a) || !isfinite(m->b) || !isfinite(m->g) || !isfinite(m->x0))
            return tg_fail(TG_EDOMAIN, "mode %zu has a coefficient that is not finite", i);
        if (!(m->tau >= 0 && isfinite(m->tau)))
            return tg_fail(TG_EDOMAIN, "the delay of mode %zu must be >= 0, got %g", i,
                           m->tau);
    }
    TG_TRY(tg_memory_check(tg_ensemble_memory(e),
                           "take longer steps, fewer rows or fewer paths to keep"));
    return tg_observe_check(e->observe, e->modes, e->paths);
}

typedef struct run {
    const tg_ensemble *e;
    size_t             slots;
} run;

/* One block of one mode on its way. */
typedef struct block {
    const tg_paths_block *paths;
    const tg_ensemble    *e;
    size_t                mode, slots;
    void                 *row; /* (slots, BLOCK) doubles, or floats */
} block;

/* The row `ahead` steps after the one in slot `slot`; both < slots. */
static void *
row_after(const block *b, size_t slot, size_t ahead)
{
    const size_t next = slot + ahead;
    const size_t at = (next < b->slots ? next : next - b->slots) * BLOCK;

    return b->e->single ? (void *)((float *)b->row + at) : (void *)((double *)b->row + at);
}

/* The values at a step in doubles: the row itself, or a copy in room (BLOCK). */
static const double *
values_at(const block *b, size_t step, double *room)
{
    const float *single = row_after(b, step % b->slots, 0);

    if (!b->e->single) return row_after(b, step % b->slots, 0);
    for (size_t i = 0; i < BLOCK; i++) room[i] = single[i];
    return room;
}

static tg_status
record(const block *b, size_t at)
{
    double        room[BLOCK];
    const double *x = values_at(b, at, room);

    return tg_paths_record(b->paths, at / b->e->every, b->mode, x, (double)at * b->e->dt);
}

static tg_status
check(const block *b, size_t at)
{
    double        room[BLOCK];
    const double *x = values_at(b, at, room);

    return tg_paths_check(b->paths, b->mode, x, (double)at * b->e->dt);
}

static void
coefficients(const tg_linear *m, const lag *l, double dt, tg_euler4 *s)
{
    s->keep = 1 - m->b * dt - (l->steps == 0 ? m->a * dt : 0);
    s->far = l->steps == 0 ? 0 : -m->a * dt * l->far;
    s->near = l->steps == 0 || l->far == 1 ? 0 : -m->a * dt * (1 - l->far);
    s->noise = m->g * sqrt(dt);
}

/* From step `at` to at + 4. */
static void
four_steps(const block *b, const lag *l, tg_isa isa, size_t at, tg_euler4 *s)
{
    const size_t now = at % b->slots, far = (at + b->slots - l->steps) % b->slots;

    s->block = at / 4;
    s->x = row_after(b, now, 0);
    for (size_t q = 0; q < 4; q++) {
        s->far_row[q] = row_after(b, far, q);
        s->near_row[q] = row_after(b, far, q + 1);
        s->out[q] = row_after(b, now, q + 1);
    }
    if (b->e->single)
        TG_DISPATCH(isa, tg_euler_single, s);
    else
        TG_DISPATCH(isa, tg_euler, s);
}

static void
start(const block *b, double x0)
{
    for (size_t i = 0; i < b->slots * BLOCK; i++)
        if (b->e->single)
            ((float *)b->row)[i] = (float)x0;
        else
            ((double *)b->row)[i] = x0;
}

static tg_status
run_mode(const block *b)
{
    const tg_ensemble *e = b->e;
    const tg_linear   *m = &e->mode[b->mode];
    const lag          l = lag_of(m, e->dt);
    const tg_isa       isa = tg_isa_resolve(e->isa);
    tg_euler4          s;

    coefficients(m, &l, e->dt, &s);
    s.seed = e->seed;
    s.paths = b->paths->n;
    s.high = (uint64_t)TG_PURPOSE_PATH << 16;
    s.first = b->paths->first + ((uint64_t)b->mode << 40);
    start(b, m->x0);
    TG_TRY(record(b, 0));
    for (size_t at = 0, next = e->every; at < e->steps; at += 4) {
        if (at % TG_PATHS_CHECK == 0) TG_TRY(check(b, at));
        four_steps(b, &l, isa, at, &s);
        for (; next <= at + 4 && next <= e->steps; next += e->every)
            TG_TRY(record(b, next));
    }
    return TG_OK;
}

static tg_status
run_block(const tg_paths_block *paths, void *context)
{
    const run *r = context;
    block      b = { .paths = paths, .e = r->e, .slots = r->slots, .row = paths->scratch };

    for (b.mode = 0; b.mode < r->e->modes; b.mode++) TG_TRY(run_mode(&b));
    return TG_OK;
}

tg_status
tg_ensemble_run(const tg_ensemble *e, tg_stats *stats, double *kept)
{
    TG_TRY(tg_ensemble_check(e));
    run      r = { .e = e, .slots = (size_t)slots_of(e) };
    tg_paths p = tg_paths_of_modes(e, BLOCK);

    p.scratch = r.slots * BLOCK;
    p.run = run_block;
    p.context = &r;
    return tg_paths_run(&p, stats, kept);
}

tg_status
tg_ensemble_scheme_variance(double a, double b, double tau, double dt, double *variance)
{
    const tg_linear m = { a, b, 1, tau, 0 };
    double         *r, sum = 0;
    size_t          n = 0;

    if (!(dt > 0 && tau >= 0 && tau / dt < 1e9))
        return tg_fail(TG_EDOMAIN, "%g is no delay for steps of %g", tau, dt);
    const lag l = lag_of(&m, dt);
    if (l.far != 1)
        return tg_fail(TG_EDOMAIN, "the step %g does not divide the delay %g", dt, tau);
    if (!(r = calloc(l.steps + 1, sizeof *r))) return tg_fail(TG_ENOMEM, "out of memory");
    /* r_0 = 1, r_{n+1} = (1 - b dt) r_n - a dt r_{n-m}; the noise enters after each step */
    double last = 1, quiet = 0;
    for (r[0] = 1; n < 100000000 && quiet <= 20 * (double)(l.steps + 1); n++) {
        sum += last * last;
        quiet = last * last < 1e-18 * sum ? quiet + 1 : 0;
        const double next = (1 - b * dt) * last - a * dt * r[(n + 1) % (l.steps + 1)];
        r[(n + 1) % (l.steps + 1)] = last = next;
        if (!(fabs(last) < 1e100)) break;
    }
    free(r);
    if (!(fabs(last) < 1)) return tg_fail(TG_EDOMAIN, "the recursion does not settle");
    *variance = sum * dt;
    return TG_OK;
}
