/* fit: maximum likelihood, in closed form where there is one, else one equation in one
 * unknown solved by bisection. */
#include "asgd/traces/trace.h"

#include "core/parallel.h"
#include "core/stats.h"

#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the estimators need to know of a sample. */
typedef struct sample {
    const double *t; /* (n), rising */
    size_t        n;
    double        mean, log_mean, log_variance;
} sample;

static sample
summarise(const double *t, size_t n)
{
    sample s = { .t = t, .n = n };
    double square = 0;

    for (size_t i = 0; i < n; i++) {
        s.mean += t[i] / (double)n;
        s.log_mean += log(t[i]) / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        square += (log(t[i]) - s.log_mean) * (log(t[i]) - s.log_mean);
    s.log_variance = square / (double)n;
    return s;
}

/* Root of a falling function of a positive number, by bisection of its logarithm. */
static double
solve_falling(double (*f)(const sample *, double), const sample *s)
{
    double low = log(1e-6), high = log(1e9);

    for (int i = 0; i < 200; i++) {
        const double middle = (low + high) / 2;
        if (f(s, exp(middle)) > 0)
            low = middle;
        else
            high = middle;
    }
    return exp((low + high) / 2);
}

/* ln k - psi(k) = ln mean - mean ln */
static double
gamma_equation(const sample *s, double k)
{
    return log(k) - gsl_sf_psi(k) - (log(s->mean) - s->log_mean);
}

/* 1/k = sum t^k ln t / sum t^k - mean ln; times are scaled by the largest. */
static double
weibull_equation(const sample *s, double k)
{
    const double top = log(s->t[s->n - 1]);
    double       sum = 0, weighted = 0;

    for (size_t i = 0; i < s->n; i++) {
        const double l = log(s->t[i]) - top, w = exp(k * l);
        sum += w;
        weighted += w * l;
    }
    return 1 / k - weighted / sum + (s->log_mean - top);
}

static void
fit_exponential(const sample *s, double *p)
{
    p[0] = s->mean;
}

static void
fit_shifted_exponential(const sample *s, double *p)
{
    p[0] = s->t[0];
    p[1] = s->mean - s->t[0];
}

static void
fit_gamma(const sample *s, double *p)
{
    p[0] = solve_falling(gamma_equation, s);
    p[1] = s->mean;
}

static void
fit_uniform(const sample *s, double *p)
{
    p[0] = s->t[0];
    p[1] = s->t[s->n - 1];
}

static void
fit_lognormal(const sample *s, double *p)
{
    p[0] = exp(s->log_mean + s->log_variance / 2);
    p[1] = sqrt(expm1(s->log_variance));
}

static void
fit_weibull(const sample *s, double *p)
{
    const double k = solve_falling(weibull_equation, s), top = s->t[s->n - 1];
    double       sum = 0;

    for (size_t i = 0; i < s->n; i++) sum += pow(s->t[i] / top, k) / (double)s->n;
    p[0] = k;
    p[1] = top * pow(sum, 1 / k) * tgamma(1 + 1 / k);
}

typedef struct family {
    const char *law;
    size_t      parameters;
    void (*fit)(const sample *s, double *p);
} family;

static const family families[] = {
    { "exponential", 1, fit_exponential },
    { "shifted_exponential", 2, fit_shifted_exponential },
    { "gamma", 2, fit_gamma },
    { "uniform", 2, fit_uniform },
    { "lognormal", 2, fit_lognormal },
    { "weibull", 2, fit_weibull },
};

static double
kolmogorov_distance(const tg_delay *law, const double *t, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++) {
        const double f = tg_delay_cdf(law, t[i]);
        most = fmax(most, fmax(f - (double)i / (double)n, (double)(i + 1) / (double)n - f));
    }
    return most;
}

/* The ends of a fitted range are observed values: the density just inside counts. */
static double
log_density(const tg_delay *law, double t)
{
    double low, high;

    tg_delay_support(law, &low, &high);
    const double inside = fmin(fmax(t, low * (1 + 1e-12)), high * (1 - 1e-12));
    return log(tg_delay_pdf(law, inside));
}

static void
judge(const tg_delay *law, const sample *s, tg_fit *f)
{
    f->log_likelihood = 0;
    for (size_t i = 0; i < s->n; i++) f->log_likelihood += log_density(law, s->t[i]);
    f->aic = 2 * (double)f->parameters - 2 * f->log_likelihood;
    f->distance = kolmogorov_distance(law, s->t, s->n);
    f->p = tg_kolmogorov_p(f->distance, (double)s->n);
}

static int
by_aic(const void *a, const void *b)
{
    const tg_fit *f = a, *g = b;

    return (f->aic > g->aic) - (f->aic < g->aic);
}

/* Equal times have no density: only the constant law fits them. */
static void
fit_constant(const sample *s, tg_fit *f)
{
    *f = (tg_fit){ .law = "constant", .parameter = { s->mean }, .parameters = 1, .p = 1 };
    f->log_likelihood = INFINITY;
    f->aic = -INFINITY;
}

tg_status
tg_fit_all(const double *seconds, size_t n, tg_fit fit[TG_FIT_LAWS], size_t *count)
{
    if (n < 2) return tg_fail(TG_EDOMAIN, "a fit needs at least 2 times, got %zu", n);
    for (size_t i = 0; i < n; i++)
        if (!(seconds[i] > 0) || !isfinite(seconds[i]))
            return tg_fail(TG_EDOMAIN, "times must be > 0, got %g", seconds[i]);
    const sample s = summarise(seconds, n);
    size_t       made = 0;
    if (seconds[n - 1] == seconds[0]) {
        fit_constant(&s, &fit[made++]);
    } else {
        for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
            tg_fit    f = { .law = families[i].law, .parameters = families[i].parameters };
            tg_delay *law = NULL;
            TG_TRY(tg_stop_check());
            families[i].fit(&s, f.parameter);
            const tg_status status = tg_delay_create(f.law, f.parameter, &law);
            if (status == TG_ENOMEM) return status;
            if (status != TG_OK) continue; /* this law cannot look like that */
            judge(law, &s, &f);
            tg_delay_free(law);
            if (isfinite(f.aic)) fit[made++] = f;
        }
    }
    qsort(fit, made, sizeof *fit, by_aic);
    *count = made;
    return TG_OK;
}
