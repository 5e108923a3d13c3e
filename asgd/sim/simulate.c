#include "asgd/sim/simulate.h"

#include "asgd/sim/line.h"
#include "asgd/sim/work.h"
#include "core/memory.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A gradient that takes longer is worth a look at the stop flag [s]. */
static const double DEAR = 1e-5;

/* ---- making -------------------------------------------------------------------------- */

static tg_status
check_setup(const tg_setup *u)
{
    const tg_rule_kind *rule = (const tg_rule_kind *)u->rule.kind;

    if (!rule) return tg_fail(TG_EDOMAIN, "a simulation needs a rule");
    if (!(u->step > 0)) return tg_fail(TG_EDOMAIN, "step must be > 0, got %g", u->step);
    if (!(u->clip >= 0) || !(u->decay >= 0))
        return tg_fail(TG_EDOMAIN, "clip and weight decay must be >= 0, got %g and %g",
                       u->clip, u->decay);
    if (u->problem->workers != u->cluster->workers)
        return tg_fail(TG_EDOMAIN, "the problem is for %zu workers, the cluster has %zu",
                       u->problem->workers, u->cluster->workers);
    if (u->cluster->workers > TG_MOST_WHO)
        return tg_fail(TG_EDOMAIN, "at most %d workers can be simulated, got %zu",
                       TG_MOST_WHO, u->cluster->workers);
    TG_TRY(tg_link_check(&u->uplink));
    TG_TRY(tg_link_check(&u->downlink));
    TG_TRY(tg_choice_check(&u->rule));
    if (u->behaviour.kind) TG_TRY(tg_choice_check(&u->behaviour));
    if (u->optimiser.kind) TG_TRY(tg_choice_check(&u->optimiser));
    if (u->schedule.kind) TG_TRY(tg_choice_check(&u->schedule));
    return rule->check ? rule->check(u->rule.param, u->cluster->workers) : TG_OK;
}

static void *
zeroed(size_t bytes)
{
    void *block = tg_memory_wide(bytes + 1);

    return block ? memset(block, 0, bytes) : NULL;
}

static tg_status
allocate(tg_sim *s)
{
    const size_t  n = s->workers, dim = s->dim, scratch = s->setup.problem->scratch;
    const size_t  kept = s->optimiser->room ? s->optimiser->room(dim) : 0;
    const double *param = s->setup.rule.param;

    s->worker = zeroed(n * sizeof *s->worker);
    s->job = zeroed(n * sizeof *s->job);
    s->spare = malloc(n * sizeof *s->spare);
    s->room = zeroed(s->rule->room ? s->rule->room(dim, n, param) : 0);
    s->kept = zeroed(kept * sizeof(double));
    s->scratch = zeroed((scratch + dim) * sizeof(double));
    if (s->setup.cluster->pace_of) s->stretch = calloc(n, sizeof *s->stretch);
    const bool paced = !s->setup.cluster->pace_of || s->stretch;
    if (!s->worker || !s->job || !s->spare || !s->room || !s->kept || !s->scratch || !paced)
        return tg_fail(TG_ENOMEM, "out of memory");
    s->clipped = s->scratch + scratch;
    s->jobs_room = n;
    for (size_t i = 0; i < n; i++) s->worker[i].head = s->worker[i].tail = TG_NO_JOB;
    return tg_events_create(&s->events);
}

/* A quadratic draws a normal for each coordinate. */
static tg_status
open_streams(tg_sim *s)
{
    TG_TRY(tg_delays_create(s->seed, s->workers, &s->delays));
    return tg_streams_create(TG_ISA_BEST, s->seed, TG_PURPOSE_NOISE, s->workers,
                             s->dim <= 2, &s->noise);
}

static tg_status
lay_links(tg_sim *s)
{
    const tg_link *up = &s->setup.uplink, *down = &s->setup.downlink;

    if (tg_link_takes_time(up)) TG_TRY(tg_line_create(up, true, s->workers, &s->up));
    if (tg_link_takes_time(down)) TG_TRY(tg_line_create(down, false, s->workers, &s->down));
    return TG_OK;
}

static tg_status
first_version(tg_sim *s)
{
    const tg_problem *p = s->setup.problem;

    tg_versions_begin(&s->versions, s->dim, s->workers);
    TG_TRY(tg_version_new(&s->versions, &s->current));
    p->kind->start(p->self, tg_version_model(&s->versions, s->current));
    if (p->kind->begin) p->kind->begin(p->self, s->scratch);
    s->dear = p->kind->seconds && p->kind->seconds(p->self, false) > DEAR;
    return TG_OK;
}

tg_status
tg_sim_create(const tg_setup *setup, uint64_t replica, tg_sim **out)
{
    TG_TRY(check_setup(setup));
    tg_sim *s = calloc(1, sizeof *s);
    if (!s) return tg_fail(TG_ENOMEM, "out of memory");
    s->setup = *setup;
    s->rule = (const tg_rule_kind *)setup->rule.kind;
    s->optimiser = setup->optimiser.kind ? (const tg_optimiser_kind *)setup->optimiser.kind
                                         : &tg_optimiser_sgd;
    s->schedule = (const tg_schedule_kind *)setup->schedule.kind;
    s->workers = setup->cluster->workers;
    s->dim = setup->problem->dim;
    s->seed = tg_rng_mix(setup->seed, replica);
    s->dice = tg_rng_stream(s->seed, TG_PURPOSE_RULE, 0);
    s->oldest = s->newest = TG_NO_JOB;
    tg_status status = allocate(s);
    if (status == TG_OK) status = open_streams(s);
    if (status == TG_OK) status = tg_work_begin(s);
    if (status == TG_OK) status = lay_links(s);
    if (status == TG_OK) status = first_version(s);
    if (status == TG_OK)
        status = s->rule->begin ? s->rule->begin(s, s->room) : tg_sim_assign_idle(s);
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
    if (s->room && s->rule->end) s->rule->end(s->room);
    tg_events_free(s->events);
    tg_line_free(s->up);
    tg_line_free(s->down);
    tg_versions_clear(&s->versions);
    tg_work_clear(s);
    tg_delays_clear(&s->delays);
    tg_streams_clear(&s->noise);
    free(s->worker);
    free(s->stretch);
    free(s->job);
    free(s->spare);
    free(s->room);
    free(s->kept);
    free(s->scratch);
    free(s);
}

/* ---- events -------------------------------------------------------------------------- */

double
tg_sim_next(tg_sim *s)
{
    return tg_event_next(s->events);
}

/* The result of a job is at the server. The job is over before the rule hears of it, so that
 * its worker can be given work at once. */
static tg_status
deliver(tg_sim *s, uint32_t index, tg_happening *out)
{
    const tg_job job = s->job[index];

    out->what = TG_DELIVERS;
    out->worker = job.worker;
    out->staleness = s->stale = tg_sim_staleness(s, &job);
    s->ledger.delivered++;
    s->ledger.away += s->now - job.since;
    s->asked = false;
    TG_TRY(tg_job_end(s, index));
    const tg_status status = s->rule->deliver(s, s->room, &job);
    out->applied = s->asked;
    if (s->asked)
        s->ledger.applied++;
    else
        s->ledger.dropped++;
    tg_job_seen(s, &job, s->asked ? TG_APPLIED : TG_DROPPED);
    tg_version_release(&s->versions, job.version);
    return status;
}

/* The worker keeps its result for itself; it reads and begins again, unless the rule has it wait. */
static tg_status
skip(tg_sim *s, uint32_t index, tg_happening *out)
{
    const tg_job job = s->job[index];

    out->what = TG_SKIPS;
    out->worker = job.worker;
    out->staleness = tg_sim_staleness(s, &job);
    s->ledger.skipped++;
    const tg_status status = tg_job_end(s, index);
    tg_job_seen(s, &job, TG_SKIPPED);
    tg_version_release(&s->versions, job.version);
    if (status != TG_OK) return status;
    return s->rule->skip ? s->rule->skip(s, s->room, &job) : tg_sim_assign(s, job.worker);
}

static tg_status
ring(tg_sim *s, tg_happening *out)
{
    out->what = TG_RINGS;
    s->alarm = 0;
    return s->rule->ring(s, s->room);
}

static uint32_t
computing(const tg_sim *s, size_t worker)
{
    uint32_t i = s->worker[worker].head;

    while (s->job[i].stage != TG_COMPUTES) i = s->job[i].next;
    return i;
}

tg_status
tg_job_finish(tg_sim *s, uint32_t index, tg_happening *out)
{
    tg_job      *job = &s->job[index];
    const size_t worker = job->worker;

    if (!tg_work_sends(s, job)) return skip(s, index, out);
    if (!s->up) return deliver(s, index, out);
    TG_TRY(tg_line_enter(s, s->up, index));
    return tg_job_begin(s, worker);
}

/* An event of a run with links. */
static tg_status
move_on(tg_sim *s, unsigned what, size_t worker, tg_event handle, tg_happening *out)
{
    uint32_t index;

    out->what = (tg_event_kind)what;
    out->worker = worker;
    if (what == TG_FINISHES) {
        return tg_job_finish(s, computing(s, worker), out);
    }
    const bool down = what == TG_ARRIVES || what == TG_LEAVES_DOWN;
    TG_TRY(tg_line_step(s, down ? s->down : s->up, what, worker, handle, &index));
    if (index == TG_NO_JOB) return TG_OK;
    if (!down) return deliver(s, index, out);
    s->ledger.fetched++;
    s->job[index].stage = TG_QUEUES;
    return tg_job_begin(s, worker);
}

/* With many workers what an event needs is in no cache: ask for that of those who may be next, and
 * then for the models they have read. */
static void
fetch_ahead(tg_sim *s)
{
    for (size_t i = 0; i < s->aheads; i++) {
        const uint32_t w = s->ahead[i], version = s->job[w].version,
                       number = s->job[w].number;
        tg_streams_fetch(&s->noise, w, number);
        if (s->delays.work) __builtin_prefetch(s->delays.work[w]);
        __builtin_prefetch(tg_version_model(&s->versions, version));
        __builtin_prefetch(&s->versions.holders[version], 1);
    }
    s->aheads = tg_events_ahead(s->events, s->ahead);
    for (size_t i = 0; i < s->aheads; i++) {
        const uint32_t w = s->ahead[i];
        __builtin_prefetch(&s->worker[w], 1);
        __builtin_prefetch(&s->setup.cluster->of[w]);
        __builtin_prefetch(&s->job[w], 1);
    }
}

tg_status
tg_sim_advance(tg_sim *s, tg_happening *out)
{
    enum { MANY = 2048 };

    unsigned what;
    size_t   who;
    tg_event handle;

    *out = (tg_happening){ 0 };
    if (s->dear) TG_TRY(tg_stop_check());
    if (!tg_event_pop(s->events, &s->now, &what, &who, &handle)) return TG_OK;
    if (s->workers > MANY) fetch_ahead(s);
    if (what == TG_RINGS) return ring(s, out);
    if (s->up || s->down) return move_on(s, what, who, handle, out);
    return tg_job_finish(s, s->worker[who].head, out);
}

/* ---- what is known ------------------------------------------------------------------- */

uint64_t
tg_sim_stale(const tg_sim *s)
{
    return s->stale;
}

void
tg_sim_watch(tg_sim *s, tg_onlooker look, void *context)
{
    s->look = look;
    s->look_context = context;
}

tg_ledger
tg_sim_ledger(const tg_sim *s)
{
    tg_ledger l = s->ledger;

    l.bytes_up = (double)l.delivered * tg_link_bytes(&s->setup.uplink);
    l.bytes_down = (double)l.fetched * tg_link_bytes(&s->setup.downlink);
    return l;
}

size_t
tg_sim_stalled(const tg_sim *s, size_t *first)
{
    size_t n = 0;

    for (size_t w = s->workers; w-- > 0;)
        for (uint32_t i = s->worker[w].head; i != TG_NO_JOB; i = s->job[i].next)
            if (s->job[i].stage == TG_COMPUTES && s->job[i].due == 0) {
                *first = w;
                n++;
            }
    return n;
}

double
tg_sim_loss(tg_sim *s)
{
    return s->setup.problem->kind->loss(s->setup.problem->self, tg_sim_model(s),
                                        s->scratch);
}

bool
tg_sim_steepest(tg_sim *s, double *g)
{
    const tg_problem *p = s->setup.problem;

    if (p->kind->slope) p->kind->slope(p->self, tg_sim_model(s), s->scratch, g);
    return p->kind->slope != NULL;
}

double
tg_sim_slope(tg_sim *s)
{
    double square = 0;

    if (s->setup.problem->kind->dear_slope || !tg_sim_steepest(s, s->clipped)) return NAN;
    for (size_t j = 0; j < s->dim; j++) square += s->clipped[j] * s->clipped[j];
    return sqrt(square);
}

double
tg_sim_score(tg_sim *s)
{
    const tg_problem *p = s->setup.problem;

    return p->kind->score ? p->kind->score(p->self, tg_sim_model(s), s->scratch) : NAN;
}

void
tg_sim_sick(tg_sim *s, char *text, size_t size)
{
    const tg_problem *p = s->setup.problem;

    *text = '\0';
    if (p->kind->sick) p->kind->sick(p->self, tg_sim_model(s), s->scratch, text, size);
}
