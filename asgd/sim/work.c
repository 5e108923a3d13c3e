#include "asgd/sim/work.h"

#include "asgd/sim/server.h"
#include "asgd/sim/speed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tg_status
tg_work_begin(tg_sim *s)
{
    const tg_choice *c = &s->setup.behaviour;
    tg_work         *w = &s->work;

    w->kind = c->kind ? (const tg_behaviour_kind *)c->kind : &tg_behaviour_plain;
    w->steps = w->kind->steps ? w->kind->steps(c->param) : 1;
    const size_t bench = w->kind->bench ? w->kind->bench(s->dim) : 0;
    w->keeps = w->kind->keeps ? w->kind->keeps(s->dim) : 0;
    w->bench = calloc(bench + s->dim, sizeof *w->bench);
    w->kept = calloc(w->keeps * s->workers + 1, sizeof *w->kept);
    if (!w->bench || !w->kept) return tg_fail(TG_ENOMEM, "out of memory");
    w->message = w->bench + bench;
    return TG_OK;
}

void
tg_work_clear(tg_sim *s)
{
    free(s->work.bench);
    free(s->work.kept);
}

uint32_t
tg_work_numbers(const tg_sim *s)
{
    return s->work.steps;
}

/* Staggered workers are at t = 0 at any one of a job's steps. */
static uint32_t
steps_left(const tg_sim *s, const tg_job *job)
{
    const uint32_t steps = s->work.steps;
    tg_rng         phase = tg_rng_of(s->seed, TG_PURPOSE_START, job->worker, 0);

    if (job->number > 0 || job->began > 0 || s->setup.cluster->together) return steps;
    return 1 + (uint32_t)tg_rng_below(&phase, steps);
}

static tg_status
finish(tg_sim *s, const tg_job *job, double *out)
{
    const double horizon = s->setup.horizon > 0 ? s->setup.horizon : INFINITY;

    return tg_speed_finish(s->setup.cluster, &s->delays, horizon, s->stretch, job, out);
}

/* What is recorded of a job is all of it. */
tg_status
tg_work_finish(tg_sim *s, const tg_job *job, double *out)
{
    if (s->work.steps == 1) return finish(s, job, out);
    tg_job step = *job;
    if (tg_speed_replays(s->setup.cluster, job->worker)) {
        step.number /= s->work.steps;
        return finish(s, &step, out);
    }
    TG_TRY(finish(s, job, out));
    const tg_stretch reached = s->stretch ? s->stretch[job->worker] : (tg_stretch){ 0 };
    const uint32_t   left = steps_left(s, job);
    for (uint32_t i = 1; i < left && isfinite(*out); i++) {
        step.number = job->number + i;
        step.began = *out;
        TG_TRY(finish(s, &step, out));
    }
    *out = job->began + (*out - job->began); /* as of one time: see elapse() in speed.c */
    if (s->stretch) s->stretch[job->worker] = reached; /* an abort goes back to here */
    return TG_OK;
}

void
tg_work_make(const tg_behaviour_kind *kind, const double *param, const tg_task *task,
             double *bench, double *g)
{
    if (kind->work)
        kind->work(param, task, bench, g);
    else
        tg_task_gradient(task, 0, task->read, g);
}

static void
make(tg_sim *s, const tg_job *job, double *g)
{
    const tg_work *w = &s->work;
    const tg_task  t = { .problem = s->setup.problem,
                         .noise = &s->noise,
                         .worker = job->worker,
                         .number = job->number,
                         .read = tg_sim_read(s, job),
                         .scratch = s->scratch };

    if (s->made)
        memcpy(g, s->made, s->dim * sizeof *g);
    else
        tg_work_make(w->kind, s->setup.behaviour.param, &t, w->bench, g);
}

bool
tg_work_sends(tg_sim *s, const tg_job *job)
{
    tg_work *w = &s->work;

    if (!w->kind->sends) return true;
    s->ledger.gradients += w->steps;
    make(s, job, w->message);
    w->weighed = true;
    w->worker = job->worker;
    w->number = job->number;
    return w->kind->sends(s->setup.behaviour.param, w->kept + w->keeps * job->worker,
                          s->dim, w->message);
}

/* What was weighed last need not be made again; what was weighed at all has been counted then. */
void
tg_work_message(tg_sim *s, const tg_job *job, double *g)
{
    const tg_work *w = &s->work;

    if (w->weighed && w->worker == job->worker && w->number == job->number)
        memcpy(g, w->message, s->dim * sizeof *g);
    else
        make(s, job, g);
    if (!w->kind->sends) s->ledger.gradients += w->steps;
}
