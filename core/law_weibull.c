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
#include <stdlib.h>

enum { SHAPE, MEAN };          /* p */
enum { SCALE, STEP, NODES };   /* c: b; step in x; number of nodes */
enum { Y, ROOT, WEIGHT, ROW }; /* columns of the nodes in x: y, y^{1/k}, y (1 + e^{-x}) */

static const double pi = 3.14159265358979323846;

static const tg_delay_param params[] = {
    { "shape", "1", "1: exponential; above: ageing; below: heavy tail", 0.1, 100, 0, 0,
      TG_DELAY_NUMBER },
    { "mean", "time", "mean delay", LAW_SHORTEST, LAW_LONGEST, 0, 0, TG_DELAY_NUMBER }
};

/* Nodes at x = -3.6, -3.6 + step, ..., as far as any transform may need them. */
static tg_status
measure(tg_delay *d)
{
    const double k = d->p[SHAPE];
    const double step = 0.0966 * fmin(1, k), first = -3.6,
                 last = fmax(20 / fmin(1, k), 5 * k);
    const size_t n = (size_t)((last - first) / step);

    if (!(d->x = malloc(n * ROW * sizeof *d->x)))
        return tg_fail(TG_ENOMEM, "out of memory");
    d->c[STEP] = step;
    d->c[NODES] = (double)n;
    for (size_t i = 0; i < n; i++) {
        const double x = first + (double)i * step, e = exp(-x);
        d->x[i * ROW + Y] = exp(x - e);
        d->x[i * ROW + ROOT] = exp((x - e) / k);
        d->x[i * ROW + WEIGHT] = exp(x - e) * (1 + e);
    }
    return TG_OK;
}

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

/* Every node, or every second one where the ray leaves room. The integrand has passed when
 * it is small and falls: v has overtaken what s b v^{1/k} may add (Re s < 0, k > 1). */
static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    if (!tg_law_measured(d)) {
        if (derivative) *derivative = NAN;
        return NAN;
    }
    const double         k = d->p[SHAPE], b = d->c[SCALE], size = cabs(s) * b;
    const double         beta = s == 0 ? 0 : ray(s, k), v0 = size > 1 ? pow(size, -k) : 1;
    const double complex v = v0 * complex_of(cos(beta), -sin(beta));
    const double complex root =
        b * pow(v0, 1 / k) * complex_of(cos(beta / k), -sin(beta / k));
    const double complex sroot = multiply(s, root);
    const size_t         stride = fabs(beta) < 0.3 ? 2 : 1;
    const double        *end = d->x + (size_t)d->c[NODES] * ROW;
    double complex       sum = 0, slope = 0;
    double               peak = 0;

    for (const double *x = d->x; x < end; x += stride * ROW) {
        const double complex term = x[WEIGHT] * exponential(-x[Y] * v - x[ROOT] * sroot);
        const double         now = fabs(creal(term)) + fabs(cimag(term));
        sum += term;
        slope += x[ROOT] * term;
        peak = fmax(peak, now);
        if (now < 1e-18 * peak && x[Y] > 1 &&
            (creal(sroot) >= 0 ||
             creal(v) * x[Y] > (1 + 1 / k) * x[ROOT] * fabs(creal(sroot))))
            break;
    }
    const double complex scale = (double)stride * d->c[STEP] * v;
    if (derivative) *derivative = -multiply(multiply(scale, root), slope);
    return multiply(scale, sum);
}

static double
peak(const tg_delay *d)
{
    return d->p[SHAPE] * exp(-1);
}

const tg_delay_kind tg_law_weibull = { .name = "weibull",
                                       .also = "weibull_min stretched_exponential",
                                       .doc = "shape 0.1..100, mean [time] > 0",
                                       .params = params,
                                       .count = 2,
                                       .prepare = prepare,
                                       .measure = measure,
                                       .sample = sample,
                                       .pdf = pdf,
                                       .cdf = cdf,
                                       .quantile = quantile,
                                       .peak = peak,
                                       .laplace = laplace,
                                       .costly = true };
