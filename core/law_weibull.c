/* weibull: T = b V^{1/k}, V exponential with mean 1
 *
 *     phi(s) = int_0^inf exp(-v - s b v^{1/k}) dv
 *
 * along the ray v = v_0 y e^{-i beta} with y = exp(x - e^{-x}), by the trapezoidal rule in
 * x. On the ray both terms decay; v_0 = min(1, |s b|^{-k}) is where the integrand turns.
 * The transform is entire for k > 1 and lives in Re s >= 0 for k < 1. Derived here.
 */
#include "core/complexes.h"
#include "core/law.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

enum { SHAPE, MEAN }; /* p */
enum { SCALE };       /* c: b */

static const double pi = 3.14159265358979323846;

static const tg_delay_param params[] = {
    { "shape", "1", "1: exponential; above: ageing; below: heavy tail", 0.1, 100, 0, 0, 0,
      TG_DELAY_NUMBER },
    { "mean", "time", "mean delay", 0, INFINITY, 1, 0, 0, TG_DELAY_NUMBER }
};

static tg_status
prepare(tg_delay *d)
{
    const double k = d->p[SHAPE], b = d->p[MEAN] / tgamma(1 + 1 / k);

    d->c[SCALE] = b;
    tg_law_set_raw_moments(d, d->p[MEAN], b * b * tgamma(1 + 2 / k),
                           b * b * b * tgamma(1 + 3 / k));
    d->abscissa = k > 1 ? -INFINITY : k == 1 ? -1 / b : 0;
    return TG_OK;
}

static double
sample(const tg_delay *d, tg_rng *g)
{
    return d->c[SCALE] * pow(tg_rng_exponential(g), 1 / d->p[SHAPE]);
}

static double
pdf(const tg_delay *d, double t)
{
    return gsl_ran_weibull_pdf(t, d->c[SCALE], d->p[SHAPE]);
}

static double
cdf(const tg_delay *d, double t)
{
    return -expm1(-pow(t / d->c[SCALE], d->p[SHAPE]));
}

static double
quantile(const tg_delay *d, double p)
{
    return d->c[SCALE] * pow(-log1p(-p), 1 / d->p[SHAPE]);
}

/* The ray: the phases beta of v and arg(s) - beta/k of s v^{1/k} stay off the imaginary
 * axis, each by as many widths of the strip in x as the other. */
static double
ray(double complex s, double k)
{
    const double a = fabs(carg(s)), beta = (pi / 4) * (1 - k) + k * a / 2;

    return copysign(fmax(0, fmin(fmin(beta, 0.3 * pi), k * a)), cimag(s));
}

static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double         k = d->p[SHAPE], b = d->c[SCALE], size = cabs(s) * b;
    const double         beta = s == 0 ? 0 : ray(s, k);
    const double         v0 = size > 1 ? pow(size, -k) : 1;
    const double complex turn = exponential(complex_of(0, -beta));
    const double complex root = b * pow(v0, 1 / k) * exponential(complex_of(0, -beta / k));
    const double complex v = v0 * turn, sroot = multiply(s, root);
    const double         step = (pi / 2 - fabs(beta)) * fmin(1, k) / 6.5;
    double complex       sum = 0, slope = 0;
    double               peak = 0;

    for (double x = -3.7; x < 40; x += step) {
        const double         e = exp(-x), logy = x - e, y = exp(logy), yk = exp(logy / k);
        const double complex g = -y * v - yk * sroot;
        const double complex term =
            exponential(complex_of(creal(g) + logy, cimag(g))) * (1 + e);
        const double now = fabs(creal(term)) + fabs(cimag(term));
        sum += term;
        slope += yk * term;
        peak = fmax(peak, now);
        if (x > 0 && now < 1e-18 * peak &&
            creal(v) * y > (1 + 1 / k) * yk * fabs(creal(sroot)))
            break;
        if (x > 0 && now < 1e-18 * peak && creal(sroot) >= 0) break;
    }
    if (derivative) *derivative = -step * multiply(multiply(v, root), slope);
    return step * multiply(v, sum);
}

const tg_delay_kind tg_law_weibull = { .name = "weibull",
                                       .doc = "shape 0.1..100, mean [time] > 0",
                                       .params = params,
                                       .count = 2,
                                       .prepare = prepare,
                                       .sample = sample,
                                       .pdf = pdf,
                                       .cdf = cdf,
                                       .quantile = quantile,
                                       .laplace = laplace };
