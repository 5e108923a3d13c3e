#include "asgd/sim/line.h"

#include <math.h>
#include <stdlib.h>

tg_status
tg_line_create(const tg_link *link, bool up, size_t workers, tg_line **out)
{
    tg_line *l = calloc(1, sizeof *l);

    if (!l) return tg_fail(TG_ENOMEM, "out of memory");
    *l = (tg_line){ .link = link,
                    .kind = link->kind.kind ? (const tg_link_kind *)link->kind.kind
                                            : &tg_link_none,
                    .purpose = up ? TG_PURPOSE_UPLINK : TG_PURPOSE_DOWNLINK,
                    .waits = up ? TG_WAITS : TG_ASKS,
                    .moves = up ? TG_SENDS : TG_READS,
                    .lands = up ? TG_GOES : TG_COMES,
                    .arrives = up ? TG_DELIVERS : TG_ARRIVES,
                    .rate = 1 };
    l->most = l->kind->most(link->kind.param);
    l->leaves = !(link->latency > 0) ? l->arrives : up ? TG_LEAVES_UP : TG_LEAVES_DOWN;
    if (!up) l->number = calloc(workers, sizeof *l->number);
    tg_status status = up || l->number ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = tg_events_create(&l->waiting);
    if (status == TG_OK) status = tg_events_create(&l->moving);
    if (status == TG_OK)
        *out = l;
    else
        tg_line_free(l);
    return status;
}

void
tg_line_free(tg_line *l)
{
    if (!l) return;
    tg_events_free(l->waiting);
    tg_events_free(l->moving);
    free(l->number);
    free(l);
}

/* The worker's job of this stage and handle. */
static uint32_t
find(const tg_sim *s, size_t worker, uint8_t stage, tg_event handle)
{
    uint32_t i = s->worker[worker].head;

    while (s->job[i].stage != stage || s->job[i].due != handle) i = s->job[i].next;
    return i;
}

static double
progress(const tg_line *l, double now)
{
    return l->reached + (now - l->since) * l->rate;
}

static tg_status
serve(tg_sim *s, tg_line *l, uint32_t index)
{
    tg_job *job = &s->job[index];
    tg_rng  rng = tg_rng_of(s->seed, l->purpose, job->worker, job->number);

    job->stage = l->moves;
    l->serving++;
    return tg_event_add(l->moving, progress(l, s->now) + tg_link_size(l->link, &rng), 0,
                        job->worker, &job->due);
}

static tg_status
serve_waiting(tg_sim *s, tg_line *l)
{
    double   turn;
    unsigned what;
    size_t   worker;
    tg_event handle;

    while (l->serving < l->most && tg_event_pop(l->waiting, &turn, &what, &worker, &handle))
        TG_TRY(serve(s, l, find(s, worker, l->waits, handle)));
    return TG_OK;
}

/* Somebody has come or gone: others begin, and the rate of all and the event of the first to be
 * done are those of now. */
static tg_status
settle(tg_sim *s, tg_line *l)
{
    double   first;
    unsigned what;
    size_t   worker;
    tg_event handle;

    TG_TRY(serve_waiting(s, l));
    if (!tg_event_peek(l->moving, &first, &what, &worker, &handle)) return TG_OK;
    const double rate = l->kind->rate(l->link->kind.param, l->serving);
    if (l->due && handle == l->first && rate == l->rate) return TG_OK;
    if (rate != l->rate) {
        l->reached = progress(l, s->now);
        l->since = s->now;
        l->rate = rate;
    }
    tg_event_cancel(s->events, l->due);
    l->due = 0;
    l->first = handle;
    return tg_event_add(s->events, fmax(s->now, l->since + (first - l->reached) / rate),
                        l->leaves, worker, &l->due);
}

tg_status
tg_line_enter(tg_sim *s, tg_line *l, uint32_t index)
{
    tg_job *job = &s->job[index];

    job->stage = l->waits;
    if (l->number) job->number = l->number[job->worker]++;
    TG_TRY(tg_event_add(l->waiting, (double)l->come++, 0, job->worker, &job->due));
    return settle(s, l);
}

tg_status
tg_line_drop(tg_sim *s, tg_line *l, uint32_t index)
{
    const tg_job *job = &s->job[index];

    if (job->stage == l->lands) {
        tg_event_cancel(s->events, job->due);
        return TG_OK;
    }
    if (job->stage == l->waits) {
        tg_event_cancel(l->waiting, job->due);
        return TG_OK;
    }
    tg_event_cancel(l->moving, job->due);
    l->serving--;
    if (job->due == l->first) {
        tg_event_cancel(s->events, l->due);
        l->due = 0;
    }
    return settle(s, l);
}

tg_status
tg_line_step(tg_sim *s, tg_line *l, unsigned what, size_t worker, tg_event handle,
             uint32_t *out)
{
    double t;

    if (what != l->leaves) {
        *out = find(s, worker, l->lands, handle);
        return TG_OK;
    }
    tg_event_pop(l->moving, &t, &what, &worker, &handle);
    const uint32_t index = find(s, worker, l->moves, handle);
    l->due = 0;
    l->serving--;
    s->job[index].stage = l->lands;
    s->job[index].due = 0;
    TG_TRY(settle(s, l));
    *out = index;
    if (l->leaves == l->arrives) return TG_OK;
    *out = TG_NO_JOB;
    return tg_event_add(s->events, s->now + l->link->latency, l->arrives, worker,
                        &s->job[index].due);
}
