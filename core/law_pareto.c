/* pareto: P(T > t) = (t/b)^{-alpha} for t >= b, alpha > 1
 *
 *     phi(s) = alpha e^{-s b} int_0^inf (1 + v)^{-alpha-1} e^{-s b v} dv
 *
 * along the ray v = y e^{-i arg s} (the path of steepest descent) with y = exp(x - e^{-x}),
 * by the trapezoidal rule in x. Lives in Re s >= 0. Derived here.
 */
#include "core/complexes.h"
#include "core/law.h"

#include <math.h>

enum { SHAPE, MEAN }; /* p */

static const tg_delay_param params[] = {
    { "shape", "1", "tail exponent alpha", 1, 1e3, 1, 0, 0, TG_DELAY_NUMBER },
    { "mean", "time", "mean delay", 0, INFINITY, 1, 0, 0, TG_DELAY_NUMBER }
};

static tg_status
prepare(tg_delay *d)
{
    const double a = d->p[SHAPE], b = d->p[MEAN] * (a - 1) / a;

    d->low = b;
    tg_law_set_raw_moments(d, d->p[MEAN], a > 2 ? a * b * b / (a - 2) : INFINITY,
                           a > 3 ? a * b * b * b / (a - 3) : INFINITY);
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

/* v turns at v0, where either factor has fallen. */
static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double         a = d->p[SHAPE], size = cabs(s) * d->low, step = 0.17;
    const double         v0 = 1 / (size + a + 1);
    const double complex turn = size > 0 ? conj(s) / cabs(s) : 1;
    double complex       sum = 0, slope = 0;

    for (double x = -3.7; x < 1e3; x += step) {
        const double         e = exp(-x), y = v0 * exp(x - e);
        const double complex v = y * turn;
        const double complex u = clog(1 + v);
        const double complex term = y * (1 + e) * exponential(-(a + 1) * u - size * y);
        sum += term;
        slope += multiply(term, v);
        if (x > 0 && abs_squared(term) * (1 + y * y) < 1e-36 * abs_squared(sum)) break;
    }
    const double complex scale = a * step * multiply(turn, exponential(-d->low * s));
    const double complex phi = multiply(scale, sum);
    if (derivative) *derivative = -d->low * (phi + multiply(scale, slope));
    return phi;
}

const tg_delay_kind tg_law_pareto = { .name = "pareto",
                                      .also = "power power_law powerlaw lomax zipf",
                                      .doc = "shape > 1, mean [time] > 0",
                                      .params = params,
                                      .count = 2,
                                      .prepare = prepare,
                                      .sample = sample,
                                      .pdf = pdf,
                                      .cdf = cdf,
                                      .quantile = quantile,
                                      .laplace = laplace,
                                      .costly = true };
