/* response: the fundamental solution r(t) of a loop, and what is made of it, on a uniform
 * grid
 *
 *     r' = -b r - a (kappa * r),  r(0) = 1,     R(t) = int_0^t r
 *
 * by convolution quadrature: the three-stage Radau IIA method (order 5) applied to the
 * equation needs kappa only through its transform, at eigenvalues of the method's matrix
 * (Lubich, Ostermann 1993). So every law and filter is served alike, heavy tails included.
 * Private to solver/.
 */
#ifndef TG_SOLVER_RESPONSE_H
#define TG_SOLVER_RESPONSE_H

#include "solver/ring.h"

#include "core/loop.h"

/* r and R at t = 0, dt, ..., (n - 1) dt, n the ring's; and, unless `held` or `filtered` is
 * NULL, the responses with transforms phi/(s f) and F/f. */
typedef struct tg_response {
    double *r, *sum, *held, *filtered; /* (n) each */
} tg_response;

/* Errors: TG_ENOMEM; TG_EDIVERGED the response overflows within the horizon. */
TG_CHECKED tg_status tg_response_fill(const tg_loop *l, double dt, tg_ring *ring,
                                      const tg_response *out);

#endif
