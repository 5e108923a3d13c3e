#include "asgd/live/training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A sleep that is shorter is none [s]. */
static const double SHORTEST = 1e-7;

void
tg_training_give(void *training, size_t worker, double work)
{
    tg_training *r = training;

    r->hand[worker].given = true;
    r->hand[worker].serial++;
    r->hand[worker].work = work;
    if (r->gang) tg_gang_call(r->gang, worker);
}

void
tg_training_drop(void *training, size_t worker)
{
    tg_training *r = training;

    r->hand[worker].given = false;
    r->hand[worker].serial++;
    if (r->gang) tg_gang_call(r->gang, worker);
}

void
tg_training_end(tg_training *r, tg_status status)
{
    if (status != TG_OK && r->status == TG_OK) {
        r->status = status;
        snprintf(r->message, sizeof r->message, "%s", tg_message());
    }
    r->over = true;
    tg_gang_call_all(r->gang);
}

/* Room for as many again; where there is no more, that is the end. */
static bool
grow(tg_training *r)
{
    tg_live     *l = r->live;
    const size_t room = r->room ? 2 * r->room : 4096;

    if (l->jobs < r->room) return true;
    tg_live_job *job = realloc(l->job, room * sizeof *job);
    if (!job) {
        tg_training_end(r, tg_fail(TG_ENOMEM, "out of memory"));
        return false;
    }
    l->job = job;
    r->room = room;
    return true;
}

void
tg_training_record(void *training, const tg_sim *s, const tg_job *job, tg_fate fate)
{
    tg_training *r = training;
    tg_live     *l = r->live;
    const bool   delivered = tg_fate_delivered(fate);

    if (!grow(r)) return;
    l->job[l->jobs++] =
        (tg_live_job){ .since = job->since,
                       .began = job->stage >= TG_COMPUTES ? job->began : (double)NAN,
                       .finished = isfinite(job->finished) ? job->finished : (double)NAN,
                       .ended = tg_sim_now(s),
                       .staleness = delivered ? tg_sim_stale(s) : 0,
                       .worker = job->worker,
                       .number = job->number,
                       .fate = fate };
    if (l->jobs == TG_LIVE_MOST_JOBS) {
        l->stopped = true;
        tg_training_end(r, TG_OK);
    }
}

/* ---- a worker ------------------------------------------------------------------------ */

/* What a worker does in one job, with the times at which it did [s]. */
typedef struct doing {
    tg_outside_job job;
    uint32_t       serial;
    double         work; /* [time] */
    double         began, computed, finished;
} doing;

/* Wait for a job and take it. Whether there is one. */
static bool
take(tg_training *r, size_t w, doing *d)
{
    tg_hand *hand = &r->hand[w];

    while (!r->over && !hand->given) tg_gang_wait(r->gang, w, INFINITY);
    if (r->over) return false;
    hand->given = false;
    d->serial = hand->serial;
    d->work = hand->work;
    d->began = tg_gang_clock();
    tg_outside_take(r->sim, w, tg_training_time(r, d->began), &d->job);
    return true;
}

static void
compute(const tg_training *r, size_t w, doing *d)
{
    const tg_desk *desk = &r->desk[w];
    tg_streams     noise = { .seed = r->seed, .purpose = TG_PURPOSE_NOISE };
    const tg_task  task = { .problem = r->setup->problem,
                            .noise = &noise,
                            .worker = (uint32_t)w,
                            .number = d->job.number,
                            .read = d->job.read,
                            .scratch = desk->scratch };

    tg_outside_make(r->setup, &task, desk->bench, desk->g);
    d->computed = tg_gang_clock();
}

/* With the lock. Whether the job is still wanted. */
static bool
is_wanted(const tg_training *r, size_t w, const doing *d)
{
    return !r->over && r->hand[w].serial == d->serial;
}

/* With the lock: sleep what the law asks for, unless it is over or the job is given up. */
static void
rest(tg_training *r, size_t w, doing *d)
{
    const double asked = r->plan->sleep ? d->work * r->plan->unit : 0;

    d->finished = d->computed;
    if (!(asked > SHORTEST)) return;
    while (is_wanted(r, w, d) && !tg_gang_wait(r->gang, w, d->computed + asked)) continue;
    d->finished = tg_gang_clock();
}

/* With the lock. */
static void
deliver(tg_training *r, size_t w, const doing *d)
{
    tg_live_worker *at = &r->live->worker[w];
    const double    here = tg_gang_clock();
    tg_happening    h;

    const tg_status status =
        tg_outside_deliver(r->sim, w, tg_training_time(r, d->finished),
                           tg_training_time(r, here), r->desk[w].g, &h);
    if (status != TG_OK) {
        tg_training_end(r, status);
        return;
    }
    if (h.what == TG_DELIVERS)
        r->live->staleness[h.staleness < TG_STALENESS_BINS ? h.staleness
                                                           : TG_STALENESS_BINS - 1]++;
    at->delivered += h.what == TG_DELIVERS;
    at->computing += d->computed - d->began;
    at->asked += r->plan->sleep ? d->work * r->plan->unit : 0;
    at->slept += d->finished - d->computed;
    at->waiting += here - d->finished;
    at->serving += tg_gang_clock() - here;
}

void
tg_training_work(size_t w, void *training)
{
    tg_training *r = training;
    doing        d;

    tg_gang_lock(r->gang);
    while (take(r, w, &d)) {
        tg_gang_unlock(r->gang);
        compute(r, w, &d);
        tg_gang_lock(r->gang);
        rest(r, w, &d);
        if (is_wanted(r, w, &d)) deliver(r, w, &d);
        tg_outside_let_go(r->sim, d.job.version);
    }
    r->live->worker[w].processor = tg_gang_processor();
    tg_gang_unlock(r->gang);
}
