/* lagged: the fundamental solution for one constant delay, to rounding error
 *
 *     r' = -b r - a r(t - tau),  r(0) = 1,  r = 0 before;    R = int_0^t r,   v = int_0^t r^2
 *
 * by Gauss collocation on a mesh that divides the delay, so that no step crosses a kink and
 * the lagged stage values are known, not interpolated. Private to solver/.
 */
#ifndef TG_SOLVER_LAGGED_H
#define TG_SOLVER_LAGGED_H

#include "core/status.h"

#include <stddef.h>

/* r, R and v at t = 0, dt, ..., (n - 1) dt. tau > 0, dt > 0.
 * Errors: TG_ENOMEM; TG_EDIVERGED r overflows within the horizon. */
TG_CHECKED tg_status tg_lagged_fill(double a, double b, double tau, double dt, size_t n,
                                    double *r, double *sum, double *square);

/* Steps tg_lagged_fill takes in all. */
double tg_lagged_steps(double a, double b, double tau, double horizon);

#endif
