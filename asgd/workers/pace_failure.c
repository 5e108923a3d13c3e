/* failure: a worker works until it fails, and again when it is repaired
 *
 * It works at t = 0. `lost`: the job that it fails in begins again from nothing after the repair,
 * the same work W. With f failures a time and mean repairs of r a try lasts (1 - e^{-f W})/f in
 * the mean and succeeds with e^{-f W}, so there are e^{f W} tries and a repair less, and the job
 * takes (1/f + r)(e^{f W} - 1). Else it goes on where it was. Repairs of infinite mean: the worker
 * never comes back.
 */
#include "asgd/workers/pace.h"

#include <math.h>

enum { TO_FAILURE, REPAIR, LOST };

static const tg_param param[] = {
    { "working", "time", "mean time to a failure", NAN, 0, INFINITY, true, false },
    { "repair", "time", "mean time of a repair; inf: there is none", NAN, 0, INFINITY,
      false, false },
    { "lost", "", "1: work under way is lost, 0: it goes on", 1, 0, 1, false, true },
    { 0 },
};

static void
next(const tg_pace *p, size_t place, tg_rng *g, tg_stretch *at)
{
    const double *q = p->choice.param;
    const bool    works = at->n % 2 == 0;

    (void)place;
    at->end += (works ? q[TO_FAILURE] : q[REPAIR]) * tg_rng_exponential(g);
    at->speed = works;
    at->loses = works && q[LOST] > 0;
}

static double
mean(const tg_pace *p)
{
    const double *q = p->choice.param;

    if (isinf(q[TO_FAILURE])) return 1;
    if (isinf(q[REPAIR])) return 0;
    return q[LOST] > 0 ? NAN : q[TO_FAILURE] / (q[TO_FAILURE] + q[REPAIR]);
}

static double
changes(const tg_pace *p)
{
    const double *q = p->choice.param;

    return 2 / (q[TO_FAILURE] + q[REPAIR]);
}

const tg_pace_kind tg_pace_failure = {
    .is = { "failure", "works until it fails, and again when it is repaired", "", param },
    .next = next,
    .mean = mean,
    .changes = changes,
};
