#include "asgd/simulate.h"

#include "asgd/queue.h"
#include "core/parallel.h"

#include <stdlib.h>
#include <string.h>

struct tg_sim {
    tg_setup  setup;
    tg_server server;
    tg_queue *queue;
    tg_rng    delay;
    tg_noise  noise;
    uint64_t  arrivals, updates;
    uint64_t *read; /* (workers) updates made when the worker last read the model */
    double   *held; /* (workers, dim) the model as each worker read it */
    double   *gradient, *scratch;
};

/* Time of a worker's first delivery. Staggered workers have been at work for long: their
 * jobs are renewed from a random phase some twenty jobs back, unseen, up to t = 0. */
static tg_status
first_delivery(const tg_delay *law, bool together, tg_rng *rng, double *out)
{
    enum { PAST = 20, LISTEN = 1024 };

    if (together) {
        *out = tg_delay_sample(law, rng);
        return TG_OK;
    }
    double t = -(PAST + tg_rng_uniform(rng)) * tg_delay_mean(law);
    for (size_t n = 1; t <= 0; n++) {
        t += tg_delay_sample(law, rng);
        if (n % LISTEN == 0) TG_TRY(tg_stop_check());
    }
    *out = t;
    return TG_OK;
}

static tg_status
schedule_all(tg_sim *s)
{
    const tg_cluster *c = s->setup.cluster;
    double           *time = malloc(c->workers * sizeof *time);
    tg_status         status = time ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t i = 0; i < c->workers && status == TG_OK; i++) {
        status = first_delivery(c->of[i], c->together, &s->delay, &time[i]);
        if (status == TG_OK && i % 1024 == 0) status = tg_stop_check();
    }
    if (status == TG_OK) status = tg_queue_create(c->workers, time, &s->queue);
    free(time);
    return status;
}

tg_status
tg_sim_create(const tg_setup *setup, uint64_t replica, tg_sim **out)
{
    const size_t n = setup->cluster->workers, dim = setup->problem->dim;

    if (!(setup->step > 0))
        return tg_fail(TG_EDOMAIN, "step must be > 0, got %g", setup->step);
    if (setup->problem->workers != n)
        return tg_fail(TG_EDOMAIN, "the problem is for %zu workers, the cluster has %zu",
                       setup->problem->workers, n);
    tg_sim *s = calloc(1, sizeof *s);
    if (!s) return tg_fail(TG_ENOMEM, "out of memory");
    s->setup = *setup;
    s->delay = tg_rng_stream(setup->seed, TG_PURPOSE_DELAY, replica);
    tg_noise_begin(&s->noise, setup->seed, replica);
    s->read = calloc(n, sizeof *s->read);
    s->held = malloc(n * dim * sizeof *s->held);
    s->gradient = malloc((2 * dim + setup->problem->scratch) * sizeof *s->gradient);
    s->server = (tg_server){ .dim = dim, .workers = n, .step = setup->step };
    s->server.state = calloc(setup->algorithm->state(dim, n) + 1, sizeof *s->server.state);
    if (!s->read || !s->held || !s->gradient || !s->server.state) {
        tg_sim_free(s);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    s->server.x = s->gradient + dim;
    s->scratch = s->server.x + dim;
    setup->problem->kind->start(setup->problem->self, s->server.x);
    for (size_t i = 0; i < n; i++)
        memcpy(s->held + i * dim, s->server.x, dim * sizeof *s->held);
    const tg_status status = schedule_all(s);
    if (status == TG_OK)
        *out = s;
    else
        tg_sim_free(s);
    return status;
}

void
tg_sim_free(tg_sim *s)
{
    if (!s) return;
    tg_queue_free(s->queue);
    free(s->server.state);
    free(s->gradient);
    free(s->held);
    free(s->read);
    free(s);
}

double
tg_sim_next(const tg_sim *s)
{
    return tg_queue_time(s->queue);
}

uint64_t
tg_sim_step(tg_sim *s)
{
    const tg_problem *p = s->setup.problem;
    const size_t      w = tg_queue_first(s->queue);
    const double      t = tg_queue_time(s->queue);
    double           *held = s->held + w * p->dim;
    const uint64_t    staleness = s->updates - s->read[w];

    p->kind->gradient(p->self, w, held, &s->noise, s->scratch, s->gradient);
    s->updates += s->setup.algorithm->arrive(&s->server, w, s->gradient);
    s->arrivals++;
    memcpy(held, s->server.x, p->dim * sizeof *held);
    s->read[w] = s->updates;
    tg_queue_reschedule(s->queue, t + tg_delay_sample(s->setup.cluster->of[w], &s->delay));
    return staleness;
}

const double *
tg_sim_model(const tg_sim *s)
{
    return s->server.x;
}

uint64_t
tg_sim_arrivals(const tg_sim *s)
{
    return s->arrivals;
}

uint64_t
tg_sim_updates(const tg_sim *s)
{
    return s->updates;
}

double
tg_sim_loss(tg_sim *s)
{
    return s->setup.problem->kind->loss(s->setup.problem->self, s->server.x, s->scratch);
}
