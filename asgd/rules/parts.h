/* parts: what several rules are made of. Private to asgd/rules. */
#ifndef TG_ASGD_RULES_PARTS_H
#define TG_ASGD_RULES_PARTS_H

#include "asgd/rules/rule.h"

/* Room for one gradient and nothing else. */
static inline size_t
tg_room_gradient(size_t dim, size_t workers, const double *param)
{
    (void)workers;
    (void)param;
    return dim * sizeof(double);
}

/* x <- x - eta scale g, and the worker reads again at once. */
static inline tg_status
tg_rule_follow(tg_sim *s, double *g, const tg_job *job, double scale)
{
    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, scale));
    return tg_sim_assign(s, job->worker);
}

/* sum <- sum + the job's gradient; g and sum (dim). */
static inline tg_status
tg_rule_add(tg_sim *s, const tg_job *job, double *g, double *sum)
{
    TG_TRY(tg_sim_gradient(s, job, g));
    for (size_t j = 0; j < tg_sim_dim(s); j++) sum[j] += g[j];
    return TG_OK;
}

/* x <- x - eta sum / count, and the sum begins anew. */
static inline tg_status
tg_rule_step_mean(tg_sim *s, double *sum, double count)
{
    const size_t dim = tg_sim_dim(s);

    for (size_t j = 0; j < dim; j++) sum[j] /= count;
    TG_TRY(tg_sim_step(s, sum, 1));
    for (size_t j = 0; j < dim; j++) sum[j] = 0;
    return TG_OK;
}

/* Gradients gathered for one step: room is a tg_gather, gradient (dim), sum (dim). */
typedef struct tg_gather {
    uint64_t count;
} tg_gather;

static inline size_t
tg_room_gather(size_t dim, size_t workers, const double *param)
{
    (void)workers;
    (void)param;
    return tg_room_bytes(sizeof(tg_gather), 2 * dim);
}

/* One more; with the last of `enough` the model steps by their mean, *stepped is true. */
static inline tg_status
tg_rule_gather(tg_sim *s, void *room, const tg_job *job, double enough, bool *stepped)
{
    tg_gather *gather = room;
    double    *g = tg_room_doubles(room, sizeof *gather), *sum = g + tg_sim_dim(s);

    TG_TRY(tg_rule_add(s, job, g, sum));
    *stepped = (double)++gather->count >= enough;
    if (!*stepped) return TG_OK;
    gather->count = 0;
    return tg_rule_step_mean(s, sum, enough);
}

/* No more gradients for a step than there are workers. */
static inline tg_status
tg_rule_at_most_workers(const double *param, size_t workers)
{
    if (param[0] <= (double)workers) return TG_OK;
    return tg_fail(TG_EDOMAIN, "of %zu workers the first %g cannot be waited for", workers,
                   param[0]);
}

/* End all work, and everybody reads. */
static inline tg_status
tg_rule_restart_all(tg_sim *s)
{
    for (size_t w = 0; w < tg_sim_workers(s); w++) TG_TRY(tg_sim_abort(s, w));
    return tg_sim_assign_idle(s);
}

#endif
