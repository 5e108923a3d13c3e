/* truncated normal  T = mu + sd Z given min <= T <= max;   half normal: mu = min = 0
 *
 *     phi(s) = (G(min) - G(max)) / (2 (Phi(beta) - Phi(alpha))),
 *     G(t)   = e^{-s t - z^2} erfcx((z + s sd/sqrt 2)),   z = (t - mu)/(sd sqrt 2)
 *
 * derived here by completing the square; erfcx(z) = e^{z^2} erfc z.
 */
#include "core/complexes.h"
#include "core/faddeeva.h"
#include "core/law.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

enum { MU, SD, MIN, MAX };                       /* p */
enum { CENTRE, WIDTH, ALPHA, BETA, MASS, TAIL }; /* c */

static const double root_half = 0.70710678118654752440, root_2pi = 2.50662827463100050242;

static const tg_delay_param truncated_params[] = {
    { "mu", "time", "mean before truncation", -LAW_LONGEST, LAW_LONGEST, 0, 0,
      TG_DELAY_NUMBER },
    { "sd", "time", "deviation before truncation", LAW_SHORTEST, LAW_LONGEST, 0, 0,
      TG_DELAY_NUMBER },
    { "min", "time", "shortest delay", 0, LAW_LONGEST, 1, 0, TG_DELAY_NUMBER },
    { "max", "time", "longest delay", LAW_SHORTEST, LAW_LONGEST, 1, INFINITY,
      TG_DELAY_NUMBER }
};

static const tg_delay_param half_params[] = {
    { "sd", "time", "deviation of the whole normal", LAW_SHORTEST, LAW_LONGEST, 0, 0,
      TG_DELAY_NUMBER }
};

/* P(a < Z < b) without cancellation in either tail. */
static double
normal_mass(double a, double b)
{
    return a > 0 ? gsl_cdf_ugaussian_Q(a) - gsl_cdf_ugaussian_Q(b)
                 : gsl_cdf_ugaussian_P(b) - gsl_cdf_ugaussian_P(a);
}

static double
density(double x)
{
    return exp(-x * x / 2) / root_2pi;
}

/* Central moments about mu in units of sd follow M_k = (k-1) M_{k-2} + boundary terms. */
static void
set_moments(tg_delay *d)
{
    const double a = d->c[ALPHA], b = d->c[BETA], sd = d->c[WIDTH], z = d->c[MASS];
    const double fa = density(a) / z, fb = isfinite(b) ? density(b) / z : 0;
    const double bfb = isfinite(b) ? b * fb : 0, b2fb = isfinite(b) ? b * b * fb : 0;
    const double e1 = fa - fb, e2 = 1 + a * fa - bfb, e3 = 2 * e1 + a * a * fa - b2fb;

    d->mean = d->c[CENTRE] + sd * e1;
    d->variance = sd * sd * (e2 - e1 * e1);
    d->third = sd * sd * sd * (e3 - 3 * e1 * e2 + 2 * e1 * e1 * e1);
}

static double
normal_shape(double t, const void *context)
{
    const tg_delay *d = context;

    return d->kind->pdf(d, t);
}

/* Far out in a tail the law ends long before `high`. */
static tg_status
normal_measure(tg_delay *d)
{
    const double scale = 40 / fmax(1, fabs(d->c[ALPHA]));
    const double top = fmin(d->high, d->low + d->c[WIDTH] * scale);

    if (!d->panelled) return TG_OK;
    TG_TRY(
        tg_panels_density_create(normal_shape, d, d->low, top, NULL, 0, 3e-16, &d->panels));
    tg_law_set_panel_moments(d);
    return TG_OK;
}

/* On a piece much narrower than sd the closed form cancels: then by panels. */
static tg_status
normal_prepare(tg_delay *d, double mu, double sd, double low, double high)
{
    if (!(high > low))
        return tg_fail(TG_EDOMAIN, "max must be > min, got min %g, max %g", low, high);
    d->low = low;
    d->high = high;
    d->c[CENTRE] = mu;
    d->c[WIDTH] = sd;
    d->c[ALPHA] = (low - mu) / sd;
    d->c[BETA] = (high - mu) / sd;
    d->c[MASS] = normal_mass(d->c[ALPHA], d->c[BETA]);
    if (!(d->c[MASS] > 1e-290))
        return tg_fail(TG_EDOMAIN, "no probability between min %g and max %g", low, high);
    d->panelled = d->late = !(d->c[BETA] - d->c[ALPHA] > 0.5 && d->c[ALPHA] < 20);
    if (!d->late) set_moments(d);
    return TG_OK;
}

static tg_status
truncated_prepare(tg_delay *d)
{
    return normal_prepare(d, d->p[MU], d->p[SD], d->p[MIN], d->p[MAX]);
}

static tg_status
half_prepare(tg_delay *d)
{
    return normal_prepare(d, 0, d->p[0], 0, INFINITY);
}

static double
normal_pdf(const tg_delay *d, double t)
{
    return density((t - d->c[CENTRE]) / d->c[WIDTH]) / (d->c[WIDTH] * d->c[MASS]);
}

static double
normal_cdf(const tg_delay *d, double t)
{
    return normal_mass(d->c[ALPHA], (t - d->c[CENTRE]) / d->c[WIDTH]) / d->c[MASS];
}

/* From the nearer end, so that the far quantiles of a law without a longest delay are finite. */
static double
normal_quantile(const tg_delay *d, double p)
{
    const double a = d->c[ALPHA], b = d->c[BETA], mass = d->c[MASS];
    const double z = p > 0.5
                         ? gsl_cdf_ugaussian_Qinv(gsl_cdf_ugaussian_Q(b) + (1 - p) * mass)
                     : a > 0 ? gsl_cdf_ugaussian_Qinv(gsl_cdf_ugaussian_Q(a) - p * mass)
                             : gsl_cdf_ugaussian_Pinv(gsl_cdf_ugaussian_P(a) + p * mass);

    return fmin(d->high, fmax(d->low, d->c[CENTRE] + d->c[WIDTH] * z));
}

static double
truncated_sample(const tg_delay *d, tg_rng *g)
{
    if (d->c[MASS] < 0.3) return normal_quantile(d, tg_rng_uniform(g));
    for (;;) {
        const double t = d->c[CENTRE] + d->c[WIDTH] * tg_rng_normal(g);
        if (t >= d->low && t <= d->high) return t;
    }
}

static double
half_sample(const tg_delay *d, tg_rng *g)
{
    return d->c[WIDTH] * fabs(tg_rng_normal(g));
}

/* e^{-s t - z^2} erfcx(z + v) with v = s sd/sqrt 2, and its derivative in s; where
 * Re(z + v) < 0 erfc is near 2 and only its complement is returned, with the sign. */
static double complex
edge(const tg_delay *d, double t, double complex s, bool *beyond,
     double complex *derivative)
{
    const double   sd = d->c[WIDTH], z = (t - d->c[CENTRE]) / sd * root_half;
    double complex at = z + sd * root_half * s;

    *beyond = creal(at) < 0;
    if (*beyond) at = -at;
    const double complex size = exponential(-t * s - z * z);
    const double complex value = multiply(size, tg_erfc_scaled(at));
    /* d/ds e^{v^2 + 2 v z} erfc(z + v) times e^{-mu s} ... = (sd sqrt 2 (z + v) - t) value
     * - ... */
    const double complex slope = (*beyond ? -1 : 1) * sd * 2 * root_half * at - t;
    const double         edge_slope = sd * 2 * root_half / 1.7724538509055160273;
    *derivative = multiply(slope, value) - (*beyond ? -1 : 1) * edge_slope * size;
    return value;
}

static double complex
normal_laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double   mu = d->c[CENTRE], sd = d->c[WIDTH];
    double complex d1, d2 = 0, g1, g2 = 0, sum, slope;
    bool           in1, in2 = false;

    if (d->panelled) return tg_law_panels_laplace(d, s, derivative);
    g1 = edge(d, d->low, s, &in1, &d1);
    if (isfinite(d->high)) g2 = edge(d, d->high, s, &in2, &d2);
    sum = (in1 ? -g1 : g1) - (in2 ? -g2 : g2);
    slope = (in1 ? -d1 : d1) - (in2 ? -d2 : d2);
    if (in1 != in2) { /* 2 e^{-mu s + (sd s)^2/2} from the one that was complemented */
        const double complex whole = 2 * exponential(multiply(s, sd * sd / 2 * s - mu));
        sum += in1 ? whole : -whole;
        slope += (in1 ? 1 : -1) * multiply(whole, sd * sd * s - mu);
    }
    if (derivative) *derivative = slope / (2 * d->c[MASS]);
    return sum / (2 * d->c[MASS]);
}

static double
normal_peak(const tg_delay *d)
{
    const double mu = d->c[CENTRE], sd = d->c[WIDTH];
    const double t = mu / 2 + hypot(mu / 2, sd);
    const double top = fmin(d->high, fmax(d->low, t));

    return top * normal_pdf(d, top);
}

const tg_delay_kind tg_law_truncated_normal = {
    .name = "truncated_normal",
    .also = "normal gaussian norm truncnorm bell",
    .doc = "mu, sd [time] > 0 of the normal; min [time] (default 0), max (default none)",
    .params = truncated_params,
    .count = 4,
    .prepare = truncated_prepare,
    .measure = normal_measure,
    .sample = truncated_sample,
    .pdf = normal_pdf,
    .cdf = normal_cdf,
    .quantile = normal_quantile,
    .peak = normal_peak,
    .laplace = normal_laplace
};

const tg_delay_kind tg_law_half_normal = { .name = "half_normal",
                                           .also = "halfnorm folded_normal",
                                           .doc = "sd [time] > 0 of the whole normal",
                                           .params = half_params,
                                           .count = 1,
                                           .prepare = half_prepare,
                                           .measure = normal_measure,
                                           .sample = half_sample,
                                           .pdf = normal_pdf,
                                           .cdf = normal_cdf,
                                           .quantile = normal_quantile,
                                           .peak = normal_peak,
                                           .laplace = normal_laplace };
