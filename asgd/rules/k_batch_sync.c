/* k_batch_sync: rounds that end with the K-th gradient, whoever's it is
 *
 * Workers go on at the same point until there are K gradients; then all are aborted and
 * read:
 *     x_{k+1} = x_k - eta (1/K) sum over the first K gradients at x_k
 */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    bool stepped;

    TG_TRY(tg_rule_gather(s, room, job, tg_sim_param(s)[0], &stepped));
    return stepped ? tg_rule_restart_all(s) : tg_sim_assign_same(s, job->worker, job);
}

static tg_rule_cost
cost(size_t dim, size_t workers, const double *param)
{
    (void)dim;
    return (tg_rule_cost){ .jobs = fmax(1, (double)workers / param[0]) };
}

static const tg_param param[] = {
    { "k", "", "gradients a round waits for", NAN, 1, 1e9, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_k_batch_sync = {
    .is = { "k_batch_sync", "rounds of the first K gradients, the others' work is aborted",
            "Dutta et al. 2018", param },
    .room = tg_room_gather,
    .cost = cost,
    .deliver = deliver,
};
