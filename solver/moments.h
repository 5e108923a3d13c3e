/* moments: mean and second moment of a mode in time, for any delay law
 *
 *     y' = -b y - a (kappa * y),   y = x0 on t <= 0                                (2)
 *     E X(t)^2 = y(t)^2 + int_0^t e(t-u) ( q + c E_T[E X(u-T)^2] ) du              (3)
 *
 * with kappa = phi F the law and filter of the loop, r its fundamental solution and e(t)
 * what a unit of gradient noise is worth a time t later: r(t)^2 for plain asynchronous SGD
 * (theory 3.2, derived here). Times are 0, horizon/(n-1), ..., horizon.
 *
 * Accuracy, relative to the largest value: 1e-9 for r and y and 1e-8 for the variance where
 * the law has a smooth density or is one constant delay; 1e-5 where it has several atoms or
 * edges, and for the share that c adds. Of a mode that grows, relative to the largest value
 * of e^{growth t} so far, within some 150 e-foldings of the mean.
 */
#ifndef TG_SOLVER_MOMENTS_H
#define TG_SOLVER_MOMENTS_H

#include "solver/mode.h"

/* The fundamental solution r(t) into response, y(t) into mean and E X(t)^2 into second, each (n), n >= 2, or
 * NULL. resolution: steps of the method in a time of the loop; 0: 50, for the accuracy above; with 12 it is 1e-5.
 * Errors: TG_EDOMAIN n < 2, horizon not > 0, coefficients not finite, or a horizon of more than
 * some 200,000 times the loop's shortest time; TG_EDIVERGED overflow within the horizon;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_moments_follow(const tg_mode *m, double x0, double horizon,
                                       size_t n, size_t resolution, double *response,
                                       double *mean, double *second);

/* y(t) alone. */
TG_CHECKED tg_status tg_moments_mean(const tg_loop *l, double x0, double horizon, size_t n,
                                     double *mean);

#endif
