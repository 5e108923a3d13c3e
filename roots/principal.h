/* principal: the root of largest real part of s + b + a e^{-s tau} = 0 for many gains at
 * once
 *
 *     w + k e^{-w} = 0,   w = (s + b) tau = W_0(-k),   k = a tau e^{b tau} > 0
 *
 * W_0 is the only root with 0 < Im w < pi, or, for k <= 1/e, the real one with w >= -1; the
 * roots of all other branches lie to the left of it. Everything dimensionless.
 */
#ifndef TG_ROOTS_PRINCIPAL_H
#define TG_ROOTS_PRINCIPAL_H

#include "core/isa.h"

#include <stddef.h>

/* W_0(-k[i]), Im >= 0, into re, im (n), k[i] > 0 finite: the same bits on every instruction
 * set, to a few units in the last place of the distance from the branch point -1. Source:
 * Halley's iteration (Corless et al. 1996, (5.9)) from rational starts fitted here. */
void tg_principal_roots(tg_isa isa, const double *k, size_t n, double *re, double *im);

#endif
