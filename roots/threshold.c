/* The point q(w) = G(iw)/(iw + b) runs along a curve whose speed is bounded, so a step shorter
 * than its distance from the ray (-inf, -1/a*] over that speed cannot miss a crossing with a
 * smaller a than the best so far, a*. Beside the ray itself steps are a thousandth of the
 * distance to 0, and a crossing is a change of sign of Im q. The search ends where |q| <=
 * G(0)/w is too small for any. Derived here, theory 4. */
#include "roots/threshold.h"

#include "core/complexes.h"
#include "core/parallel.h"

#include <math.h>

enum { MOST_CHEAP = 4000000, MOST_COSTLY = 10000 };

typedef struct sweep {
    tg_loop unit;       /* the loop at a = 1 */
    double  open, most; /* G(0), |G'(0)| */
    double  rounding;   /* of Im G, where the law is known to so much of the whole only */
} sweep;

static double complex
point(const sweep *q, double w)
{
    double complex       phi;
    const double complex s = complex_of(q->unit.b, w);

    return tg_loop_kernel(&q->unit, complex_of(0, w), &phi) / s;
}

static double
sine(double complex q)
{
    return cimag(q) / cabs(q);
}

/* Where Im q changes sign between two frequencies: regula falsi, Illinois form. */
static double
crossing(const sweep *q, double low, double high)
{
    double at_low = sine(point(q, low)), at_high = sine(point(q, high)), w = high;
    int    side = 0;

    for (int i = 0; i < 100 && high - low > 4e-16 * high; i++) {
        w = (low * at_high - high * at_low) / (at_high - at_low);
        if (i % 4 == 3 || !(w > low && w < high)) w = (low + high) / 2;
        const double now = sine(point(q, w));
        if (now == 0) break;
        if ((now > 0) == (at_high > 0)) {
            high = w;
            at_high = now;
            if (side == 1) at_low /= 2;
            side = 1;
        } else {
            low = w;
            at_low = now;
            if (side == -1) at_high /= 2;
            side = -1;
        }
    }
    return w;
}

/* On the ray to the last bit, as where Im phi alone is left of a transform. */
static int
is_lost(double complex at)
{
    return fabs(cimag(at)) <= 1e-15 * cabs(at);
}

/* |q'| <= (|G'| + |G|/|s|)/|s|; |G| at most doubles on the way. */
static double
step(const sweep *q, double w, double complex at, double best)
{
    const double size = hypot(w, q->unit.b), end = -1 / best;
    const double gap = creal(at) <= end ? fabs(cimag(at)) : cabs(at - end);
    const double slope = fmin(q->most, tg_loop_steepest(&q->unit, 0, w));
    const double speed = (slope + 2 * cabs(at)) / size;

    return fmax(0.9 * gap, (is_lost(at) ? 0.1 : 1e-3) * cabs(at)) / speed;
}

static void
try_crossing(const sweep *q, double low, double high, tg_threshold *best)
{
    const double         w = crossing(q, low, high);
    const double complex at = point(q, w);
    const double         a = -1 / creal(at);

    if (!(a > 0) || !(a < best->a) || !(fabs(sine(at)) < 1e-6)) return;
    best->a = a;
    best->frequency = w;
}

/* -1, 0, 1; 0: within rounding. */
static int
side_of(const sweep *q, double w, double complex at)
{
    const double least = q->rounding / hypot(w, q->unit.b);

    return (cimag(at) > least) - (cimag(at) < -least);
}

/* Beside the ray for a decade: no crossing that doubles can tell will come. */
static int
is_over(double w, double complex at, double *lost)
{
    if (!is_lost(at) || creal(at) > 0)
        *lost = INFINITY;
    else
        *lost = fmin(*lost, w);
    return w > 10 * *lost;
}

/* Below w = G(0)/|G'(0)| the real part of G is > 0, and no crossing is possible. */
static tg_status
search(const sweep *q, tg_threshold *best)
{
    const size_t   most = q->rounding > 0 ? MOST_COSTLY : MOST_CHEAP;
    const double   first = q->open / q->most, last = 1e15 * first;
    double         before = first, lost = INFINITY;
    double complex at = point(q, first);
    int            side = side_of(q, first, at), now;
    size_t         steps = 0;

    for (double w = first; w < last && w < best->a * q->open && steps < most; steps++) {
        if (steps % 1024 == 1023) TG_TRY(tg_stop_check());
        const double next = w + fmin(w, step(q, w, at, best->a));
        at = point(q, next);
        now = side_of(q, next, at);
        if (now && side && now != side && creal(at) < 0)
            try_crossing(q, before, next, best);
        if (now) {
            side = now;
            before = next;
        }
        w = next;
        best->searched = next;
        if (is_over(w, at, &lost)) break;
    }
    return TG_OK;
}

tg_status
tg_loop_threshold(const tg_loop *loop, tg_threshold *out)
{
    sweep          q = { .unit = *loop };
    double complex slope;

    q.unit.a = 1;
    TG_TRY(tg_loop_check(&q.unit));
    const double m = tg_delay_mean(loop->delay);
    if (!(m > 0)) return tg_fail(TG_EDOMAIN, "a loop without delay has no threshold");
    if (!(loop->b >= 0))
        return tg_fail(TG_EDOMAIN, "threshold: b must be >= 0, got %g", loop->b);
    tg_threshold best = { .a = INFINITY };
    q.open = creal(tg_loop_value(&q.unit, 0, &slope)) - loop->b;
    q.most = fabs(creal(slope) - 1);
    q.rounding = tg_delay_costly(loop->delay) ? 1e-14 * q.open : 0;
    TG_TRY(search(&q, &best));
    best.gain = best.a * m;
    *out = best;
    return TG_OK;
}
