/* asgd: every gradient is a step, and its worker reads again at once
 *
 *     x_{k+1} = x_k - eta g(x_{k - staleness})
 */
#include "asgd/rules/parts.h"

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    return tg_rule_follow(s, room, job, 1);
}

const tg_rule_kind tg_rule_asgd = {
    .is = { "asgd", "asynchronous SGD: each arriving gradient is a step at once",
            "Recht, Re, Wright, Niu 2011", NULL },
    .room = tg_room_gradient,
    .deliver = deliver,
};
