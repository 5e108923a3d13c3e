#include "asgd/sim/outside.h"

#include "asgd/sim/work.h"

#include <math.h>

tg_status
tg_outside_check(const tg_setup *u)
{
    const tg_rule_kind *rule = (const tg_rule_kind *)u->rule.kind;

    if (rule->late)
        return tg_fail(TG_EDOMAIN,
                       "%s decrees its staleness: there is nothing to be done live",
                       rule->is.name);
    if (rule->ring)
        return tg_fail(TG_EDOMAIN, "%s acts by an alarm of its own, which live has not",
                       rule->is.name);
    if (tg_link_takes_time(&u->uplink) || tg_link_takes_time(&u->downlink))
        return tg_fail(TG_EDOMAIN, "the threads of one machine share their memory: a study "
                                   "with links that take time cannot be run live");
    return TG_OK;
}

static tg_job *
running(const tg_sim *s, size_t worker)
{
    return &s->job[s->worker[worker].head];
}

void
tg_outside_take(tg_sim *s, size_t worker, double now, tg_outside_job *out)
{
    tg_job *job = running(s, worker);

    s->now = fmax(now, s->now);
    job->began = s->now;
    tg_version_hold(&s->versions, job->version);
    *out = (tg_outside_job){ .read = tg_sim_read(s, job),
                             .version = job->version,
                             .number = job->number };
}

tg_status
tg_outside_deliver(tg_sim *s, size_t worker, double finished, double now,
                   const double *message, tg_happening *out)
{
    running(s, worker)->finished = finished;
    s->now = fmax(now, s->now);
    s->made = message;
    const tg_status status = tg_job_finish(s, s->worker[worker].head, out);
    s->made = NULL;
    return status;
}

uint64_t
tg_outside_pending(const tg_sim *s)
{
    uint64_t sum = 0;

    for (size_t w = 0; w < s->workers; w++)
        for (uint32_t i = s->worker[w].head; i != TG_NO_JOB; i = s->job[i].next)
            sum += tg_sim_staleness(s, &s->job[i]);
    return sum;
}

const double *
tg_outside_hold(tg_sim *s, uint32_t *version)
{
    *version = s->current;
    tg_version_hold(&s->versions, s->current);
    return tg_sim_model(s);
}

void
tg_outside_let_go(tg_sim *s, uint32_t version)
{
    tg_version_release(&s->versions, version);
}

static const tg_behaviour_kind *
behaviour(const tg_setup *u)
{
    return u->behaviour.kind ? (const tg_behaviour_kind *)u->behaviour.kind
                             : &tg_behaviour_plain;
}

size_t
tg_outside_bench(const tg_setup *setup)
{
    const tg_behaviour_kind *b = behaviour(setup);

    return b->bench ? b->bench(setup->problem->dim) : 0;
}

void
tg_outside_make(const tg_setup *setup, const tg_task *task, double *bench, double *g)
{
    tg_work_make(behaviour(setup), setup->behaviour.param, task, bench, g);
}

uint64_t
tg_outside_seed(const tg_setup *setup)
{
    return tg_rng_mix(setup->seed, 0);
}
