#include "asgd/sim/server.h"

#include "asgd/sim/line.h"
#include "asgd/sim/speed.h"
#include "asgd/sim/work.h"

#include <math.h>
#include <stdlib.h>

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

/* ---- jobs ---------------------------------------------------------------------------- */

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
    job->finished = finish;
    if (isinf(finish)) return TG_OK; /* it never is */
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
