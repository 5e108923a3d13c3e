/* dude: the server keeps the latest gradient of every worker and steps by their mean
 *
 *     G_w <- g,    x <- x - eta (1/n) sum_i G_i     every c arrivals
 *
 * Nothing moves until every worker has delivered once; the delivery that completes the set
 * fills its slot only. The mean is kept up to date, O(dim) an arrival whatever n is.
 * Source: Wang, Sun, Wai, Zhang 2024 (DuDe-ASGD); c > 1: its semi-asynchronous form. */
#include "asgd/rules/rule.h"

#include <stdint.h>

typedef struct table {
    size_t   delivered; /* workers that have */
    uint64_t arrivals;  /* since the last step */
} table;

/* Doubles: gradient (dim), mean (dim), slots (workers, dim), whether delivered (workers). */
static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return tg_room_bytes(sizeof(table), (2 + workers) * dim + workers);
}

/* Put g into its worker's slot and the mean. */
static void
enter(const double *g, double *mean, double *slot, size_t dim, double workers)
{
    for (size_t j = 0; j < dim; j++) {
        mean[j] += (g[j] - slot[j]) / workers;
        slot[j] = g[j];
    }
}

static tg_status
deliver(tg_sim *s, void *room, const tg_job *job)
{
    const size_t dim = tg_sim_dim(s), n = tg_sim_workers(s);
    table       *t = room;
    double      *g = tg_room_doubles(room, sizeof *t), *mean = g + dim;
    double      *delivered = mean + (1 + n) * dim;
    const bool   complete = t->delivered == n;

    TG_TRY(tg_sim_gradient(s, job, g));
    enter(g, mean, mean + (1 + job->worker) * dim, dim, (double)n);
    t->delivered += delivered[job->worker] == 0;
    delivered[job->worker] = 1;
    if (complete && (double)++t->arrivals >= tg_sim_param(s)[0]) {
        t->arrivals = 0;
        TG_TRY(tg_sim_step(s, mean, 1));
    }
    return tg_sim_assign(s, job->worker);
}

static const tg_param param[] = {
    { "arrivals", "", "arrivals an update", 1, 1, 1e9, false, true },
    { 0 },
};

const tg_rule_kind tg_rule_dude = {
    .is = { "dude",
            "DuDe-ASGD: each arrival steps by the mean of all workers' latest gradients",
            "Wang, Sun, Wai, Zhang 2024", param },
    .room = room,
    .deliver = deliver,
};
