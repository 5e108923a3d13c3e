/* on_off: a worker is fast for a while, then slow for a while
 *
 * Both times are exponential, so that the state is a Markov process; at t = 0 it is in its
 * stationary law. An off worker of speed 0 is away.
 */
#include "asgd/workers/pace.h"

#include <math.h>

enum { ON, OFF, FAST, SLOW };

static const tg_param param[] = {
    { "on", "time", "mean time that it is on", NAN, 0, 1e100, true, false },
    { "off", "time", "mean time that it is off", NAN, 0, 1e100, true, false },
    { "fast", "1", "speed while it is on", 1, 0, 1e100, false, false },
    { "slow", "1", "speed while it is off", 0, 0, 1e100, false, false },
    { 0 },
};

static tg_status
check(const tg_pace *p)
{
    if (p->choice.param[FAST] > 0 || p->choice.param[SLOW] > 0) return TG_OK;
    return tg_fail(TG_EDOMAIN, "on_off: a worker needs a speed > 0 when on or off");
}

static void
next(const tg_pace *p, size_t place, tg_rng *g, tg_stretch *at)
{
    const double *q = p->choice.param;

    (void)place;
    at->state = at->n == 0 ? tg_rng_uniform(g) * (q[ON] + q[OFF]) < q[ON] : 1 - at->state;
    at->end += (at->state > 0 ? q[ON] : q[OFF]) * tg_rng_exponential(g);
    at->speed = at->state > 0 ? q[FAST] : q[SLOW];
}

static double
mean(const tg_pace *p)
{
    const double *q = p->choice.param;

    return (q[ON] * q[FAST] + q[OFF] * q[SLOW]) / (q[ON] + q[OFF]);
}

static double
largest(const tg_pace *p)
{
    return fmax(p->choice.param[FAST], p->choice.param[SLOW]);
}

static double
changes(const tg_pace *p)
{
    return 2 / (p->choice.param[ON] + p->choice.param[OFF]);
}

const tg_pace_kind tg_pace_on_off = {
    .is = { "on_off", "fast and slow, or there and away, by turns", "", param },
    .check = check,
    .next = next,
    .mean = mean,
    .largest = largest,
    .changes = changes,
};
