/* uniform: each gradient is a step, and the next job goes to any worker
 *
 *     x_{k+1} = x_k - eta g_w(x_{k - staleness}),    the new job to i ~ Uniform{1..n}
 *
 * Jobs wait in their worker's queue, so that everybody's data count alike however fast they
 * are.
 */
#include "asgd/rules/parts.h"

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    TG_TRY(tg_sim_gradient(s, job, room));
    TG_TRY(tg_sim_step(s, room, 1));
    return tg_sim_assign(s, (size_t)tg_rng_below(tg_sim_dice(s), tg_sim_workers(s)));
}

const tg_rule_kind tg_rule_uniform = {
    .is = { "uniform", "each gradient is a step, the next job goes to a random worker",
            "Koloskova, Stich, Jaggi 2022", NULL },
    .room = tg_room_gradient,
    .deliver = deliver,
};
