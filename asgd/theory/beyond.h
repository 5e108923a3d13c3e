/* beyond: moments of a Gaussian gradient where its norm is beyond delta
 *
 *     g_j ~ N(mu_j, s_j^2) independent:    P(|g| > delta),  E g_j 1,  E g_j^2 1,  d/dmu_j E g_j 1
 *
 * One coordinate: closed forms. Several: |g|^2 has the transform
 *
 *     M(p) = prod_j q_j^{1/2} exp(-p mu_j^2 q_j),    q_j = 1/(1 + 2 p s_j^2)
 *
 * and what is asked the transforms mu_j q_j M, (s_j^2 q_j + mu_j^2 q_j^2) M, (q_j - 2 p mu_j^2 q_j^2) M,
 * inverted along a hyperbola through the saddle point of M(p) e^{p delta^2}/p: right of 0 that is what
 * is within delta, left of it what is beyond, so that the smaller one has no cancellation. Errors below
 * 1e-9 of the whole. Derived here, theory 8. */
#ifndef TG_ASGD_BEYOND_H
#define TG_ASGD_BEYOND_H

#include <stddef.h>

/* mu, s2 (n): means [loss/x] and variances. share: P(|g| > delta); first, second, slope (n): E g_j 1
 * [loss/x], E g_j^2 1, d/dmu_j E g_j 1. Without any variance slope is that of the side it is on. */
void tg_beyond(size_t n, const double *mu, const double *s2, double delta, double *share,
               double *first, double *second, double *slope);

#endif
