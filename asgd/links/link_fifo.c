/* fifo: first come, first served, by so many servers; the others wait */
#include "asgd/links/link.h"

enum { SERVERS };

static const tg_param param[] = {
    { "servers", "", "transfers at once", 1, 1, 1e9, false, true },
    { 0 },
};

static double
most(const double *p)
{
    return p[SERVERS];
}

static double
rate(const double *p, double n)
{
    (void)p, (void)n;
    return 1;
}

const tg_link_kind tg_link_fifo = {
    .is = { "fifo", "first come, first served; the others wait", "Erlang 1917", param },
    .most = most,
    .rate = rate,
};
