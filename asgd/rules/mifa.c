/* mifa: rounds of the workers that are there; for the others their latest gradient stands
 *
 *     G_w <- g_w(x_k) for those who take part,    x_{k+1} = x_k - eta (1/n) sum_i G_i
 *
 * The first round asks everybody, since each G must begin; so does one that would find
 * nobody.
 */
#include "asgd/rules/parts.h"

/* Doubles: gradient (dim), mean (dim), latest (workers, dim). */
typedef struct roll {
    size_t away; /* deliveries that the round still waits for */
} roll;

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return tg_room_bytes(sizeof(roll), (2 + workers) * dim);
}

static tg_status
call(tg_sim *s, roll *r, bool everybody)
{
    const size_t n = tg_sim_workers(s);

    for (size_t w = 0; w < n; w++)
        if (everybody || tg_sim_available(s, w)) {
            TG_TRY(tg_sim_assign(s, w));
            r->away++;
        }
    return r->away == 0 ? call(s, r, true) : TG_OK;
}

static tg_status
begin(tg_sim *s, void *room_)
{
    return call(s, room_, true);
}

static tg_status
deliver(tg_sim *s, void *room_, const tg_job *job)
{
    const size_t dim = tg_sim_dim(s), n = tg_sim_workers(s);
    roll        *r = room_;
    double      *g = tg_room_doubles(room_, sizeof *r), *mean = g + dim,
           *latest = mean + (1 + job->worker) * dim;

    TG_TRY(tg_sim_gradient(s, job, g));
    for (size_t j = 0; j < dim; j++) {
        mean[j] += (g[j] - latest[j]) / (double)n;
        latest[j] = g[j];
    }
    if (--r->away > 0) return TG_OK;
    TG_TRY(tg_sim_step(s, mean, 1));
    return call(s, r, false);
}

const tg_rule_kind tg_rule_mifa = {
    .is = { "mifa", "MIFA: rounds of who is there, with the others' latest gradients",
            "Gu, Huang, Zhang, Huang 2021", NULL },
    .room = room,
    .begin = begin,
    .deliver = deliver,
};
