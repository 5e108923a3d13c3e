#include "asgd/sim/speed.h"

#include "core/parallel.h"

#include <math.h>

enum { LISTEN = 1024 };

/* ---- work ------------------------------------------------------------------------------ */

/* Staggered workers have been at work for long: their jobs are renewed from a random phase, unseen,
 * up to t = 0. */
static tg_status
rest_of_first(const tg_delay *law, tg_rng *rng, double *out)
{
    double t = -(tg_cluster_past(law) + tg_rng_uniform(rng)) * tg_delay_mean(law);

    for (size_t n = 1; t <= 0; n++) {
        t += tg_delay_sample(law, rng);
        if (n % LISTEN == 0) TG_TRY(tg_stop_check());
    }
    *out = t;
    return TG_OK;
}

/* The time that was recorded of a job; inf after the last. */
static double
recorded(const tg_recording *r, const tg_job *job)
{
    const size_t first = r->first[job->worker], n = r->first[job->worker + 1] - first;

    if (job->number >= n && !r->again) return INFINITY;
    return r->time[first + job->number % n];
}

bool
tg_speed_replays(const tg_cluster *c, size_t worker)
{
    const size_t *first = c->recording.first;

    return first && first[worker + 1] > first[worker];
}

/* The amount of work of a job: the time that it takes at speed 1. */
static tg_status
draw_work(const tg_cluster *c, tg_delays *delays, const tg_job *job, double *out)
{
    if (tg_speed_replays(c, job->worker)) {
        *out = recorded(&c->recording, job);
        return TG_OK;
    }
    if (job->number == 0 && job->began == 0 && !c->together) {
        tg_rng rng = tg_rng_of(delays->seed, TG_PURPOSE_DELAY, job->worker, 0);
        return rest_of_first(c->of[job->worker], &rng, out);
    }
    *out = tg_delays_of(delays, c->of[job->worker], job->worker, job->number);
    return TG_OK;
}

/* ---- speed ----------------------------------------------------------------------------- */

static void
next_stretch(const tg_cluster *c, uint64_t seed, size_t worker, tg_stretch *at)
{
    const tg_paced     *p = &c->pace[c->pace_of[worker] - 1];
    const tg_pace_kind *kind = (const tg_pace_kind *)p->pace.choice.kind;
    tg_rng              g = tg_rng_of(seed, TG_PURPOSE_PACE, (uint32_t)worker, at->n);

    kind->next(&p->pace, worker - p->first, &g, at);
    at->n++;
}

/* To the stretch that holds t. */
static tg_status
seek(const tg_cluster *c, uint64_t seed, size_t worker, double t, tg_stretch *at)
{
    for (size_t n = 1; at->end <= t; n++) {
        next_stretch(c, seed, worker, at);
        if (n % LISTEN == 0) TG_TRY(tg_stop_check());
    }
    return TG_OK;
}

/* How long it takes from `began` until the integral of the speed reaches `work`: a double that is
 * then added to `began`, as without speeds, for only then began + (finished - began) is `finished`
 * again, which lets a log of durations replay to the bit. What is not done by the horizon is looked for
 * a little further only, for there need not be an end: a job that always fails, a speed of 1e-300. */
static tg_status
elapse(const tg_cluster *c, uint64_t seed, double horizon, const tg_job *job, double work,
       tg_stretch at, double *out)
{
    const double began = job->began;
    double       t = began, left = work;
    size_t       beyond = 0;

    for (size_t n = 1;; n++) {
        if (at.speed > 0 && t + left / at.speed <= at.end) break;
        if (isinf(at.end)) break;
        beyond += t > horizon;
        if (beyond > LISTEN) at.speed = 0;
        if (beyond > LISTEN) break;
        left = at.loses ? work : fmax(0, left - (at.end - t) * at.speed);
        t = at.end;
        next_stretch(c, seed, job->worker, &at);
        if (n % LISTEN == 0) TG_TRY(tg_stop_check());
    }
    *out = at.speed > 0 ? t - began + left / at.speed : INFINITY;
    return TG_OK;
}

tg_status
tg_speed_finish(const tg_cluster *c, tg_delays *delays, double horizon, tg_stretch *at,
                const tg_job *job, double *out)
{
    const size_t w = job->worker;
    double       time;

    TG_TRY(draw_work(c, delays, job, &time));
    if (at && c->pace_of[w] > 0 && !tg_speed_replays(c, w)) {
        TG_TRY(seek(c, delays->seed, w, job->began, &at[w]));
        TG_TRY(elapse(c, delays->seed, horizon, job, time, at[w], &time));
    }
    *out = job->began + time;
    return TG_OK;
}

double
tg_speed_at(const tg_cluster *c, uint64_t seed, tg_stretch *at, size_t worker, double t)
{
    if (!at || c->pace_of[worker] == 0) return 1;
    return seek(c, seed, worker, t, &at[worker]) == TG_OK ? at[worker].speed : 0;
}
