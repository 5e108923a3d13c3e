/* gamma, erlang    phi(s) = (1 + m s/n)^{-n}, shape n and mean m; whole n continues through
 *                  the pole at -n/m, any other n ends at the branch point there
 * hyperexponential phi(s) = sum_i w_i/(1 + m_i s)
 */
#include "core/complexes.h"
#include "core/law.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>
#include <math.h>

enum { MANY_STAGES = 50 };
enum { SHAPE, MEAN };        /* p */
enum { SCALE, WHOLE_SHAPE }; /* c: m/n; n if it is a whole number <= 64, else 0 */

static const tg_delay_param gamma_params[] = {
    { "shape", "1", "1/CV^2; below 0.05 some delays would be too short for doubles", 0.05,
      1e6, 0, 0, TG_DELAY_NUMBER },
    { "mean", "time", "mean delay", LAW_SHORTEST, LAW_LONGEST, 0, 0, TG_DELAY_NUMBER }
};

static const tg_delay_param erlang_params[] = {
    { "stages", "1", "number of exponential stages", 1, 1e6, 0, 0, TG_DELAY_NUMBER },
    { "mean", "time", "mean of the whole delay", LAW_SHORTEST, LAW_LONGEST, 0, 0,
      TG_DELAY_NUMBER }
};

static tg_status
gamma_prepare(tg_delay *d)
{
    const double n = d->p[SHAPE], m = d->p[MEAN];
    const bool   whole = n == floor(n);

    if (d->kind == &tg_law_erlang && !whole)
        return tg_fail(TG_EDOMAIN, "stages must be a whole number, got %g", n);
    d->c[SCALE] = m / n;
    d->c[WHOLE_SHAPE] = whole && n <= 64 ? n : 0;
    d->mean = m;
    d->variance = m * m / n;
    d->third = 2 * m * m * m / (n * n);
    if (!whole) d->abscissa = -n / m;
    return TG_OK;
}

static size_t
gamma_uniforms(const tg_delay *d)
{
    const double stages = d->c[WHOLE_SHAPE];

    return stages >= 1 && stages <= LAW_UNIFORMS ? (size_t)stages : 0;
}

/* A few stages: one logarithm of a product of uniforms. */
static double
gamma_of_uniforms(const tg_delay *d, const double *u)
{
    double product = 1;

    for (size_t i = gamma_uniforms(d); i > 0; i--) product *= *u++;
    return -d->c[SCALE] * log(product);
}

static double
gamma_sample(const tg_delay *d, tg_rng *g)
{
    const size_t n = gamma_uniforms(d);
    double       u[LAW_UNIFORMS];

    if (n == 0) return d->c[SCALE] * tg_rng_gamma(g, d->p[SHAPE]);
    for (size_t i = 0; i < n; i++) u[i] = tg_rng_uniform(g);
    return gamma_of_uniforms(d, u);
}

/* x f(x) at x = n (1 + y), for large n without the cancellation of large logarithms:
 * sqrt(n/2 pi)/Gamma*(n) e^{n (log(1 + y) - y)}, Gamma* being what Stirling leaves. */
static double
large_density(double n, double x)
{
    const double root_2pi = 2.50662827463100050242, y = (x - n) / n;
    const double bent = fabs(y) < 0.5 ? gsl_sf_log_1plusx_mx(y) : log1p(y) - y;

    return sqrt(n) / root_2pi / gsl_sf_gammastar(n) * exp(n * bent);
}

static double
gamma_pdf(const tg_delay *d, double t)
{
    const double n = d->p[SHAPE];

    if (n < MANY_STAGES || !(t > 0)) return gsl_ran_gamma_pdf(t, n, d->c[SCALE]);
    return large_density(n, t / d->c[SCALE]) / t;
}

/* P = x f(x)/n sum_k x^k/((n + 1)...(n + k)); GSL loses digits just below the mean, all but
 * one at n = 1e6, and may end the program far above it. */
static double
gamma_cdf(const tg_delay *d, double t)
{
    const double n = d->p[SHAPE], x = t / d->c[SCALE];
    double       sum = 1, term = 1;

    if (x > n + 10 * sqrt(n) + 100) return 1;
    if (n < MANY_STAGES || !(x > 0)) return gsl_cdf_gamma_P(t, n, d->c[SCALE]);
    for (int k = 1; term > 1e-17 * sum; k++) sum += term *= x / (n + k);
    return fmin(1, large_density(n, x) / n * sum);
}

static double complex
gamma_laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    const double         n = d->p[SHAPE];
    const double complex base = 1 + d->c[SCALE] * s, q = inverse(base);
    const double complex phi =
        d->c[WHOLE_SHAPE] ? whole_power(q, (unsigned)n) : exponential(-n * clog(base));

    if (derivative) *derivative = -d->mean * multiply(phi, q);
    return phi;
}

/* |phi'| = m |1 + m s/n|^{-n-1} falls with the distance from -n/m. */
static double
gamma_largest(const tg_delay *d, double left, double height, double *steepest)
{
    const double r = hypot(1 + d->c[SCALE] * left, d->c[SCALE] * height);
    const double value = pow(r, -d->p[SHAPE]);

    *steepest = d->mean * value / r;
    return value;
}

static size_t
gamma_poles(const tg_delay *d, tg_delay_pole *out, size_t room)
{
    if (isfinite(d->abscissa)) return 0; /* a branch point */
    if (room) out[0] = (tg_delay_pole){ -1 / d->c[SCALE], (unsigned)d->p[SHAPE] };
    return 1;
}

static double
gamma_peak(const tg_delay *d)
{
    const double n = d->p[SHAPE];

    return exp(n * log(n) - n - lgamma(n));
}

const tg_delay_kind tg_law_gamma = { .name = "gamma",
                                     .also = "gam",
                                     .doc = "shape 0.05..1e6, mean [time] > 0",
                                     .params = gamma_params,
                                     .count = 2,
                                     .prepare = gamma_prepare,
                                     .sample = gamma_sample,
                                     .uniforms = gamma_uniforms,
                                     .of_uniforms = gamma_of_uniforms,
                                     .pdf = gamma_pdf,
                                     .cdf = gamma_cdf,
                                     .quantile = tg_law_solve_quantile,
                                     .peak = gamma_peak,
                                     .laplace = gamma_laplace,
                                     .largest = gamma_largest,
                                     .poles = gamma_poles };

const tg_delay_kind tg_law_erlang = { .name = "erlang",
                                      .also = "stages k_stage",
                                      .doc = "stages >= 1, mean [time] > 0",
                                      .params = erlang_params,
                                      .count = 2,
                                      .prepare = gamma_prepare,
                                      .sample = gamma_sample,
                                      .uniforms = gamma_uniforms,
                                      .of_uniforms = gamma_of_uniforms,
                                      .pdf = gamma_pdf,
                                      .cdf = gamma_cdf,
                                      .quantile = tg_law_solve_quantile,
                                      .peak = gamma_peak,
                                      .laplace = gamma_laplace,
                                      .largest = gamma_largest,
                                      .poles = gamma_poles };

static const tg_delay_param hyper_params[] = {
    { "weights", "1", "share of each exponential", LAW_SHORTEST, LAW_LONGEST, 0, 0,
      TG_DELAY_LIST },
    { "means", "time", "mean of each exponential", LAW_SHORTEST, LAW_LONGEST, 0, 0,
      TG_DELAY_LIST }
};

static tg_status
hyper_prepare(tg_delay *d)
{
    double total = 0, m1 = 0, m2 = 0, m3 = 0;

    for (size_t i = 0; i < d->n; i++) {
        TG_TRY(tg_law_check_param(&hyper_params[0], d->w[i]));
        TG_TRY(tg_law_check_param(&hyper_params[1], d->x[i]));
        total += d->w[i];
    }
    for (size_t i = 0; i < d->n; i++) {
        const double m = d->x[i], w = d->w[i] /= total;
        m1 += w * m;
        m2 += 2 * w * m * m;
        m3 += 6 * w * m * m * m;
    }
    tg_law_set_raw_moments(d, m1, m2, m3);
    return TG_OK;
}

tg_status
tg_delay_hyperexponential(const double *weight, const double *mean, size_t n,
                          tg_delay **out)
{
    tg_delay *d;

    if (n == 0)
        return tg_fail(TG_EDOMAIN, "a hyperexponential law needs at least one mean");
    TG_TRY(tg_law_begin(&tg_law_hyperexponential, n, &d));
    for (size_t i = 0; i < n; i++) {
        d->w[i] = weight[i];
        d->x[i] = mean[i];
    }
    return tg_law_finish(d, out);
}

static tg_status
hyper_read(const tg_node *node, tg_delay **out)
{
    const tg_node *w = tg_node_find(node, "weights"), *m = tg_node_find(node, "means");
    tg_delay      *d;

    if (!w || !m || w->type != TG_NODE_LIST || m->type != TG_NODE_LIST || w->count == 0 ||
        w->count != m->count)
        return tg_node_fail(node,
                            "a hyperexponential law needs lists `weights` and `means` "
                            "of the same length");
    TG_TRY(tg_law_begin(&tg_law_hyperexponential, w->count, &d));
    tg_status status = TG_OK;
    for (size_t i = 0; i < d->n && status == TG_OK; i++) {
        status = tg_node_number(&w->item[i], &d->w[i]);
        if (status == TG_OK) status = tg_node_number(&m->item[i], &d->x[i]);
    }
    if (status != TG_OK) {
        tg_delay_free(d);
        return status;
    }
    status = tg_law_finish(d, out);
    return status == TG_OK ? TG_OK : tg_law_fail_at(node, status);
}

static double
hyper_sample(const tg_delay *d, tg_rng *g)
{
    double u = tg_rng_uniform(g);
    size_t i = 0;

    while (i + 1 < d->n && u >= d->w[i]) u -= d->w[i++];
    return d->x[i] * tg_rng_exponential(g);
}

static double
hyper_pdf(const tg_delay *d, double t)
{
    double sum = 0;

    for (size_t i = 0; i < d->n; i++) sum += d->w[i] / d->x[i] * exp(-t / d->x[i]);
    return sum;
}

static double
hyper_cdf(const tg_delay *d, double t)
{
    double sum = 0;

    for (size_t i = 0; i < d->n; i++) sum -= d->w[i] * expm1(-t / d->x[i]);
    return sum;
}

static double complex
hyper_laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    double complex phi = 0, slope = 0;

    for (size_t i = 0; i < d->n; i++) {
        const double complex q = inverse(1 + d->x[i] * s);
        phi += d->w[i] * q;
        slope -= d->w[i] * d->x[i] * multiply(q, q);
    }
    if (derivative) *derivative = slope;
    return phi;
}

static double
hyper_largest(const tg_delay *d, double left, double height, double *steepest)
{
    double value = 0;

    *steepest = 0;
    for (size_t i = 0; i < d->n; i++) {
        const double m = d->x[i], r = hypot(1 + m * left, m * height);
        value += d->w[i] / r;
        *steepest += d->w[i] * m / (r * r);
    }
    return value;
}

/* Equal means are one pole. */
static size_t
hyper_poles(const tg_delay *d, tg_delay_pole *out, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++) {
        size_t k = 0;
        while (k < i && d->x[k] != d->x[i]) k++;
        if (k < i) continue;
        if (n < room) out[n] = (tg_delay_pole){ -1 / d->x[i], 1 };
        n++;
    }
    return n;
}

static double
hyper_peak(const tg_delay *d)
{
    (void)d;
    return exp(-1);
}

const tg_delay_kind tg_law_hyperexponential = {
    .name = "hyperexponential",
    .also = "h2 hyperexp hyper_exponential phase_type",
    .doc = "weights [w1, w2, ...] > 0, means [m1, m2, ...] [time] > 0",
    .params = hyper_params,
    .count = 2,
    .read = hyper_read,
    .prepare = hyper_prepare,
    .sample = hyper_sample,
    .pdf = hyper_pdf,
    .cdf = hyper_cdf,
    .quantile = tg_law_solve_quantile,
    .peak = hyper_peak,
    .laplace = hyper_laplace,
    .largest = hyper_largest,
    .poles = hyper_poles
};
