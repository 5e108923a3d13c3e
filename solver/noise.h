/* noise: what a unit of gradient noise is worth a time t after it came, e(t), and the
 * variance it has brought by then, v(t) = int_0^t e. Private to solver/.
 *
 *     N = nu           e = nu r^2                             (asgd; steps that scale with the delay)
 *     N = |F|^2        e = rho^2, rho with transform F/f      (buffers, heavy ball)
 *     dude             e = E_T[ (R(t) - R(t-T))^2 ] / m^2     (a gradient acts for a time T)
 *     anything else    e = (J/I) r^2                          (right at t = inf)
 */
#ifndef TG_SOLVER_NOISE_H
#define TG_SOLVER_NOISE_H

#include "solver/ring.h"

#include "core/loop.h"

typedef struct tg_worth {
    double *worth, *variance; /* (n) e and v on the grid */
} tg_worth;

/* r, R and, unless NULL, the noise, at 0, dt, ... (as many as the ring has terms).
 * Errors: TG_ENOMEM, TG_EDIVERGED. */
TG_CHECKED tg_status tg_noise_fill(const tg_loop *l, double dt, tg_ring *ring, double *r,
                                   double *sum, tg_worth *noise);

/* Generating function of the law's weights on the grid at the ring's points into out
 * (points), to third order in dt: phi at the symbols of the trapezoidal rule and of the
 * second backward differentiation formula, combined so that their errors cancel (derived
 * here); for a constant delay, cubic interpolation. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_noise_weights(const tg_loop *l, double dt, const tg_ring *ring,
                                      double complex *out);

#endif
