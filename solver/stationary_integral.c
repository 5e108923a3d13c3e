/* With G = 1/f and the comparison e(t) = (1 + (c - b) t) exp(-c t), which shares r(0) and
 * r'(0), g = 1/(s + c) + (c - b)/(s + c)^2 its transform,
 *
 *     int r^2         = 2 int r e - int e^2 + (1/pi) int_0^inf |G - g|^2 dw
 *     int r r(. + u)  = int e e(. + u)      + (1/pi) int_0^inf cos(w u) (|G|^2 - |g|^2) dw
 *
 * int r e = 1/f(c) + (c - b) f'(c)/f(c)^2 is exact, and what is left to quadrature falls
 * like |a kappa|^2 / w^4 (derived here). Then
 *
 *   1 adaptive Gauss-Kronrod on panels: half an oscillation of kappa long where its law has
 * edges or atoms, else doubling; 2 after each panel, what is expected beyond it from the
 * mean over the panel; 3 the limit of these sums by Wynn's epsilon algorithm (Wynn 1956).
 */
#include "solver/stationary_integral.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <string.h>

#define PANELS    1000
#define WINDOW    9 /* partial sums the epsilon table looks at */
#define DEPTH     24
#define TOLERANCE 2e-11
#define LAGGED    1e-9 /* tolerance where cos(w lag) keeps the tail oscillating */

typedef struct integrand {
    const tg_loop *loop;
    double (*density)(double w, void *integrand);
    double c, lag;
} integrand;

static double complex
comparison(const integrand *g, double complex s)
{
    const double complex p = 1 / (s + g->c);

    return p + (g->c - g->loop->b) * p * p;
}

static double
square(double complex z)
{
    return creal(z) * creal(z) + cimag(z) * cimag(z);
}

static double
distance(double w, void *context)
{
    const integrand *g = context;

    return square(1 / tg_loop_value(g->loop, I * w, NULL) - comparison(g, I * w));
}

static double
difference(double w, void *context)
{
    const integrand *g = context;

    return cos(w * g->lag) *
           (1 / square(tg_loop_value(g->loop, I * w, NULL)) - square(comparison(g, I * w)));
}

static double
filtered(double w, void *context)
{
    const integrand *g = context;

    return cos(w * g->lag) * tg_loop_noise(g->loop, w) /
           square(tg_loop_value(g->loop, I * w, NULL));
}

/* int_w^inf of a tail that oscillates around m / w^4, with m taken over the panel before w.
 */
static double
tail(const integrand *g, double w, double length)
{
    double m = 0;

    if (g->lag > 0) return 0;
    for (int i = 0; i < 8; i++) {
        const double x = w - length * (i + 0.5) / 8;
        m += x * x * x * x * g->density(x, (void *)g) / 8;
    }
    return m / (3 * w * w * w);
}

/* The limit of the last terms of a sequence, by the epsilon algorithm. */
static double
limit(const double *sum, int m)
{
    double column[WINDOW], before[WINDOW] = { 0 }, best = sum[m - 1];

    memcpy(column, sum, (size_t)m * sizeof *sum);
    for (int order = 1; order < m; order++) {
        for (int i = 0; i + order < m; i++) {
            const double step = column[i + 1] - column[i];
            if (step == 0) return column[i];
            const double next = (order > 1 ? before[i + 1] : 0) + 1 / step;
            before[i] = column[i];
            column[i] = next;
        }
        before[m - order] = column[m - order];
        if (order % 2 == 0) best = column[m - order - 1];
    }
    return best;
}

/* Half an oscillation of kappa, and in *edges whether it goes on oscillating. */
static double
half_oscillation(const integrand *g, int *edges)
{
    const double mean = tg_delay_mean(g->loop->delay), cv = tg_delay_cv(g->loop->delay);
    double       low, high;

    tg_delay_support(g->loop->delay, &low, &high);
    *edges = isfinite(high) || low > 0 || g->lag > 0;
    const double reach = isfinite(cv) ? mean * (1 + 3 * cv) : 4 * mean;
    return acos(-1) / (fmin(high, reach) + g->lag + 1e-300);
}

/* Gauss-Kronrod with 15 points on [from, from + length], halved where it must be; NaN if
 * that goes on for too long. */
static double
panel(const gsl_function *f, double from, double length, double tolerance, int depth)
{
    double part, error, size, spread;

    gsl_integration_qk15(f, from, from + length, &part, &error, &size, &spread);
    if (error <= fmax(tolerance, TOLERANCE * size)) return part;
    if (depth == 0) return NAN;
    return panel(f, from, length / 2, tolerance, depth - 1) +
           panel(f, from + length / 2, length / 2, tolerance, depth - 1);
}

static tg_status
sum_panels(const integrand *g, double known, double *out)
{
    int          edges, calm = 0;
    const double bulk = fabs(g->loop->b) + fabs(g->loop->a),
                 half = half_oscillation(g, &edges);
    const double tolerance = g->lag > 0 ? LAGGED : TOLERANCE;
    gsl_function f = { g->density, (void *)g };
    double       w = 0, length = fmin(bulk, half) / 2, whole = 0, sum[WINDOW], last = NAN;

    for (int n = 0; n < PANELS; n++) {
        whole += panel(&f, w, length, TOLERANCE * (fabs(whole) + fabs(known)), DEPTH);
        w += length;
        if (isnan(whole)) break;
        if (n >= WINDOW) memmove(sum, sum + 1, (WINDOW - 1) * sizeof *sum);
        sum[n < WINDOW ? n : WINDOW - 1] = whole + tail(g, w, length);
        const double now = limit(sum, n < WINDOW ? n + 1 : WINDOW);
        calm = w > 2 * bulk && fabs(now - last) <= tolerance * fabs(now + known) ? calm + 1
                                                                                 : 0;
        if (calm == 2) {
            *out = now;
            return TG_OK;
        }
        last = now;
        length = edges ? fmin(2 * length, half) : 2 * length;
    }
    return tg_fail(TG_ENOCONV, "the integral over frequency did not settle up to %g", w);
}

static tg_status
integrate(const integrand *g, double known, double *out)
{
    double whole = 0;

    TG_TRY(sum_panels(g, known * acos(-1), &whole));
    *out = known + whole / acos(-1);
    return TG_OK;
}

tg_status
tg_stationary_overlap(const tg_loop *l, double lag, double *out)
{
    const double    c = fabs(l->a) + fabs(l->b), d = c - l->b;
    double complex  slope, f = tg_loop_value(l, c, &slope);
    const double    re = creal(1 / f + d * slope / (f * f)); /* int r e */
    const double    ee = exp(-c * lag) * ((1 + d * lag) * (1 / (2 * c) + d / (4 * c * c)) +
                                       d / (4 * c * c) + d * d / (4 * c * c * c));
    const integrand g = { l, lag > 0 ? difference : distance, c, lag };

    return integrate(&g, lag > 0 ? ee : 2 * re - ee, out);
}

tg_status
tg_stationary_filtered(const tg_loop *l, double lag, double *out)
{
    const integrand g = { l, filtered, 0, lag };

    return integrate(&g, 0, out);
}
