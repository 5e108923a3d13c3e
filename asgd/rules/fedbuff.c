/* fedbuff: a step every K gradients; whoever delivers reads at once
 *
 *     x_{k+1} = x_k - eta (1/K) sum of the K gradients in the buffer
 *
 * The same as K-batch-async (Dutta et al. 2018).
 */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    bool stepped;

    TG_TRY(tg_rule_gather(s, room, job, tg_sim_param(s)[0], &stepped));
    return tg_sim_assign(s, job->worker);
}

static const tg_param param[] = {
    { "k", "", "gradients that the buffer holds", NAN, 1, 1e9, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_fedbuff = {
    .is = { "fedbuff", "a step by the mean of every K gradients", "Nguyen et al. 2022",
            param },
    .room = tg_room_gather,
    .deliver = deliver,
};
