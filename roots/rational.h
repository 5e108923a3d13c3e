/* rational: loops whose characteristic equation is a polynomial
 *
 *     phi = N/Q:    (s + b) Q + a N = 0         asgd
 *                   (s + b) Q ((1 - beta) + beta s/lambda) + a N = 0   heavy_ball
 *                   the same with a N (1 + beta s/lambda)              nesterov
 *                   (s + b) m Q^2 + a N (Q - N)/s = 0                  dude
 *
 * for exponential, erlang, gamma of whole shape, hyperexponential, their sums and mixtures.
 * The roots are eigenvalues of the companion matrix, polished on the loop itself: all of
 * them, left of the poles of phi too, and there are exactly as many as the degree says.
 */
#ifndef TG_ROOTS_RATIONAL_H
#define TG_ROOTS_RATIONAL_H

#include "roots/set.h"

enum { RATIONAL_DEGREE = 40 };

/* The polynomial c[0] + c[1] x + ... of the loop in x = s m, m the mean delay; its degree,
 * or 0 if the loop is not rational or of too high a degree. */
size_t tg_rational_polynomial(const tg_loop *loop, double c[RATIONAL_DEGREE + 1]);

/* All its roots with Im s >= 0. Errors: TG_ENOCONV, TG_ENOMEM. */
TG_CHECKED tg_status tg_rational_search(const tg_loop *loop, const double *c, size_t degree,
                                        tg_root_set *out);

#endif
