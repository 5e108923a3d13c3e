/* cycle: workers of one constant time whose phases differ: every gradient is P - 1 updates old
 *
 *     x_{k+1} = x_k - e (x_{k-P+1} + xi_k),   x_k = x0 for k <= 0,   E xi^2 = v
 *
 * whatever the phases are, since they deliver in turn for ever. With psi_0 = 1, psi_{k+1} = psi_k -
 * e psi_{k-P+1} (psi of negative index 0),
 *
 *     E x_k = mu_k (the recursion without noise),   E x_k^2 = mu_k^2 + e^2 v sum_{i<k} psi_i^2.
 *
 * Phases are uniform: by time t = (a + r) T, 0 <= r < 1, there were a P + B deliveries, B binomial
 * (P, r). It settles iff e < 2 sin(pi / (2 (2 P - 1))). Derived here, theory 3.3.
 */
#ifndef TG_SOLVER_CYCLE_H
#define TG_SOLVER_CYCLE_H

#include "core/status.h"

#include <stddef.h>

typedef struct tg_cycle {
    size_t workers; /* P >= 1 */
    double e;       /* eta h > 0 */
    double v;       /* of xi [x^2] */
    double start;   /* x0 [x] */
    double time;    /* T of a job [time] */
} tg_cycle;

/* e at which it ceases to settle. */
double tg_cycle_limit(size_t workers);

/* Stationary E x^2 [x^2], to 1e-12. Errors: TG_EDOMAIN it does not settle; TG_ENOCONV so near to the
 * limit that 4e7 updates do not tell; TG_ENOMEM. */
TG_CHECKED tg_status tg_cycle_variance(const tg_cycle *c, double *out);

/* E x and E x^2 at t_i = i dt, i < n [time]. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_cycle_transient(const tg_cycle *c, double dt, size_t n,
                                        double *mean, double *second);

#endif
