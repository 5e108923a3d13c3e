/* fedasync: the model is mixed with what the worker's step has made of what it read
 *
 *     x <- (1 - alpha_s) x + alpha_s (x_read - eta g),   alpha_s = alpha (1 + staleness)^-a
 *
 * which is a step of scale alpha_s along g + (x - x_read)/eta.
 */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    const double *param = tg_sim_param(s), *x = tg_sim_model(s),
                 *read = tg_sim_read(s, job);
    const double late = (double)tg_sim_staleness(s, job), eta = tg_sim_rate(s);
    double      *g = room;

    TG_TRY(tg_sim_gradient(s, job, g));
    for (size_t j = 0; j < tg_sim_dim(s); j++) g[j] += (x[j] - read[j]) / eta;
    TG_TRY(tg_sim_step(s, g, param[0] * pow(1 + late, -param[1])));
    return tg_sim_assign(s, job->worker);
}

static const tg_param param[] = {
    { "mixing", "", "alpha: weight of a fresh result", 0.6, 0, 1, true, false },
    { "exponent", "", "a: how the weight falls with staleness", 0.5, 0, 100, false, false },
    { 0 },
};

const tg_rule_kind tg_rule_fedasync = {
    .is = { "fedasync", "the model is mixed with the worker's, less the later it comes",
            "Xie, Koyejo, Gupta 2019", param },
    .room = tg_room_gradient,
    .deliver = deliver,
};
