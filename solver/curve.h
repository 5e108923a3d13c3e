/* curve: a costly function at every point of a smooth curve, from a few of them
 *
 * The function is taken at nodes which lie among n points like Chebyshev's, by the
 * barycentric formula elsewhere (Berrut, Trefethen 2004); where that misses points between
 * nodes by more than 3e-15 the stretch is halved, and short stretches are taken point by
 * point. So a transform that is analytic along the curve costs a tenth, and one that is not
 * costs what it did. Private to solver/.
 */
#ifndef TG_SOLVER_CURVE_H
#define TG_SOLVER_CURVE_H

#include "core/loop.h"

/* Transforms of a loop at one frequency, as by tg_loop_kernel(). */
typedef struct tg_transforms {
    double complex phi, kappa;
} tg_transforms;

/* Those at s (n), which moves smoothly along its points. */
void tg_curve_transforms(const tg_loop *l, const double complex *s, size_t n,
                         tg_transforms *out);

#endif
