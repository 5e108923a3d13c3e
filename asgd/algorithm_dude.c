/* dude: the server keeps the latest gradient of every worker and steps by their mean
 *
 *     G_w <- g,    x <- x - step (1/n) sum_i G_i
 *
 * Nothing moves until every worker has delivered once; the delivery that completes the set
 * fills its slot only. Source: Wang, Sun, Wai, Zhang 2024 (DuDe-ASGD). */
#include "asgd/algorithm.h"

/* Layout of the state: mean (dim), slots (workers, dim), delivered (workers), missing. */
static size_t
state(size_t dim, size_t workers)
{
    return dim + workers * dim + workers + 1;
}

static bool
arrive(tg_server *s, size_t worker, const double *gradient)
{
    double *mean = s->state, *slot = s->state + s->dim * (1 + worker);
    double *delivered = s->state + s->dim * (1 + s->workers),
           *count = delivered + s->workers;
    const bool complete = *count == (double)s->workers;

    for (size_t j = 0; j < s->dim; j++) {
        mean[j] += (gradient[j] - slot[j]) / (double)s->workers;
        slot[j] = gradient[j];
    }
    *count += 1 - delivered[worker];
    delivered[worker] = 1;
    if (!complete) return false;
    for (size_t j = 0; j < s->dim; j++) s->x[j] -= s->step * mean[j];
    return true;
}

const tg_algorithm tg_dude = {
    .name = "dude",
    .doc = "DuDe-ASGD: each arrival steps by the mean of all workers' latest gradients",
    .filter = "dude",
    .state = state,
    .arrive = arrive
};
