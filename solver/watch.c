#include "solver/watch.h"

#include <math.h>
#include <string.h>

#define SURE 40 /* e^-40 is no probability */

/* side (Y - level) of the first n paths. */
static void
observe(const tg_watch *w, const double *x, size_t stride, size_t n, double *ahead)
{
    const tg_sight *s = w->sight;
    double          y[TG_WATCH_PATHS];

    memset(y, 0, n * sizeof *y);
    for (size_t i = 0; s->h && i < s->dim; i++) {
        const double h = s->h[i], shift = s->shift ? s->shift[i] : 0;
        for (size_t k = 0; k < n; k++) {
            const double off = x[i * stride + k] + shift;
            y[k] += h * off * off / 2;
        }
    }
    const double *of = s->h ? y : x + s->component * stride;
    for (size_t k = 0; k < n; k++) ahead[k] = w->side * (of[k] - s->level);
}

/* sum (n) += dY/dX_i g of one channel of noise. */
static void
add_slope(const tg_sight *s, const tg_move *m, size_t i, const double *g, size_t n,
          double *sum)
{
    const double  h = s->h ? s->h[i] : 0, shift = s->h && s->shift ? s->shift[i] : 0;
    const double *x = m->x + i * m->stride;

    if (s->h)
        for (size_t k = 0; k < n; k++) sum[k] += h * (x[k] + shift) * g[k];
    else
        for (size_t k = 0; k < n; k++) sum[k] += g[k];
}

/* s^2 dt of the first n paths. */
static void
local_noise(const tg_sight *s, const tg_move *m, size_t n, double *noise)
{
    const size_t from = s->h ? 0 : s->component, to = s->h ? s->dim : s->component + 1;

    memset(noise, 0, n * sizeof *noise);
    for (size_t c = m->diagonal ? from : 0; c < (m->diagonal ? to : m->noises); c++) {
        double sum[TG_WATCH_PATHS] = { 0 };
        if (m->diagonal)
            add_slope(s, m, c, m->g + c * m->width, n, sum);
        else
            for (size_t i = from; i < to; i++)
                add_slope(s, m, i, m->g + (i * m->noises + c) * m->width, n, sum);
        for (size_t k = 0; k < n; k++) noise[k] += sum[k] * sum[k];
    }
    for (size_t k = 0; k < n; k++) noise[k] *= m->dt;
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
        if (grid_only || !(exponent < SURE) || tg_rng_uniform(g) > exp(-exponent)) return 2;
    }
    if (grid_only || !(noise > 0)) return u / (u + fabs(v));
    if (v == 0) return 1;
    const double ratio = inverse_gaussian(u / fabs(v), u * u / noise, g);
    return ratio < 1e300 ? ratio / (1 + ratio) : 1;
}

/* Share of the step at which a bridge that is on the level at `share` and at v < 0 at the end
 * leaves it for good: run backwards, the ratio of its times before and after the first touch
 * is Levy's law, v^2 / (noise (1 - share) n^2) with n normal. */
static double
leave(double share, double v, double noise, int grid_only, tg_rng *g)
{
    const double rest = 1 - share;

    if (grid_only || !(noise * rest > 0)) return share;
    const double n = tg_rng_normal(g);
    return share + rest / (1 + v * v / (noise * rest * n * n));
}

/* One step of path k to v ahead: the first touch and the last, by the bridge run backwards
 * from the end, to the first if that was in the same step.
 */
static void
pass(tg_watch *w, const tg_move *m, size_t k, double v, double noise)
{
    const int    grid_only = w->sight->grid_only;
    const double u = w->ahead[k];

    if (isinf(w->hit[k])) {
        const double share = isnan(v) ? NAN : touch(u, v, noise, grid_only, &w->bridge[k]);
        if (share > 1) return; /* outside still */
        w->hit[k] = m->t + share * m->dt;
        if (v <= 0 && w->sight->settle) {
            w->outside[k] = m->t + leave(share, v, noise, grid_only, &w->bridge[k]) * m->dt;
            return;
        }
    }
    if (v > 0) w->outside[k] = INFINITY;
    if (!(v <= 0) || !w->sight->settle) return;
    const double back = touch(-v, -u, noise, grid_only, &w->bridge[k]);
    if (back <= 1) w->outside[k] = m->t + (1 - back) * m->dt;
}

void
tg_watch_start(tg_watch *w, uint64_t seed, uint64_t first, const double *x, size_t stride)
{
    double ahead;

    w->side = 1;
    observe(w, x, stride, 1, &ahead);
    w->side = ahead > 0 ? 1 : -1;
    for (size_t k = 0; k < w->n; k++) {
        w->bridge[k] = tg_rng_stream(seed, TG_PURPOSE_BRIDGE, first + k);
        w->ahead[k] = w->side * ahead;
        w->hit[k] = w->outside[k] = w->ahead[k] > 0 ? INFINITY : 0; /* on the level */
    }
}

void
tg_watch_step(tg_watch *w, const tg_move *m)
{
    double noise[TG_WATCH_PATHS], ahead[TG_WATCH_PATHS];

    local_noise(w->sight, m, w->n, noise);
    observe(w, m->next, m->stride, w->n, ahead);
    for (size_t k = 0; k < w->n; k++) {
        const double u = w->ahead[k], v = ahead[k];
        if (!(u > 0 && v > 0 && 2 * u * v > (SURE + 1) * noise[k])) /* may touch */
            pass(w, m, k, v, noise[k]);
        else
            w->outside[k] = INFINITY;
        w->ahead[k] = v;
    }
}

void
tg_watch_jump(tg_watch *w, size_t k, double t, const double *x)
{
    const double u = w->ahead[k];

    observe(w, x, 1, 1, &w->ahead[k]);
    if (w->ahead[k] > 0) {
        w->outside[k] = INFINITY;
        return;
    }
    if (isinf(w->hit[k])) w->hit[k] = t;
    if (u > 0) w->outside[k] = t;
}

int
tg_watch_over(const tg_watch *w, size_t k)
{
    return !w->sight->settle && !isinf(w->hit[k]);
}

int
tg_watch_finished(const tg_watch *w)
{
    for (size_t k = 0; k < w->n; k++)
        if (!tg_watch_over(w, k)) return 0;
    return 1;
}

size_t
tg_watch_report(const tg_watch *w, double horizon, double *hit, double *settled)
{
    for (size_t k = 0; k < w->n; k++) {
        if (isnan(w->hit[k]) || (!tg_watch_over(w, k) && !isfinite(w->ahead[k]))) return k;
        hit[k] = fmin(w->hit[k], horizon);
        if (settled) settled[k] = fmin(w->outside[k], horizon);
    }
    return w->n;
}
