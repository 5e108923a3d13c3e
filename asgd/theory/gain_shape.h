/* gain_shape: how a mode moves with its gain, and what is left of it when that is taken out
 *
 *     E x^2 = x0^2 A(k, t) + (sigma/h)^2 N(k, t),     d = (1 - k/limit) k/m
 *
 * The mean from 1 times e^{d t}, ln (A - mean^2)/k^2 + 2 d t, and ln N/(V (1 - e^{-2 d t})), past the limit
 * ln N d/(1 - e^{-2 d t})/k^2, hardly depend on k. Derived here, theory 3.8. Private to asgd/theory.
 */
#ifndef TG_ASGD_GAIN_SHAPE_H
#define TG_ASGD_GAIN_SHAPE_H

#include "asgd/theory/predict_finite.h"

typedef struct tg_gain_moments {
    double mean, start, noise;
} tg_gain_moments;

/* What is left at a time. */
typedef struct tg_gain_seen {
    tg_gain_moments at;
    double          off_start, off_noise; /* errors of A, N */
    bool            faint, spread;        /* A is rounding; A - mean^2 is more than that */
} tg_gain_seen;

typedef struct tg_gain_scale {
    double limit, mean; /* of the mean square; m [time] */
} tg_gain_scale;

/* Of a mode of gain k at time t: `from` begins at 1 with next to no noise, `noisy` at 0 with (sigma/h)^2 = 1. */
tg_gain_seen tg_gain_seen_at(tg_gain_scale scale, double k, const tg_finite_mode *from,
                             const tg_finite_mode *noisy, double t);

/* With all of it: E x from 1, A and N; `variance` is V, inf past the limit. */
tg_gain_moments tg_gain_moments_of(tg_gain_scale scale, double k, double t, double variance,
                                   tg_gain_moments left);

#endif
