/* drift: a speed that wanders slowly
 *
 *     v = exp(s Z - s^2/2),   Z an Ornstein-Uhlenbeck process in its stationary law N(0, 1),
 *     E Z(t) Z(0) = exp(-t/correlation)
 *
 * held constant from one time of a grid to the next. E v = 1, and the covariance of speeds k steps
 * apart is exp(s^2 rho^k) - 1 with rho = exp(-step/correlation).
 */
#include "asgd/workers/pace.h"

#include <math.h>

enum { CORRELATION, SPREAD, STEP };

static const tg_param param[] = {
    { "correlation", "time", "time over which it wanders", NAN, 0, 1e100, true, false },
    { "spread", "1", "standard deviation of the logarithm of the speed", NAN, 0, 10, false,
      false },
    { "step", "time", "of the grid; 0: a tenth of the correlation time", 0, 0, 1e100, false,
      false },
    { 0 },
};

static double
step_of(const tg_pace *p)
{
    const double *q = p->choice.param;

    return q[STEP] > 0 ? q[STEP] : q[CORRELATION] / 10;
}

static void
next(const tg_pace *p, size_t place, tg_rng *g, tg_stretch *at)
{
    const double *q = p->choice.param, s = q[SPREAD];
    const double  step = step_of(p);
    const double  rho = at->n > 0 ? exp(-step / q[CORRELATION]) : 0;

    (void)place;
    at->state = rho * at->state + sqrt(1 - rho * rho) * tg_rng_normal(g);
    at->speed = exp(s * at->state - s * s / 2);
    at->end = (at->n + 1.) * step;
}

static double
mean(const tg_pace *p)
{
    (void)p;
    return 1;
}

static double
changes(const tg_pace *p)
{
    return 1 / step_of(p);
}

const tg_pace_kind tg_pace_drift = {
    .is = { "drift", "a speed that wanders slowly about 1", "Uhlenbeck, Ornstein 1930",
            param },
    .next = next,
    .mean = mean,
    .changes = changes,
};
