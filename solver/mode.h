/* mode: one eigen-direction of a noisy delayed loop, the common argument of solver/
 *
 *     dX = -b X dt - a E_T[X(t-T)] dt + dM,
 *     d<M> = ( q + c E_T[X(t-T)^2] ) dt,    q = eta^2 lambda sigma^2,  c = eta^2 lambda h^2
 *
 * (Yu, Chen, Poor 2024 for c = 0, the diffusion form, level `sde`; derived here for c > 0,
 * the jump form, level `jump`). With a filter F the drift is that of the loop s + b + a phi
 * F and the gradient noise has the filter's spectrum. X in the caller's unit, a, b, c in
 * 1/time.
 */
#ifndef TG_SOLVER_MODE_H
#define TG_SOLVER_MODE_H

#include "core/loop.h"

typedef struct tg_mode {
    tg_loop loop;  /* a, b, delay law, filter */
    double  noise; /* q >= 0 [X^2 / time]: variance per time brought by gradient noise */
    double  jump;  /* c >= 0 [1 / time]: share of X^2 each arrival turns into variance */
} tg_mode;

/* The mode of asynchronous SGD with learning rate eta, curvature h, gradient noise of
 * standard deviation sigma and arrivals at rate lambda; loop.a is set to eta lambda h.
 * `jump` is false for level `sde`, true for level `jump`. delay is borrowed. */
tg_mode tg_mode_asgd(double eta, double h, double sigma, double lambda,
                     const tg_delay *delay, int jump);

/* Errors: TG_EDOMAIN a, b, noise or jump not finite, noise or jump < 0, no delay. */
TG_CHECKED tg_status tg_mode_check(const tg_mode *m);

#endif
