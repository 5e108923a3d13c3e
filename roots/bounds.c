#include "roots/bounds.h"

#include <math.h>

double
tg_loop_edge(const tg_loop *loop)
{
    tg_delay_pole pole[32];
    const size_t  n = tg_loop_poles(loop, pole, 32);
    double        edge = tg_loop_abscissa(loop);

    for (size_t i = 0; i < n && i < 32; i++) edge = fmax(edge, pole[i].at);
    return edge;
}

/* R(x) and |a| G'(x) at real x. */
static double
radius_at(tg_bounds *b, double x, double *pull)
{
    const tg_loop *l = b->loop;
    double complex slope;
    const double   open = creal(tg_loop_value(l, x, &slope)) - x - l->b;

    b->evaluations++;
    *pull = fabs(creal(slope) - 1);
    return fabs(l->b) + fabs(open);
}

/* A zero with real part x has x <= |s| <= R(x), which falls: halve towards where they meet.
 */
static double
right_end(tg_bounds *b)
{
    double low = b->left, pull, high = fmax(radius_at(b, fmax(b->left, 0), &pull), b->left);

    for (int i = 0; i < 12; i++) {
        const double x = (low + high) / 2;
        if (x > radius_at(b, x, &pull))
            high = x;
        else
            low = x;
    }
    return high;
}

/* G'' right of x by the difference of slopes over h to its left, no more than a rung or a
 * tenth of the mean delay's rate, for G' may rise like an exponential; half of that further
 * for the first rung, whose bound holds there. Where the law ends before: infinite, or at
 * x = 0 of a plain loop by the second moment. */
static void
fill(tg_bounds *b, double edge)
{
    const double d = (b->right - b->left) / RUNGS,
                 h = fmin(d, 0.1 / tg_delay_mean(b->loop->delay));
    double pull, before;

    b->bent = b->left - 1.5 * h > edge ? b->left - h / 2 : b->left;
    for (size_t k = 0; k < b->rungs; k++) {
        const double x = b->left + (double)k * d, from = k == 0 ? b->bent : x;
        b->radius[k] = radius_at(b, x, &pull);
        b->slope[k] = 1 + pull;
        if (from < x) radius_at(b, from, &pull);
        if (from - h > edge)
            radius_at(b, from - h, &before);
        else
            before = INFINITY;
        b->bend[k] = fmax(0, before - pull) / h + 1e-12 * pull / h;
    }
    const tg_loop *l = b->loop;
    if (!isfinite(b->bend[0]) && b->left >= 0 &&
        (!l->filter || l->filter == tg_filters[0])) {
        const double m = tg_delay_mean(l->delay);
        b->bend[0] = fabs(l->a) * (tg_delay_variance(l->delay) + m * m);
    }
}

/* Is phi half of phi(left) at a height? */
static int
fades(const tg_loop *l, double left, double height)
{
    double slope;

    return tg_delay_largest(l->delay, left, height, &slope) <
           creal(tg_delay_laplace(l->delay, left, NULL)) / 2;
}

/* A zero at height y has y <= |s| <= |b| + |a| max |phi| there and above, which falls: halve
 * towards where they meet, for a plain loop. */
static double
top_of(const tg_bounds *b)
{
    const tg_loop *l = b->loop;
    double         low = 0, high = b->radius[0] * (1 + 1e-6) + 1e-300, slope;

    if (!b->local || (l->filter && l->filter != tg_filters[0])) return high;
    for (int i = 0; i < 40 && high - low > 1e-3 * high; i++) {
        const double y = low > 0 ? (low + high) / 2 : high / 8;
        const double open =
            fabs(l->a) * tg_delay_largest(l->delay, b->left, y, &slope) + fabs(l->b);
        if (y > open * (1 + 1e-6))
            high = y;
        else
            low = y;
    }
    return high;
}

tg_status
tg_bounds_make(const tg_loop *loop, double left, size_t rungs, tg_bounds *out)
{
    TG_TRY(tg_loop_check(loop));
    const double edge = tg_loop_edge(loop);
    tg_bounds    b = { .loop = loop, .left = left, .rungs = rungs, .most = MOST_STEPS };

    if (!isfinite(left)) return tg_fail(TG_EDOMAIN, "a line must be finite, got %g", left);
    if (!(left > edge) && !(left == edge && left == 0))
        return tg_fail(TG_EDOMAIN,
                       "the line %g is not right of %g, where the transform of %s ends",
                       left, edge, tg_delay_text(loop->delay));
    double       pull;
    const double radius = radius_at(&b, left, &pull);
    if (!isfinite(radius) || !isfinite(pull))
        return tg_fail(TG_EDOMAIN, "the line %g is too far left: the transform overflows",
                       left);
    b.right = right_end(&b);
    b.local = left >= 0 || isfinite(edge) || fades(loop, left, radius);
    fill(&b, edge);
    b.top = top_of(&b);
    *out = b;
    return TG_OK;
}

size_t
tg_bounds_rung(const tg_bounds *b, double x)
{
    const double k = (x - b->left) / (b->right - b->left) * RUNGS;

    return k >= (double)b->rungs ? b->rungs - 1 : k > 0 ? (size_t)k : 0;
}

double
tg_bounds_slope(const tg_bounds *b, double x, double height)
{
    const double most = b->slope[tg_bounds_rung(b, x)];

    if (!b->local) return most;
    return fmin(most,
                1 + fabs(b->loop->a) * tg_loop_steepest(b->loop, fmax(x, b->left), height));
}
