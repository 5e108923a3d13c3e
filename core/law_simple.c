/* constant      phi(s) = e^{-s tau}
 * uniform       phi(s) = e^{-s c} sinh(s r)/(s r) on [c - r, c + r]
 * exponential   phi(s) = 1/(1 + m s), and the same behind a shift
 */
#include "core/complexes.h"
#include "core/law.h"

#include <math.h>

static const tg_delay_param constant_params[] = { { "value", "time", "the delay", 0,
                                                    LAW_LONGEST, 0, 0, TG_DELAY_NUMBER } };

static tg_status
constant_prepare(tg_delay *d)
{
    d->mean = d->low = d->high = d->p[0];
    return TG_OK;
}

static double
constant_sample(const tg_delay *d, tg_rng *g)
{
    (void)g;
    return d->p[0];
}

static double
constant_pdf(const tg_delay *d, double t)
{
    (void)d, (void)t;
    return 0;
}

static double
constant_cdf(const tg_delay *d, double t)
{
    return t >= d->p[0];
}

static double
constant_quantile(const tg_delay *d, double p)
{
    (void)p;
    return d->p[0];
}

static double complex
constant_laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double complex phi = exponential(-d->p[0] * s);

    if (derivative) *derivative = -d->p[0] * phi;
    return phi;
}

const tg_delay_kind tg_law_constant = {
    .name = "constant",
    .also = "deterministic fixed dirac delta degenerate const",
    .doc = "value [time] >= 0",
    .params = constant_params,
    .count = 1,
    .prepare = constant_prepare,
    .sample = constant_sample,
    .pdf = constant_pdf,
    .cdf = constant_cdf,
    .quantile = constant_quantile,
    .laplace = constant_laplace
};

static const tg_delay_param uniform_params[] = {
    { "min", "time", "shortest delay", 0, LAW_LONGEST, 0, 0, TG_DELAY_NUMBER },
    { "max", "time", "longest delay", LAW_SHORTEST, LAW_LONGEST, 0, 0, TG_DELAY_NUMBER }
};

static tg_status
uniform_prepare(tg_delay *d)
{
    const double a = d->p[0], b = d->p[1];

    if (!(b > a)) return tg_fail(TG_EDOMAIN, "max must be > min, got min %g, max %g", a, b);
    d->low = a;
    d->high = b;
    d->mean = (a + b) / 2;
    d->variance = (b - a) * (b - a) / 12;
    return TG_OK;
}

static size_t
one_uniform(const tg_delay *d)
{
    (void)d;
    return 1;
}

static double
uniform_of_uniforms(const tg_delay *d, const double *u)
{
    return d->low + (d->high - d->low) * *u;
}

static double
uniform_sample(const tg_delay *d, tg_rng *g)
{
    const double u = tg_rng_uniform(g);

    return uniform_of_uniforms(d, &u);
}

static double
uniform_pdf(const tg_delay *d, double t)
{
    (void)t;
    return 1 / (d->high - d->low);
}

static double
uniform_cdf(const tg_delay *d, double t)
{
    return (t - d->low) / (d->high - d->low);
}

static double
uniform_quantile(const tg_delay *d, double p)
{
    return d->low + p * (d->high - d->low);
}

/* sinh(z)/z and its derivative for |z| < 1 by their series. */
static double complex
sinh_ratio(double complex z, double complex *derivative)
{
    const double complex z2 = multiply(z, z);
    double complex       sum = 1, slope = 0, term = 1; /* term = z^{2k-2}/(2k+1)! */

    for (int k = 1; k <= 10; k++) {
        term = k == 1 ? 1.0 / 6 : multiply(term, z2) / (2 * k * (2 * k + 1));
        slope += 2 * k * term;
        sum += multiply(term, z2);
    }
    *derivative = multiply(slope, z);
    return sum;
}

static double complex
uniform_laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double   c = d->mean, r = (d->high - d->low) / 2;
    double complex phi;

    if (abs_squared(r * s) < 1) {
        double complex slope, ratio = sinh_ratio(r * s, &slope);
        double complex shift = exponential(-c * s);
        if (derivative) *derivative = multiply(shift, r * slope - c * ratio);
        return multiply(shift, ratio);
    }
    const double complex first = exponential(-d->low * s), last = exponential(-d->high * s);
    const double complex half = inverse(2 * r * s);
    phi = multiply(first - last, half);
    if (derivative)
        *derivative = multiply(d->high * last - d->low * first, half) - divide(phi, s);
    return phi;
}

/* |phi| |s| (q - p) <= e^{-p x} + e^{-q x}, and likewise phi'. */
static double
uniform_largest(const tg_delay *d, double left, double height, double *steepest)
{
    const double whole = tg_law_largest(d, left, height, steepest);
    const double first = exp(-d->low * left), last = exp(-d->high * left),
                 r = height * (d->high - d->low), value = fmin(whole, (first + last) / r);

    *steepest = fmin(*steepest, (d->low * first + d->high * last) / r + value / height);
    return value;
}

static double
uniform_peak(const tg_delay *d)
{
    return d->high / (d->high - d->low);
}

const tg_delay_kind tg_law_uniform = { .name = "uniform",
                                       .also = "flat rectangular unif",
                                       .doc = "min, max [time], 0 <= min < max",
                                       .params = uniform_params,
                                       .count = 2,
                                       .prepare = uniform_prepare,
                                       .sample = uniform_sample,
                                       .uniforms = one_uniform,
                                       .of_uniforms = uniform_of_uniforms,
                                       .pdf = uniform_pdf,
                                       .cdf = uniform_cdf,
                                       .quantile = uniform_quantile,
                                       .largest = uniform_largest,
                                       .peak = uniform_peak,
                                       .laplace = uniform_laplace };

/* Both exponential laws keep the mean of the exponential part in c[0]. */
static const tg_delay_param exponential_params[] = {
    { "mean", "time", "mean delay", LAW_SHORTEST, LAW_LONGEST, 0, 0, TG_DELAY_NUMBER }
};

static const tg_delay_param shifted_params[] = {
    { "shift", "time", "shortest delay", 0, LAW_LONGEST, 0, 0, TG_DELAY_NUMBER },
    { "mean", "time", "mean of the exponential part", LAW_SHORTEST, LAW_LONGEST, 0, 0,
      TG_DELAY_NUMBER }
};

static tg_status
exponential_prepare(tg_delay *d)
{
    const double m = d->p[d->kind->count - 1];

    d->low = d->kind->count == 2 ? d->p[0] : 0;
    d->c[0] = m;
    d->mean = d->low + m;
    d->variance = m * m;
    d->third = 2 * m * m * m;
    return TG_OK;
}

static double
exponential_of_uniforms(const tg_delay *d, const double *u)
{
    return d->low + d->c[0] * -log(*u);
}

static double
exponential_sample(const tg_delay *d, tg_rng *g)
{
    return d->low + d->c[0] * tg_rng_exponential(g);
}

static double
exponential_pdf(const tg_delay *d, double t)
{
    return exp(-(t - d->low) / d->c[0]) / d->c[0];
}

static double
exponential_cdf(const tg_delay *d, double t)
{
    return -expm1(-(t - d->low) / d->c[0]);
}

static double
exponential_quantile(const tg_delay *d, double p)
{
    return d->low - d->c[0] * log1p(-p);
}

static double complex
exponential_laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double complex q = inverse(1 + d->c[0] * s);
    const double complex phi = d->low > 0 ? multiply(q, exponential(-d->low * s)) : q;

    if (derivative) *derivative = -multiply(phi, d->low + d->c[0] * q);
    return phi;
}

static double
exponential_largest(const tg_delay *d, double left, double height, double *steepest)
{
    const double r = hypot(1 + d->c[0] * left, d->c[0] * height);
    const double value = exp(-d->low * left) / r;

    *steepest = value * (d->low + d->c[0] / r);
    return value;
}

static size_t
exponential_poles(const tg_delay *d, tg_delay_pole *out, size_t room)
{
    if (room) out[0] = (tg_delay_pole){ -1 / d->c[0], 1 };
    return 1;
}

static double
exponential_peak(const tg_delay *d)
{
    const double t = fmax(d->low, d->c[0]);

    return t * exponential_pdf(d, t);
}

const tg_delay_kind tg_law_exponential = { .name = "exponential",
                                           .also = "exp expon poisson memoryless markov",
                                           .doc = "mean [time] > 0",
                                           .params = exponential_params,
                                           .count = 1,
                                           .prepare = exponential_prepare,
                                           .sample = exponential_sample,
                                           .uniforms = one_uniform,
                                           .of_uniforms = exponential_of_uniforms,
                                           .pdf = exponential_pdf,
                                           .cdf = exponential_cdf,
                                           .quantile = exponential_quantile,
                                           .peak = exponential_peak,
                                           .laplace = exponential_laplace,
                                           .largest = exponential_largest,
                                           .poles = exponential_poles };

const tg_delay_kind tg_law_shifted_exponential = {
    .name = "shifted_exponential",
    .also = "shifted shifted_exp delayed_exponential",
    .doc = "shift [time] >= 0, mean of the exponential part [time] > 0",
    .params = shifted_params,
    .count = 2,
    .prepare = exponential_prepare,
    .sample = exponential_sample,
    .uniforms = one_uniform,
    .of_uniforms = exponential_of_uniforms,
    .pdf = exponential_pdf,
    .cdf = exponential_cdf,
    .quantile = exponential_quantile,
    .peak = exponential_peak,
    .laplace = exponential_laplace,
    .largest = exponential_largest,
    .poles = exponential_poles
};
