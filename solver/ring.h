/* ring: causal sequences as generating functions on a circle
 *
 *     X(zeta) = sum_n x_n zeta^n  at  zeta_k = rho e^{-2 pi i k / L},   k = 0 .. L/2
 *
 * where a convolution is a product and a convolution equation a division. With L >= 2 n and
 * (rho q)^L = 1e-11 the n first terms of a sequence that grows like q^n at most come back
 * to about 3e-11 of the largest x_n q^-n (Lubich 1988: the terms beyond fold back scaled by
 * rho^L, rounding is scaled by rho^-n). Private to solver/.
 */
#ifndef TG_SOLVER_RING_H
#define TG_SOLVER_RING_H

#include "core/status.h"

#include <complex.h>
#include <stddef.h>

typedef struct tg_ring {
    size_t          n, length, points; /* terms kept; L; L/2 + 1 */
    double          rho;
    double complex *circle; /* (points) workspace, the beginning of one block for all */
    double         *line;   /* (length) workspace */
    double complex *room;   /* (4, points) for the users of the ring, who may not keep it */
    void           *forward, *back;
} tg_ring;

/* A ring for sequences of n >= 1 terms that grow by at most a factor `growth` >= 1 a term.
 * Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_ring_create(size_t n, double growth, tg_ring **out);
void                 tg_ring_free(tg_ring *r);

double complex tg_ring_point(const tg_ring *r, size_t k); /* zeta_k */

/* Between x (n) and its generating function X (points). */
void tg_ring_forward(tg_ring *r, const double *x, double complex *X);
void tg_ring_back(tg_ring *r, const double complex *X, double *x);

#endif
