/* faddeeva: w(z) = e^{-z^2} erfc(-i z) for complex z; erfc_scaled(z) = w(i z) = e^{z^2}
 * erfc z */
#ifndef TG_CORE_FADDEEVA_H
#define TG_CORE_FADDEEVA_H

#include <complex.h>

/* w(z), to 1e-15 of |w| wherever |w| is finite and away from its zeros in Im z < 0.
 * Source: Matta, Reichel 1971; error bounds: Al Azah, Chandler-Wilde 2021. */
double complex tg_faddeeva(double complex z);

/* e^{z^2} erfc(z). */
double complex tg_erfc_scaled(double complex z);

#endif
