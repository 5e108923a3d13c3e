/* calibrate_tables: what was fitted with its intervals; what is claimed of the run; its course */
#include "study/calibrate.h"

#include "core/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- simulated runs --------------------------------------------------------------------- */

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

tg_status
tg_runs_sorted(const tg_calibration *c, tg_run_number number, size_t i, double **out,
               size_t *n)
{
    double *x = malloc((c->runs + 1) * sizeof *x);

    if (!x) return tg_fail(TG_ENOMEM, "out of memory");
    *n = 0;
    for (size_t r = 0; r < c->runs; r++) {
        const double value = number(&c->run[r], i);
        if (!isnan(value)) x[(*n)++] = value;
    }
    qsort(x, *n, sizeof *x, rising);
    *out = x;
    return TG_OK;
}

enum { ENOUGH = 19 /* runs that say something of an interval */ };

typedef struct interval {
    double low, high;
} interval;

/* Of a number `at` that is > 0, by its logarithm, or else as it is; NaN where too few runs have it. */
static tg_status
interval_of(const tg_calibration *c, tg_run_number number, size_t i, double at,
            bool positive, interval *out)
{
    double *x = NULL;
    size_t  n;

    *out = (interval){ NAN, NAN };
    if (isnan(at) || (positive && !(at > 0))) return TG_OK;
    TG_TRY(tg_runs_sorted(c, number, i, &x, &n));
    if (n >= ENOUGH) {
        const double low = tg_quantile_sorted(x, n, .025),
                     high = tg_quantile_sorted(x, n, .975);
        out->low = positive ? at * at / high : 2 * at - high;
        out->high = positive ? at * at / low : 2 * at - low;
    }
    free(x);
    return TG_OK;
}

/* The same of a mean of many, whose logarithm is normal. `made`: what was simulated, scaled to the workers' rate. */
static tg_status
interval_of_many(const tg_calibration *c, tg_run_number number, size_t i, double at,
                 double made, interval *out)
{
    const double reach = 1.959964;
    double      *x = NULL;
    size_t       n;

    *out = (interval){ NAN, NAN };
    TG_TRY(tg_runs_sorted(c, number, i, &x, &n));
    for (size_t k = 0; k < n; k++) x[k] = log(x[k] / made);
    if (n >= ENOUGH && at > 0) {
        const tg_stats s = tg_stats_of(x, n);
        const double   apart = reach * sqrt(tg_stats_variance(&s));
        out->low = at * exp(-s.mean - apart);
        out->high = at * exp(-s.mean + apart);
    }
    free(x);
    return TG_OK;
}

/* ---- parameters ------------------------------------------------------------------------- */

const tg_column tg_calibrated_columns[TG_CALIBRATED_COLUMNS] = {
    { "parameter", "", "of the study", true },
    { "of", "", "group of workers, mode of the objective, or all", true },
    { "unit", "", "of the next three columns", true },
    { "value", "", "fitted, or as given", false },
    { "low", "", "95 of 100 such runs have it above; nan: it was given, or is not known",
      false },
    { "high", "", "and below that", false },
    { "by", "",
      "runs: simulated with what was fitted, and fitted again; as it is: given, or by fit "
      "alone",
      true },
};

static tg_status
add(tg_table *t, const char *parameter, const char *of, const char *unit, double value,
    interval i)
{
    return tg_table_add(t,
                        (tg_cell[]){ TG_TEXT(parameter), TG_TEXT(of), TG_TEXT(unit),
                                     TG_NUMBER(value), TG_NUMBER(i.low), TG_NUMBER(i.high),
                                     TG_TEXT(isnan(i.low) ? "as it is" : "runs") });
}

static double
mean_of(const tg_run_summary *s, size_t g)
{
    return s->mean[g];
}

static double
cv_of(const tg_run_summary *s, size_t g)
{
    return s->cv[g];
}

static double
eigenvalue_of(const tg_run_summary *s, size_t j)
{
    return s->fitted ? s->fit.h[j] : (double)NAN;
}

static double
excess_of(const tg_run_summary *s, size_t j)
{
    return s->fitted ? s->fit.excess[j] : (double)NAN;
}

static double
sigma_of(const tg_run_summary *s, size_t i)
{
    (void)i;
    return s->fitted ? s->fit.sigma : (double)NAN;
}

static double
least_of(const tg_run_summary *s, size_t i)
{
    (void)i;
    return s->fitted ? s->fit.least : (double)NAN;
}

/* Of a group whose jobs are not compared (gaps between them, speeds of its workers' own) fit's own numbers. */
static tg_status
add_unknown(const tg_fitted_group *g, const char *of, tg_table *t)
{
    const interval none = { NAN, NAN };

    TG_TRY(add(t, "mean job time", of, "s", g->job.mean * g->scale, none));
    return g->gap.n > 0 ? add(t, "mean gap", of, "s", g->gap.mean * g->scale, none) : TG_OK;
}

static tg_status
add_groups(const tg_calibration *c, tg_table *t)
{
    const tg_fitted *f = &c->fitting.fitted;
    interval         mean, cv;
    char             of[40];

    for (size_t g = 0; g < f->groups && g < TG_RUN_GROUPS; g++) {
        snprintf(of, sizeof of, "group %zu", g + 1);
        TG_TRY(
            add(t, "workers", of, "", (double)f->group[g].workers, (interval){ NAN, NAN }));
        if (isnan(c->sight.mean[g])) {
            TG_TRY(add_unknown(&f->group[g], of, t));
            continue;
        }
        TG_TRY(interval_of_many(c, mean_of, g, c->sight.mean[g],
                                c->sight.mean[g] * f->group[g].scale, &mean));
        TG_TRY(interval_of_many(c, cv_of, g, c->sight.cv[g], c->sight.cv[g], &cv));
        TG_TRY(add(t, "mean job time", of, "s", c->sight.mean[g], mean));
        TG_TRY(add(t, "CV of job times", of, "", c->sight.cv[g], cv));
    }
    return TG_OK;
}

static tg_status
add_modes(const tg_calibration *c, tg_table *t)
{
    const tg_mode_fit *f = &c->sight.fit;
    interval           i;
    char               of[40];

    for (size_t j = 0; j < f->modes; j++) {
        snprintf(of, sizeof of, "%s %zu", c->known ? "all modes" : "mode", j + 1);
        if (c->known) of[strlen("all modes")] = '\0';
        if (!c->known) {
            TG_TRY(interval_of(c, eigenvalue_of, j, f->h[j], true, &i));
            TG_TRY(add(t, "eigenvalue", of, "loss/x^2", f->h[j], i));
        }
        TG_TRY(interval_of(c, excess_of, j, f->excess[j], true, &i));
        TG_TRY(add(t, "excess at the start", of, "loss", f->excess[j], i));
    }
    TG_TRY(interval_of(c, sigma_of, 0, f->sigma, true, &i));
    TG_TRY(add(t, "noise", "all modes", "loss/x", f->sigma, i));
    if (isnan(c->least)) TG_TRY(interval_of(c, least_of, 0, f->least, false, &i));
    return add(t, "least loss F*", "objective", "loss", f->least,
               isnan(c->least) ? i : (interval){ NAN, NAN });
}

tg_status
tg_calibrated_add(const tg_calibration *c, tg_table *t)
{
    TG_TRY(add_groups(c, t));
    return add_modes(c, t);
}

/* ---- claims ----------------------------------------------------------------------------- */

const tg_column tg_calibrated_claim_columns[TG_CALIBRATED_CLAIM_COLUMNS] = {
    { "claim", "", "what is predicted", true },
    { "unit", "", "of the next columns", true },
    { "measured", "", "of the run", false },
    { "predicted", "", "mean of simulated runs of the study", false },
    { "theory", "", "the same by theory; nan: it does not say", false },
    { "low", "", "95 of 100 simulated runs are above", false },
    { "high", "", "and below that", false },
    { "off", "1", "measured over predicted, less 1; nan: 0 is predicted", false },
    { "verdict", "", "holds: not farther out than all simulated runs", true },
};

typedef struct claim {
    const char   *name, *unit;
    tg_run_number number;
    size_t        i;
    double        theory;
} claim;

/* It fails outside of what all runs did, with a tenth of their range to spare. */
static tg_judgement
judge(const double *x, size_t n, double measured)
{
    const double spare = n > 0 ? .1 * (x[n - 1] - x[0]) + 1e-9 * fabs(x[0]) : 0;

    if (n < ENOUGH || isnan(measured)) return TG_OPEN;
    return measured < x[0] - spare || measured > x[n - 1] + spare ? TG_FAILS : TG_HOLDS;
}

static tg_status
add_claim(const tg_calibration *c, const claim *k, tg_table *t, tg_tally *tally)
{
    const double measured = k->number(&c->sight, k->i);
    double      *x = NULL;
    size_t       n;

    if (isnan(measured)) return TG_OK;
    TG_TRY(tg_runs_sorted(c, k->number, k->i, &x, &n));
    const tg_judgement j = judge(x, n, measured);
    const double       mean = n > 0 ? tg_stats_of(x, n).mean : (double)NAN;
    const tg_status    status = tg_table_add(
           t, (tg_cell[]){ TG_TEXT(k->name), TG_TEXT(k->unit), TG_NUMBER(measured),
                           TG_NUMBER(mean), TG_NUMBER(k->theory),
                           TG_NUMBER(n > 0 ? tg_quantile_sorted(x, n, .025) : (double)NAN),
                           TG_NUMBER(n > 0 ? tg_quantile_sorted(x, n, .975) : (double)NAN),
                           TG_NUMBER(fabs(mean) > 1e-9 * fabs(measured) ? measured / mean - 1
                                                                        : (double)NAN),
                           TG_TEXT(tg_judgement_name(j)) });
    tg_tally_add(tally, j);
    free(x);
    return status;
}

static double
rate_of(const tg_run_summary *s, size_t i)
{
    (void)i;
    return s->rate;
}

static double
staleness_of(const tg_run_summary *s, size_t i)
{
    return i == 0 ? s->staleness : s->stale[i - 1];
}

static double
loss_of(const tg_run_summary *s, size_t i)
{
    return i < TG_RUN_LOSSES ? s->loss[i] : s->late;
}

static double
off_of(const tg_run_summary *s, size_t i)
{
    return i == 0 ? s->mape : s->bias;
}

/* Theory's loss at t, and its mean over the curve's last half. */
static double
theory_at(const tg_calibration *c, double t)
{
    const tg_prediction *p = c->predicted;

    if (!p || !p->stable_square) return NAN;
    const double x = fmin(fmax(t / p->t[p->points - 1], 0), 1) * (double)(p->points - 1);
    const size_t i = x < (double)(p->points - 1) ? (size_t)x : p->points - 2;
    return c->sight.fit.least + p->loss[i] +
           (x - (double)i) * (p->loss[i + 1] - p->loss[i]);
}

static double
theory_late(const tg_calibration *c)
{
    const size_t last = c->curve.n - 1, first = last / 2;
    double       sum = 0;

    for (size_t k = first; k <= last; k++) sum += theory_at(c, c->curve.time[k]);
    return sum / (double)(last - first + 1);
}

static tg_status
add_losses(const tg_calibration *c, tg_table *t, tg_tally *tally)
{
    char name[48];

    for (size_t i = 0; i < TG_RUN_LOSSES; i++) {
        const double time = c->curve.time[(c->curve.n - 1) * (i + 1) / TG_RUN_LOSSES];
        snprintf(name, sizeof name, "loss at t = %.4g s", time);
        const claim k = { name, "loss", loss_of, i, theory_at(c, time) };
        TG_TRY(add_claim(c, &k, t, tally));
    }
    const claim k = { "loss in the last half", "loss", loss_of, TG_RUN_LOSSES,
                      theory_late(c) };
    const claim mape = { "MAPE of the loss curve", "1", off_of, 0, NAN },
                bias = { "bias of the loss curve", "1", off_of, 1, NAN };
    TG_TRY(add_claim(c, &k, t, tally));
    TG_TRY(add_claim(c, &mape, t, tally));
    return add_claim(c, &bias, t, tally);
}

tg_status
tg_calibrated_add_claims(const tg_calibration *c, tg_table *t, tg_tally *tally)
{
    const tg_prediction *p = c->predicted;
    const claim          of_workers[] = {
                 { "arrivals", "1/s", rate_of, 0, p ? c->rate : (double)NAN },
                 { "mean staleness", "deliveries", staleness_of, 0, p ? p->staleness : (double)NAN },
                 { "staleness, median", "deliveries", staleness_of, 1, NAN },
                 { "staleness, 90 %", "deliveries", staleness_of, 2, NAN },
                 { "staleness, 99 %", "deliveries", staleness_of, 3, NAN },
    };

    for (size_t i = 0; i < sizeof of_workers / sizeof *of_workers; i++)
        if (c->timed) TG_TRY(add_claim(c, &of_workers[i], t, tally));
    return add_losses(c, t, tally);
}

/* ---- in time ---------------------------------------------------------------------------- */

const tg_column tg_calibrated_course_columns[TG_CALIBRATED_COURSE_COLUMNS] = {
    { "t", "s", "since the log's first start; neighbouring points as one", false },
    { "loss", "loss", "of the run", false },
    { "simulated", "loss", "mean of simulated runs of the study", false },
    { "low", "loss", "95 of 100 of these are above", false },
    { "high", "loss", "and below that", false },
    { "theory", "loss", "by theory; nan: it does not say", false },
};

static tg_status
add_point(const tg_calibration *c, size_t i, double loss, double *x, tg_table *t)
{
    double time = 0, theory = 0;

    for (size_t r = 0; r < c->runs; r++) x[r] = c->course[r * c->points + i];
    const double mean = c->runs > 0 ? tg_stats_of(x, c->runs).mean : (double)NAN;
    qsort(x, c->runs, sizeof *x, rising);
    for (size_t k = c->first[i]; k < c->first[i + 1]; k++) {
        const double share = 1 / (double)(c->first[i + 1] - c->first[i]);
        time += share * c->curve.time[k];
        theory += share * theory_at(c, c->curve.time[k]);
    }
    return tg_table_add(
        t, (tg_cell[]){
               TG_NUMBER(time), TG_NUMBER(loss), TG_NUMBER(mean),
               TG_NUMBER(c->runs ? tg_quantile_sorted(x, c->runs, .025) : (double)NAN),
               TG_NUMBER(c->runs ? tg_quantile_sorted(x, c->runs, .975) : (double)NAN),
               TG_NUMBER(theory) });
}

tg_status
tg_calibrated_add_course(const tg_calibration *c, tg_table *t)
{
    double   *x = malloc((c->runs + 1) * sizeof *x);
    double    clock[TG_FITTED_POINTS], loss[TG_FITTED_POINTS];
    tg_status status = x ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    tg_run_clock(c, &c->seen, clock, loss);
    for (size_t i = 0; i < c->points && status == TG_OK; i++)
        status = add_point(c, i, loss[i], x, t);
    free(x);
    return status;
}
