/* calibrate_open: what is asked of a calibration; its log and its curve on one clock */
#include "study/calibrate.h"

#include "asgd/problems/spectra.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is asked --------------------------------------------------------------------- */

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* "1, 0.5, 0.1" into h, which has room for as many numbers as there can be. */
static tg_status
read_list(const char *text, double *h, size_t *n)
{
    char word[64];

    for (*n = 0; *(text += strspn(text, ", \t")); text += strcspn(text, ", \t")) {
        snprintf(word, sizeof word, "%.*s", (int)strcspn(text, ", \t"), text);
        TG_TRY(tg_ask_read("--eigenvalues", word, &h[*n]));
        if (!(h[*n] > 0) || isinf(h[*n]))
            return tg_fail(TG_EINPUT, "--eigenvalues: expected numbers > 0, got %g", h[*n]);
        ++*n;
    }
    return *n > 0 ? TG_OK : tg_fail(TG_EINPUT, "--eigenvalues: expected a list or a file");
}

/* Of a file those of its last checkpoint that are positive; of a density so many. */
static tg_status
read_spectrum(const char *path, double **h, size_t *n)
{
    enum { OF_DENSITY = 64 };
    tg_spectra s;

    TG_TRY(tg_spectra_read(path, &s));
    const tg_status status = tg_spectra_fill(&s, s.checkpoints - 1, OF_DENSITY, h, n);
    tg_spectra_free(&s);
    return status;
}

static tg_status
read_known(const char *text, tg_calibration *c)
{
    if (strspn(text, "0123456789+-.eE, \t") == strlen(text)) {
        c->known = malloc((strlen(text) + 1) * sizeof *c->known);
        if (!c->known) return tg_fail(TG_ENOMEM, "out of memory");
        TG_TRY(read_list(text, c->known, &c->knowns));
    } else {
        TG_TRY(read_spectrum(text, &c->known, &c->knowns));
    }
    qsort(c->known, c->knowns, sizeof *c->known, rising);
    return TG_OK;
}

/* The rule goes into a study as it is: what is wrong with it is said of it. */
static tg_status
check_rule(const tg_calibration *c)
{
    tg_study *study = NULL;
    char      text[1000];

    snprintf(
        text, sizeof text,
        "algorithm: {name: %.600s, step: %.17g}\nobjective: {quadratic: {eigenvalues: "
        "[1]}}\nworkers: [{count: %d, compute: {law: constant, value: 1}}]\nhorizon: 1\n",
        c->rule, c->step, 1000);
    TG_TRY(tg_study_parse(text, "--rule", &study));
    tg_study_free(study);
    return TG_OK;
}

tg_status
tg_calibration_ask(const tg_ask *ask, tg_calibration *c)
{
    const char *rule = tg_ask_value(ask, "rule"), *known = tg_ask_value(ask, "eigenvalues");

    *c = (tg_calibration){ .ask = ask, .step = NAN, .least = NAN, .runs = 199 };
    c->rule = rule ? rule : "asgd";
    if (!tg_ask_given(ask, "loss"))
        return tg_fail(TG_EINPUT, "expected --loss CURVE.csv, the loss of the run in time");
    if (!tg_ask_given(ask, "step"))
        return tg_fail(TG_EINPUT, "expected --step, the learning rate of the run");
    TG_TRY(tg_ask_number(ask, "step", &c->step));
    TG_TRY(tg_ask_number(ask, "least", &c->least));
    TG_TRY(tg_ask_whole(ask, "modes", &c->wanted));
    TG_TRY(tg_ask_whole(ask, "runs", &c->runs));
    if (!(c->step > 0) || isinf(c->step))
        return tg_fail(TG_EINPUT, "--step: expected a learning rate > 0, got %g", c->step);
    if (c->wanted > TG_FITTED_MODES || (tg_ask_given(ask, "modes") && c->wanted == 0))
        return tg_fail(TG_EINPUT, "--modes: expected 1 to %d, got %zu", TG_FITTED_MODES,
                       c->wanted);
    if (c->runs > 9999)
        return tg_fail(TG_EINPUT, "--runs: expected at most 9999, got %zu", c->runs);
    if (tg_ask_given(ask, "least") && !isfinite(c->least))
        return tg_fail(TG_EINPUT, "--least: expected a loss, got %g", c->least);
    TG_TRY(check_rule(c));
    return known ? read_known(known, c) : TG_OK;
}

/* ---- log and curve --------------------------------------------------------------------- */

/* All jobs of the log in order of their ends; a log without starts has none. */
static int
by_end(const void *a, const void *b)
{
    const tg_run_job *x = a, *y = b;

    return (x->end > y->end) - (x->end < y->end);
}

/* The workers of the study are those of the log by group (study/fit_study.c), those of a group in their
 * order. */
static tg_status
number_workers(tg_calibration *c, size_t *number)
{
    const tg_trace *t = &c->fitting.trace;
    size_t          n = 0;

    c->group = calloc(t->workers + 1, sizeof *c->group);
    c->factor = calloc(t->workers + 1, sizeof *c->factor);
    if (!c->group || !c->factor) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t g = 0; g < c->fitting.fitted.groups; g++) {
        const tg_fitted_group *at = &c->fitting.fitted.group[g];
        const bool             each = at->effects.kind == TG_EFFECTS_NONE ||
                          (at->effects.kind == TG_EFFECTS_OWN && at->workers <= 16);
        for (size_t w = 0; w < t->workers; w++) {
            if (t->worker[w].group != g) continue;
            c->group[n] = each && g < TG_RUN_GROUPS ? g : TG_RUN_GROUPS;
            c->factor[n] = t->worker[w].factor;
            number[w] = n++;
        }
    }
    return TG_OK;
}

tg_status
tg_calibration_take_jobs(tg_calibration *c)
{
    const tg_trace *t = &c->fitting.trace;
    size_t         *number = calloc(t->workers + 1, sizeof *number);
    double          first = INFINITY, last = 0;

    c->seen.job = malloc((t->rows + 1) * sizeof *c->seen.job);
    tg_status status = number && c->seen.job ? number_workers(c, number)
                                             : tg_fail(TG_ENOMEM, "out of memory");
    c->timed = t->begin != NULL;
    c->whole = !t->gaps;
    for (size_t w = 0; w < t->workers && status == TG_OK; w++) {
        const tg_trace_worker *at = &t->worker[w];
        double                 since = 0;
        if (c->timed) first = fmin(first, t->begin[at->first]);
        if (c->timed) last = fmax(last, t->begin[at->first]);
        for (size_t i = at->first; i < at->first + at->n; i++) {
            const double begin = c->timed ? t->begin[i] : since;
            c->seen.job[c->seen.jobs++] =
                (tg_run_job){ begin, begin + t->seconds[i], number[w] };
            since = begin + t->seconds[i];
        }
    }
    free(number);
    if (status != TG_OK) return status;
    qsort(c->seen.job, c->seen.jobs, sizeof *c->seen.job, by_end);
    c->horizon = c->seen.job[c->seen.jobs - 1].end;
    c->together = c->timed && last - first < .05 * t->worker[0].mean;
    return TG_OK;
}

/* Times of the curve from the log's first start on: they are dates like those of the log, or count from it. */
static void
shift_curve(tg_calibration *c)
{
    tg_curve    *k = &c->curve;
    const double since = c->fitting.trace.since, span = k->time[k->n - 1] - k->time[0];
    const double both =
        fmin(k->time[k->n - 1], since + c->horizon) - fmax(k->time[0], since);

    if (!c->timed || since == 0 || !(both > span / 2)) return;
    for (size_t i = 0; i < k->n; i++) k->time[i] -= since;
}

/* What log and curve both have. */
static tg_status
cut_curve(tg_calibration *c)
{
    tg_curve    *k = &c->curve;
    const double begin = k->time[0], end = k->time[k->n - 1],
                 most =
                     c->timed ? c->horizon + c->fitting.fitted.group[0].job.mean : INFINITY;
    size_t n = 0;

    for (size_t i = 0; i < k->n; i++) {
        if (!(k->time[i] >= 0 && k->time[i] <= most)) continue;
        k->time[n] = k->time[i];
        k->loss[n++] = k->loss[i];
    }
    k->n = n;
    if (n < TG_FITTED_LEAST)
        return tg_fail(
            TG_EINPUT,
            "log and loss curve do not overlap: the log is from 0 to %.6g s, the curve "
            "from %.6g to %.6g s, with %zu points in both; expected %d or more "
            "(--time: seconds of one unit of the curve's time)",
            c->horizon, begin, end, n, TG_FITTED_LEAST);
    c->horizon = c->timed ? fmax(c->horizon, k->time[n - 1]) : k->time[n - 1];
    return TG_OK;
}

static tg_status
check_fall(const tg_calibration *c)
{
    const tg_curve *k = &c->curve;
    double          least = INFINITY;

    for (size_t i = 1; i < k->n; i++) least = fmin(least, k->loss[i]);
    if (least < k->loss[0]) return TG_OK;
    return tg_fail(
        TG_EINPUT,
        "the loss only rises, from %.6g to %.6g: a run that diverges, or begins at the "
        "minimum, cannot be calibrated",
        k->loss[0], k->loss[k->n - 1]);
}

/* Neighbours are averaged where there are more points than a fit takes. */
static tg_status
thin_curve(tg_calibration *c)
{
    const size_t n = c->curve.n, most = 200;

    c->points = n < most ? n : most;
    c->first = malloc((c->points + 1) * sizeof *c->first);
    c->seen.loss = malloc(n * sizeof *c->seen.loss);
    if (!c->first || !c->seen.loss) return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(c->seen.loss, c->curve.loss, n * sizeof *c->seen.loss);
    for (size_t i = 0; i <= c->points; i++) c->first[i] = i * n / c->points;
    return TG_OK;
}

tg_status
tg_calibration_take_curve(tg_calibration *c)
{
    double unit = 1;

    TG_TRY(tg_ask_number(c->ask, "time", &unit));
    if (!(unit > 0) || isinf(unit))
        return tg_fail(TG_EINPUT, "--time: expected seconds > 0, got %g", unit);
    TG_TRY(tg_curve_read(tg_ask_value(c->ask, "loss"), tg_ask_value(c->ask, "curve"),
                         &c->curve));
    for (size_t i = 0; i < c->curve.n; i++) c->curve.time[i] *= unit;
    if (!tg_ask_given(c->ask, "least") && c->curve.excess) c->least = 0;
    shift_curve(c);
    TG_TRY(cut_curve(c));
    TG_TRY(check_fall(c));
    return thin_curve(c);
}
