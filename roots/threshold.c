#include "roots/threshold.h"

#include "core/complexes.h"

#include <math.h>

/* a(w) = -(i w + b)/G(i w); its imaginary part as a share of its size is the sine of what
 * the phase still lacks. */
static double complex
drive(const tg_loop *unit, double w)
{
    const double complex s = complex_of(0, w);
    const double complex open = tg_loop_value(unit, s, NULL) - s - unit->b;

    return -(s + unit->b) / open;
}

static double
sine(double complex a)
{
    return cimag(a) / cabs(a);
}

/* Where the sine changes sign between two frequencies: regula falsi, Illinois form. */
static double
crossing(const tg_loop *unit, double low, double high)
{
    double at_low = sine(drive(unit, low)), at_high = sine(drive(unit, high)), w = high;
    int    side = 0;

    for (int i = 0; i < 100 && high - low > 4e-16 * high; i++) {
        w = (low * at_high - high * at_low) / (at_high - at_low);
        if (!(w > low && w < high)) w = (low + high) / 2;
        const double now = sine(drive(unit, w));
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

/* a >= w/G(0), so the search ends where that exceeds the best so far. */
static void
search(const tg_loop *unit, double scale, double open, tg_threshold *best)
{
    double w = 1e-6 * scale, before = sine(drive(unit, w));

    while (w < 1e5 * scale && w < best->a * open) {
        const double next = w + fmax(0.02 * scale, 0.01 * w), now = sine(drive(unit, next));
        if ((now > 0) != (before > 0)) {
            const double         at = crossing(unit, w, next);
            const double complex a = drive(unit, at);
            if (creal(a) > 0 && fabs(sine(a)) < 1e-6 && creal(a) < best->a) {
                best->a = creal(a);
                best->frequency = at;
            }
        }
        w = next;
        before = now;
    }
}

/* Steps are small against the longest delay that matters: mean + a few deviations. */
tg_status
tg_loop_threshold(const tg_loop *loop, tg_threshold *out)
{
    tg_loop unit = *loop;

    unit.a = 1;
    TG_TRY(tg_loop_check(&unit));
    const double m = tg_delay_mean(loop->delay), cv = tg_delay_cv(loop->delay);
    if (!(m > 0)) return tg_fail(TG_EDOMAIN, "a loop without delay has no threshold");
    if (!(loop->b >= 0))
        return tg_fail(TG_EDOMAIN, "threshold: b must be >= 0, got %g", loop->b);
    tg_threshold best = { .a = INFINITY };
    const double open = creal(tg_loop_value(&unit, 0, NULL)) - loop->b;
    search(&unit, 1 / (m * (1 + fmin(cv, 3))), open, &best);
    best.gain = best.a * m;
    *out = best;
    return TG_OK;
}
