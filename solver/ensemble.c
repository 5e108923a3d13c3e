#include "solver/ensemble.h"

#include "solver/euler_kernel.h"
#include "solver/observer.h"

#include "core/memory.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK TG_EULER_PATHS /* paths in flight: their rows stay in the near caches */
#define JOBS  64 /* shares of the work; fixed, so that sums are grouped alike everywhere */

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
static size_t
slots(const tg_ensemble *e)
{
    size_t longest = 0;

    for (size_t i = 0; i < e->modes; i++) {
        const size_t steps = lag_of(&e->mode[i], e->dt).steps;
        longest = steps > longest ? steps : longest;
    }
    return longest + 8;
}

double
tg_ensemble_memory(const tg_ensemble *e)
{
    double longest = 0;

    for (size_t i = 0; i < e->modes; i++) longest = fmax(longest, e->mode[i].tau / e->dt);
    const double threads = (double)(e->threads ? e->threads : tg_parallel_threads());
    const double cells = (double)e->modes * (double)tg_ensemble_rows(e);
    return threads * (longest + 8) * BLOCK * sizeof(double) +
           cells * (JOBS * sizeof(tg_stats) + (double)e->keep * sizeof(double)) +
           tg_observe_memory(e->observe, (size_t)threads, tg_ensemble_rows(e), e->modes,
                             BLOCK);
}

tg_status
tg_ensemble_check(const tg_ensemble *e)
{
    if (e->modes == 0 || e->paths == 0 || e->steps == 0 || e->every == 0)
        return tg_fail(TG_EDOMAIN, "modes, paths, steps and rows must be >= 1");
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
    size_t             rows, slots, blocks;
    double            *scratch; /* (threads, slots, BLOCK) */
    tg_stats          *stats;   /* (JOBS, modes, rows) */
    char              *done;    /* (JOBS) */
    double            *kept;
    tg_observer        observer;
} run;

/* One block of one mode on its way. */
typedef struct block {
    const run *r;
    size_t     mode, first, n; /* n paths from number `first` on */
    size_t     thread;
    void      *row;   /* (slots, BLOCK) doubles, or floats */
    tg_stats  *stats; /* (rows) of this mode and job */
} block;

/* The row `ahead` steps after the one in slot `slot`; both < slots. */
static void *
row_after(const block *b, size_t slot, size_t ahead)
{
    const size_t next = slot + ahead;
    const size_t at = (next < b->r->slots ? next : next - b->r->slots) * BLOCK;

    return b->r->e->single ? (void *)((float *)b->row + at)
                           : (void *)((double *)b->row + at);
}

/* Row of a step counted from -slots on, so that it is never < 0. */
static void *
row_at(const block *b, size_t step)
{
    return row_after(b, step % b->r->slots, 0);
}

/* The same in doubles: the row itself, or a copy in room (BLOCK). */
static const double *
values_at(const block *b, size_t step, double *room)
{
    const float *single = row_at(b, step);

    if (!b->r->e->single) return row_at(b, step);
    for (size_t i = 0; i < BLOCK; i++) room[i] = single[i];
    return room;
}

static tg_status
record(const block *b, size_t at)
{
    const tg_ensemble *e = b->r->e;
    double             room[BLOCK];
    const double      *x = values_at(b, at + b->r->slots, room);
    const size_t       row = at / e->every;
    tg_stats           s = { .n = (double)b->n };
    double            *seen = tg_observer_at(&b->r->observer, b->thread, row, b->mode);

    if (seen) memcpy(seen, x, BLOCK * sizeof *x);
    for (size_t i = 0; i < b->n; i++) s.mean += x[i];
    s.mean /= s.n;
    for (size_t i = 0; i < b->n; i++) s.m2 += (x[i] - s.mean) * (x[i] - s.mean);
    tg_stats_merge(&b->stats[row], &s);
    for (size_t i = 0; i < b->n && b->first + i < e->keep; i++)
        b->r->kept[((b->first + i) * e->modes + b->mode) * b->r->rows + row] = x[i];
    if (isfinite(s.m2)) return TG_OK;
    for (size_t i = 0; i < b->n; i++)
        if (!(fabs(x[i]) < (e->single ? 1e38 : 1e150)))
            return tg_fail(TG_EDIVERGED,
                           "path %zu of mode %zu left the finite range before t = %g",
                           b->first + i, b->mode, (double)at * e->dt);
    return tg_fail(TG_EDIVERGED, "mode %zu left the finite range at t = %g", b->mode,
                   (double)at * e->dt);
}

static void
kernel(tg_isa isa, const tg_euler4 *s, int single)
{
    switch (isa) {
#if defined(__x86_64__)
    case TG_ISA_AVX512:
        (single ? tg_euler_single_avx512 : tg_euler_avx512)(s);
        break;
    case TG_ISA_AVX2:
        (single ? tg_euler_single_avx2 : tg_euler_avx2)(s);
        break;
#endif
    default:
        (single ? tg_euler_single_plain : tg_euler_plain)(s);
    }
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
    const size_t now = at % b->r->slots, far = (at + b->r->slots - l->steps) % b->r->slots;

    s->block = at / 4;
    s->x = row_after(b, now, 0);
    for (size_t q = 0; q < 4; q++) {
        s->far_row[q] = row_after(b, far, q);
        s->near_row[q] = row_after(b, far, q + 1);
        s->out[q] = row_after(b, now, q + 1);
    }
    kernel(isa, s, b->r->e->single);
}

static tg_status
run_block(const block *b)
{
    const tg_ensemble *e = b->r->e;
    const tg_linear   *m = &e->mode[b->mode];
    const lag          l = lag_of(m, e->dt);
    const tg_isa       isa = tg_isa_resolve(e->isa);
    tg_euler4          s;

    coefficients(m, &l, e->dt, &s);
    s.seed = e->seed;
    s.high = (uint64_t)TG_PURPOSE_PATH << 16;
    s.first = b->first + ((uint64_t)b->mode << 40);
    for (size_t i = 0; i < b->r->slots * BLOCK; i++)
        if (e->single)
            ((float *)b->row)[i] = (float)m->x0;
        else
            ((double *)b->row)[i] = m->x0;
    TG_TRY(record(b, 0));
    for (size_t at = 0, next = e->every; at < e->steps; at += 4) {
        four_steps(b, &l, isa, at, &s);
        for (; next <= at + 4 && next <= e->steps; next += e->every)
            TG_TRY(record(b, next));
    }
    return TG_OK;
}

/* Job j takes blocks j B / JOBS .. (j + 1) B / JOBS, in order; after a stop request those it
 * has finished count. */
static tg_status
run_job(size_t job, size_t thread, void *context)
{
    run               *r = context;
    const tg_ensemble *e = r->e;
    block b = { .r = r, .thread = thread, .row = r->scratch + thread * r->slots * BLOCK };

    const size_t begin = job * r->blocks / JOBS, end = (job + 1) * r->blocks / JOBS;
    size_t       k = begin;
    for (; k < end && !tg_stop_requested(); k++) {
        b.first = k * BLOCK;
        b.n = e->paths - b.first < BLOCK ? e->paths - b.first : BLOCK;
        for (b.mode = 0; b.mode < e->modes; b.mode++) {
            b.stats = r->stats + (job * e->modes + b.mode) * r->rows;
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

tg_status
tg_ensemble_run(const tg_ensemble *e, tg_stats *stats, double *kept)
{
    tg_status status;

    TG_TRY(tg_ensemble_check(e));
    const size_t threads = e->threads ? e->threads : tg_parallel_threads();
    run r = { .e = e, .rows = tg_ensemble_rows(e), .slots = slots(e), .kept = kept };
    r.blocks = (e->paths + BLOCK - 1) / BLOCK;
    r.scratch = aligned_alloc(64, threads * r.slots * BLOCK * sizeof *r.scratch);
    r.stats = calloc(JOBS * e->modes * r.rows, sizeof *r.stats);
    r.done = calloc(JOBS, 1);
    status =
        tg_observer_open(e->observe, r.rows, e->modes, BLOCK, JOBS, threads, &r.observer);
    if (status == TG_OK && r.scratch && r.stats && r.done) {
        status = tg_parallel_run(JOBS, threads, run_job, &r, NULL);
        if (status == TG_OK || status == TG_ESTOP) merge(&r, stats);
    } else {
        status = tg_fail(TG_ENOMEM, "out of memory: %.3g MiB were needed",
                         tg_ensemble_memory(e) / (1 << 20));
    }
    tg_observer_close(&r.observer);
    free(r.scratch);
    free(r.stats);
    free(r.done);
    return status;
}

tg_status
tg_ensemble_scheme_variance(double a, double b, double tau, double dt, double *variance)
{
    const tg_linear m = { a, b, 1, tau, 0 };
    const lag       l = lag_of(&m, dt);
    double         *r, sum = 0;
    size_t          n = 0;

    if (!(dt > 0 && tau >= 0) || l.far != 1)
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
