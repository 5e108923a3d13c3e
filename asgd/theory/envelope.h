/* envelope: the rate of a mean that may swing and need not fall like an exponential
 *
 *     -ln E(t) / t,   E the envelope of |y|, y(0) = 1
 *
 * is the rate of the exponential through its beginning and its end. ln E runs straight from peak to peak of
 * |y|, between which it falls below half, and is no less than such lines before the first peak and after the
 * last: no zero shows, and the rate goes evenly with whatever y depends on. t is where E is largest in the last
 * tenth before the end of what is known or, sooner, before E passes 1e-5. Derived here, theory 3.1. Private to
 * asgd/theory.
 */
#ifndef TG_ASGD_ENVELOPE_H
#define TG_ASGD_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

/* The rate [1/step] of y (n), n >= 3, y[0] = 1 and known to some 1e-9, by room (n); whether E passes 1e-5. */
double tg_envelope_rate(const double *y, size_t n, double *room, bool *ended);

#endif
