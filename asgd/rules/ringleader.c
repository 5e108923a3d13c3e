/* ringleader: rounds of n steps, one for every worker, by a table of all workers' means
 *
 *     x_{k+1} = x_k - eta (1/n) sum_i G_i / b_i
 *
 * Phase 1: gradients are gathered, G_i <- G_i + g, b_i <- b_i + 1, until everybody has one.
 * Phase 2: whoever completed the table steps and reads; each of the others does so when it
 * next delivers, after its gradient has entered the table. Who has had its step in this
 * round is gathered for the next, and goes on at the point it has. So no gradient is older
 * than 2n - 2.
 */
#include "asgd/rules/parts.h"

#include <string.h>

/* Doubles: gradient (dim), mean (dim), whether stepped (workers), then twice, for this
 * round and the next, count (workers) and sum (workers, dim). */
typedef struct ring {
    size_t missing; /* workers without a gradient; phase 1 while > 0 */
    size_t steps;   /* left in phase 2 */
} ring;

typedef struct table {
    double *count, *sum;
} table;

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return tg_room_bytes(sizeof(ring), 2 * dim + workers * (3 + 2 * dim));
}

static tg_status
begin(tg_sim *s, void *room_)
{
    ((ring *)room_)->missing = tg_sim_workers(s);
    return tg_sim_assign_idle(s);
}

/* G_w <- G_w + g, and its part of the mean of means. */
static tg_status
enter(tg_sim *s, const tg_job *job, double *g, double *mean, const table *t)
{
    const size_t dim = tg_sim_dim(s), w = job->worker;
    const double n = (double)tg_sim_workers(s), b = t->count[w];
    double      *sum = t->sum + w * dim;

    TG_TRY(tg_sim_gradient(s, job, g));
    for (size_t j = 0; j < dim; j++) {
        const double before = b > 0 ? sum[j] / b : 0;
        sum[j] += g[j];
        if (mean) mean[j] += (sum[j] / (b + 1) - before) / n;
    }
    t->count[w]++;
    return TG_OK;
}

/* The next round's table becomes this one's. */
static void
turn(ring *r, double *mean, const table *t, size_t n, size_t dim)
{
    r->missing = n;
    memcpy(t[0].count, t[1].count, n * (1 + dim) * sizeof(double));
    memset(t[1].count, 0, n * (1 + dim) * sizeof(double));
    memset(mean, 0, (dim + n) * sizeof(double)); /* and whether stepped */
    for (size_t i = 0; i < n; i++) {
        if (t[0].count[i] == 0) continue;
        r->missing--;
        for (size_t j = 0; j < dim; j++)
            mean[j] += t[0].sum[i * dim + j] / (t[0].count[i] * (double)n);
    }
}

static tg_status
deliver(tg_sim *s, void *room_, const tg_job *job)
{
    const size_t dim = tg_sim_dim(s), n = tg_sim_workers(s), w = job->worker;
    ring        *r = room_;
    double *g = tg_room_doubles(room_, sizeof *r), *mean = g + dim, *stepped = mean + dim;
    double *first = stepped + n, *second = first + n * (1 + dim);
    const table t[] = { { first, first + n }, { second, second + n } };
    const bool  later = r->missing == 0 && stepped[w] > 0;

    r->missing -= r->missing > 0 && first[w] == 0;
    if (r->missing == 0 && r->steps == 0) r->steps = n;
    TG_TRY(enter(s, job, g, later ? NULL : mean, &t[later]));
    if (r->missing > 0 || later) return tg_sim_assign_same(s, w, job);
    TG_TRY(tg_sim_step(s, mean, 1));
    stepped[w] = 1;
    if (--r->steps == 0) turn(r, mean, t, n, dim);
    return tg_sim_assign(s, w);
}

const tg_rule_kind tg_rule_ringleader = {
    .is = { "ringleader",
            "Ringleader ASGD: one step for every worker a round, by all means",
            "Maranjyan, Richtarik 2025", NULL },
    .room = room,
    .begin = begin,
    .deliver = deliver,
};
