/* pareto: P(T > t) = (t/b)^{-alpha} for t >= b, alpha > 1
 *
 *     phi(s) = alpha e^{-s b} int_0^inf (1 + v)^{-alpha-1} e^{-s b v} dv
 *
 * along v = y e^{-i psi(y)}, psi = arg((alpha + 1)/(1 + y) + s b) (the integrand falls fastest
 * that way), with y = v0 exp(x - e^{-x}), by the trapezoidal rule in x. Lives in Re s >= 0.
 * Derived here.
 */
#include "core/complexes.h"
#include "core/law.h"

#include <math.h>

enum { SHAPE, MEAN }; /* p */

static const tg_delay_param params[] = {
    { "shape", "1",
      "tail exponent; nearer to 1 the mean comes from delays too rare to be drawn", 1.05,
      1e3, 0, 0, TG_DELAY_NUMBER },
    { "mean", "time", "mean delay", LAW_SHORTEST, LAW_LONGEST, 0, 0, TG_DELAY_NUMBER }
};

static tg_status
prepare(tg_delay *d)
{
    const double a = d->p[SHAPE], b = d->p[MEAN] * (a - 1) / a;

    d->low = b;
    const double gap = b / (a - 1); /* mean - b */
    d->mean = d->p[MEAN];
    d->variance = a > 2 ? gap * gap * a / (a - 2) : INFINITY;
    d->third = a > 3 ? 2 * gap * gap * gap * a * (a + 1) / ((a - 2) * (a - 3)) : INFINITY;
    d->abscissa = 0;
    return TG_OK;
}

static double
sample(const tg_delay *d, tg_rng *g)
{
    return d->low * exp(tg_rng_exponential(g) / d->p[SHAPE]);
}

static double
pdf(const tg_delay *d, double t)
{
    const double a = d->p[SHAPE];

    return a / t * pow(d->low / t, a);
}

static double
cdf(const tg_delay *d, double t)
{
    return -expm1(d->p[SHAPE] * log(d->low / t));
}

static double
quantile(const tg_delay *d, double p)
{
    return d->low * exp(-log1p(-p) / d->p[SHAPE]);
}

/* e^{-i psi} for the direction psi = arg g(y), and d psi/dy. */
static double complex
direction(double shape, double complex sb, double y, double *turn)
{
    const double         pull = (shape + 1) / (1 + y);
    const double complex g = pull + sb;

    *turn = cimag(-pull / (1 + y) / g);
    return conj(g) / cabs(g);
}

/* The integrand turns at v0. */
static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double         a = d->p[SHAPE], step = 0.17;
    const double complex sb = d->low * s;
    const double         v0 = 1 / cabs(a + 1 + sb);
    double complex       sum = 0, slope = 0;

    if (s == 0) { /* the first moment converges too slowly for shapes near 1 */
        if (derivative) *derivative = -d->mean;
        return 1;
    }
    for (double x = -3.7; x < 1e3; x += step) {
        const double         e = exp(-x), y = v0 * exp(x - e);
        double               turn;
        const double complex way = direction(a, sb, y, &turn), v = y * way;
        const double complex g = exponential(-(a + 1) * clog(1 + v) - multiply(sb, v));
        const double complex term =
            y * (1 + e) * multiply(multiply(g, way), complex_of(1, -y * turn));
        sum += term;
        slope += multiply(term, v);
        if (x > 0 && abs_squared(term) * (1 + y * y) < 1e-36 * abs_squared(sum)) break;
    }
    const double complex scale = a * step * exponential(-sb);
    const double complex phi = multiply(scale, sum);
    if (derivative) *derivative = -d->low * (phi + multiply(scale, slope));
    return phi;
}

static double
peak(const tg_delay *d)
{
    return d->p[SHAPE];
}

const tg_delay_kind tg_law_pareto = { .name = "pareto",
                                      .also = "power power_law powerlaw lomax zipf",
                                      .doc = "shape 1.05..1000, mean [time] > 0",
                                      .params = params,
                                      .count = 2,
                                      .prepare = prepare,
                                      .sample = sample,
                                      .pdf = pdf,
                                      .cdf = cdf,
                                      .quantile = quantile,
                                      .peak = peak,
                                      .laplace = laplace,
                                      .costly = true };
