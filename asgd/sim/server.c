#include "asgd/sim/server.h"

#include "asgd/sim/speed.h"
#include "asgd/sim/work.h"

#include <math.h>

/* ---- what a rule can see ------------------------------------------------------------- */

size_t
tg_sim_dim(const tg_sim *s)
{
    return s->dim;
}

size_t
tg_sim_workers(const tg_sim *s)
{
    return s->workers;
}

double
tg_sim_now(const tg_sim *s)
{
    return s->now;
}

uint64_t
tg_sim_updates(const tg_sim *s)
{
    return s->ledger.updates;
}

const double *
tg_sim_model(const tg_sim *s)
{
    return tg_version_model(&s->versions, s->current);
}

const double *
tg_sim_read(const tg_sim *s, const tg_job *job)
{
    return tg_version_model(&s->versions, job->version);
}

const double *
tg_sim_param(const tg_sim *s)
{
    return s->setup.rule.param;
}

double
tg_sim_rate(const tg_sim *s)
{
    const double factor =
        s->schedule ? s->schedule->factor(s->setup.schedule.param, s->ledger.updates) : 1;

    return s->setup.step * factor;
}

bool
tg_sim_available(const tg_sim *s, size_t worker)
{
    return tg_speed_at(s->setup.cluster, s->seed, s->stretch, worker, s->now) > 0;
}

bool
tg_sim_plain(const tg_sim *s)
{
    return s->work.kind == &tg_behaviour_plain;
}

const tg_lag *
tg_sim_lag(const tg_sim *s)
{
    return s->setup.lag;
}

tg_rng *
tg_sim_dice(tg_sim *s)
{
    return &s->dice;
}

const tg_job *
tg_sim_running(const tg_sim *s, size_t worker)
{
    const uint32_t head = s->worker[worker].head;

    return head == TG_NO_JOB ? NULL : &s->job[head];
}

size_t
tg_sim_queue(const tg_sim *s, size_t worker)
{
    size_t n = 0;

    for (uint32_t i = s->worker[worker].head; i != TG_NO_JOB; i = s->job[i].next)
        n += s->job[i].stage == TG_QUEUES;
    return n;
}

size_t
tg_sim_jobs(const tg_sim *s)
{
    return s->jobs;
}

const tg_job *
tg_sim_oldest(const tg_sim *s)
{
    return s->oldest == TG_NO_JOB ? NULL : &s->job[s->oldest];
}

/* ---- gradients and steps ------------------------------------------------------------- */

tg_status
tg_sim_gradient(tg_sim *s, const tg_job *job, double *g)
{
    s->asked = true;
    tg_work_message(s, job, g);
    return TG_OK;
}

/* g, shortened where it is longer than the bound. */
static const double *
clip(tg_sim *s, const double *g)
{
    double square = 0;

    for (size_t j = 0; j < s->dim; j++) square += g[j] * g[j];
    const double norm = sqrt(square);
    if (!(norm > s->setup.clip)) return g;
    for (size_t j = 0; j < s->dim; j++) s->clipped[j] = g[j] * (s->setup.clip / norm);
    return s->clipped;
}

tg_status
tg_sim_gradient_at(tg_sim *s, const tg_job *job, const double *x, double *g)
{
    const tg_task t = { .problem = s->setup.problem,
                        .noise = &s->noise,
                        .worker = job->worker,
                        .number = job->number,
                        .read = x,
                        .scratch = s->scratch };

    s->asked = true;
    s->ledger.gradients++;
    tg_task_gradient(&t, 0, x, g);
    return TG_OK;
}

size_t
tg_sim_kept(const tg_sim *s)
{
    return s->optimiser->room ? s->optimiser->room(s->dim) : 0;
}

void
tg_sim_walk(tg_sim *s, double *kept, uint64_t number, const double *x, const double *g,
            double *out)
{
    const tg_move m = { .d = s->setup.clip > 0 ? clip(s, g) : g,
                        .x = x,
                        .out = out,
                        .rate = tg_sim_rate(s),
                        .decay = s->setup.decay,
                        .number = number };

    s->optimiser->step(s->setup.optimiser.param, kept, s->dim, &m);
}

/* Where the next version goes: a version that nobody else holds moves in place. */
static tg_status
open_version(tg_sim *s, uint32_t *next)
{
    *next = s->current;
    return s->versions.holders[s->current] > 1 ? tg_version_new(&s->versions, next) : TG_OK;
}

static void
close_version(tg_sim *s, uint32_t next)
{
    if (next != s->current) tg_version_release(&s->versions, s->current);
    s->current = next;
    s->ledger.updates++;
}

tg_status
tg_sim_shift(tg_sim *s, const double *u)
{
    uint32_t next;

    TG_TRY(open_version(s, &next));
    const double *x = tg_sim_model(s);
    double       *out = tg_version_model(&s->versions, next);
    for (size_t j = 0; j < s->dim; j++) out[j] = x[j] + u[j];
    close_version(s, next);
    return TG_OK;
}

tg_status
tg_sim_step(tg_sim *s, const double *g, double scale)
{
    uint32_t next;

    TG_TRY(open_version(s, &next));
    const tg_move m = { .d = s->setup.clip > 0 ? clip(s, g) : g,
                        .x = tg_sim_model(s),
                        .out = tg_version_model(&s->versions, next),
                        .rate = tg_sim_rate(s) * scale,
                        .decay = s->setup.decay,
                        .number = s->ledger.updates + 1 };
    s->optimiser->step(s->setup.optimiser.param, s->kept, s->dim, &m);
    close_version(s, next);
    return TG_OK;
}
