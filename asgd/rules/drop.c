/* drop: asynchronous SGD that drops what is staler than a limit
 *
 * Staleness is the number of updates since the job read, or, `by_arrivals`, that of all
 * arrivals, dropped ones too: the iterations of the literature, in which a dropped gradient
 * is a step of length 0 (Koloskova, Stich, Jaggi 2022).
 */
#include "asgd/rules/parts.h"

#include <math.h>

/* Doubles: gradient (dim), arrivals before each worker's reading (workers). */
typedef struct arrivals {
    uint64_t count;
} arrivals;

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return tg_room_bytes(sizeof(arrivals), dim + workers);
}

static tg_status
deliver(tg_sim *s, void *room_, const tg_job *job)
{
    const double *param = tg_sim_param(s);
    arrivals     *a = room_;
    double       *g = tg_room_doubles(room_, sizeof *a), *read = g + tg_sim_dim(s);
    const double  late = param[1] > 0 ? (double)a->count - read[job->worker]
                                      : (double)tg_sim_staleness(s, job);

    read[job->worker] = (double)++a->count;
    if (late <= param[0]) return tg_rule_follow(s, g, job, 1);
    return tg_sim_assign(s, job->worker);
}

static const tg_param param[] = {
    { "limit", "updates", "largest staleness that is used", NAN, 0, 1e15, false, true },
    { "by_arrivals", "", "1: staleness counts dropped arrivals too", 0, 0, 1, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_drop = {
    .is = { "drop", "drops gradients that are staler than a limit", "Agarwal, Duchi 2011",
            param },
    .room = room,
    .deliver = deliver,
};
