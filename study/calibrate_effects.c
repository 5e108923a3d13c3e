/* calibrate_effects: what of a run does not fit its study, and why
 *
 * Of the log, what its order says (asgd/traces/course.h). Of the rest, what simulated runs of the study do
 * says how far out a run is: in their standard deviations. */
#include "study/calibrate.h"

#include "core/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const tg_column tg_calibrated_effect_columns[TG_CALIBRATED_EFFECT_COLUMNS] = {
    { "effect", "", "outside the study", true },
    { "value", "", "what is measured of it", false },
    { "error", "", "its standard error, or that of simulated runs", false },
    { "beyond", "", "of what is expected, in these errors", false },
    { "verdict", "", "seen or not seen", true },
};

/* Standard errors from which on it is no chance. */
static const double FAR = 4;

typedef struct effect {
    const char *name, *why;
    double      value, error, beyond;
    bool        seen;
} effect;

static tg_status
add(const tg_sayings *s, const effect *e, tg_table *t, size_t *seen)
{
    TG_TRY(tg_table_add(t, (tg_cell[]){ TG_TEXT(e->name), TG_NUMBER(e->value),
                                        TG_NUMBER(e->error), TG_NUMBER(e->beyond),
                                        TG_TEXT(e->seen ? "seen" : "not seen") }));
    if (!e->seen) return TG_OK;
    ++*seen;
    return tg_fit_say(s, e->name, "Does not fit: %s.", e->why);
}

/* ---- the log ---------------------------------------------------------------------------- */

static tg_status
add_course(const tg_calibration *c, const tg_sayings *s, tg_table *t, size_t *seen)
{
    const tg_course *o = &c->fitting.fitted.course;
    const effect     list[] = {
            { "correlated jobs",
              "a worker's job times are not independent of its last ones, as the study has "
                  "them; "
                  "staleness and loss scatter more than is said",
              o->correlation, o->correlation_error, o->correlation / o->correlation_error,
              tg_course_correlated(o) },
            { "drift",
              "job times drift over the log; the study has their mean, and is off at both ends",
              o->drift, o->drift_error, o->drift / o->drift_error, tg_course_drifts(o) },
            { "slow spells",
              "slow jobs come in stretches, the study has them one by one: delays are longer "
                  "in "
                  "them and shorter between",
              (double)o->stretches, NAN, NAN, o->stretches > 0 },
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (!isnan(list[i].beyond) || list[i].error != list[i].error)
            TG_TRY(add(s, &list[i], t, seen));
    return TG_OK;
}

/* How many jobs begin before t: `begin` (n) rises. */
static size_t
begun_by(const double *begin, size_t n, double t)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (begin[middle] < t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Correlation of ln t less the worker's mean with how many others are at work when the job begins, which neither
 * knows of the other where workers are independent. room: (jobs) and (workers). */
static void
correlate(const tg_calibration *c, double *begin, tg_stats *worker, effect *e)
{
    const tg_run *r = &c->seen;
    tg_stats      number = { 0 };
    double        products = 0, squares = 0, n = (double)r->jobs;

    for (size_t i = 0; i < r->jobs; i++) {
        begin[i] = r->job[i].begin;
        tg_stats_add(&worker[r->job[i].worker], log(r->job[i].end - r->job[i].begin));
    }
    qsort(begin, r->jobs, sizeof *begin, rising);
    for (size_t i = 0, ended = 0; i < r->jobs; i++) {
        const double at = begin[i];
        while (ended < r->jobs && r->job[ended].end <= at) ended++;
        tg_stats_add(&number, (double)(i - ended));
    }
    for (size_t i = 0; i < r->jobs; i++) {
        const tg_run_job *j = &r->job[i];
        const double      at = (double)begun_by(begin, r->jobs, j->begin) -
                          (double)tg_run_ended(r, j->begin),
                     y = log(j->end - j->begin) - worker[j->worker].mean;
        products += y * (at - number.mean);
        squares += y * y;
    }
    e->error = 1 / sqrt(n);
    e->value =
        number.m2 > 1e-3 * n && squares > 0 ? products / sqrt(squares * number.m2) : 0;
    e->beyond = e->value / e->error;
}

static tg_status
add_crowding(const tg_calibration *c, const tg_sayings *s, tg_table *t, size_t *seen)
{
    effect e = {
        .name = "crowding",
        .why = "jobs take the longer the more workers are at work when they begin: they "
               "share what they work with, and more workers bring less than the study "
               "says"
    };
    double   *begin = malloc((c->seen.jobs + 1) * sizeof *begin);
    tg_stats *worker = calloc(c->fitting.trace.workers + 1, sizeof *worker);

    if (begin && worker && c->timed) correlate(c, begin, worker, &e);
    const bool failed = !begin || !worker;
    free(begin);
    free(worker);
    if (failed) return tg_fail(TG_ENOMEM, "out of memory");
    e.seen = e.beyond > FAR + 1 && e.value > .05;
    return c->timed && !c->whole ? add(s, &e, t, seen) : TG_OK;
}

/* ---- against simulated runs ------------------------------------------------------------- */

static double
shared_of(const tg_run_summary *s, size_t i)
{
    (void)i;
    return s->shared;
}

static double
paced_of(const tg_run_summary *s, size_t i)
{
    (void)i;
    return s->paced;
}

static double
misfit_of(const tg_run_summary *s, size_t i)
{
    (void)i;
    return s->fitted ? log(s->fit.misfit) : (double)NAN;
}

static double
structure_of(const tg_run_summary *s, size_t i)
{
    (void)i;
    return s->fitted ? s->fit.structure : (double)NAN;
}

/* How far out the run is among the simulated ones. */
static tg_status
measure(const tg_calibration *c, tg_run_number number, effect *e)
{
    double *x = NULL;
    size_t  n;

    TG_TRY(tg_runs_sorted(c, number, 0, &x, &n));
    e->value = number(&c->sight, 0);
    e->error = e->beyond = NAN;
    if (n > 1) {
        const tg_stats s = tg_stats_of(x, n);
        e->error = sqrt(tg_stats_variance(&s));
        e->beyond = (e->value - s.mean) / e->error;
    }
    free(x);
    return TG_OK;
}

static tg_status
add_shared(const tg_calibration *c, const tg_sayings *s, tg_table *t, size_t *seen)
{
    effect
        shared = { .name = "shared slowness",
                   .why =
                       "jobs of different workers are slow at the same time, as where they "
                       "share a machine, a link or a disk; the study has them "
                       "independent, and expects more of more workers than they bring" },
        paced = { .name = "contention",
                  .why =
                      "deliveries keep apart from each other, as where all go through one "
                      "link or one lock; the study has workers that do not know of each "
                      "other: give it an uplink, or more workers bring less than it says" },
        bursts = { .name = "bursts",
                   .why =
                       "deliveries come together more than those of independent workers: "
                       "they wait for one another, or start together again and again" };

    if (isnan(c->sight.paced) || c->scene.cluster->workers < 2) return TG_OK;
    TG_TRY(measure(c, shared_of, &shared));
    TG_TRY(measure(c, paced_of, &paced));
    bursts.value = paced.value;
    bursts.error = paced.error;
    bursts.beyond = paced.beyond;
    paced.beyond = -paced.beyond;
    shared.seen = fabs(shared.beyond) > FAR;
    paced.seen = paced.beyond > FAR;
    bursts.seen = bursts.beyond > FAR;
    TG_TRY(add(s, &shared, t, seen));
    TG_TRY(add(s, &paced, t, seen));
    return add(s, &bursts, t, seen);
}

static tg_status
add_loss(const tg_calibration *c, const tg_sayings *s, tg_table *t, size_t *seen)
{
    effect
        misfit = { .name = "shape of the loss curve",
                   .why = "the loss is farther from any such curve than the runs of such a "
                          "quadratic are: its curvature changes on the way, or steps, "
                          "noise or "
                          "workers did" },
        calm = { .name = "calm of the loss curve",
                 .why =
                     "the loss scatters far less than that of so few directions with this "
                     "noise: there are many of them, or it was averaged; the intervals of "
                     "noise and eigenvalues are too wide" },
        structure = { .name = "structure of the residuals",
                      .why =
                          "what is left of the loss curve goes the same way for long: no "
                          "few modes have such a curve, the objective is not quadratic "
                          "where the run went" };

    TG_TRY(measure(c, misfit_of, &misfit));
    TG_TRY(measure(c, structure_of, &structure));
    calm.value = misfit.value;
    calm.error = misfit.error;
    calm.beyond = -misfit.beyond;
    misfit.seen = misfit.beyond > FAR;
    calm.seen = calm.beyond > FAR;
    structure.seen = structure.beyond > FAR;
    TG_TRY(add(s, &misfit, t, seen));
    TG_TRY(add(s, &calm, t, seen));
    return add(s, &structure, t, seen);
}

tg_status
tg_calibrated_add_effects(const tg_calibration *c, const tg_sayings *s, tg_table *t,
                          size_t *seen)
{
    *seen = 0;
    TG_TRY(add_course(c, s, t, seen));
    TG_TRY(add_crowding(c, s, t, seen));
    TG_TRY(add_shared(c, s, t, seen));
    return add_loss(c, s, t, seen);
}
