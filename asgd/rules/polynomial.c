/* polynomial: steps eta (1 + staleness)^-a */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    return tg_rule_follow(s, room, job,
                          pow(1 + (double)tg_sim_staleness(s, job), -tg_sim_param(s)[0]));
}

static const tg_param param[] = {
    { "exponent", "", "a", 0.5, 0, 100, false, false },
    { 0 },
};

const tg_rule_kind tg_rule_polynomial = {
    .is = { "polynomial", "steps eta (1 + staleness)^-a",
            "Xie, Koyejo, Gupta 2019, its weights on gradients", param },
    .room = tg_room_gradient,
    .deliver = deliver,
};
