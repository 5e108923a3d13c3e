/* calibrate_run: what is compared of a run, and runs that are simulated */
#include "study/calibrate.h"

#include "asgd/sim/server.h"
#include "core/parallel.h"
#include "core/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Starts and ends are sums of the same times in another order: what differs by less is equal. */
static const double SAME = 1e-9;

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

size_t
tg_run_ended(const tg_run *run, double t)
{
    size_t low = 0, high = run->jobs;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (run->job[middle].end <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- the curve ------------------------------------------------------------------------ */

void
tg_run_clock(const tg_calibration *c, const tg_run *run, double *clock, double *loss)
{
    for (size_t i = 0; i < c->points; i++) {
        const size_t from = c->first[i], to = c->first[i + 1];
        double       t = 0, f = 0;
        for (size_t k = from; k < to; k++) {
            const double now = c->curve.time[k];
            t += now;
            if (c->timed) t += ((double)tg_run_ended(run, now) - c->expected[k]) / c->rate;
            f += run->loss[k];
        }
        clock[i] = fmax(t / (double)(to - from), i > 0 ? clock[i - 1] : 0);
        loss[i] = f / (double)(to - from);
    }
}

/* The renewals of one worker from a beginning at 0, into number (curve.n) by where they fall. */
static void
count_renewals(const tg_calibration *c, const tg_delay *law, tg_rng *g, double *number)
{
    size_t k = 0;

    for (double t = tg_delay_sample(law, g); t <= c->horizon;
         t += tg_delay_sample(law, g)) {
        while (k < c->curve.n && c->curve.time[k] < t) k++;
        if (k < c->curve.n) number[k]++;
    }
}

/* Workers that begin together deliver late at first: by many of them, drawn by their laws. */
tg_status
tg_run_expect(tg_calibration *c)
{
    enum { MOST = 256, FEWEST = 4 };
    const tg_cluster *w = c->scene.cluster;
    const double      few = fmax(FEWEST, fmin(MOST, 1e6 / (double)(c->seen.jobs + 1)));
    const size_t      times = (size_t)few;
    double            sum = 0;

    c->expected = calloc(c->curve.n, sizeof *c->expected);
    if (!c->expected) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < times * w->workers && c->together; i++) {
        tg_rng g = tg_rng_stream(1, TG_PURPOSE_RESAMPLE, i);
        if (i % 64 == 0) TG_TRY(tg_stop_check());
        count_renewals(c, w->of[i % w->workers], &g, c->expected);
    }
    for (size_t k = 0; k < c->curve.n; k++) {
        sum += c->expected[k] / (double)times;
        c->expected[k] = c->together ? sum : c->rate * c->curve.time[k];
    }
    return TG_OK;
}

static tg_status
fit_curve(const tg_calibration *c, const tg_run *run, const tg_mode_fit *from,
          tg_run_summary *out)
{
    double             clock[TG_FITTED_POINTS], loss[TG_FITTED_POINTS];
    const tg_mode_task task = { .table = c->table,
                                .step = c->step,
                                .n = c->points,
                                .clock = clock,
                                .loss = loss,
                                .known = c->known,
                                .knowns = c->knowns,
                                .least = c->least,
                                .counted = c->timed };

    tg_run_clock(c, run, clock, loss);
    const tg_status status = from ? tg_mode_fit_near(&task, from, &out->fit)
                                  : tg_mode_fit_find(&task, c->wanted, &out->fit);
    out->fitted = status == TG_OK;
    return from && status != TG_ENOMEM ? TG_OK : status;
}

static void
take_losses(const tg_calibration *c, const tg_run *run, tg_run_summary *out)
{
    const size_t last = c->curve.n - 1;
    double       late = 0;

    for (size_t i = 0; i < TG_RUN_LOSSES; i++)
        out->loss[i] = run->loss[last * (i + 1) / TG_RUN_LOSSES];
    for (size_t k = last / 2; k <= last; k++) late += run->loss[k];
    out->late = late / (double)(last - last / 2 + 1);
}

/* ---- jobs ----------------------------------------------------------------------------- */

/* Deliveries between a job's beginning and its own. */
static tg_status
take_staleness(const tg_calibration *c, const tg_run *run, tg_run_summary *out)
{
    static const double share[TG_RUN_QUANTILES] = { .5, .9, .99 };
    double             *all = malloc((run->jobs + 1) * sizeof *all);

    if (!all) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < run->jobs; i++) {
        const size_t before = tg_run_ended(run, run->job[i].begin + SAME * c->horizon);
        all[i] = before < i ? (double)(i - before) : 0;
    }
    out->staleness = tg_stats_of(all, run->jobs).mean;
    qsort(all, run->jobs, sizeof *all, rising);
    for (size_t q = 0; q < TG_RUN_QUANTILES; q++)
        out->stale[q] = tg_quantile_sorted(all, run->jobs, share[q]);
    free(all);
    return TG_OK;
}

/* Jobs that end one after the other, of different workers: the correlation of ln t less the worker's mean. */
static tg_status
take_shared(const tg_calibration *c, const tg_run *run, tg_run_summary *out)
{
    const size_t workers = c->scene.cluster->workers;
    tg_stats    *s = calloc(workers, sizeof *s);
    double       products = 0, pairs = 0, squares = 0, n = 0, last = 0;

    if (!s) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < run->jobs; i++)
        tg_stats_add(&s[run->job[i].worker], log(run->job[i].end - run->job[i].begin));
    for (size_t i = 0; i < run->jobs; i++) {
        const tg_run_job *j = &run->job[i];
        const double      r = log(j->end - j->begin) - s[j->worker].mean;
        squares += r * r;
        n++;
        if (i > 0 && j->worker != j[-1].worker) {
            products += r * last;
            pairs++;
        }
        last = r;
    }
    out->shared =
        squares > 1e-12 * n && pairs > 0 ? products / (squares / n) / sqrt(pairs) : 0;
    free(s);
    return TG_OK;
}

/* Times between deliveries: those of independent workers vary like an exponential law, or somewhat less; those
 * through one link keep apart. */
static void
take_paced(const tg_run *run, tg_run_summary *out)
{
    tg_stats s = { 0 };

    for (size_t i = 1; i < run->jobs; i++)
        tg_stats_add(&s, run->job[i].end - run->job[i - 1].end);
    out->paced =
        s.n > 1 && s.m2 > 0 ? log(sqrt(tg_stats_variance(&s)) / s.mean) : (double)NAN;
}

/* Mean and variation of each group's jobs, by the law that was taken. */
static tg_status
take_groups(const tg_calibration *c, const tg_run *run, tg_run_summary *out)
{
    double   *t = malloc((run->jobs + 1) * sizeof *t);
    tg_status status = t ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t g = 0; g < c->fitting.fitted.groups && status == TG_OK; g++) {
        const tg_fitted_part *p = &c->fitting.fitted.group[g].job;
        size_t                n = 0;
        for (size_t i = 0; i < run->jobs; i++) {
            const size_t w = run->job[i].worker;
            if (c->group[w] == g)
                t[n++] = (run->job[i].end - run->job[i].begin) / c->factor[w];
        }
        if (n < 2) continue;
        qsort(t, n, sizeof *t, rising);
        status = tg_fit_again(p->law && p->best < p->count ? &p->fit[p->best] : NULL, t, n,
                              &out->mean[g], &out->cv[g]);
    }
    free(t);
    return status;
}

tg_status
tg_run_summarise(const tg_calibration *c, const tg_run *run, const tg_mode_fit *from,
                 tg_run_summary *out)
{
    tg_run_summary s = { .staleness = NAN, .shared = NAN, .paced = NAN };

    for (size_t q = 0; q < TG_RUN_QUANTILES; q++) s.stale[q] = NAN;
    for (size_t g = 0; g < TG_RUN_GROUPS; g++) s.mean[g] = s.cv[g] = NAN;
    s.rate = (double)run->jobs / c->horizon;
    take_losses(c, run, &s);
    if (c->timed && c->whole) TG_TRY(take_staleness(c, run, &s));
    if (c->timed && c->whole) TG_TRY(take_shared(c, run, &s));
    if (c->timed && c->whole) take_paced(run, &s);
    if (c->whole) TG_TRY(take_groups(c, run, &s));
    TG_TRY(fit_curve(c, run, from, &s));
    *out = s;
    return TG_OK;
}

/* ---- simulated runs -------------------------------------------------------------------- */

typedef struct watching {
    tg_run run;
    size_t room;
    bool   full;
} watching;

static void
look(void *context, const tg_sim *s, const tg_job *job, tg_fate fate)
{
    watching *w = context;
    tg_run   *run = &w->run;

    if (!tg_fate_delivered(fate)) return;
    if (run->jobs == w->room) {
        tg_run_job *more = realloc(run->job, 2 * w->room * sizeof *more);
        w->full = !more;
        if (!more) return;
        run->job = more;
        w->room *= 2;
    }
    if (tg_sim_now(s) > job->began)
        run->job[run->jobs++] = (tg_run_job){ job->began, tg_sim_now(s), job->worker };
}

/* To the horizon, with the losses on the way. */
static tg_status
follow(const tg_calibration *c, tg_sim *s, tg_run *run)
{
    size_t       i = 0;
    tg_happening what;
    unsigned     events = 0;

    for (;;) {
        const double next = tg_sim_next(s);
        while (i < c->curve.n && c->curve.time[i] < next) run->loss[i++] = tg_sim_loss(s);
        if (!(next <= c->horizon)) return TG_OK;
        TG_TRY(tg_sim_advance(s, &what));
        if ((++events & 1023) == 0) TG_TRY(tg_stop_check());
    }
}

/* Run i is replica i of the study. */
static tg_status
simulate(size_t i, size_t thread, void *context)
{
    tg_calibration *c = context;
    tg_setup        setup = tg_study_setup(c->study, 0, c->scene.problem, c->scene.cluster);
    tg_sim         *s = NULL;
    watching        w = { .room = c->seen.jobs + 64 };
    double          clock[TG_FITTED_POINTS];

    (void)thread;
    setup.horizon = c->horizon;
    TG_TRY(tg_sim_create(&setup, i, &s));
    w.run.loss = malloc(c->curve.n * sizeof *w.run.loss);
    w.run.job = malloc(w.room * sizeof *w.run.job);
    tg_status status =
        w.run.loss && w.run.job ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    tg_sim_watch(s, look, &w);
    if (status == TG_OK) status = follow(c, s, &w.run);
    tg_sim_free(s);
    if (status == TG_OK && w.full) status = tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0; k < c->curve.n && status == TG_OK; k++)
        w.run.loss[k] += c->sight.fit.least;
    if (status == TG_OK) status = tg_run_summarise(c, &w.run, &c->sight.fit, &c->run[i]);
    if (status == TG_OK) tg_run_clock(c, &w.run, clock, c->course + i * c->points);
    free(w.run.loss);
    free(w.run.job);
    return status;
}

/* How far a curve is from the mean of the simulated ones. */
static void
compare(const tg_calibration *c, const double *mean, const double *loss,
        tg_run_summary *out)
{
    out->mape = out->bias = 0;
    for (size_t i = 0; i < c->points; i++) {
        const double off = loss[i] / mean[i] - 1;
        out->mape += fabs(off) / (double)c->points;
        out->bias += off / (double)c->points;
    }
}

static void
compare_all(tg_calibration *c)
{
    double mean[TG_FITTED_POINTS] = { 0 }, clock[TG_FITTED_POINTS], loss[TG_FITTED_POINTS];

    for (size_t r = 0; r < c->runs; r++)
        for (size_t i = 0; i < c->points; i++)
            mean[i] += c->course[r * c->points + i] / (double)c->runs;
    for (size_t r = 0; r < c->runs; r++)
        compare(c, mean, c->course + r * c->points, &c->run[r]);
    tg_run_clock(c, &c->seen, clock, loss);
    compare(c, mean, loss, &c->sight);
}

tg_status
tg_calibration_simulate(tg_calibration *c)
{
    c->run = calloc(c->runs + 1, sizeof *c->run);
    c->course = calloc(c->runs * c->points + 1, sizeof *c->course);
    if (!c->run || !c->course) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(tg_parallel_run(c->runs, 0, simulate, c, NULL));
    compare_all(c);
    return TG_OK;
}
