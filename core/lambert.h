/* lambert: the branches W_b of Lambert's function, w e^w = z
 *
 * W_b(z) + log W_b(z) = log z + 2 pi i b for b != 0 off the negative axis; branch cuts as
 * in Corless, Gonnet, Hare, Jeffrey, Knuth 1996. Everything dimensionless.
 */
#ifndef TG_CORE_LAMBERT_H
#define TG_CORE_LAMBERT_H

#include <complex.h>

/* W_b(z) to a few units in the last place (near -1/e on branches 0, -1 and 1, relative to
 * the distance from the branch point). W_b(0) is 0 for b = 0 and -inf otherwise.
 * Source: Corless et al. 1996, (4.20), (4.22); Halley's step (5.9). */
double complex tg_lambert(int b, double complex z);

#endif
