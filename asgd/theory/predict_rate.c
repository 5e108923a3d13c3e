/* predict_rate: how fast a mode decays where no characteristic root says so
 *
 * A law with a heavy tail has phi only on Re s >= 0; a stable mode then need not decay like
 * any exponential, in the end it decays like P(T > t). What it does over the horizon H,
 *
 *     rate(H) = -ln( E(t) / |y(0)| ) / t
 *
 * is the rate of the exponential through its beginning and its end: the effective rate. It
 * depends on H. E is the envelope of |y|: lines of ln |y| from peak to peak, and no less than such lines
 * before the first peak and after the last, so that no zero shows and the rate goes evenly with the gain; t is H, or when E passes 1e-5 |y(0)|
 * (y is known to 1e-9 of |y(0)|). Where y never swings, t is in the last tenth before that, where |y| is
 * largest. Derived here.
 */
#include "asgd/theory/predict_parts.h"

#include "solver/moments.h"

#include <math.h>

enum { POINTS = 1001 };
static const double LEAST = 1e-5, NOISE = 1e-7;

/* A place on ln E, time in steps of the grid. */
typedef struct place {
    double t, log;
} place;

/* Whether |y| has a peak at i, on the parabola through its neighbours. */
static bool
find_peak(const double *y, size_t i, place *out)
{
    if (y[i - 1] * y[i] <= 0 || y[i + 1] * y[i] <= 0) return false;
    const double before = fabs(y[i - 1]), here = fabs(y[i]), after = fabs(y[i + 1]);
    if (before >= here || after > here || here < NOISE) return false;
    const double bend = 2 * here - before - after, rise = after - before;
    *out = (place){ (double)i + rise / (2 * bend), log(here + rise * rise / (8 * bend)) };
    return true;
}

/* From `from` to `to` on a line; or no less than on it. */
static void
draw_line(double *log_e, place from, double slope, double to, bool at_least)
{
    for (size_t i = (size_t)ceil(from.t); i < POINTS && (double)i <= to; i++) {
        const double on = from.log + slope * ((double)i - from.t);
        log_e[i] = at_least ? fmax(log_e[i], on) : on;
    }
}

/* ln E, and whether y swings. */
static bool
envelope(const double *y, double *log_e)
{
    place  last = { 0, 0 }, next;
    double slope = 0;

    for (size_t i = 0; i < POINTS; i++) log_e[i] = log(fabs(y[i]));
    for (size_t i = 1; i + 1 < POINTS; i++) {
        if (!find_peak(y, i, &next)) continue;
        slope = (next.log - last.log) / (next.t - last.t);
        draw_line(log_e, last, slope, next.t, last.t == 0);
        last = next;
    }
    if (last.t > 0) draw_line(log_e, last, slope, POINTS, true);
    return last.t > 0;
}

/* The last place of the envelope that is above LEAST. */
static place
end_of(const double *log_e)
{
    const double least = log(LEAST);
    size_t       i = POINTS - 1;

    while (i > 0 && !(log_e[i] > least)) i--;
    if (i == POINTS - 1) return (place){ (double)i, log_e[i] };
    const double fall = log_e[i] - fmax(log_e[i + 1], log(NOISE));
    return (place){ (double)i + (log_e[i] - least) / fall, least };
}

/* Where |y| is largest in the last tenth before: that steps over a zero. */
static place
before_end(const double *log_e, place end)
{
    const double t = 0.9 * end.t;
    const size_t i = (size_t)t;
    place        best = { t, log_e[i] + (t - (double)i) * (log_e[i + 1] - log_e[i]) };

    for (size_t k = i + 1; (double)k <= end.t; k++)
        if (log_e[k] > best.log) best = (place){ (double)k, log_e[k] };
    return best;
}

tg_status
tg_case_effective_rate(const tg_case *c, double scale, double horizon,
                       tg_mode_prediction *mode)
{
    double y[POINTS], log_e[POINTS];
    scale *= c->own;
    const tg_loop l = tg_case_loop(c, mode->a * scale);
    const double  all = horizon / scale;

    mode->rate = -mode->re;
    mode->effective = !mode->exponential && mode->unstable == 0 && mode->re == 0;
    if (!mode->effective || !(horizon > 0)) return TG_OK;
    double span = fmin(16 * fmax(tg_delay_mean(l.delay), 1 / l.a), all);
    for (;; span = fmin(4 * span, all)) {
        TG_TRY(tg_moments_mean(&l, 1, span, POINTS, y));
        const bool  swings = envelope(y, log_e);
        const place end = end_of(log_e), at = swings ? end : before_end(log_e, end);
        mode->rate = -at.log * (POINTS - 1) / (at.t * span * scale);
        if (end.t < POINTS - 1 || span >= all) return TG_OK;
    }
}
