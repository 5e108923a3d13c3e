/* convolution: two independent delays without atoms one after the other, as a law inside a sum
 *
 *     f(t) = int f_1(t - u) f_2(u) du
 *
 * by adaptive Gauss-Kronrod, once, into panels from which density and distribution are read.
 */
#include "core/law.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* c: where the panels end; which part is the narrower one, and where its table ends; how many
 * points that has, in x (behind the cuts) and w */
enum { TOP, NARROW, END, POINTS };
enum { CUTS = 5 }; /* x: so many quantiles of the second part, and of the first */

/* Where the wider part is smooth, the narrower one is a table of points and weights, the same
 * for every t: what the rule errs by is smooth as well. */
enum { TABLE_INTERVALS = 64, RULE = 15, TABLE = TABLE_INTERVALS * RULE };

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

/* Gauss 7 and Kronrod 15 points on [-1, 1], those at x >= 0. Source: Kronrod 1965, as in
 * QUADPACK. */
static const double point[] = {
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
    0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
    0.586087235467691130294144045257293, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0
};
static const double kronrod_weight[] = {
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
    0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
    0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714
};
static const double gauss_weight[] = { 0.129484966168869693270611432679082,
                                       0.279705391489276667901467771423780,
                                       0.381830050505118944950369775488975,
                                       0.417959183673469387755102040816327 };

static double
kronrod(const integral *r, double a, double b, double *error)
{
    const double c = (a + b) / 2, h = (b - a) / 2;
    double       high = 0, low = 0;

    for (int i = 0; i < 8; i++) {
        const double f =
            integrand(r, c - h * point[i]) + (i < 7 ? integrand(r, c + h * point[i]) : 0);
        high += kronrod_weight[i] * f;
        if (i % 2) low += gauss_weight[i / 2] * f;
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

static const tg_delay *
narrow(const tg_delay *d)
{
    return d->part[d->c[NARROW] > 0];
}

static const tg_delay *
wide(const tg_delay *d)
{
    return d->part[!(d->c[NARROW] > 0)];
}

/* Between the quantiles of both parts, where they do their work; from the middle of the first
 * and the last piece towards the ends. */
static double
pieces(const tg_delay *d, double t, double floor, int depth)
{
    enum { N = CUTS };
    const tg_delay *first = wide(d), *second = narrow(d);
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

static double
top_of(const tg_delay *d)
{
    return isfinite(d->high) ? d->high : tg_delay_quantile(d, 1 - 1e-15);
}

static double
width_of(const tg_delay *d)
{
    return tg_delay_quantile(d, 0.9) - tg_delay_quantile(d, 0.1);
}

/* Points and weights of the narrower part over [a, b] behind the others in x and w, close enough to
 * see the wider one: false where there are too many. The 15 points of an interval lie together. */
static bool
tabulate(tg_delay *d, double a, double b)
{
    const tg_delay *law = narrow(d);
    const double    c = (a + b) / 2, h = (b - a) / 2;
    const size_t    begin = (size_t)d->c[POINTS];
    double          high = 0, low = 0;

    if (begin + RULE > TABLE) return false;
    for (int i = 0; i < RULE; i++) {
        const int    k = i < 8 ? i : 14 - i;
        const double u = c + (i < 8 ? -h : h) * point[k];
        const double f = h * tg_delay_pdf(law, u);
        d->x[2 * CUTS + begin + (size_t)i] = u;
        d->w[begin + (size_t)i] = kronrod_weight[k] * f;
        high += kronrod_weight[k] * f;
        if (k % 2) low += gauss_weight[k / 2] * f;
    }
    if (!isfinite(high)) return false;
    if (fabs(high - low) > 1e-13 || 4 * h > width_of(wide(d)))
        return tabulate(d, a, c) && tabulate(d, c, b);
    d->c[POINTS] += RULE;
    return true;
}

/* By the table; NaN where the wider part begins or ends between its points, or is not smooth
 * enough for it. */
static double
by_table(const tg_delay *d, double t)
{
    const tg_delay *law = wide(d);
    const double   *u = d->x + 2 * CUTS, *w = d->w;
    double          sum = 0, error = 0;

    if (d->c[POINTS] == 0 || t - law->low < d->c[END] || t - law->high > narrow(d)->low)
        return NAN;
    for (size_t n = 0; n < (size_t)d->c[POINTS]; n += RULE) {
        double high = 0, low = 0;
        for (size_t i = 0; i < RULE; i++) {
            const size_t k = i < 8 ? i : 14 - i;
            const double f = w[n + i] > 0 ? w[n + i] * tg_delay_pdf(law, t - u[n + i]) : 0;
            high += f;
            if (k % 2) low += f * (gauss_weight[k / 2] / kronrod_weight[k]);
        }
        sum += high;
        error += fabs(high - low);
    }
    return error <= 1e-11 * sum ? sum : NAN;
}

/* What is small against the whole, first seen roughly, is not refined. */
static double
density(double t, const void *context)
{
    const tg_delay *d = context;
    const double    least = 1e-14 / d->mean, quick = by_table(d, t);

    if (isfinite(quick)) return quick;
    return pieces(d, t, least + 1e-13 * pieces(d, t, least, 1), 24);
}

static int
ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* None where the points are too many, or miss something. */
static void
make_table(tg_delay *d, const double breaks[LAW_BREAKS])
{
    const tg_delay *law = narrow(d);
    double          at = law->low, mass = 0;
    bool            whole = true;

    d->c[POINTS] = 0;
    d->c[END] = top_of(law);
    for (int i = 0; i <= LAW_BREAKS && whole; i++) {
        const double next = i < LAW_BREAKS ? breaks[i] : d->c[END];
        if (!(next > at)) continue;
        whole = tabulate(d, at, next);
        at = next;
    }
    for (size_t i = 0; i < (size_t)d->c[POINTS]; i++) mass += d->w[i];
    if (!whole || fabs(mass - 1) > 1e-12) d->c[POINTS] = 0;
}

/* Quantiles; those a thousand times nearer to the beginning than the next one are put there:
 * what lies in between is a matter of the logarithm of the distance. */
static void
cut(const tg_delay *law, double x[CUTS])
{
    static const double p[CUTS] = { 0.001, 0.1, 0.5, 0.9, 0.999 };

    double next = INFINITY;

    for (int i = CUTS; i-- > 0; next = x[i]) {
        x[i] = next > law->low ? tg_delay_quantile(law, p[i]) : law->low;
        if (isfinite(next) && x[i] - law->low < 1e-3 * (next - law->low)) x[i] = law->low;
    }
}

static tg_status
measure(tg_delay *d)
{
    double breaks[LAW_BREAKS + 2], other[LAW_BREAKS];

    d->c[TOP] = top_of(d->part[0]) + top_of(d->part[1]);
    d->c[NARROW] = width_of(d->part[1]) < width_of(d->part[0]);
    const tg_delay *first = wide(d), *second = narrow(d);
    cut(second, d->x);
    cut(first, d->x + CUTS);
    const double grown = tg_law_breaks(first, 1, breaks) + tg_law_breaks(second, 1, other);
    d->accuracy = fmax(d->accuracy, 3e-16 * grown);
    make_table(d, other);
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

    TG_TRY(tg_law_begin(&convolution, 2 * CUTS + TABLE, &d)); /* room for x, w */
    d->part[0] = tg_delay_keep(first);
    d->part[1] = tg_delay_keep(second);
    return tg_law_finish(d, out);
}
