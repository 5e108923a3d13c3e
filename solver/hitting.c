#include "solver/hitting.h"

#include "solver/euler_kernel.h"
#include "solver/survival.h"

#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK TG_EULER_PATHS
#define LOT   1024 /* paths between two looks at the standard error */

/* Each path's time, whether it ended, and its place in the estimate; twice, as a caller who
 * wants the distribution makes it again. */
static double
memory(const tg_hitting *p)
{
    return 2 * (double)p->paths * (sizeof(double) + 1 + sizeof(tg_survival));
}

tg_status
tg_hitting_check(const tg_hitting *p)
{
    if (p->modes == 0 || p->paths == 0)
        return tg_fail(TG_EDOMAIN, "modes and paths must be >= 1");
    if (!(p->dt > 0 && isfinite(p->dt)))
        return tg_fail(TG_EDOMAIN, "the step must be > 0, got %g", p->dt);
    if (!(p->horizon > 0 && p->horizon / p->dt < 1e10))
        return tg_fail(TG_EDOMAIN, "the horizon must be > 0 and < 1e10 steps, got %g",
                       p->horizon);
    if (!isfinite(p->level) || !(p->error >= 0))
        return tg_fail(TG_EDOMAIN, "level %g and standard error %g make no question",
                       p->level, p->error);
    for (size_t i = 0; i < p->modes; i++) {
        const tg_linear *m = &p->mode[i];
        if (!isfinite(m->a) || !isfinite(m->b) || !isfinite(m->g) || !isfinite(m->x0))
            return tg_fail(TG_EDOMAIN, "mode %zu has a coefficient that is not finite", i);
        if (!(m->tau >= 0 && m->tau == p->mode[0].tau))
            return tg_fail(TG_EDOMAIN, "delays must be >= 0 and equal, mode %zu has %g", i,
                           m->tau);
        if (p->h && !(p->h[i] >= 0 && isfinite(p->h[i])))
            return tg_fail(TG_EDOMAIN, "eigenvalue %zu must be >= 0, got %g", i, p->h[i]);
    }
    if (!(memory(p) < 16.0 * (1 << 30)))
        return tg_fail(TG_EDOMAIN, "%zu paths need %.3g GiB, more than 16", p->paths,
                       memory(p) / (1 << 30));
    return TG_OK;
}

typedef struct run {
    const tg_hitting *p;
    double            dt;
    size_t            lag, slots; /* lag in steps; rows kept of each mode */
    size_t            steps, lot; /* number of the lot */
    double           *scratch;    /* (threads, modes, slots, BLOCK) */
    tg_euler4        *step;       /* (modes) coefficients */
    double           *hit, *settled;
} run;

typedef struct block {
    const run *r;
    size_t     first;
    double    *row;
    tg_rng     bridge[BLOCK];
    double     side;                   /* 1 if Y starts above the level, else -1 */
    double ahead[BLOCK], noise[BLOCK]; /* side (Y - level) and s^2 dt at the step's begin */
    double hit[BLOCK];                 /* inf until known */
    double outside[BLOCK];             /* last time seen with side (Y - level) > 0 */
} block;

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

static double *
row_at(const block *b, size_t mode, size_t step)
{
    return b->row + (mode * b->r->slots + step % b->r->slots) * BLOCK;
}

/* side (Y - level) of path i at a step (counted from slots on), and s^2 dt. */
static double
observe(const block *b, size_t step, size_t i, double *noise)
{
    const tg_hitting *p = b->r->p;
    double            y = 0, s = 0;

    if (!p->h) {
        *noise = p->mode[0].g * p->mode[0].g * b->r->dt;
        return b->side * (row_at(b, 0, step)[i] - p->level);
    }
    for (size_t k = 0; k < p->modes; k++) {
        const double x = row_at(b, k, step)[i], g = p->h[k] * x * p->mode[k].g;
        y += p->h[k] * x * x / 2;
        s += g * g;
    }
    *noise = s * b->r->dt;
    return b->side * (y - p->level);
}

/* Inverse Gaussian. Source: Michael, Schucany, Haas 1976. */
static double
inverse_gaussian(double mean, double shape, tg_rng *g)
{
    const double n = tg_rng_normal(g), y = n * n * mean / (2 * shape);
    const double x = mean / (1 + y + sqrt(y * (y + 2))); /* the smaller of two roots */

    return tg_rng_uniform(g) * (mean + x) <= mean ? x : mean * mean / x;
}

/* Share of the step at which the bridge from u to v (distances from the level, u > 0) first
 * touches; 2 if it does not. */
static double
touch(double u, double v, double noise, int grid_only, tg_rng *g)
{
    if (u <= 0) return 0;
    if (v > 0) {
        const double exponent = 2 * u * v / noise;
        if (grid_only || !(exponent < 40) || tg_rng_uniform(g) > exp(-exponent)) return 2;
    }
    if (grid_only || !(noise > 0)) return u / (u + fabs(v));
    if (v == 0) return 1;
    const double ratio = inverse_gaussian(u / fabs(v), u * u / noise, g);
    return ratio < 1e300 ? ratio / (1 + ratio) : 1;
}

/* One step of one path: the first touch, and by the bridge run backwards the last. */
static void
watch(block *b, size_t step, size_t i)
{
    const int    grid_only = b->r->p->grid_only;
    const double dt = b->r->dt, t = (double)step * dt, u = b->ahead[i], noise = b->noise[i];
    const double v = observe(b, step + 1 + b->r->slots, i, &b->noise[i]);

    b->ahead[i] = v;
    if (isinf(b->hit[i])) {
        const double share = touch(u, v, noise, grid_only, &b->bridge[i]);
        if (share > 1) return; /* outside still */
        b->hit[i] = t + share * dt;
    }
    if (v > 0) {
        b->outside[i] = INFINITY;
        return;
    }
    const double back = touch(-v, -u, noise, grid_only, &b->bridge[i]);
    if (back <= 1) b->outside[i] = t + (1 - back) * dt;
}

static void
kernel(const tg_euler4 *s)
{
    switch (tg_isa_resolve(TG_ISA_BEST)) {
#if defined(__x86_64__)
    case TG_ISA_AVX512:
        tg_euler_avx512(s);
        break;
    case TG_ISA_AVX2:
        tg_euler_avx2(s);
        break;
#endif
    default:
        tg_euler_plain(s);
    }
}

static void
four_steps(const block *b, size_t mode, size_t at)
{
    const run *r = b->r;
    tg_euler4  s = r->step[mode];

    s.seed = r->p->seed;
    s.high = (uint64_t)TG_PURPOSE_PATH << 16;
    s.first = b->first + ((uint64_t)mode << 40);
    s.block = at / 4;
    s.x = row_at(b, mode, at + r->slots);
    for (size_t q = 0; q < 4; q++) {
        s.far_row[q] = row_at(b, mode, at + r->slots + q - r->lag);
        s.near_row[q] = row_at(b, mode, at + r->slots + q + (r->lag > 0) - r->lag);
        s.out[q] = row_at(b, mode, at + r->slots + q + 1);
    }
    kernel(&s);
}

static void
start(block *b)
{
    const run *r = b->r;
    double     noise;

    for (size_t k = 0; k < r->p->modes; k++)
        for (size_t i = 0; i < r->slots * BLOCK; i++)
            b->row[k * r->slots * BLOCK + i] = r->p->mode[k].x0;
    b->side = 1;
    b->side = observe(b, r->slots, 0, &noise) > 0 ? 1 : -1;
    for (size_t i = 0; i < BLOCK; i++) {
        b->bridge[i] = tg_rng_stream(r->p->seed, TG_PURPOSE_BRIDGE, b->first + i);
        b->ahead[i] = observe(b, r->slots, i, &b->noise[i]);
        b->hit[i] = INFINITY;
        b->outside[i] = INFINITY;
    }
}

/* Whether every path is done: all have hit and nobody asks when they settle. */
static int
finished(const block *b)
{
    if (b->r->settled) return 0;
    for (size_t i = 0; i < BLOCK; i++)
        if (isinf(b->hit[i])) return 0;
    return 1;
}

static void
report(const block *b, size_t n)
{
    const run   *r = b->r;
    const double horizon = r->p->horizon;

    for (size_t i = 0; i < n; i++) {
        r->hit[b->first + i] = fmin(b->hit[i], horizon);
        if (r->settled) r->settled[b->first + i] = fmin(b->outside[i], horizon);
    }
}

static tg_status
run_block(size_t job, size_t thread, void *context)
{
    const run *r = context;
    block      b = { .r = r, .first = r->lot * LOT + job * BLOCK };

    b.row = r->scratch + thread * r->p->modes * r->slots * BLOCK;
    start(&b);
    for (size_t at = 0; at < r->steps && !finished(&b); at += 4) {
        for (size_t k = 0; k < r->p->modes; k++) four_steps(&b, k, at);
        for (size_t step = at; step < at + 4 && step < r->steps; step++)
            for (size_t i = 0; i < BLOCK; i++) watch(&b, step, i);
    }
    for (size_t i = 0; i < BLOCK; i++)
        if (!isfinite(b.ahead[i]))
            return tg_fail(TG_EDIVERGED, "path %zu left the finite range", b.first + i);
    if (b.first < r->p->paths)
        report(&b, r->p->paths - b.first < BLOCK ? r->p->paths - b.first : BLOCK);
    return TG_OK;
}

static tg_status
summarise(const run *r, size_t n, tg_hits *out)
{
    const double   horizon = r->p->horizon;
    unsigned char *ended = malloc(n);
    tg_survival   *s = malloc(n * sizeof *s);
    tg_status      status = ended && s ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    size_t         count = 0;
    tg_hits        h = { .paths = n };

    for (size_t i = 0; status == TG_OK && i < n; i++) {
        h.hit += ended[i] = r->hit[i] < horizon;
        h.settled += r->settled && r->settled[i] < horizon;
    }
    if (status == TG_OK) status = tg_survival_estimate(r->hit, ended, n, 1.96, s, &count);
    if (status == TG_OK) {
        tg_survival_mean(s, count, horizon, &h.mean, &h.error);
        *out = h;
    }
    free(ended);
    free(s);
    return status;
}

/* Lot after lot until the paths are used up or the error is as asked. */
static tg_status
run_lots(run *r, size_t threads, tg_hits *out)
{
    const tg_hitting *p = r->p;

    for (size_t n = 0; n < p->paths; r->lot++) {
        const tg_status status = tg_parallel_run(LOT / BLOCK, threads, run_block, r, NULL);
        if (status == TG_ESTOP && n > 0) TG_TRY(summarise(r, n, out));
        if (status != TG_OK) return status;
        n = n + LOT < p->paths ? n + LOT : p->paths;
        if (n < p->paths && p->error == 0) continue;
        TG_TRY(summarise(r, n, out));
        if (out->error <= p->error) break;
    }
    return TG_OK;
}

static run
make_run(const tg_hitting *p)
{
    const double tau = p->mode[0].tau;
    run          r = { .p = p, .dt = p->dt };

    if (tau > 0) {
        r.lag = (size_t)ceil(tau / p->dt - 1e-9);
        r.dt = tau / (double)r.lag;
    }
    r.slots = r.lag + 8;
    r.steps = (size_t)ceil(p->horizon / r.dt - 1e-9);
    return r;
}

tg_status
tg_hitting_run(const tg_hitting *p, double *hit, double *settled, tg_hits *out)
{
    tg_status status;

    TG_TRY(tg_hitting_check(p));
    const size_t threads = p->threads ? p->threads : tg_parallel_threads();
    run          r = make_run(p);
    r.scratch = aligned_alloc(64, threads * p->modes * r.slots * BLOCK * sizeof *r.scratch);
    r.step = malloc(p->modes * sizeof *r.step);
    r.hit = hit ? hit : malloc(p->paths * sizeof *r.hit);
    r.settled = settled;
    if (r.scratch && r.step && r.hit) {
        for (size_t k = 0; k < p->modes; k++)
            r.step[k] = coefficients(&p->mode[k], r.lag, r.dt);
        status = run_lots(&r, threads, out);
    } else {
        status = tg_fail(TG_ENOMEM, "out of memory");
    }
    free(r.scratch);
    free(r.step);
    if (!hit) free(r.hit);
    return status;
}
