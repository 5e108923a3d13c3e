/* survival: the distribution of a time that not every path lived to see
 *
 *     S(t) = prod_{t_i <= t} (1 - d_i / n_i)                      (Kaplan, Meier 1958)
 *     var ln(-ln S) = sum d_i / (n_i (n_i - d_i)) / (ln S)^2      (Greenwood 1926)
 *
 * with d_i times that end at t_i and n_i still running just before. Paths that reach the
 * horizon count as running up to it, not as missing.
 */
#ifndef TG_SOLVER_SURVIVAL_H
#define TG_SOLVER_SURVIVAL_H

#include "core/status.h"

#include <stddef.h>

typedef struct tg_survival {
    double t;         /* a time at which at least one ended */
    double running;   /* n_i */
    double share;     /* S(t) */
    double low, high; /* pointwise confidence interval of S(t) */
} tg_survival;

/* The estimate from n >= 1 times >= 0, of which those with ended[i] == 0 were cut off then.
 * out (n) receives one entry for each distinct time at which one ended, ascending; *count
 * how many. z: normal quantile of the band, 1.96 for 95 %. Errors: TG_EDOMAIN n = 0, z not
 * > 0, a time negative or not finite; TG_ENOMEM. */
TG_CHECKED tg_status tg_survival_estimate(const double *time, const unsigned char *ended,
                                          size_t n, double z, tg_survival *out,
                                          size_t *count);

/* Mean of min(time, horizon), the area under S, and its standard error; the plain mean
 * where nothing is cut off. s (count) as above. Source: Klein, Moeschberger 2003, (4.5.1),
 * (4.5.2). */
void tg_survival_mean(const tg_survival *s, size_t count, double horizon, double *mean,
                      double *error);

/* The smallest t with 1 - S(t) >= p; inf if the estimate does not reach that far. */
double tg_survival_quantile(const tg_survival *s, size_t count, double p);

#endif
