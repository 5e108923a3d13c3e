/* fit: laws of delay by maximum likelihood, ranked and judged
 *
 * Ranked by Akaike's criterion AIC = 2 p - 2 ln L (Akaike 1974), judged by the distance of
 * Kolmogorov and Smirnov, whose p-value a parametric bootstrap gives: of samples drawn from
 * the fitted law and fitted again (Stute, Manteiga, Quindimil 1993).
 */
#ifndef TG_ASGD_FIT_H
#define TG_ASGD_FIT_H

#include "core/delay.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct tg_fit {
    const char *law;     /* name in the registry */
    double parameter[4]; /* in the registry's order; hyperexponential: share, mean, mean */
    size_t parameters;   /* how many were fitted */
    double log_likelihood, aic;
    double distance; /* Kolmogorov-Smirnov */
    double p; /* of that distance: as if the law had been known beforehand, an upper bound,
                      until tg_fit_bootstrap() */
} tg_fit;

enum {
    TG_FIT_LAWS = 12,
    TG_FIT_NEEDS = 20, /* times that tell a law from another at all */
    TG_FIT_TAIL = 100  /* times that say something of its tail */
};

/* Fit every law that can be fitted to rising times (n), best AIC first; *count of them. Of
 * more than 20000 times likelihood and distance are taken at 20000 of them. Errors:
 * TG_EDOMAIN n < 2 or a time not > 0; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_fit_all(const double *seconds, size_t n, tg_fit fit[TG_FIT_LAWS],
                                size_t *count);

/* Replace the p-values of fits to n times by those of 199 samples of at most 500 each;
 * those that are under 1e-3 as upper bounds stay. Errors: TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_fit_bootstrap(size_t n, uint64_t seed, tg_fit *fit, size_t count);

/* The place of the best law that is not rejected: p >= .01 or a distance under .01; `count`
 * if there is none. */
size_t tg_fit_best(const tg_fit *fit, size_t count);

/* The law of `like` fitted to other rising times (n): its mean and variation; without `like`, or where it
 * cannot look like them, those of the times themselves. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_fit_again(const tg_fit *like, const double *seconds, size_t n,
                                  double *mean, double *cv);

/* The fitted law. Owner of *out: the caller. Errors: those of tg_delay_create(). */
TG_CHECKED tg_status tg_fit_law(const tg_fit *fit, tg_delay **out);

#endif
