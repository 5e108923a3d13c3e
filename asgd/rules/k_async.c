/* k_async: a step by the first K workers that deliver; these read, the others go on
 *
 * Who has delivered waits for the step, so that K different workers make it:
 *     x_{k+1} = x_k - eta (1/K) sum over K workers of g_i(x_{k - staleness of i})
 */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    bool stepped;

    TG_TRY(tg_rule_gather(s, room, job, tg_sim_param(s)[0], &stepped));
    return stepped ? tg_sim_assign_idle(s) : TG_OK;
}

static const tg_param param[] = {
    { "k", "", "workers a step waits for", NAN, 1, 1e9, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_k_async = {
    .is = { "k_async", "a step by the mean of the first K workers, the others go on",
            "Dutta et al. 2018", param },
    .check = tg_rule_at_most_workers,
    .room = tg_room_gather,
    .deliver = deliver,
};
