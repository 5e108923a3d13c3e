/* rennala: a step by the first B gradients at the current point
 *
 *     x_{k+1} = x_k - eta (1/B) sum over the first B gradients at x_k
 *
 * Gradients at earlier points are ignored; nothing is aborted, whoever delivers reads at
 * once. The form that aborts them is k_batch_sync.
 */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    bool stepped;

    if (tg_sim_staleness(s, job) == 0)
        TG_TRY(tg_rule_gather(s, room, job, tg_sim_param(s)[0], &stepped));
    return tg_sim_assign(s, job->worker);
}

static const tg_param param[] = {
    { "batch", "", "B: gradients at one point", NAN, 1, 1e9, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_rennala = {
    .is = { "rennala", "Rennala SGD: a step by the first B gradients at the current point",
            "Tyurin, Richtarik 2023", param },
    .room = tg_room_gather,
    .deliver = deliver,
};
