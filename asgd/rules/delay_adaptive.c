/* delay_adaptive: steps of gradients later than the number of workers shrink
 *
 *     x_{k+1} = x_k - eta n / max(n, staleness) g(x_{k - staleness})
 */
#include "asgd/rules/parts.h"

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    const double n = (double)tg_sim_workers(s), late = (double)tg_sim_staleness(s, job);

    return tg_rule_follow(s, room, job, late > n ? n / late : 1);
}

const tg_rule_kind tg_rule_delay_adaptive = {
    .is = { "delay_adaptive", "steps eta n/max(n, staleness)",
            "Mishchenko, Bach, Even, Woodworth 2022", NULL },
    .room = tg_room_gradient,
    .deliver = deliver,
};
