#include "asgd/theory/envelope.h"

#include <math.h>

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
draw_line(double *log_e, size_t n, place from, double slope, double to, bool at_least)
{
    for (size_t i = (size_t)ceil(from.t); i < n && (double)i <= to; i++) {
        const double on = from.log + slope * ((double)i - from.t);
        log_e[i] = at_least ? fmax(log_e[i], on) : on;
    }
}

/* ln E. A peak that is lower than what comes later is a dent, and none of E; between two of it |y| falls
 * below half of the later one, or they are ripples of what does not swing. */
static void
envelope(const double *y, size_t n, double *log_e)
{
    place  next = { (double)n, -INFINITY }, here;
    double highest = 0, least = INFINITY, slope = NAN;

    for (size_t i = 0; i < n; i++) log_e[i] = log(fabs(y[i]));
    for (size_t i = n - 1; i-- > 0;) {
        highest = fmax(highest, fabs(y[i + 1]));
        least = fmin(least, fabs(y[i + 1]));
        if (i == 0)
            here = (place){ 0, 0 };
        else if (!find_peak(y, i, &here) || fabs(y[i]) < highest)
            continue;
        const bool swings = least < exp(next.log) / 2;
        if (!swings && !isnan(slope)) continue;
        if (swings) {
            const double to_next = (next.log - here.log) / (next.t - here.t);
            if (isnan(slope)) draw_line(log_e, n, next, slope = to_next, (double)n, true);
            draw_line(log_e, n, here, to_next, next.t, i == 0);
        }
        next = here;
        least = INFINITY;
    }
}

/* The last place of the envelope that is above LEAST. */
static place
end_of(const double *log_e, size_t n)
{
    const double least = log(LEAST);
    size_t       i = n - 1;

    while (i > 0 && !(log_e[i] > least)) i--;
    if (i == n - 1) return (place){ (double)i, log_e[i] };
    const double fall = log_e[i] - fmax(log_e[i + 1], log(NOISE));
    return (place){ (double)i + (log_e[i] - least) / fall, least };
}

/* Where E is largest in the last tenth before: that steps over a zero of a mean that never swings. */
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

double
tg_envelope_rate(const double *y, size_t n, double *room, bool *ended)
{
    envelope(y, n, room);
    const place end = end_of(room, n), at = before_end(room, end);

    *ended = end.t < (double)(n - 1);
    return -at.log / at.t;
}
