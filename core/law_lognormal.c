/* lognormal: T = e^{mu + sigma Z}
 *
 *     phi(s) = 1/(sigma sqrt(2 pi)) int exp(-s e^u - (u - mu)^2/(2 sigma^2)) du
 *
 * The integrand's saddle is u_0 = mu - w, w = W_0(s sigma^2 e^mu); about it
 *
 *     phi(s) = e^{-(w^2 + 2w)/(2 sigma^2)} / (sigma sqrt(2 pi))
 *              int exp(-(w (e^x - 1 - x) + x^2/2)/sigma^2) dx
 *
 * (the real case: Asmussen, Jensen, Rojas-Nandayapa 2016). For complex s the path is bent,
 * x - i arg(w) tanh(x/2), so that w e^x turns real on the right, and the trapezoidal rule
 * converges geometrically (the bend is derived here).
 */
#include "core/complexes.h"
#include "core/lambert.h"
#include "core/law.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

enum { MEAN, CV }; /* p */
enum {
    MU,
    SIGMA,
    SCALE,
    FACTOR
}; /* c: log-mean, log-deviation, sigma^2 e^mu, 1/(sigma sqrt 2pi) */

static const tg_delay_param params[] = { { "mean", "time", "mean delay", LAW_SHORTEST,
                                           LAW_LONGEST, 0, 0, TG_DELAY_NUMBER },
                                         { "cv", "1",
                                           "standard deviation / mean; above 1000 the mean "
                                           "comes from delays too rare to be drawn",
                                           1e-6, 1e3, 0, 0, TG_DELAY_NUMBER } };

static tg_status
prepare(tg_delay *d)
{
    const double m = d->p[MEAN], cv2 = d->p[CV] * d->p[CV], s2 = log1p(cv2);

    d->c[MU] = log(m) - s2 / 2;
    d->c[SIGMA] = sqrt(s2);
    d->c[SCALE] = s2 * exp(d->c[MU]);
    d->c[FACTOR] = 1 / sqrt(2 * 3.14159265358979323846 * s2);
    d->mean = m;
    d->variance = m * m * cv2;
    d->third = m * m * m * cv2 * cv2 * (cv2 + 3);
    d->abscissa = 0;
    return TG_OK;
}

static double
sample(const tg_delay *d, tg_rng *g)
{
    return exp(d->c[MU] + d->c[SIGMA] * tg_rng_normal(g));
}

static double
pdf(const tg_delay *d, double t)
{
    const double z = (log(t) - d->c[MU]) / d->c[SIGMA];

    return t > 0 ? d->c[FACTOR] * exp(-z * z / 2) / t : 0;
}

static double
cdf(const tg_delay *d, double t)
{
    return t > 0 ? gsl_cdf_ugaussian_P((log(t) - d->c[MU]) / d->c[SIGMA]) : 0;
}

static double
quantile(const tg_delay *d, double p)
{
    return exp(d->c[MU] + d->c[SIGMA] * gsl_cdf_ugaussian_Pinv(p));
}

/* As good as |z| for telling when to stop. */
static double
size_of(double complex z)
{
    return fabs(creal(z)) + fabs(cimag(z));
}

/* The integrand at x and, times e^{z}, the one of the derivative. Do they still matter? */
static bool
add_node(double x, double bend, double complex w, double s2, double complex *sum,
         double complex *slope)
{
    const double         t = bend != 0 ? tanh(x / 2) : 0;
    const double complex z = complex_of(x, -bend * t);
    const double complex ez = exponential(z);
    const double complex g = -(multiply(w, ez - 1 - z) + multiply(z, z) / 2) / s2;
    double complex       term = exponential(g);

    if (bend != 0) term = multiply(term, complex_of(1, -bend * (1 - t * t) / 2));
    *sum += term;
    *slope += multiply(term, ez);
    return size_of(term) > 1e-17 * size_of(*sum) ||
           size_of(multiply(term, ez)) > 1e-17 * size_of(*slope);
}

static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double         s2 = d->c[SIGMA] * d->c[SIGMA];
    const double complex w = tg_lambert(0, d->c[SCALE] * s);
    const double         bend = s2 > 0.1 ? carg(w) : 0;
    const double         width = d->c[SIGMA] / sqrt(1 + cabs(w));
    const double         step = fmin(0.5 * width, 0.17);
    double complex       sum = 0, slope = 0;

    add_node(0, bend, w, s2, &sum, &slope);
    for (int j = 1; add_node(j * step, bend, w, s2, &sum, &slope); j++) continue;
    for (int j = 1; add_node(-j * step, bend, w, s2, &sum, &slope); j++) continue;
    const double complex scale =
        d->c[FACTOR] * step * exponential(-multiply(w, w + 2) / (2 * s2));
    if (derivative) /* e^{u_0} = e^mu e^{-w} */
        *derivative = -exp(d->c[MU]) * multiply(exponential(-w), multiply(scale, slope));
    return multiply(scale, sum);
}

static double
peak(const tg_delay *d)
{
    return d->c[FACTOR];
}

const tg_delay_kind tg_law_lognormal = { .name = "lognormal",
                                         .also = "log_normal lognorm galton",
                                         .doc = "mean [time] > 0, cv 1e-6..1000",
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
