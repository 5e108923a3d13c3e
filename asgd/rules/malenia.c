/* malenia: a step by the workers' own means at the current point, when they are good enough
 *
 *     x_{k+1} = x_k - eta (1/n) sum_i (1/B_i) sum_{j <= B_i} g_ij(x_k)
 *         as soon as  ((1/n) sum_i 1/B_i)^-1 >= S/n
 *
 * B_i gradients of worker i; 1/B_i is infinite as long as there is none. Gradients at
 * earlier points are ignored; nothing is aborted, whoever delivers reads at once. It keeps
 * one sum a worker, so that a step has everybody's data with equal weight.
 */
#include "asgd/rules/parts.h"

#include <math.h>

/* Doubles: gradient (dim), count (workers), sum (workers, dim). */
typedef struct harvest {
    size_t silent;  /* workers that have not delivered */
    double inverse; /* sum of 1/B_i over the others */
} harvest;

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return tg_room_bytes(sizeof(harvest), (1 + workers) * dim + workers);
}

static void
clear(harvest *h, double *count, size_t workers, size_t dim)
{
    *h = (harvest){ .silent = workers };
    for (size_t i = 0; i < workers * (1 + dim); i++) count[i] = 0;
}

static tg_status
begin(tg_sim *s, void *room_)
{
    ((harvest *)room_)->silent = tg_sim_workers(s);
    return tg_sim_assign_idle(s);
}

/* The mean of the workers' means, and everything begins anew. */
static tg_status
step(tg_sim *s, harvest *h, double *g, double *count)
{
    const size_t dim = tg_sim_dim(s), n = tg_sim_workers(s);
    double      *sum = count + n;

    for (size_t j = 0; j < dim; j++) g[j] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++) g[j] += sum[i * dim + j] / (count[i] * (double)n);
    TG_TRY(tg_sim_step(s, g, 1));
    clear(h, count, n, dim);
    return TG_OK;
}

static tg_status
deliver(tg_sim *s, void *room_, const tg_job *job)
{
    const size_t dim = tg_sim_dim(s), n = tg_sim_workers(s), w = job->worker;
    harvest     *h = room_;
    double      *g = tg_room_doubles(room_, sizeof *h), *count = g + dim, *sum = count + n;

    if (tg_sim_staleness(s, job) == 0) {
        TG_TRY(tg_rule_add(s, job, g, sum + w * dim));
        h->silent -= count[w] == 0;
        h->inverse += 1 / (count[w] + 1) - (count[w] > 0 ? 1 / count[w] : 0);
        count[w]++;
        if (h->silent == 0 &&
            (double)(n * n) >= tg_sim_param(s)[0] * h->inverse * (1 - 1e-12))
            TG_TRY(step(s, h, g, count));
    }
    return tg_sim_assign(s, w);
}

static const tg_param param[] = {
    { "s", "", "S: harmonic mean of the workers' gradients, times n", NAN, 0, 1e15, true,
      false },
    { 0 },
};

const tg_rule_kind tg_rule_malenia = {
    .is = { "malenia",
            "Malenia SGD: a step by everybody's means when these are good enough",
            "Tyurin, Richtarik 2023", param },
    .room = room,
    .begin = begin,
    .deliver = deliver,
};
