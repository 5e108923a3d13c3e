/* schedule: speeds by a list, each from its time on; before the first time the speed is 1 */
#include "asgd/workers/pace.h"

#include <math.h>

static tg_status
check(const tg_pace *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const double least = i > 0 ? p->time[i - 1] : 0;
        if (!(p->time[i] >= least) || isinf(p->time[i]))
            return tg_fail(TG_EDOMAIN,
                           "times of a schedule of speeds must ascend from 0, "
                           "got %g after %g",
                           p->time[i], least);
        if (!(p->speed[i] >= 0) || isinf(p->speed[i]))
            return tg_fail(TG_EDOMAIN, "a speed must be >= 0, got %g", p->speed[i]);
    }
    return TG_OK;
}

static void
next(const tg_pace *p, size_t place, tg_rng *g, tg_stretch *at)
{
    (void)place, (void)g;
    at->speed = at->n > 0 ? p->speed[at->n - 1] : 1;
    at->end = at->n < p->n ? p->time[at->n] : INFINITY;
}

static double
mean(const tg_pace *p)
{
    return p->speed[p->n - 1];
}

static double
largest(const tg_pace *p)
{
    double most = 1;

    for (size_t i = 0; i < p->n; i++) most = fmax(most, p->speed[i]);
    return most;
}

const tg_pace_kind tg_pace_schedule = {
    .is = { "schedule", "speeds by a list of times", "", NULL },
    .listed = true,
    .check = check,
    .next = next,
    .mean = mean,
    .largest = largest,
};
