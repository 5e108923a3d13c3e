/* stats: running statistics that merge in any grouping
 *
 * Mean and variance by the pairwise update of Chan, Golub, LeVeque 1983.
 */
#ifndef TG_CORE_STATS_H
#define TG_CORE_STATS_H

#include <stddef.h>

typedef struct tg_stats {
    double n, mean, m2; /* count, mean, sum of squared deviations */
} tg_stats;

void tg_stats_add(tg_stats *s, double x);
void tg_stats_merge(tg_stats *s, const tg_stats *other);

/* Of n >= 1 values at once; exactly x_0 and 0 where all are equal. */
tg_stats tg_stats_of(const double *x, size_t n);

double tg_stats_variance(const tg_stats *s); /* unbiased; NaN below 2 values */
double tg_stats_error(const tg_stats *s);    /* standard error of the mean */

/* Value below which a share p of the n sorted values lies, linear between order statistics
 * (Hyndman, Fan 1996, type 7). n >= 1. */
double tg_quantile_sorted(const double *sorted, size_t n, double p);

/* sup |F_n - F| of a sample of size n has a p-value; this is it, to ~1e-3 for n >= 5.
 * Source: Stephens 1970's correction of Kolmogorov's series. */
double tg_kolmogorov_p(double distance, double n);

/* First grid time, linearly interpolated, after which y (n, at times t) stays below
 * `level`; inf if it does not. `slope` (may be NULL) receives |dy/dt| there. */
double tg_settling_time(const double *t, const double *y, size_t n, double level,
                        double *slope);

#endif
