/* within: the law of a worker's times but for its scale, from few times of many workers.
 * Private.
 *
 * Of worker i, t_ij = s_i T_j with s_i unknown. Integrated over ds/s, the likelihood of a
 * shape depends on ratios of one worker's times only:
 *
 *     gamma      Gamma(n k) prod t^{k-1} / (Gamma(k)^n (sum t)^{n k})
 *     Weibull    k^{n-1} Gamma(n) prod t^{k-1} / (sum t^k)^n
 *     lognormal (2 pi v)^{-(n-1)/2} n^{-1/2} exp(-S/(2 v)) / prod t,  S = sum (ln t - mean)^2
 *
 * Derived here; the measure is the invariant one, under which the three compare.
 */
#ifndef TG_ASGD_WITHIN_H
#define TG_ASGD_WITHIN_H

#include <stdbool.h>
#include <stddef.h>

typedef enum tg_within_law {
    TG_WITHIN_GAMMA,
    TG_WITHIN_WEIBULL,
    TG_WITHIN_LOGNORMAL
} tg_within_law;

typedef struct tg_within {
    tg_within_law law;
    double        shape; /* k; of the lognormal v */
    double        log_likelihood;
} tg_within;

/* Some workers' times: those of worker i are t[first[i]] .. t[first[i] + n[i] - 1], n >=
 * 2. */
typedef struct tg_within_rows {
    const double *t;
    const size_t *first, *n;
    size_t        workers;
} tg_within_rows;

/* The likeliest shape of this law; of the likeliest law. */
tg_within tg_within_fit(const tg_within_rows *rows, tg_within_law law);
tg_within tg_within_best(const tg_within_rows *rows);

/* Of T with E ln T = 0: ln E T, and ln E T^{-theta} (inf where there is none). */
double tg_within_log_mean(const tg_within *w);
double tg_within_log_power(const tg_within *w, double theta);
/* How likely pairs of times of one worker are as far apart as the first two of each of these:
 * P(|ln T_1 - ln T_2| < x) is I(tanh^2(x/2); 1/2, k), tanh(k x/2), erf(x/(2 sqrt v)), held against them
 * by Kolmogorov's distance. `room` (rows->workers) is overwritten. */
double tg_within_p(const tg_within_rows *rows, const tg_within *w, double *room);
/* Standard deviation over mean. */
double tg_within_cv(const tg_within *w);

#endif
