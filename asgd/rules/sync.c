/* sync: rounds; everybody reads, the model steps by the mean when the last has delivered
 *
 *     x_{k+1} = x_k - eta (1/n) sum_i g_i(x_k)
 */
#include "asgd/rules/parts.h"

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    bool stepped;

    TG_TRY(tg_rule_gather(s, room, job, (double)tg_sim_workers(s), &stepped));
    return stepped ? tg_sim_assign_idle(s) : TG_OK;
}

const tg_rule_kind tg_rule_sync = {
    .is = { "sync", "synchronous SGD: a step by the mean of all workers' gradients",
            "Chen, Monga, Bengio, Jozefowicz 2016", NULL },
    .room = tg_room_gather,
    .deliver = deliver,
};
