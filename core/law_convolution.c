/* convolution: two independent delays without atoms one after the other, as a law inside a sum
 *
 *     f(t) = int f_1(t - u) f_2(u) du
 *
 * by adaptive Gauss-Kronrod, once, into panels from which density and distribution are read.
 */
#include "core/law.h"

#include <math.h>
#include <stdlib.h>

enum { TOP };      /* c: where the table ends */
enum { CUTS = 5 }; /* x: so many quantiles of the second part, and of the first */

/* Over u = z, or beside an end of the support of `at`, where densities may be infinite: at a
 * distance x = e^{-z} from it, which is known to the last digit there. */
typedef struct integral {
    const tg_delay *first, *second, *at; /* at: NULL, first or second */
    double          t, end, way;         /* the delay of `at` is end + way x */
    double          floor; /* [1/time]: differences of the rules below it do not matter */
    int             depth; /* of halving */
} integral;

static double
integrand(const integral *r, double z)
{
    const double x = r->at ? exp(-z) : 1, mine = r->at ? r->end + r->way * x : z;
    const double other = r->t - mine;
    const double u = r->at == r->first ? other : mine, v = r->at == r->first ? mine : other;
    const double f = tg_delay_pdf(r->second, u);
    const double value = f > 0 ? f * tg_delay_pdf(r->first, v) * x : 0;

    return isfinite(value) ? value : 0;
}

/* Gauss 7 and Kronrod 15 points on [a, b]. Source: Kronrod 1965, as in QUADPACK. */
static double
kronrod(const integral *r, double a, double b, double *error)
{
    static const double x[] = {
        0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
        0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
        0.586087235467691130294144045257293, 0.405845151377397166906606412076961,
        0.207784955007898467600689403773245, 0
    };
    static const double k[] = {
        0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
        0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
        0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
        0.204432940075298892414161999234649, 0.209482141084727828012999174891714
    };
    static const double g[] = { 0.129484966168869693270611432679082,
                                0.279705391489276667901467771423780,
                                0.381830050505118944950369775488975,
                                0.417959183673469387755102040816327 };
    const double        c = (a + b) / 2, h = (b - a) / 2;
    double              high = 0, low = 0;

    for (int i = 0; i < 8; i++) {
        const double f =
            integrand(r, c - h * x[i]) + (i < 7 ? integrand(r, c + h * x[i]) : 0);
        high += k[i] * f;
        if (i % 2) low += g[i / 2] * f;
    }
    *error = fabs(high - low) * h;
    return high * h;
}

/* Looser bounds make a noise that the panels cannot follow. */
static double
adapt(const integral *r, double a, double b, int depth)
{
    double       error;
    const double whole = kronrod(r, a, b, &error);

    if (depth == 0 || error < r->floor + 1e-12 * fabs(whole)) return whole;
    const double middle = a + (b - a) / 2;
    return adapt(r, a, middle, depth - 1) + adapt(r, middle, b, depth - 1);
}

/* From an end of the support to a distance x from it. */
static double
beside(integral r, const tg_delay *at, double end, double way, double x)
{
    static const double z[] = { 0, 1, 4, 16, 64, 256, 700 };
    const double        first = -log(x);
    double              sum = 0;

    r.at = at;
    r.end = end;
    r.way = way;
    for (size_t i = 0; x > 0 && i + 1 < sizeof z / sizeof *z; i++) {
        const double piece = adapt(&r, first + z[i], first + z[i + 1], r.depth);
        sum += piece;
        if (i > 1 && piece < 1e-15 * sum) break;
    }
    return sum;
}

/* Between the quantiles of both parts, where they do their work; from the middle of the first
 * and the last piece towards the ends. */
static double
pieces(const tg_delay *d, double t, double floor, int depth)
{
    enum { N = CUTS };
    const tg_delay *first = d->part[0], *second = d->part[1];
    const integral  r = { first, second, NULL, t, 0, 0, floor, depth };
    const double    low = fmax(second->low, t - first->high);
    const double    high = fmin(second->high, t - first->low);
    double          at = low, sum = 0;

    if (!(low < high)) return 0;
    for (int i = 0, k = N - 1; at < high;) { /* both lists rise */
        const double mine = i < N ? d->x[i] : INFINITY;
        const double other = k >= 0 ? t - d->x[N + k] : INFINITY;
        const double next = fmin(mine, other);
        i += mine <= other;
        k -= mine > other;
        if (!(next > at) && isfinite(next)) continue;
        double from = at, to = fmin(next, high);
        if (from == low) {
            from += (to - low) / 2;
            sum += low == second->low ? beside(r, second, low, 1, from - low)
                                      : beside(r, first, first->high, -1, from - low);
        }
        if (to == high) {
            to -= (high - from) / 2;
            sum += high == second->high ? beside(r, second, high, -1, high - to)
                                        : beside(r, first, first->low, 1, high - to);
        }
        if (to > from) sum += adapt(&r, from, to, r.depth);
        at = fmin(next, high);
    }
    return sum;
}

/* What is small against the whole, first seen roughly, is not refined. */
static double
density(double t, const void *context)
{
    const tg_delay *d = context;
    const double    least = 1e-14 / d->mean;

    return pieces(d, t, least + 1e-13 * pieces(d, t, least, 1), 24);
}

static double
top_of(const tg_delay *d)
{
    return isfinite(d->high) ? d->high : tg_delay_quantile(d, 1 - 1e-15);
}

static int
ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static tg_status
measure(tg_delay *d)
{
    const tg_delay *first = d->part[0], *second = d->part[1];
    double          breaks[LAW_BREAKS + 2], other[LAW_BREAKS];

    static const double p[CUTS] = { 0.001, 0.1, 0.5, 0.9, 0.999 };

    d->c[TOP] = top_of(first) + top_of(second);
    for (int i = 0; i < CUTS; i++) {
        d->x[i] = tg_delay_quantile(second, p[i]);
        d->x[CUTS + i] = tg_delay_quantile(first, p[i]);
    }
    const double grown = tg_law_breaks(first, 1, breaks) + tg_law_breaks(second, 1, other);
    d->accuracy = fmax(d->accuracy, 3e-16 * grown);
    for (int i = 0; i < LAW_BREAKS; i++) breaks[i] += other[i];
    breaks[LAW_BREAKS] = first->low + second->high;
    breaks[LAW_BREAKS + 1] = first->high + second->low;
    qsort(breaks, LAW_BREAKS + 2, sizeof *breaks, ascending);
    return tg_panels_density_create(density, d, d->low, d->c[TOP], breaks, LAW_BREAKS + 2,
                                    d->accuracy, &d->panels);
}

static tg_status
prepare(tg_delay *d)
{
    const tg_delay *first = d->part[0], *second = d->part[1];

    d->low = first->low + second->low;
    d->high = first->high + second->high;
    d->mean = tg_delay_mean(first) + tg_delay_mean(second);
    d->accuracy = 1e-12;

    return TG_OK;
}

static double
pdf(const tg_delay *d, double t)
{
    return tg_law_measured(d) ? fmax(0, tg_panels_density_at(d->panels, t)) : NAN;
}

static double
cdf(const tg_delay *d, double t)
{
    if (!tg_law_measured(d)) return NAN;
    return t >= d->c[TOP] ? 1 : fmin(1, fmax(0, tg_panels_mass_to(d->panels, t)));
}

static const tg_delay_kind convolution = { .name = "convolution",
                                           .doc = "made inside a sum",
                                           .prepare = prepare,
                                           .measure = measure,
                                           .pdf = pdf,
                                           .cdf = cdf,
                                           .quantile = tg_law_solve_quantile };

tg_status
tg_law_convolve(const tg_delay *first, const tg_delay *second, tg_delay **out)
{
    tg_delay *d;

    TG_TRY(tg_law_begin(&convolution, 2 * CUTS, &d)); /* room for x */
    d->part[0] = tg_delay_keep(first);
    d->part[1] = tg_delay_keep(second);
    return tg_law_finish(d, out);
}
