#include "core/stats.h"

#include <math.h>

void
tg_stats_add(tg_stats *s, double x)
{
    const double d = x - s->mean;

    s->n += 1;
    s->mean += d / s->n;
    s->m2 += d * (x - s->mean);
}

void
tg_stats_merge(tg_stats *s, const tg_stats *other)
{
    const double n = s->n + other->n, d = other->mean - s->mean;

    if (other->n == 0) return;
    s->m2 += other->m2 + d * d * s->n * other->n / n;
    s->mean += d * other->n / n;
    s->n = n;
}

tg_stats
tg_stats_of(const double *x, size_t n)
{
    tg_stats s = { .n = (double)n };

    for (size_t k = 0; k < n; k++) s.mean += x[k] - x[0];
    s.mean = x[0] + s.mean / s.n;
    for (size_t k = 0; k < n; k++) s.m2 += (x[k] - s.mean) * (x[k] - s.mean);
    return s;
}

double
tg_stats_variance(const tg_stats *s)
{
    return s->n > 1 ? s->m2 / (s->n - 1) : NAN;
}

double
tg_stats_error(const tg_stats *s)
{
    return sqrt(tg_stats_variance(s) / s->n);
}

double
tg_quantile_sorted(const double *sorted, size_t n, double p)
{
    const double at = p * (double)(n - 1);
    const size_t i = (size_t)at;

    if (i + 1 >= n) return sorted[n - 1];
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

double
tg_kolmogorov_p(double distance, double n)
{
    const double root = sqrt(n), t = distance * (root + 0.12 + 0.11 / root);
    double       sum = 0;

    if (t < 0.2) return 1; /* the series needs many terms where p is 1 to all digits */
    for (int k = 1; k <= 100; k++) {
        const double term = 2 * exp(-2 * t * t * k * k);
        sum += k % 2 ? term : -term;
        if (term < 1e-12) break;
    }
    return sum < 0 ? 0 : sum > 1 ? 1 : sum;
}

double
tg_settling_time(const double *t, const double *y, size_t n, double level, double *slope)
{
    size_t i = n;

    while (i > 0 && y[i - 1] <= level) i--;
    if (slope) *slope = INFINITY;
    if (i == n) return INFINITY;
    if (i == 0) return t[0];
    const double dy = (y[i] - y[i - 1]) / (t[i] - t[i - 1]);
    if (slope) *slope = fabs(dy);
    return isfinite(dy) ? t[i - 1] + (level - y[i - 1]) / dy : t[i];
}
