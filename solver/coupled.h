/* coupled: modes that share their gradient noise
 *
 * Minibatch least squares with batch B, feature covariance diag(h_i) and label noise s^2
 * has gradient covariance (1/B) [ (x'Hx) H + H x x' H + s^2 H ], so the stationary
 * variances obey
 *
 *     v = K v + k,   K_ij = g^2 I_i ( d_ij h_i^2 (1 + 1/B) + h_i h_j / B )
 *                    k_i  = g^2 I_i s^2 h_i / B
 *
 * with g^2 = eta^2 lambda [1/time] and I_i the energy of mode i [time] (derived here,
 * theory 3.4).
 */
#ifndef TG_SOLVER_COUPLED_H
#define TG_SOLVER_COUPLED_H

#include "core/status.h"

#include <stddef.h>

typedef struct tg_coupled {
    size_t        n; /* modes, >= 1 */
    const double *h; /* (n) eigenvalues >= 0 */
    const double
          *energy; /* (n) I_i, from tg_stationary_energy (the gain, under a filter) */
    double gain;   /* g^2 = eta^2 lambda > 0 */
    double batch;  /* B >= 1 */
    double label;  /* s^2 >= 0 */
} tg_coupled;

/* Spectral radius of K: below 1 the mean square settles, to the variances v (n) and the
 * loss floor sum h_i v_i / 2; from 1 on both are inf. v and floor may be NULL. Errors:
 * TG_EDOMAIN an argument out of range; TG_ENOCONV LAPACK; TG_ENOMEM. */
TG_CHECKED tg_status tg_coupled_floor(const tg_coupled *p, double *radius, double *v,
                                      double *floor);

#endif
