/* The number of roots right of a line by the argument principle, with steps that cannot
 * lose a turn.
 *
 * The kernel kappa = phi F is the transform of a positive measure for every filter, so for
 * Re s >= 0 |kappa(s)| <= kappa(0) and |kappa'(s)| <= |kappa'(0)|. Hence on s = left + iw
 *     |f(s + ih) - f(s)| <= h L,   L = 1 + |a kappa'(0)|:  h < |f| / L keeps f off 0
 * between; beyond w = |a| kappa(0) the argument of f(s) stays in (0, pi) and tends to pi/2.
 */
#include "solver/winding.h"

#include "solver/stationary.h"

#include <math.h>

#define STEPS_MAX 1000000

/* L, and |b| + |a| kappa(0), which no root right of the axis exceeds. */
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

/* As tg_winding_right_of; where a root is on the line, *on_line receives its height. */
static tg_status
walk(const tg_loop *l, double left, size_t *count, double *on_line)
{
    double lipschitz, end, turned = 0, w = 0;

    *on_line = NAN;
    if (!l->delay) return tg_fail(TG_EDOMAIN, "the loop has no delay law");
    TG_TRY(bounds(l, &lipschitz, &end));
    double complex f = tg_loop_value(l, left, NULL);
    for (int step = 0; w < end; step++) {
        const double h = 0.9 * cabs(f) / lipschitz;
        if (!(h > 1e-13 * end)) {
            *on_line = w;
            return TG_OK;
        }
        if (step == STEPS_MAX)
            return tg_fail(TG_ENOCONV, "the phase turns too often up to frequency %g", end);
        const double complex next = tg_loop_value(l, left + I * (w += h), NULL);
        turned += carg(next / f);
        f = next;
    }
    turned += end > 0 ? acos(-1) / 2 - carg(f) : 0;
    /* f(left) < 0 starts at argument pi instead of 0; the turn counts from there all the
     * same
     */
    *count = (size_t)lround(0.5 - turned / acos(-1));
    return TG_OK;
}

tg_status
tg_winding_right_of(const tg_loop *l, double left, size_t *count)
{
    double on_line;

    TG_TRY(walk(l, left, count, &on_line));
    if (isnan(on_line)) return TG_OK;
    return tg_fail(TG_ENOCONV, "a characteristic root lies at %g + %gi, nearly", left,
                   on_line);
}

/* A line on a root counts as left of it. */
static tg_status
any_right_of(const tg_loop *l, double left, int *any)
{
    size_t count = 0;
    double on_line;

    TG_TRY(walk(l, left, &count, &on_line));
    *any = count > 0 || !isnan(on_line);
    return TG_OK;
}

tg_status
tg_winding_growth(const tg_loop *l, double *growth)
{
    double lipschitz, low = 0, high;
    int    any;

    TG_TRY(any_right_of(l, 0, &any));
    *growth = 0;
    if (!any) return TG_OK;
    TG_TRY(bounds(l, &lipschitz, &high));
    while (high - low > 0.01 * low && high > 1e-9 * (fabs(l->a) + fabs(l->b))) {
        const double middle = low > 0 ? sqrt(low * high) : high / 16;
        TG_TRY(any_right_of(l, middle, &any));
        if (any)
            low = middle;
        else
            high = middle;
    }
    *growth = high;
    return TG_OK;
}

tg_status
tg_stationary_unstable_roots(const tg_loop *l, size_t *unstable)
{
    return tg_winding_right_of(l, 0, unstable);
}
