/* behaviour: what a worker does between reading and sending
 *
 *     plain         g = grad(x_read)
 *     local_steps   y <- y - gamma grad(y), H times from x_read;    it sends x_read - y
 *     send_*        it sends g only if it is worth it
 *
 * A behaviour is a described value. A job of H gradients takes H numbers of its worker, so
 * that gradient `number` of a worker takes the same time and the same samples whatever the
 * behaviour.
 */
#ifndef TG_ASGD_WORKERS_BEHAVIOUR_H
#define TG_ASGD_WORKERS_BEHAVIOUR_H

#include "asgd/problems/problem.h"
#include "core/kind.h"
#include "core/streams.h"

/* What is to be done in one job. */
typedef struct tg_task {
    const tg_problem *problem;
    tg_streams       *noise;          /* of the replica */
    uint32_t          worker, number; /* of its first gradient */
    const double     *read;           /* (dim) the model */
    double           *scratch;        /* the problem's */
} tg_task;

/* Gradient number `step` of the task, from 0, at x (dim) into g (dim). */
static inline void
tg_task_gradient(const tg_task *t, uint32_t step, const double *x, double *g)
{
    tg_rng draws = tg_streams_of(t->noise, t->worker, t->number + step);

    t->problem->kind->gradient(t->problem->self, t->worker, x, &draws, t->scratch, g);
}

typedef struct tg_behaviour_kind {
    tg_kind is;
    /* Gradients that a job takes; NULL: one. */
    uint32_t (*steps)(const double *param);
    /* Doubles that all workers share while they work, and that each keeps, zero at the
     * start; NULL: none. */
    size_t (*bench)(size_t dim);
    size_t (*keeps)(size_t dim);
    /* What the worker would send, into g (dim); NULL: the gradient at what it read. */
    void (*work)(const double *param, const tg_task *t, double *bench, double *g);
    /* Whether it sends g, which is then what `kept` may remember; NULL: always. */
    bool (*sends)(const double *param, double *kept, size_t dim, const double *g);
} tg_behaviour_kind;

extern const tg_kind *const    tg_behaviours[]; /* heads of tg_behaviour_kind */
extern const tg_behaviour_kind tg_behaviour_plain, tg_behaviour_local_steps,
    tg_behaviour_send_norm, tg_behaviour_send_innovation;

/* The behaviour of that name. Errors: TG_EINPUT, with the nearest name. */
TG_CHECKED tg_status tg_behaviour_find(const char *name, tg_choice *out);

#endif
