/* koloskova: steps of gradients later than the number of workers are bounded
 *
 *     eta                              staleness <= n
 *     min(eta, 1/(4 L staleness))      else
 */
#include "asgd/rules/parts.h"

#include <math.h>

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    const double late = (double)tg_sim_staleness(s, job);
    const double bound = 1 / (4 * tg_sim_param(s)[0] * late * tg_sim_rate(s));

    return tg_rule_follow(s, room, job,
                          late <= (double)tg_sim_workers(s) ? 1 : fmin(1, bound));
}

static const tg_param param[] = {
    { "smoothness", "loss/x^2", "L: largest eigenvalue of the Hessian", NAN, 0, 1e300, true,
      false },
    { 0 },
};

const tg_rule_kind tg_rule_koloskova = {
    .is = { "koloskova",
            "steps min(eta, 1/(4 L staleness)) beyond as many updates as workers",
            "Koloskova, Stich, Jaggi 2022", param },
    .room = tg_room_gradient,
    .deliver = deliver,
};
