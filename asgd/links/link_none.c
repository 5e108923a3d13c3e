/* none: nobody waits for anybody; a transfer takes its own time */
#include "asgd/links/link.h"

#include <math.h>

static double
most(const double *param)
{
    (void)param;
    return INFINITY;
}

static double
rate(const double *param, double n)
{
    (void)param, (void)n;
    return 1;
}

const tg_link_kind tg_link_none = {
    .is = { "none", "a way of its own for everybody", "", NULL },
    .most = most,
    .rate = rate,
};
