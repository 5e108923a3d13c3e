/* bounds: what is known of f(s) = s + b + a G(s) on a half-plane without looking there
 *
 * G = phi F is the transform of a positive measure for every filter, so on Re s >= x, right
 * of its poles and its abscissa, |G(s)| <= G(x), |G'(s)| <= -G'(x), |G''(s)| <= G''(x):
 *
 *     |s| <= R(x)    = |b| + |a| G(x)      at a zero s of f with Re s >= x
 *     |f'(s)| <= D(x)  = 1 + |a| |G'(x)|
 *     |f''(s)| <= D2(x) = |a| G''(x) <= |a| (G'(x) - G'(x - d))/d,   any d > 0
 *
 * They are tabulated on a ladder of x; a bound at a rung holds right of it. Derived here.
 */
#ifndef TG_ROOTS_BOUNDS_H
#define TG_ROOTS_BOUNDS_H

#include "core/loop.h"

enum { RUNGS = 64, SEEDS = 16, MOST_STEPS = 1000000 };

typedef struct tg_bounds {
    const tg_loop *loop;
    double         left, right; /* no zero has Re s > right */
    double         top;         /* none has |Im s| > top, and |b + a G| < |s| there */
    double         bent;        /* <= left: the first rung's D2 holds right of it */
    size_t         rungs;
    double         radius[RUNGS], slope[RUNGS], bend[RUNGS]; /* R, D, D2 right of rung k */
    int            local;             /* does tg_bounds_slope() know more than D? */
    size_t         evaluations, most; /* of f; a walk gives up after so many */
    size_t         seeds;
    double complex seed[SEEDS]; /* where a walk along a line passed a least |f| */
} tg_bounds;

/* Tabulate the bounds for Re s >= left on so many rungs, 1..RUNGS. Errors: TG_EDOMAIN the
 * loop is incomplete, or `left` is not right of the law's abscissa and poles (the message
 * names them). */
TG_CHECKED tg_status tg_bounds_make(const tg_loop *loop, double left, size_t rungs,
                                    tg_bounds *out);

/* Bounds that hold for Re s >= x, x >= left. */
size_t tg_bounds_rung(const tg_bounds *b, double x);

/* A bound of |f'| for Re s >= x, |Im s| >= height: where phi has a pole or a branch point on
 * the real axis, much smaller than D near the line through it. */
double tg_bounds_slope(const tg_bounds *b, double x, double height);

/* The rightmost x where the loop stops being analytic: its abscissa or a pole; -inf:
 * nowhere. */
double tg_loop_edge(const tg_loop *loop);

#endif
