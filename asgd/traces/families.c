/* families: maximum likelihood, in closed form where there is one, else one equation in one
 * unknown; two exponentials by expectation and maximisation. */
#include "asgd/traces/families.h"

#include <gsl/gsl_sf_psi.h>
#include <math.h>

tg_sample
tg_sample_of(const double *t, size_t n)
{
    tg_sample s = { .t = t, .n = n };
    double    square = 0;

    for (size_t i = 0; i < n; i++) {
        s.mean += t[i] / (double)n;
        s.square += t[i] * t[i] / (double)n;
        s.log_mean += log(t[i]) / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        square += (log(t[i]) - s.log_mean) * (log(t[i]) - s.log_mean);
    s.log_variance = square / (double)n;
    return s;
}

/* Root of a falling function of a positive number, by bisection of its logarithm. */
static double
solve_falling(double (*f)(const tg_sample *, double), const tg_sample *s)
{
    double low = log(1e-6), high = log(1e9);

    for (int i = 0; i < 100; i++) {
        const double middle = (low + high) / 2;
        if (f(s, exp(middle)) > 0)
            low = middle;
        else
            high = middle;
    }
    return exp((low + high) / 2);
}

static bool
fit_exponential(const tg_sample *s, double *p)
{
    p[0] = s->mean;
    return true;
}

static bool
fit_shifted_exponential(const tg_sample *s, double *p)
{
    p[0] = s->t[0];
    p[1] = s->mean - s->t[0];
    return true;
}

/* ln k - psi(k) = ln mean - mean ln */
static double
gamma_equation(const tg_sample *s, double k)
{
    return log(k) - gsl_sf_psi(k) - (log(s->mean) - s->log_mean);
}

static bool
fit_gamma(const tg_sample *s, double *p)
{
    p[0] = solve_falling(gamma_equation, s);
    p[1] = s->mean;
    return true;
}

/* Per time, without what does not depend on k. */
static double
gamma_likelihood(const tg_sample *s, double k)
{
    return k * log(k / s->mean) - lgamma(k) + (k - 1) * s->log_mean - k;
}

/* The whole shape beside gamma's that is likelier; one stage is the exponential law. */
static bool
fit_erlang(const tg_sample *s, double *p)
{
    const double k = floor(solve_falling(gamma_equation, s));

    p[0] = k >= 1 && gamma_likelihood(s, k) >= gamma_likelihood(s, k + 1) ? k : k + 1;
    p[1] = s->mean;
    return p[0] > 1;
}

static bool
fit_uniform(const tg_sample *s, double *p)
{
    p[0] = s->t[0];
    p[1] = s->t[s->n - 1];
    return true;
}

static bool
fit_lognormal(const tg_sample *s, double *p)
{
    p[0] = exp(s->log_mean + s->log_variance / 2);
    p[1] = sqrt(expm1(s->log_variance));
    return true;
}

/* 1/k = sum t^k ln t / sum t^k - mean ln, by Newton's method in ln k from the moment of the
 * logarithms, k = pi/(sd sqrt 6); times are scaled by the largest. *sum is that of t^k. */
static double
weibull_shape(const tg_sample *s, double *mean_power)
{
    const double top = log(s->t[s->n - 1]), mean = s->log_mean - top;
    double       k = 1.28255 / sqrt(s->log_variance);

    for (int step = 0; step < 60; step++) {
        double sum = 0, first = 0, second = 0;
        for (size_t i = 0; i < s->n; i++) {
            const double l = log(s->t[i]) - top, w = exp(k * l);
            sum += w;
            first += w * l;
            second += w * l * l;
        }
        *mean_power = sum / (double)s->n;
        first /= sum;
        const double f = 1 / k - first + mean,
                     slope = -1 / k - k * (second / sum - first * first);
        const double move = fmin(fmax(-f / slope, -1), 1);
        k *= exp(move);
        if (!(fabs(move) > 1e-13)) break;
    }
    return k;
}

static bool
fit_weibull(const tg_sample *s, double *p)
{
    double power;

    p[0] = weibull_shape(s, &power);
    p[1] = s->t[s->n - 1] * pow(power, 1 / p[0]) * tgamma(1 + 1 / p[0]);
    return true;
}

/* b = the least, 1/alpha = mean ln(t/b); a mean exists past alpha = 1. */
static bool
fit_pareto(const tg_sample *s, double *p)
{
    p[0] = 1 / (s->log_mean - log(s->t[0]));
    p[1] = s->t[0] * p[0] / (p[0] - 1);
    return p[0] > 1;
}

/* |N(0, sd^2)|: sd^2 = mean t^2 */
static bool
fit_half_normal(const tg_sample *s, double *p)
{
    p[0] = sqrt(s->square);
    return true;
}

/* phi(a)/Phi(a) */
static double
hazard(double a)
{
    return .79788456080286536 * exp(-a * a / 2) / erfc(-a * .70710678118654752);
}

/* E t^2/(E t)^2 of a normal at a standard deviations above 0, given that it is above 0: it
 * falls from 2 to 1. With h = phi(a)/Phi(a): E t = sd (a + h), E t^2 = sd^2 (1 + a (a +
 * h)). */
static double
truncated_ratio(double a)
{
    const double m = a + hazard(a);

    return (1 + a * m) / (m * m);
}

/* An exponential family in t and t^2: the likeliest has the moments of the sample. */
static bool
fit_truncated_normal(const tg_sample *s, double *p)
{
    const double ratio = s->square / (s->mean * s->mean);
    double       low = -8, high = 1e6;

    if (!(ratio < truncated_ratio(low))) return false;
    for (int i = 0; i < 100; i++) {
        const double middle = (low + high) / 2;
        if (truncated_ratio(middle) > ratio)
            low = middle;
        else
            high = middle;
    }
    p[1] = s->mean / (low + hazard(low)); /* sd */
    p[0] = low * p[1];
    p[2] = 0;
    p[3] = INFINITY;
    return true;
}

/* Two exponentials, more spread than one. Of more than 2000 times 2000 evenly spaced ones
 * are taken. Source: Dempster, Laird, Rubin 1977. */
static bool
fit_hyperexponential(const tg_sample *s, double *p)
{
    const size_t n = s->n < 2000 ? s->n : 2000;
    double       share = .5, fast = s->mean / 4, slow = s->mean * 7 / 4;

    if (!(s->square > 2.1 * s->mean * s->mean)) return false;
    for (int step = 0; step < 500; step++) {
        double weight = 0, first = 0, total = 0;
        for (size_t i = 0; i < n; i++) {
            const double t = s->t[(size_t)(((double)i + .5) * (double)s->n / (double)n)];
            const double a = share / fast * exp(-t / fast),
                         b = (1 - share) / slow * exp(-t / slow), w = a / (a + b);
            weight += w;
            first += w * t;
            total += t;
        }
        const double before = fast;
        share = weight / (double)n;
        fast = first / weight;
        slow = (total - first) / ((double)n - weight);
        if (fabs(fast - before) <= 1e-8 * fast) break;
    }
    p[0] = share;
    p[1] = fast;
    p[2] = slow;
    return share > 0 && share < 1 && isfinite(fast) && isfinite(slow);
}

const tg_family tg_families[] = { { "exponential", 1, fit_exponential },
                                  { "shifted_exponential", 2, fit_shifted_exponential },
                                  { "gamma", 2, fit_gamma },
                                  { "erlang", 2, fit_erlang },
                                  { "uniform", 2, fit_uniform },
                                  { "lognormal", 2, fit_lognormal },
                                  { "weibull", 2, fit_weibull },
                                  { "pareto", 2, fit_pareto },
                                  { "half_normal", 1, fit_half_normal },
                                  { "truncated_normal", 2, fit_truncated_normal },
                                  { "hyperexponential", 3, fit_hyperexponential },
                                  { 0 } };
