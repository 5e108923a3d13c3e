/* k_sync: rounds that end with the K-th worker; the others are aborted
 *
 *     x_{k+1} = x_k - eta (1/K) sum over the first K workers of g_i(x_k)
 */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    bool stepped;

    TG_TRY(tg_rule_gather(s, room, job, tg_sim_param(s)[0], &stepped));
    return stepped ? tg_rule_restart_all(s) : TG_OK;
}

static tg_rule_cost
cost(size_t dim, size_t workers, const double *param)
{
    (void)dim;
    return (tg_rule_cost){ .jobs = fmax(1, (double)workers / param[0]) };
}

static const tg_param param[] = {
    { "k", "", "workers a round waits for", NAN, 1, 1e9, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_k_sync = {
    .is = { "k_sync", "rounds of the first K workers, the others' work is aborted",
            "Dutta et al. 2018", param },
    .check = tg_rule_at_most_workers,
    .room = tg_room_gather,
    .cost = cost,
    .deliver = deliver,
};
