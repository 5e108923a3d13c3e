/* finite_rate: how fast the mean of a mode settles with so many workers, from its rate with very many
 *
 *     s + a phi/(1 + e phi G) = 0,   e = a m/P,   G(s) = 1 + sum_k c_k r^(s - t_k),   r^ = 1/(s + a phi)
 *
 * t_k and c_k are those of the phase-type law, or of the one with the law's mean and variance: G is a
 * correction of order 1/P, in which that is all that matters. The root is followed from the mean
 * field's. One worker: |1 - e| phi(s) = 1; constant times: z^P - z^(P-1) + e = 0, s = (P/m) ln z.
 * Source: theory 3.6. For charts, which ask for thousands: private to asgd/theory.
 */
#ifndef TG_ASGD_FINITE_RATE_H
#define TG_ASGD_FINITE_RATE_H

#include "asgd/theory/predict_parts.h"
#include "solver/phase.h"

#include <complex.h>

typedef struct tg_finite_rate {
    bool   known, constant; /* known: ASGD by one group of a law of up to 16 phases */
    size_t terms;
    double complex t[TG_PHASE_MAX], c[TG_PHASE_MAX];
} tg_finite_rate;

tg_finite_rate tg_finite_rate_of(const tg_case *one);

/* The root with P workers of the loop l, whose field root is `from`, and its rate; NaN where it is
 * lost or no exponential. */
double tg_finite_rate_at(const tg_finite_rate *f, const tg_loop *l, double workers,
                         double complex from, double complex *root);

/* The roots of a mode with damping coefficient a [1/time]: the mean field's, NaN where none is found, and that of
 * P workers, NaN where it is not known. Errors: those of tg_case_roots(). */
TG_CHECKED tg_status tg_finite_rate_roots(const tg_case *c, double a, double workers,
                                          double complex *field, double complex *root);

/* |1 - e| phi(-rate) = 1; NaN where phi ends before that. */
double tg_single_rate(const tg_delay *law, double e);

#endif
