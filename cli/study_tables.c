/* study_tables: the tables of a study, one per figure and one per question */
#include "cli/output.h"
#include "cli/study_run.h"
#include "study/rows.h"
#include "study/setting.h"

#include "core/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(columns) (sizeof(columns) / sizeof *(columns))

tg_status
study_run_write(const study_run *r, const char *kind, const char *label, tg_table *table)
{
    char name[160];

    snprintf(name, sizeof name, "tables/%s%s%s.csv", kind, label ? "-" : "",
             label ? label : "");
    char     *path = tg_path_join(r->folder, name);
    tg_status status =
        path ? tg_table_write(table, path) : tg_fail(TG_ENOMEM, "out of memory");
    free(path);
    tg_table_free(table);
    return status;
}

static tg_status
begin(const study_run *r, const tg_column *columns, size_t count, tg_table **out)
{
    return table_begin(r->arguments, r->study, columns, count, out);
}

/* A row adder for one (workers, rule). */
typedef tg_status (*row_adder)(const study_run *r, size_t i, size_t rule, tg_table *t);

/* Make a table by calling `add` for every number of workers of one rule, or of all (label
 * NULL), and write it. */
static tg_status
write_rows(const study_run *r, const char *kind, const char *label, size_t rule,
           const tg_column *columns, size_t count, row_adder add)
{
    tg_table *t;

    TG_TRY(begin(r, columns, count, &t));
    tg_status status = TG_OK;
    for (size_t k = label ? rule : 0; k < (label ? rule + 1 : r->rules); k++)
        for (size_t i = 0; i < r->n && status == TG_OK; i++) status = add(r, i, k, t);
    if (status == TG_OK) return study_run_write(r, kind, label, t);
    tg_table_free(t);
    return status;
}

static tg_status
add_prediction(const study_run *r, size_t i, size_t rule, tg_table *t)
{
    return tg_prediction_add(t, r->study, rule, outcome_at(r, i, rule)->prediction);
}

static tg_status
add_simulation(const study_run *r, size_t i, size_t rule, tg_table *t)
{
    return tg_simulation_add(t, r->study, rule, r->workers[i],
                             outcome_at(r, i, rule)->simulation);
}

static const tg_column sweep_columns[] = {
    { "workers", "", "number of workers P", false },
    { "predicted", "time", "time to target", false },
    { "predicted_error", "time", "expected model error", false },
    { "simulated", "time", "time to target", false },
    { "simulated_error", "time", "standard error", false },
};

static tg_status
add_sweep(const study_run *r, size_t i, size_t rule, tg_table *t)
{
    const outcome *o = outcome_at(r, i, rule);

    return tg_table_add(t, (tg_cell[]){ TG_NUMBER((double)r->workers[i]),
                                        TG_NUMBER(o->prediction->settle),
                                        TG_NUMBER(o->prediction->settle_error),
                                        TG_NUMBER(o->simulation->settle),
                                        TG_NUMBER(o->simulation->settle_error) });
}

static const tg_column mode_columns[] = {
    { "h", "loss/x^2", "eigenvalue of the Hessian", false },
    { "a", "1/time", "damping coefficient eta lambda h", false },
    { "gain", "", "loop gain k = a E T", false },
    { "re", "1/time", "rightmost root, real part", false },
    { "im", "1/time", "imaginary part", false },
    { "unstable", "", "roots with Re s >= 0", false },
    { "settles", "", "1 if the variance does", false },
    { "variance", "x^2", "stationary", false },
    { "bias", "x", "where the mean settles, minus the minimum", false },
};

static tg_status
write_modes(const study_run *r, size_t rule, const char *label)
{
    const tg_prediction *p = outcome_at(r, r->own_index, rule)->prediction;
    tg_table            *t;

    TG_TRY(begin(r, mode_columns, COUNT(mode_columns), &t));
    tg_status status = TG_OK;
    for (size_t j = 0; j < p->modes && status == TG_OK; j++) {
        const tg_mode_prediction *m = &p->mode[j];
        status = tg_table_add(
            t, (tg_cell[]){ TG_NUMBER(m->h), TG_NUMBER(m->a), TG_NUMBER(m->gain),
                            TG_NUMBER(m->re), TG_NUMBER(m->im),
                            TG_NUMBER((double)m->unstable), TG_NUMBER(m->settles),
                            TG_NUMBER(m->variance), TG_NUMBER(m->bias) });
    }
    if (status == TG_OK) return study_run_write(r, "modes", label, t);
    tg_table_free(t);
    return status;
}

static const tg_column trajectory_columns[] = {
    { "t", "time", "", false },
    { "predicted", "loss", "expected excess loss", false },
    { "low", "loss", "predicted, less the expected model error", false },
    { "high", "loss", "predicted, plus the expected model error", false },
    { "simulated", "loss", "mean over replicas", false },
    { "error", "loss", "its standard error", false },
    { "target", "loss", "", false },
};

static tg_status
write_trajectory(const study_run *r, size_t rule, const char *label)
{
    const outcome *o = outcome_at(r, r->own_index, rule);
    tg_table      *t;

    TG_TRY(begin(r, trajectory_columns, COUNT(trajectory_columns), &t));
    tg_status status = TG_OK;
    for (size_t i = 0; i < o->prediction->points && status == TG_OK; i++) {
        const tg_stats *s = &o->simulation->loss[i];
        status = tg_table_add(
            t,
            (tg_cell[]){ TG_NUMBER(o->prediction->t[i]), TG_NUMBER(o->prediction->loss[i]),
                         TG_NUMBER(o->prediction->low[i]),
                         TG_NUMBER(o->prediction->high[i]), TG_NUMBER(s->mean),
                         TG_NUMBER(tg_stats_error(s)), TG_NUMBER(r->study->target) });
    }
    if (status == TG_OK) return study_run_write(r, "trajectory", label, t);
    tg_table_free(t);
    return status;
}

static const tg_column sent_columns[] = {
    { "t", "time", "", false },
    { "share", "", "predicted, of the gradients done then, that are sent", false },
    { "uploads", "", "predicted, sent by then, all workers", false },
};

/* Where a worker may keep a gradient to itself. */
static tg_status
write_sent(const study_run *r, size_t rule, const char *label)
{
    const tg_prediction *p = outcome_at(r, r->own_index, rule)->prediction;
    tg_table            *t;

    if (!p->sent) return TG_OK;
    TG_TRY(begin(r, sent_columns, COUNT(sent_columns), &t));
    tg_status status = TG_OK;
    for (size_t i = 0; i < p->points && status == TG_OK; i++)
        status = tg_table_add(t, (tg_cell[]){ TG_NUMBER(p->t[i]), TG_NUMBER(p->sent[i]),
                                              TG_NUMBER(p->uploads[i]) });
    if (status == TG_OK) return study_run_write(r, "sent", label, t);
    tg_table_free(t);
    return status;
}

static const tg_column staleness_columns[] = {
    { "staleness", "updates", "between a worker's read and its delivery", false },
    { "simulated", "", "share of deliveries", false },
    { "predicted", "", "mixed Poisson law", false },
};

/* Up to where all but a thousandth of the deliveries are. */
static size_t
histogram_end(const tg_simulation *s, double total)
{
    double seen = 0;
    size_t j = 0;

    while (j < TG_STALENESS_BINS - 1 && seen < 0.999 * total)
        seen += (double)s->staleness[j++];
    return j;
}

/* Whether an update is made of every gradient that arrives, which is what the law counts. */
static bool
steps_each_arrival(const study_run *r, size_t rule)
{
    static const char *const rounds[] = { "fedbuff", "k_batch_sync", "drop" };
    const char              *name;
    double                   number;

    if (tg_study_theory(r->study, rule, &name, &number) != TG_OK) return false;
    if (tg_study_trigger(r->study, rule) > 0) return false;
    for (size_t k = 0; k < sizeof rounds / sizeof *rounds; k++)
        if (!strcmp(name, rounds[k])) return false;
    return true;
}

static tg_status
write_staleness(const study_run *r, size_t rule, const char *label)
{
    const tg_simulation *s = outcome_at(r, r->own_index, rule)->simulation;
    const double         total = (double)s->ledger.delivered;
    const size_t         n = histogram_end(s, total);
    double              *p = malloc((n ? n : 1) * sizeof *p);
    tg_setting_source    source = { r->study, rule };
    tg_setting           of = { 0 };
    tg_table            *t = NULL;

    if (!p) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = tg_study_setting(&source, 0, &of);
    if (status == TG_OK && n > 0 && !steps_each_arrival(r, rule))
        status = tg_fail(TG_EDOMAIN, "the law is of a step at each arrival");
    if (status == TG_OK && n > 0) status = tg_predict_staleness(of.cluster, p, n);
    for (size_t j = 0; tg_scene_is_of_one_row(status) && j < n; j++) p[j] = NAN;
    if (tg_scene_is_of_one_row(status)) status = TG_OK; /* theory does not say */
    if (status == TG_OK) status = begin(r, staleness_columns, COUNT(staleness_columns), &t);
    for (size_t j = 0; j < n && status == TG_OK; j++)
        status = tg_table_add(t, (tg_cell[]){ TG_NUMBER((double)j),
                                              TG_NUMBER((double)s->staleness[j] / total),
                                              TG_NUMBER(p[j]) });
    tg_setting_free(&of);
    free(p);
    if (status == TG_OK) return study_run_write(r, "staleness", label, t);
    tg_table_free(t);
    return status;
}

/* The metrics of the run with the study's own number of workers. */
static tg_status
write_metrics(const study_run *r, size_t rule, const char *label)
{
    const tg_simulation *s = outcome_at(r, r->own_index, rule)->simulation;

    for (size_t m = 0; s->metric && s->metric[m]; m++) {
        const tg_metric_kind *kind = (const tg_metric_kind *)s->metric_plan.list[m];
        tg_table             *t;
        TG_TRY(begin(r, kind->column, kind->columns, &t));
        const tg_status status = tg_simulation_report(s, m, t);
        if (status != TG_OK) tg_table_free(t);
        TG_TRY(status);
        TG_TRY(study_run_write(r, kind->is.name, label, t));
    }
    return TG_OK;
}

/* What gnuplot's stats can read: -1 stands for none. */
static double
mark(double x)
{
    return isfinite(x) ? x : -1;
}

static const tg_column mark_columns[] = {
    { "best", "", "number of workers with the least predicted time to target; -1: none",
      false },
    { "best_low", "", "from here ...", false },
    { "best_high", "", "... to here within 5 % of it, or its model error", false },
    { "best_time", "time", "predicted time to target with the best; -1: none", false },
    { "limit", "", "number of workers at which the mean square is lost; -1: none", false },
    { "own", "", "the study's own number of workers", false },
    { "own_time", "time", "predicted time to target with these; -1: never", false },
    { "own_step", "x^2/loss", "the study's learning rate", false },
};

static tg_status
write_marks(const study_run *r, size_t rule, const char *label)
{
    const advice *v = &r->advice[rule];
    tg_table     *t;

    TG_TRY(begin(r, mark_columns, COUNT(mark_columns), &t));
    const tg_status status = tg_table_add(
        t,
        (tg_cell[]){ TG_NUMBER(mark(v->best)), TG_NUMBER(mark(v->best_low)),
                     TG_NUMBER(mark(v->best_high)), TG_NUMBER(mark(v->best_time)),
                     TG_NUMBER(mark(v->limit)), TG_NUMBER((double)r->own),
                     TG_NUMBER(mark(outcome_at(r, r->own_index, rule)->prediction->settle)),
                     TG_NUMBER(r->study->algorithm[rule].step) });
    if (status == TG_OK) return study_run_write(r, "marks", label, t);
    tg_table_free(t);
    return status;
}

/* A stop request while the curve or the region is made costs these only. */
static tg_status
write_of_rule(study_run *r, size_t rule)
{

    const char *label = r->study->algorithm[rule].label;
    TG_TRY(write_modes(r, rule, label));
    TG_TRY(write_trajectory(r, rule, label));
    TG_TRY(write_sent(r, rule, label));
    TG_TRY(write_staleness(r, rule, label));
    TG_TRY(write_metrics(r, rule, label));
    if (r->n < 2) return TG_OK;
    TG_TRY(write_marks(r, rule, label));
    TG_TRY(write_rows(r, "sweep", label, rule, sweep_columns, COUNT(sweep_columns),
                      add_sweep));
    if (r->stopped) return TG_OK;
    tg_status status = study_run_curve(r, rule);
    if (status == TG_OK) status = study_run_region(r, rule);
    if (status != TG_ESTOP) return status;
    study_run_stopped(r);
    return TG_OK;
}

tg_status
study_run_tables(study_run *r)
{
    TG_TRY(write_rows(r, "prediction", NULL, 0, tg_prediction_columns,
                      TG_PREDICTION_COLUMNS, add_prediction));
    TG_TRY(write_rows(r, "simulation", NULL, 0, tg_simulation_columns,
                      TG_SIMULATION_COLUMNS, add_simulation));
    char *path = tg_path_join(r->folder, "tables/validation.csv");
    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_table_write(r->claims, path);
    free(path);
    TG_TRY(status);
    for (size_t k = 0; k < r->rules; k++) TG_TRY(write_of_rule(r, k));
    return TG_OK;
}
