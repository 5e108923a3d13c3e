/* ringmaster: asynchronous SGD; work that reaches staleness R is aborted and begun again
 *
 *     x_{k+1} = x_k - eta g(x_{k - staleness}),    staleness < R
 *
 * Jobs stand in the order of their reading, so an update costs no more than what it aborts.
 */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    const tg_job *oldest;

    TG_TRY(tg_rule_follow(s, room, job, 1));
    while ((oldest = tg_sim_oldest(s)) &&
           (double)tg_sim_staleness(s, oldest) >= tg_sim_param(s)[0]) {
        const size_t worker = oldest->worker;
        TG_TRY(tg_sim_abort(s, worker));
        TG_TRY(tg_sim_assign(s, worker));
    }
    return TG_OK;
}

/* Nobody is aborted more often than once in R updates. */
static tg_rule_cost
cost(size_t dim, size_t workers, const double *param)
{
    (void)dim;
    return (tg_rule_cost){ .jobs = 1 + (double)workers / param[0] };
}

static const tg_param param[] = {
    { "r", "updates", "R: staleness at which work is aborted", NAN, 1, 1e15, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_ringmaster = {
    .is = { "ringmaster", "Ringmaster ASGD: work of staleness R is aborted and begun again",
            "Maranjyan, Tyurin, Richtarik 2025", param },
    .ages = true,
    .room = tg_room_gradient,
    .cost = cost,
    .deliver = deliver,
};
