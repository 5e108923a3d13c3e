/* drop: asynchronous SGD that drops what is staler than a limit */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    if ((double)tg_sim_staleness(s, job) <= tg_sim_param(s)[0])
        return tg_rule_follow(s, room, job, 1);
    return tg_sim_assign(s, job->worker);
}

static const tg_param param[] = {
    { "limit", "updates", "largest staleness that is used", NAN, 0, 1e15, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_drop = {
    .is = { "drop", "drops gradients that are staler than a limit", "Agarwal, Duchi 2011",
            param },
    .room = tg_room_gradient,
    .deliver = deliver,
};
