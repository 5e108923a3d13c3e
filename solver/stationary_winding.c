/* The number of unstable roots by the argument principle, with steps that cannot lose a
 * turn.
 *
 * The kernel kappa = phi F is the transform of a positive measure for every filter, so
 * |kappa(iw)| <= kappa(0) and |kappa'(iw)| <= |kappa'(0)|. Hence
 *     |f(iw + ih) - f(iw)| <= h L,   L = 1 + |a kappa'(0)|:  h < |f| / L keeps f off 0
 * between; beyond W = |b| + |a| kappa(0) the argument of f(iw) stays in (0, pi) and tends
 * to pi/2.
 */
#include "solver/stationary.h"

#include <math.h>

#define STEPS_MAX 1000000

static tg_status
bounds(const tg_loop *l, double *lipschitz, double *end)
{
    double complex       slope;
    const double complex f0 = tg_loop_value(l, 0, &slope);

    *lipschitz = 1 + cabs(slope - 1);
    *end = fabs(l->b) + fabs(creal(f0) - l->b);
    if (isfinite(*lipschitz) && isfinite(*end)) return TG_OK;
    return tg_fail(TG_EDOMAIN,
                   "the delay law has no finite mean, or a coefficient is not finite");
}

tg_status
tg_stationary_unstable_roots(const tg_loop *l, size_t *unstable)
{
    double lipschitz, end, turned = 0, w = 0;

    if (!l->delay) return tg_fail(TG_EDOMAIN, "the loop has no delay law");
    TG_TRY(bounds(l, &lipschitz, &end));
    double complex f = tg_loop_value(l, 0, NULL);
    for (int step = 0; w < end; step++) {
        const double h = 0.9 * cabs(f) / lipschitz;
        if (!(h > 1e-13 * end))
            return tg_fail(TG_ENOCONV, "a characteristic root lies on the axis near %gi",
                           w);
        if (step == STEPS_MAX)
            return tg_fail(TG_ENOCONV, "the phase turns too often up to frequency %g", end);
        const double complex next = tg_loop_value(l, I * (w += h), NULL);
        turned += carg(next / f);
        f = next;
    }
    turned += end > 0 ? acos(-1) / 2 - carg(f) : 0;
    /* f(0) < 0 starts at argument pi instead of 0; the turn counts from there all the same
     */
    *unstable = (size_t)lround(0.5 - turned / acos(-1));
    return TG_OK;
}
