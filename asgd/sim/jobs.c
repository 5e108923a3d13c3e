/* jobs: who works on what: given, begun, ended, aborted (asgd/sim/server.h, sim_impl.h) */
#include "asgd/sim/line.h"
#include "asgd/sim/server.h"
#include "asgd/sim/work.h"

#include <math.h>
#include <stdlib.h>

/* The worker's own slot if it is free, so that equal times go to the lower worker. */
static tg_status
new_job(tg_sim *s, size_t worker, uint32_t *out)
{
    *out = (uint32_t)worker;
    if (s->job[worker].stage == TG_FREE) return TG_OK;
    if (s->spares == 0) {
        const size_t room = 2 * s->jobs_room;
        tg_job      *job = realloc(s->job, room * sizeof *job);
        if (job) s->job = job;
        uint32_t *spare = realloc(s->spare, room * sizeof *spare);
        if (spare) s->spare = spare;
        if (!job || !spare) return tg_fail(TG_ENOMEM, "out of memory");
        for (size_t i = room; i-- > s->jobs_room;) {
            s->job[i] = (tg_job){ 0 };
            s->spare[s->spares++] = (uint32_t)i;
        }
        s->jobs_room = room;
    }
    *out = s->spare[--s->spares];
    return TG_OK;
}

static tg_status
compute(tg_sim *s, uint32_t index, double began)
{
    tg_job    *job = &s->job[index];
    tg_worker *w = &s->worker[job->worker];

    job->stage = TG_COMPUTES;
    job->number = w->number;
    job->began = began;
    w->number += tg_work_numbers(s);
    double finish;
    TG_TRY(tg_work_finish(s, job, &finish));
    job->due = 0;
    job->finished = s->setup.outside ? (double)INFINITY : finish;
    if (s->setup.outside)
        s->setup.outside->begin(s->setup.outside->context, job->worker, finish - began);
    if (isinf(job->finished)) return TG_OK; /* it never is, or who does it says when */
    return tg_event_add(s->events, fmax(finish, s->now), TG_FINISHES, job->worker,
                        &job->due);
}

/* The one that computes is before those that wait, unless models overtake on a downlink. */
tg_status
tg_job_begin(tg_sim *s, size_t worker)
{
    uint32_t first = TG_NO_JOB;

    for (uint32_t i = s->worker[worker].head; i != TG_NO_JOB; i = s->job[i].next) {
        if (s->job[i].stage == TG_COMPUTES) return TG_OK;
        if (s->job[i].stage == TG_QUEUES && first == TG_NO_JOB) first = i;
        if (first != TG_NO_JOB && !s->down) break;
    }
    return first == TG_NO_JOB ? TG_OK : compute(s, first, s->now);
}

static void
leave_worker(tg_sim *s, uint32_t index)
{
    tg_worker *w = &s->worker[s->job[index].worker];
    uint32_t   before = TG_NO_JOB;

    for (uint32_t i = w->head; i != index; i = s->job[i].next) before = i;
    const uint32_t next = s->job[index].next;
    if (before == TG_NO_JOB)
        w->head = next;
    else
        s->job[before].next = next;
    if (w->tail == index) w->tail = before;
}

/* Out of all lists; the version is still held. */
static void
remove_job(tg_sim *s, uint32_t index)
{
    leave_worker(s, index);
    if (s->rule->ages) tg_ages_leave(s, &s->job[index]);
    s->job[index].stage = TG_FREE;
    s->jobs--;
    if (index >= s->workers) s->spare[s->spares++] = index;
}

tg_status
tg_job_end(tg_sim *s, uint32_t index)
{
    const uint32_t worker = s->job[index].worker;

    remove_job(s, index);
    return s->worker[worker].head == TG_NO_JOB ? TG_OK : tg_job_begin(s, worker);
}

/* `had`: the worker has this model already. */
static tg_status
give(tg_sim *s, size_t worker, uint32_t version, uint64_t read, double since, bool had)
{
    tg_worker *w = &s->worker[worker];
    uint32_t   index;

    TG_TRY(new_job(s, worker, &index));
    s->job[index] = (tg_job){ .worker = (uint32_t)worker,
                              .read = read,
                              .since = since,
                              .version = version,
                              .next = TG_NO_JOB,
                              .stage = TG_QUEUES };
    tg_version_hold(&s->versions, version);
    const bool idle = w->head == TG_NO_JOB;
    if (idle)
        w->head = index;
    else
        s->job[w->tail].next = index;
    w->tail = index;
    if (s->rule->ages) tg_ages_join(s, index);
    s->jobs++;
    s->ledger.begun++;
    if (s->down && !had) return tg_line_enter(s, s->down, index);
    s->ledger.fetched += !had;
    if (!idle && (s->up || s->down)) return tg_job_begin(s, worker);
    return idle ? compute(s, index, since) : TG_OK;
}

tg_status
tg_sim_assign(tg_sim *s, size_t worker)
{
    return give(s, worker, s->current, s->ledger.updates, s->now, false);
}

tg_status
tg_sim_assign_same(tg_sim *s, size_t worker, const tg_job *job)
{
    return give(s, worker, job->version, job->read, s->now, worker == job->worker);
}

tg_status
tg_sim_assign_since(tg_sim *s, size_t worker, double since)
{
    return give(s, worker, s->current, s->ledger.updates, since, false);
}

tg_status
tg_sim_assign_idle(tg_sim *s)
{
    for (size_t w = 0; w < s->workers; w++)
        if (s->worker[w].head == TG_NO_JOB) TG_TRY(tg_sim_assign(s, w));
    return TG_OK;
}

/* Nothing of it will happen. */
static tg_status
stop(tg_sim *s, uint32_t index)
{
    tg_job *job = &s->job[index];

    if (job->stage == TG_COMPUTES) tg_event_cancel(s->events, job->due);
    if (job->stage == TG_COMPUTES && s->setup.outside)
        s->setup.outside->drop(s->setup.outside->context, job->worker);
    if (job->stage < TG_QUEUES) TG_TRY(tg_line_drop(s, s->down, index));
    if (job->stage > TG_COMPUTES) TG_TRY(tg_line_drop(s, s->up, index));
    job->due = 0;
    return TG_OK;
}

tg_status
tg_sim_abort(tg_sim *s, size_t worker)
{
    while (s->worker[worker].head != TG_NO_JOB) {
        const uint32_t index = s->worker[worker].head;
        TG_TRY(stop(s, index));
        tg_version_release(&s->versions, s->job[index].version);
        s->ledger.aborted++;
        tg_job_seen(s, &s->job[index], TG_ABORTED);
        remove_job(s, index);
    }
    return TG_OK;
}

tg_status
tg_sim_alarm(tg_sim *s, double time)
{
    tg_event_cancel(s->events, s->alarm);
    s->alarm = 0;
    return isinf(time) ? TG_OK : tg_event_add(s->events, time, TG_RINGS, 0, &s->alarm);
}
