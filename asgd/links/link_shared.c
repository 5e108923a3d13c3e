/* shared: all share the link, none faster than alone: r(n) = min(1, c/n) */
#include "asgd/links/link.h"

#include <math.h>

enum { CAPACITY };

static const tg_param param[] = {
    { "capacity", "", "transfers that do not slow each other down", 1, 0, 1e9, true,
      false },
    { 0 },
};

static double
most(const double *p)
{
    (void)p;
    return INFINITY;
}

static double
rate(const double *p, double n)
{
    return fmin(1, p[CAPACITY] / n);
}

const tg_link_kind tg_link_shared = {
    .is = { "shared", "processor sharing: n at once move at min(1, capacity/n) each",
            "Kleinrock 1967", param },
    .most = most,
    .rate = rate,
};
