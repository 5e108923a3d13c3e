/* asgd: every gradient is a step, and its worker reads again at once
 *
 *     x_{k+1} = x_k - eta g(x_{k - staleness})
 */
#include "asgd/rules/rule.h"

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)workers;
    (void)param;
    return dim * sizeof(double);
}

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    TG_TRY(tg_sim_gradient(s, job, room));
    TG_TRY(tg_sim_step(s, room, 1));
    return tg_sim_assign(s, job->worker);
}

const tg_rule_kind tg_rule_asgd = {
    .is = { "asgd", "asynchronous SGD: each arriving gradient is a step at once",
            "Recht, Re, Wright, Niu 2011", NULL },
    .room = room,
    .deliver = deliver,
};
