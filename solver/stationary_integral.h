/* stationary_integral: integrals of 1/|f(iw)|^2 by quadrature over frequency. Private to
 * solver/. f has all its roots left of the axis.
 */
#ifndef TG_SOLVER_STATIONARY_INTEGRAL_H
#define TG_SOLVER_STATIONARY_INTEGRAL_H

#include "core/loop.h"

/* int_0^inf r(t) r(t + lag) dt, lag >= 0. Errors: TG_ENOCONV. */
TG_CHECKED tg_status tg_stationary_overlap(const tg_loop *l, double lag, double *out);

/* (1/pi) int_0^inf N(w) cos(w lag) / |f(iw)|^2 dw, given the overlap. Errors: TG_ENOCONV. */
TG_CHECKED tg_status tg_stationary_filtered(const tg_loop *l, double lag, double overlap,
                                            double *out);

#endif
