/* windows: a worker is there for a share of each period
 *
 * With u = frac(t/period + phase + shift i) for the i-th worker of the group it is there while
 * u < open.
 */
#include "asgd/workers/pace.h"

#include <math.h>

enum { PERIOD, OPEN, PHASE, SHIFT };

static const tg_param param[] = {
    { "period", "time", "from opening to opening", NAN, 0, 1e100, true, false },
    { "open", "1", "share of it that the worker is there", NAN, 0, 1, true, false },
    { "phase", "1", "share of the period that is over at t = 0", 0, 0, 1, false, false },
    { "shift", "1", "how much more for each further worker", 0, 0, 1, false, false },
    { 0 },
};

/* From multiples of the period, so that no error adds up. */
static void
next(const tg_pace *p, size_t place, tg_rng *g, tg_stretch *at)
{
    const double *q = p->choice.param, open = q[OPEN];
    const double  gone = q[PHASE] + q[SHIFT] * (double)place, phase = gone - floor(gone);
    const double  turn = (double)at->n + (phase < open ? 0 : 1), round = floor(turn / 2);

    (void)g;
    at->speed = turn == 2 * round;
    at->end = (at->speed > 0 ? round + open : round + 1) * q[PERIOD] - phase * q[PERIOD];
    if (open == 1) at->end = INFINITY;
}

static double
mean(const tg_pace *p)
{
    return p->choice.param[OPEN];
}

static double
changes(const tg_pace *p)
{
    return 2 / p->choice.param[PERIOD];
}

const tg_pace_kind tg_pace_windows = {
    .is = { "windows", "there for a share of each period, away for the rest", "", param },
    .next = next,
    .mean = mean,
    .changes = changes,
};
