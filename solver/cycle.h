/* cycle: workers of one constant time deliver in turn, so every gradient is P - 1 updates old
 *
 *     ASGD        x_{k+1} = x_k - e (x_{k-P+1} + xi_k)
 *     DuDe-ASGD   x_{k+1} = x_k - (e/P) sum_{i<P} (x_{k-P+1-i} + xi_{k-i}),   x_k = x0 for k <= 0
 *
 * whatever their phases are, E xi^2 = v: with M = 1 or P slots, psi_0 = 1, psi_{k+1} = psi_k -
 * (e/M) sum_{i<M} psi_{k-P+1-i} (psi of negative index 0) and W_k = sum_{i<M} psi_{k-i},
 *
 *     E x_k = mu_k (the recursion without noise),   E x_k^2 = mu_k^2 + (e/M)^2 v sum_{i<k} W_i^2
 *
 * and for DuDe-ASGD (e/P)^2 v sum_{j=2}^P (Psi_{k-1} - Psi_{k-j})^2 of the slots as they were filled,
 * Psi the sums of psi; its first P deliveries move nothing. Phases are uniform: by time t = (a + r) T,
 * 0 <= r < 1, there were a P + B deliveries, B binomial (P, r); begun together a P. It settles iff
 * e < 2 sin(pi / (2 (2 P - 1))); DuDe-ASGD: e < 2 P sin^2(w/2)/sin(P w/2), w = pi/(3 P - 2).
 * Derived here, theory 3.3, 3.7.
 */
#ifndef TG_SOLVER_CYCLE_H
#define TG_SOLVER_CYCLE_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_cycle {
    size_t workers;  /* P >= 1 */
    double e;        /* eta h > 0 */
    double v;        /* of xi [x^2] */
    double start;    /* x0 [x] */
    double time;     /* T of a job [time] */
    bool   dude;     /* each update applies the newest gradient of every worker; else one */
    bool   together; /* all begin a job at t = 0 */
} tg_cycle;

/* e at which it ceases to settle. */
double tg_cycle_limit(size_t workers, bool dude);

/* Stationary E x^2 [x^2], to 1e-12. Errors: TG_EDOMAIN it does not settle; TG_ENOCONV so near to the
 * limit that 4e7 updates do not tell; TG_ENOMEM. */
TG_CHECKED tg_status tg_cycle_variance(const tg_cycle *c, double *out);

/* E x and E x^2 at t_i = i dt, i < n [time]. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_cycle_transient(const tg_cycle *c, double dt, size_t n,
                                        double *mean, double *second);

#endif
