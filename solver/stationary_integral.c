/* With G = 1/f and the comparison e(t) = (1 + (c - b) t) exp(-c t), which shares r(0) and
 * r'(0), g = 1/(s + c) + (c - b)/(s + c)^2 its transform,
 *
 *     int r^2         = 2 int r e - int e^2 + (1/pi) int_0^inf |G - g|^2 dw
 *     int r r(. + u)  = int e e(. + u)      + (1/pi) int_0^inf cos(w u) (|G|^2 - |g|^2) dw
 *
 * int r e = 1/f(c) + (c - b) f'(c)/f(c)^2 is exact, and what is left to quadrature falls
 * like |a kappa|^2 / w^4 (derived here). So does the spectrum of filtered noise without its
 * level at infinity, whose part is that level times the overlap. Then
 *
 *   1 Gauss-Legendre on panels no longer than |f / f'|, about the distance to the nearest root,
 * nor than one oscillation of kappa where its law has edges or atoms; a panel is halved
 * if the Legendre series of its density does not fall fast enough. The series is integrated
 * against cos(w lag) exactly, so that a lag of any size costs no more (Bakhvalov, Vasil'eva
 * 1968); 2 after each panel, what is expected beyond it from the mean over the panel; 3 the
 * limit of these sums by Wynn's epsilon algorithm (Wynn 1956).
 */
#include "solver/stationary_integral.h"

#include "core/complexes.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <string.h>

#define PANELS    4000
#define NODES     12 /* of a panel */
#define WINDOW    9  /* partial sums the epsilon table looks at */
#define DEPTH     24
#define TOLERANCE 2e-11
#define LAGGED    2e-10 /* tolerance where cos(w lag) keeps the tail oscillating */

/* Nodes of Gauss and Legendre on [-1, 1], and what takes values there to the coefficients
 * of their Legendre series. */
typedef struct rule {
    double x[NODES], series[NODES][NODES];
} rule;

typedef struct integrand {
    const tg_loop *loop;
    double (*density)(double w, const struct integrand *g);
    double c, lag, white;
    rule   rule;
} integrand;

/* Over the panels so far: the integral, that of |density| without the cosine, of w^4
 * density. */
typedef struct sums {
    double whole, size, fourth;
} sums;

static rule
make_rule(void)
{
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(NODES);
    rule                           r;

    for (size_t i = 0; i < NODES; i++) {
        double weight, before = 0, now = 1; /* P_{n-1}, P_n */
        gsl_integration_glfixed_point(-1, 1, i, &r.x[i], &weight, table);
        for (int n = 0; n < NODES; n++) {
            const double next = ((2 * n + 1) * r.x[i] * now - n * before) / (n + 1);
            r.series[n][i] = (n + 0.5) * weight * now;
            before = now;
            now = next;
        }
    }
    gsl_integration_glfixed_table_free(table);
    return r;
}

static double complex
comparison(const integrand *g, double w)
{
    const double complex p = inverse(complex_of(g->c, w));

    return p + (g->c - g->loop->b) * multiply(p, p);
}

static double complex
loop_at(const integrand *g, double w)
{
    return tg_loop_value(g->loop, complex_of(0, w), NULL);
}

static double
distance(double w, const integrand *g)
{
    return abs_squared(inverse(loop_at(g, w)) - comparison(g, w));
}

static double
difference(double w, const integrand *g)
{
    return 1 / abs_squared(loop_at(g, w)) - abs_squared(comparison(g, w));
}

static double
filtered(double w, const integrand *g)
{
    const double whole = tg_loop_density(g->loop, w);

    return g->white > 0 ? whole - g->white / abs_squared(loop_at(g, w)) : whole;
}

/* int_w^inf of a tail that oscillates around m / w^4, with m = int x^4 density over the
 * panel before w, by its length. */
static double
tail(const integrand *g, double w, double m)
{
    return g->lag > 0 ? 0 : m / (3 * w * w * w);
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

/* One oscillation of kappa, and in *edges whether it goes on oscillating. */
static double
one_oscillation(const integrand *g, int *edges)
{
    const double mean = tg_delay_mean(g->loop->delay), cv = tg_delay_cv(g->loop->delay);
    double       low, high;

    tg_delay_support(g->loop->delay, &low, &high);
    *edges = isfinite(high) || low > 0;
    const double reach = isfinite(cv) ? mean * (1 + 3 * cv) : 4 * mean;
    return 2 * acos(-1) / (fmin(high, reach) + 1e-300);
}

/* int_{-1}^{1} cos(k x + k0) sum c_n P_n(x) dx = 2 Re( e^{i k0} sum i^n c_n j_n(k) ).
 * Spherical Bessel functions by their recurrence upwards, which loses nothing that c_n has
 * for k > 4; below, the rule itself resolves the cosine. */
static double
against_cosine(const rule *r, const double *c, const double *f, double k, double k0)
{
    double         sum = 0, j = sin(k) / k, next = (j - cos(k)) / k;
    double complex turn = complex_of(cos(k0), sin(k0));

    if (k <= 4) {
        for (int i = 0; i < NODES; i++)
            sum += r->series[0][i] * cos(k * r->x[i] + k0) * f[i];
        return 2 * sum;
    }
    for (int n = 0; n < NODES; n++, turn *= I) {
        const double after = (2 * n + 3) / k * next - j;
        sum += c[n] * j * creal(turn);
        j = next;
        next = after;
    }
    return 2 * sum;
}

static void
add_panel(const integrand *g, const double *f, const double *c, double middle, double half,
          sums *s)
{
    const double cosine =
        g->lag > 0 ? against_cosine(&g->rule, c, f, g->lag * half, g->lag * middle)
                   : 2 * c[0];

    s->whole += half * cosine;
    s->size += 2 * half * fabs(c[0]);
    for (int i = 0; i < NODES; i++) {
        const double w = middle + half * g->rule.x[i];
        s->fourth += 2 * half * g->rule.series[0][i] * f[i] * (w * w) * (w * w);
    }
}

/* Add [from, from + 2 half], divided where it must be. The rule is exact up to degree 2
 * NODES - 1 without a cosine: its error falls like the square of the series' last terms.
 * Returns 0 if dividing goes on for too long. */
static int
panel(const integrand *g, double from, double half, double known, int depth, sums *s)
{
    const double middle = from + half;
    double       f[NODES], c[NODES] = { 0 }, most = 0;

    for (int i = 0; i < NODES; i++) f[i] = g->density(middle + half * g->rule.x[i], g);
    for (int n = 0; n < NODES; n++) {
        for (int i = 0; i < NODES; i++) c[n] += g->rule.series[n][i] * f[i];
        most = fmax(most, fabs(c[n]));
    }
    const double last = fabs(c[NODES - 1]) + fabs(c[NODES - 2]);
    const double error = g->lag > 0 ? last : last * last / (most + 1e-300);
    if (2 * half * error <= TOLERANCE * fmax(s->size + fabs(known), 2 * half * most)) {
        add_panel(g, f, c, middle, half, s);
        return 1;
    }
    return depth > 0 && !isnan(error) && panel(g, from, half / 2, known, depth - 1, s) &&
           panel(g, middle, half / 2, known, depth - 1, s);
}

/* How far a panel from w on may reach without coming near a root, about; f is no wider than
 * `bulk` near 0. */
static double
clearance(const integrand *g, double w, double bulk)
{
    double complex       slope;
    const double complex f = tg_loop_value(g->loop, complex_of(0, w), &slope);
    const double         near = sqrt(abs_squared(f) / abs_squared(slope));

    return fmin((g->lag > 0 ? 0.5 : 0.75) * near, w + bulk / 2);
}

static tg_status
sum_panels(const integrand *g, double known, double *out)
{
    int          edges, calm = 0;
    const double bulk = fabs(g->loop->b) + fabs(g->loop->a);
    const double most = one_oscillation(g, &edges) / (g->lag > 0 ? 4 : 1);
    const double tolerance = g->lag > 0 ? LAGGED : TOLERANCE;
    double       w = 0, sum[WINDOW], last = NAN;
    sums         s = { 0 };

    for (int n = 0; n < PANELS; n++) {
        const double clear = clearance(g, w, bulk),
                     length = edges ? fmin(clear, most) : clear;
        s.fourth = 0;
        if (!panel(g, w, length / 2, known, DEPTH, &s)) break;
        w += length;
        if (n >= WINDOW) memmove(sum, sum + 1, (WINDOW - 1) * sizeof *sum);
        sum[n < WINDOW ? n : WINDOW - 1] = s.whole + tail(g, w, s.fourth / length);
        const double now = limit(sum, n < WINDOW ? n + 1 : WINDOW);
        const double allowed = tolerance * (s.size + fabs(known));
        calm = w > 2 * bulk && fabs(now - last) <= allowed ? calm + 1 : 0;
        if (calm == 2) {
            *out = now;
            return TG_OK;
        }
        last = now;
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
    const integrand g = { l, lag > 0 ? difference : distance, c, lag, 0, make_rule() };

    return integrate(&g, lag > 0 ? ee : 2 * re - ee, out);
}

tg_status
tg_stationary_filtered(const tg_loop *l, double lag, double overlap, double *out)
{
    int             whole;
    const double    white = tg_loop_white(l, &whole);
    const integrand g = { l, filtered, 0, lag, white, make_rule() };

    *out = white * overlap;
    return whole ? TG_OK : integrate(&g, *out, out);
}
