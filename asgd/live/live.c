#include "asgd/live/live.h"

#include "asgd/live/training.h"
#include "core/memory.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How long a stop request may wait to be seen; what is spent on losses after it [s]. */
static const double HEEDED = 0.05, AFTER_STOP = 0.05;

/* ---- making -------------------------------------------------------------------------- */

static size_t
desk_doubles(const tg_setup *u)
{
    return u->problem->dim + tg_outside_bench(u) + u->problem->scratch + 1;
}

double
tg_live_bytes(const tg_setup *u, const tg_live_plan *plan)
{
    const double workers = (double)u->problem->workers, dim = (double)u->problem->dim;

    return 8 * (workers * ((double)desk_doubles(u) + dim) + (double)plan->points * dim);
}

tg_status
tg_live_check(const tg_setup *u, const tg_live_plan *plan)
{
    if (!(plan->horizon > 0) || !(plan->unit > 0) || !isfinite(plan->horizon * plan->unit))
        return tg_fail(TG_EDOMAIN,
                       "horizon and unit of time must be > 0 and finite, got %g and %g s",
                       plan->horizon, plan->unit);
    if (plan->points < 2)
        return tg_fail(TG_EDOMAIN, "expected 2 points or more, got %zu", plan->points);
    if (u->problem->workers > TG_LIVE_MOST_WORKERS)
        return tg_fail(TG_EDOMAIN,
                       "each worker is a thread: at most %d can be run live, got %zu",
                       TG_LIVE_MOST_WORKERS, u->problem->workers);
    TG_TRY(tg_outside_check(u));
    if (u->problem->kind->begin)
        return tg_fail(
            TG_EDOMAIN,
            "the objective %s keeps what its workers know in the simulation, and "
            "cannot be run live",
            u->problem->kind->name);
    return tg_memory_check(tg_live_bytes(u, plan),
                           "fewer points hold fewer models, fewer workers too");
}

static tg_status
allocate(tg_training *r)
{
    const size_t n = r->setup->problem->workers, points = r->plan->points;
    const size_t dim = r->setup->problem->dim, bench = tg_outside_bench(r->setup);
    tg_live     *l = r->live;

    r->hand = calloc(n, sizeof *r->hand);
    r->desk = calloc(n, sizeof *r->desk);
    r->version = calloc(points, sizeof *r->version);
    r->model = calloc(points, sizeof *r->model);
    l->point = calloc(points, sizeof *l->point);
    l->worker = calloc(n, sizeof *l->worker);
    l->staleness = calloc(TG_STALENESS_BINS, sizeof *l->staleness);
    if (!r->hand || !r->desk || !r->version || !r->model || !l->point || !l->worker ||
        !l->staleness)
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t w = 0; w < n; w++) {
        r->desk[w].g = malloc(desk_doubles(r->setup) * sizeof(double));
        if (!r->desk[w].g) return tg_fail(TG_ENOMEM, "out of memory");
        r->desk[w].bench = r->desk[w].g + dim;
        r->desk[w].scratch = r->desk[w].bench + bench;
    }
    return TG_OK;
}

static void
clear(tg_training *r)
{
    for (size_t w = 0; r->desk && w < r->setup->problem->workers; w++) free(r->desk[w].g);
    tg_sim_free(r->sim);
    free(r->hand);
    free(r->desk);
    free(r->version);
    free(r->model);
}

/* ---- the run ------------------------------------------------------------------------- */

static bool
is_finite(const double *x, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) sum += x[j] - x[j];
    return sum == 0;
}

/* With the lock, which is given up while the model is looked through. */
static void
look(tg_training *r)
{
    tg_live       *l = r->live;
    const size_t   i = l->points;
    tg_live_point *at = &l->point[i];

    at->t = tg_training_time(r, tg_gang_clock());
    at->loss = at->slope = at->score = NAN;
    at->ledger = tg_sim_ledger(r->sim);
    at->jobs = tg_sim_jobs(r->sim);
    r->model[i] = tg_outside_hold(r->sim, &r->version[i]);
    l->points++;
    tg_gang_unlock(r->gang);
    const bool finite = is_finite(r->model[i], r->setup->problem->dim);
    tg_progress_tick(r->plan->progress);
    tg_gang_lock(r->gang);
    if (finite) return;
    l->diverged = at->t;
    l->stopped = true;
    tg_training_end(r, TG_OK);
}

/* With the lock: until this time of the clock, or until it is over. */
static void
await(tg_training *r, double until)
{
    const size_t me = r->setup->problem->workers;

    while (!r->over) {
        if (tg_stop_check() != TG_OK) {
            r->live->stopped = true;
            tg_training_end(r, TG_OK);
        } else if (tg_gang_wait(r->gang, me, fmin(until, tg_gang_clock() + HEEDED)) &&
                   tg_gang_clock() >= until) {
            return;
        }
    }
}

/* The creator of the gang looks on until the horizon, and ends it. */
static void
watch(tg_training *r)
{
    const tg_live_plan *p = r->plan;

    tg_gang_lock(r->gang);
    for (size_t i = 0; i < p->points && !r->over; i++) {
        const double t = p->horizon * (double)i / (double)(p->points - 1);
        if (i > 0) await(r, r->start + t * p->unit);
        if (!r->over) look(r);
    }
    tg_training_end(r, TG_OK);
    tg_gang_unlock(r->gang);
}

static tg_status
train(tg_training *r, const tg_outside *outside)
{
    tg_setup setup = *r->setup;

    setup.horizon = r->plan->horizon;
    setup.outside = outside;
    TG_TRY(tg_sim_create(&setup, 0, &r->sim));
    tg_sim_watch(r->sim, tg_training_record, r);
    TG_TRY(tg_gang_create(setup.problem->workers, tg_training_work, r, &r->gang));
    r->start = tg_gang_clock();
    tg_gang_begin(r->gang);
    watch(r);
    tg_gang_join(r->gang);
    r->live->seconds = tg_gang_clock() - r->start;
    r->live->ledger = tg_sim_ledger(r->sim);
    r->live->running = tg_sim_jobs(r->sim);
    r->live->pending = tg_outside_pending(r->sim);
    return r->status == TG_OK ? TG_OK : tg_fail(r->status, "%s", r->message);
}

/* ---- what it has come to ------------------------------------------------------------- */

/* Counted three times: by the server, by the workers, and as it was written down. */
static tg_status
count(const tg_live *l)
{
    const tg_ledger *a = &l->ledger;
    const uint64_t   ended = a->applied + a->dropped + a->aborted + a->skipped;
    uint64_t         brought = 0, stale = 0;

    for (size_t w = 0; w < l->workers; w++) brought += l->worker[w].delivered;
    for (size_t j = 0; j < TG_STALENESS_BINS; j++) stale += l->staleness[j];
    if (a->begun == ended + l->running && a->delivered == a->applied + a->dropped &&
        brought == a->delivered && stale == a->delivered && l->jobs == ended)
        return TG_OK;
    return tg_fail(
        TG_ENOCONV,
        "an update was lost: %llu jobs begun, %llu applied, %llu dropped, %llu aborted, "
        "%llu skipped, %zu on their way; workers brought %llu, %zu were written down",
        (unsigned long long)a->begun, (unsigned long long)a->applied,
        (unsigned long long)a->dropped, (unsigned long long)a->aborted,
        (unsigned long long)a->skipped, l->running, (unsigned long long)brought, l->jobs);
}

typedef struct judging {
    tg_training *r;
    double       begin; /* on the gang's clock [s] */
} judging;

/* After a stop request a loss that goes through data is not known, since that is cut short. */
static bool
is_cut_short(const judging *j)
{
    return tg_stop_requested() && !j->r->setup->problem->kind->cheap_loss;
}

/* Others are, as far as there is time for them. */
static bool
is_too_late(const judging *j)
{
    return is_cut_short(j) ||
           (tg_stop_requested() && tg_gang_clock() - j->begin > AFTER_STOP);
}

static void
judge_point(const judging *j, size_t i)
{
    const tg_problem *p = j->r->setup->problem;
    const double     *x = j->r->model[i];
    tg_live_point    *at = &j->r->live->point[i];
    double           *scratch = malloc((p->scratch + p->dim) * sizeof *scratch);
    double            square = 0;

    if (!scratch || is_too_late(j)) {
        free(scratch);
        return;
    }
    double *g = scratch + p->scratch;
    at->loss = p->kind->loss(p->self, x, scratch);
    if (p->kind->score) at->score = p->kind->score(p->self, x, scratch);
    if (p->kind->slope && !p->kind->dear_slope) {
        p->kind->slope(p->self, x, scratch, g);
        for (size_t k = 0; k < p->dim; k++) square += g[k] * g[k];
        at->slope = sqrt(square);
    }
    if (is_cut_short(j)) at->loss = at->score = at->slope = NAN;
    free(scratch);
}

static tg_status
judge_job(size_t index, size_t thread, void *context)
{
    (void)thread;
    judge_point(context, index);
    return TG_OK;
}

/* Losses of the models that were held. */
static tg_status
judge(tg_training *r)
{
    judging j = { r, tg_gang_clock() };

    if (!tg_stop_requested()) {
        const tg_status status = tg_parallel_run(r->live->points, 0, judge_job, &j, NULL);
        return status == TG_ESTOP ? TG_OK : status;
    }
    for (size_t i = 0; i < r->live->points; i++) judge_point(&j, i);
    return TG_OK;
}

tg_status
tg_live_run(const tg_setup *setup, const tg_live_plan *plan, tg_live **out)
{
    tg_training      r = { .setup = setup, .plan = plan, .seed = tg_outside_seed(setup) };
    const tg_outside outside = { tg_training_give, tg_training_drop, &r };

    TG_TRY(tg_live_check(setup, plan));
    r.live = calloc(1, sizeof *r.live);
    if (!r.live) return tg_fail(TG_ENOMEM, "out of memory");
    r.live->workers = setup->problem->workers;
    r.live->diverged = INFINITY;
    tg_status status = allocate(&r);
    if (status == TG_OK) status = train(&r, &outside);
    if (status == TG_OK) status = count(r.live);
    if (status == TG_OK) status = judge(&r);
    clear(&r);
    if (status == TG_OK)
        *out = r.live;
    else
        tg_live_free(r.live);
    return status;
}

void
tg_live_free(tg_live *l)
{
    if (!l) return;
    free(l->point);
    free(l->worker);
    free(l->job);
    free(l->staleness);
    free(l);
}
