/* round_clock: from rounds to time
 *
 * Rounds of independent lengths R, the first of which may be another, so f in time is E f(N(t)) with N their renewal count.
 * Lengths that are always the same count exactly. Else the sum of k rounds is taken for a gamma variable of its mean and
 * variance, exact for gamma laws; what its skewness may be off by is stated: as much of the difference that the skewness of
 * the gamma law makes (to a normal one) as R's own skewness differs from it, and all of it where the first is another.
 * At most ten times that, CV^4 times where long rounds are rare. P(R <= t/k)^k <= P(N(t) >= k) <= P(R <= t)^k decides
 * about early rounds of any law where the first is like the others. Derived here, theory 5. */
#ifndef TG_ASGD_ROUND_CLOCK_H
#define TG_ASGD_ROUND_CLOCK_H

#include "asgd/sim/cluster.h"
#include "core/delay.h"

#include <complex.h>
#include <stddef.h>

typedef struct tg_round_clock {
    const tg_delay *round;            /* R; borrowed */
    double          mean, cv, skewed; /* E R [time]; share of that difference */
    double first, first_spread;       /* mean and standard deviation of the first [time] */
} tg_round_clock;

tg_round_clock tg_round_clock_of(const tg_delay *round);

/* Mean and standard deviation of a round of all workers that are somewhere within their jobs at its beginning. Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_round_first(const tg_cluster *c, double *mean, double *spread);

/* By the time t no more rounds than this are over, but for 1e-12. */
double tg_round_clock_most(const tg_round_clock *c, double t);

/* E f(N(t)), f (n) of 0 .. n - 1 rounds, the last of them for all beyond; and what that may be off by. */
double tg_round_clock_at(const tg_round_clock *c, const double *f, size_t n, double t,
                         double *error);

/* How fast E z^N(t) goes in the end: s with E e^(-s R) z = 1 nearest to ln z / E R [1/time]; NaN: not found. */
double complex tg_round_clock_rate(const tg_delay *round, double complex z);

#endif
