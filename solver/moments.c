#include "solver/moments.h"

#include "solver/lagged.h"
#include "solver/noise.h"
#include "solver/response.h"
#include "solver/winding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FINE_MAX       (1 << 17)
#define MOST_GROWTH    150 /* e-foldings within the horizon that can be followed */
#define RESOLUTION     50 /* fine steps per time of the loop, of which there may be many: */
#define RESOLUTION_MIN 5  /* then fewer */

/* The fine grid: `every` fine steps of dt to one output interval. */
typedef struct grid {
    size_t every, n;
    double dt;
} grid;

/* Fine steps per time of the loop: its delay, or a fifth of 1/(|a| + |b|) if that is
 * longer. */
static tg_status
make_grid(const tg_loop *l, double horizon, size_t n, size_t most, grid *out)
{
    const double mean = tg_delay_mean(l->delay), rate = fabs(l->a) + fabs(l->b);
    const double scale = fmin(fmax(mean, 0.2 / rate), 1 / rate);
    const double interval = horizon / (double)(n - 1), times = horizon / scale;
    const double wish =
        fmin(most ? (double)most : RESOLUTION, fmax(RESOLUTION_MIN, FINE_MAX / times));
    const double every = fmax(1, ceil(wish * interval / scale));

    if (every * (double)(n - 1) > 8 * FINE_MAX)
        return tg_fail(
            TG_EDOMAIN,
            "a horizon of %g is %.3g times of the loop, more than can be followed", horizon,
            times);
    *out = (grid){ (size_t)every, (size_t)every * (n - 1) + 1, interval / every };
    return TG_OK;
}

/* A single constant delay without a filter is solved exactly, unless its mesh is too fine.
 */
static int
lagged(const tg_loop *l, double horizon)
{
    const double tau = tg_delay_mean(l->delay);

    return tau > 0 && !strcmp(tg_delay_name(l->delay), "constant") &&
           (!l->filter || !strcmp(l->filter->name, "asgd")) &&
           tg_lagged_steps(l->a, l->b, tau, horizon) < 4 * FINE_MAX;
}

static tg_status
check(const tg_mode *m, double x0, double horizon, size_t n)
{
    TG_TRY(tg_mode_check(m));
    if (n < 2) return tg_fail(TG_EDOMAIN, "at least 2 times are needed, got %zu", n);
    if (!(horizon > 0 && isfinite(horizon)))
        return tg_fail(TG_EDOMAIN, "the horizon must be > 0, got %g", horizon);
    if (!isfinite(x0)) return tg_fail(TG_EDOMAIN, "the start must be finite, got %g", x0);
    return TG_OK;
}

/* All that is known of a loop on its fine grid: r, R, and the variance v that unit noise
 * has brought by then. With `noise` NULL only the first two. */
static tg_status
fill(const tg_loop *l, const grid *g, tg_ring *ring, double *r, double *sum,
     tg_worth *noise)
{
    if (lagged(l, g->dt * (double)(g->n - 1))) {
        double *v = noise ? noise->variance : malloc(g->n * sizeof *v);
        if (!v) return tg_fail(TG_ENOMEM, "out of memory");
        const tg_status status =
            tg_lagged_fill(l->a, l->b, tg_delay_mean(l->delay), g->dt, g->n, r, sum, v);
        if (!noise) free(v);
        for (size_t i = 0; noise && i < g->n; i++) noise->worth[i] = r[i] * r[i];
        return status;
    }
    return tg_noise_fill(l, g->dt, ring, r, sum, noise);
}

/* z(t) = int_0^t e(t-u) E_T[E X(u-T)^2] du and E X^2 = base + c z in one division: with k
 * the weights of the law, k(zeta) = phi(delta(zeta)/dt), M = ( base + c (E x0^2
 * (1-k)/(1-zeta) - start) ) / ( 1 - c E k ), E the trapezoidal weights dt e_n (half at n =
 * 0), start_n = dt e_n x0^2 / 2 the other end. */
static tg_status
multiply_noise(const tg_mode *m, double x0, double dt, tg_ring *ring, const double *worth,
               double *second)
{
    double complex *base = ring->room, *E = base + ring->points, *weight = E + ring->points;

    TG_TRY(tg_noise_weights(&m->loop, dt, ring, weight));
    tg_ring_forward(ring, second, base);
    tg_ring_forward(ring, worth, E);
    for (size_t k = 0; k < ring->points; k++) {
        const double complex zeta = tg_ring_point(ring, k);
        const double complex phi = weight[k];
        const double complex trapezoid = dt * (E[k] - worth[0] / 2);
        const double complex start =
            trapezoid * x0 * x0 * (1 - phi) / (1 - zeta) - dt * E[k] * x0 * x0 / 2;
        base[k] = (base[k] + m->jump * start) / (1 - m->jump * trapezoid * phi);
    }
    tg_ring_back(ring, base, second);
    return TG_OK;
}

static double
kernel_mass(const tg_loop *l)
{
    return l->a == 0 ? 0 : (creal(tg_loop_value(l, 0, NULL)) - l->b) / l->a;
}

typedef struct fields {
    double *r, *sum, *second;
} fields;

/* c int e(t) e^{-rate t} dt E e^{-rate T}: the second moment grows like e^{rate t} where
 * this is 1. */
static double
fed_back(const tg_mode *m, const double *worth, const grid *g, double rate)
{
    double sum = worth[0] / 2;

    for (size_t i = 1; i < g->n; i++) sum += worth[i] * exp(-rate * g->dt * (double)i);
    return m->jump * g->dt * sum * creal(tg_delay_laplace(m->loop.delay, rate, NULL));
}

/* At least the growth of the second moment, given that of its square of the mean. */
static double
second_growth(const tg_mode *m, const double *worth, const grid *g, double least)
{
    double low = least, high = least, step = 1 / (g->dt * (double)g->n);

    for (; fed_back(m, worth, g, high) > 1 && step * g->dt < 1; step *= 2) {
        low = high;
        high = least + step;
    }
    while (high - low > 0.01 * (high - least)) {
        const double middle = (low + high) / 2;
        if (fed_back(m, worth, g, middle) > 1)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static tg_status
too_fast(const grid *g)
{
    return tg_fail(TG_EDIVERGED, "a moment leaves the finite range before t = %g",
                   g->dt * (double)(g->n - 1));
}

/* The second moment with what jumps add, on a ring of its own, since it may grow faster. */
static tg_status
add_jumps(const tg_mode *m, double x0, const grid *g, double growth, const double *worth,
          double *second)
{
    const double fastest = second_growth(m, worth, g, 2 * growth);
    tg_ring     *ring = NULL;

    if (fastest * g->dt * (double)g->n > 2 * MOST_GROWTH) return too_fast(g);
    TG_TRY(tg_ring_create(g->n, exp(fastest * g->dt), &ring));
    const tg_status status = multiply_noise(m, x0, g->dt, ring, worth, second);
    tg_ring_free(ring);
    second[0] = x0 * x0;
    return status;
}

static tg_status
compute(const tg_mode *m, double x0, const grid *g, double growth, const fields *f,
        tg_worth *noise)
{
    const double rate = m->loop.b + m->loop.a * kernel_mass(&m->loop);
    tg_ring     *ring = NULL;

    if (growth * g->dt * (double)g->n > MOST_GROWTH) return too_fast(g);
    TG_TRY(tg_ring_create(g->n, exp(growth * g->dt), &ring));
    const tg_status status = fill(&m->loop, g, ring, f->r, f->sum, noise);
    tg_ring_free(ring);
    if (status != TG_OK) return status;
    for (size_t i = 0; i < g->n; i++) f->sum[i] = x0 * (1 - rate * f->sum[i]); /* y */
    if (!noise) return TG_OK;
    for (size_t i = 0; i < g->n; i++)
        f->second[i] = f->sum[i] * f->sum[i] + m->noise * noise->variance[i];
    return m->jump > 0 ? add_jumps(m, x0, g, growth, noise->worth, f->second) : TG_OK;
}

static void
thin(const grid *g, size_t n, const double *from, double *to)
{
    for (size_t i = 0; to && i < n; i++) to[i] = from[i * g->every];
}

tg_status
tg_moments_follow(const tg_mode *m, double x0, double horizon, size_t n, size_t resolution,
                  double *r, double *mean, double *second)
{
    double growth = 0;
    grid   g = { 0 };

    TG_TRY(check(m, x0, horizon, n));
    TG_TRY(tg_winding_growth(&m->loop, &growth));
    TG_TRY(make_grid(&m->loop, horizon, n, resolution, &g));
    double *block = malloc(5 * g.n * sizeof *block);
    if (!block) return tg_fail(TG_ENOMEM, "out of memory for %zu steps", g.n);
    const fields f = { block, block + g.n, block + 2 * g.n };
    tg_worth     noise = { block + 3 * g.n, block + 4 * g.n };

    const tg_status status = compute(m, x0, &g, growth, &f, second ? &noise : NULL);
    if (status == TG_OK) {
        thin(&g, n, f.r, r);
        thin(&g, n, f.sum, mean);
        thin(&g, n, f.second, second);
    }
    free(block);
    return status;
}

tg_status
tg_moments_mean(const tg_loop *l, double x0, double horizon, size_t n, double *mean)
{
    return tg_moments_follow(&(tg_mode){ .loop = *l }, x0, horizon, n, 0, NULL, mean, NULL);
}
