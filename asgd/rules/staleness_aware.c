/* staleness_aware: steps eta / (1 + staleness) */
#include "asgd/rules/parts.h"

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    return tg_rule_follow(s, room, job, 1 / (1 + (double)tg_sim_staleness(s, job)));
}

const tg_rule_kind tg_rule_staleness_aware = {
    .is = { "staleness_aware", "steps eta/(1 + staleness)", "Zhang, Gupta, Lian, Liu 2016",
            NULL },
    .room = tg_room_gradient,
    .deliver = deliver,
};
