#include "study/calibrate.h"

#include "asgd/problems/spectra.h"
#include "core/file.h"
#include "study/cost.h"
#include "study/say.h"
#include "study/setting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static tg_status
read_ask(const tg_ask *ask, tg_calibration *c)
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

static tg_status
take_jobs(tg_calibration *c)
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

static tg_status
read_curve(tg_calibration *c)
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

/* ---- from workers to a study ----------------------------------------------------------- */

/* Where the study is written: as asked, or in a folder that is removed at the end. */
static tg_status
choose_path(tg_calibration *c)
{
    const char *asked = tg_ask_value(c->ask, "study"), *tmp = getenv("TMPDIR");

    if (asked) {
        TG_TRY(tg_file_check(asked));
        c->path = strdup(asked);
        return c->path ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    }
    char room[4096];
    snprintf(room, sizeof room, "%.4000s/tardigrad-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(room)) return tg_fail(TG_EIO, "%s: no folder can be made there", room);
    c->room = strdup(room);
    c->path = tg_path_join(room, "study.yaml");
    return c->room && c->path ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
}

/* The table of what its modes do. */
static tg_status
fill_table(tg_calibration *c)
{
    tg_setting_source source = { c->study, 0 };
    tg_setting        s;

    TG_TRY(tg_study_setting(&source, c->scene.cluster->workers, &s));
    c->table = malloc(sizeof *c->table);
    tg_status status = c->table ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK && (s.rounds || s.assigned))
        status =
            tg_fail(TG_EDOMAIN, "calibrate knows rules whose workers go on at once, not %s",
                    c->rule);
    if (status == TG_OK)
        status =
            tg_mode_table_fill(s.cluster, s.rule, s.number, 1.2 * c->horizon, c->table);
    tg_setting_free(&s);
    return status;
}

static tg_status
predict(tg_calibration *c)
{
    const tg_status status = tg_scene_predict(&c->scene, 0, &c->predicted);

    if (!tg_scene_is_of_one_row(status)) return status;
    tg_listener_tell(c->ask->listener, TG_TOPIC_MISSING, "theory: %s", tg_message());
    return TG_OK;
}

static tg_status
check_cost(const tg_calibration *c)
{
    const double runs = (double)c->runs;
    const double each = 1e-6 * (double)c->seen.jobs * (1 + .1 * (double)c->knowns) +
                        (isnan(c->least) ? 2e-2 : 5e-3);

    return tg_cost_check(c->ask->listener,
                         &(tg_cost){ .count = runs,
                                     .seconds = runs * each,
                                     .unit = "runs to simulate and fit",
                                     .advice = "--runs lowers their number" });
}

static tg_status
calibrate(tg_calibration *c)
{
    if (c->fitting.cluster)
        return tg_fail(TG_EINPUT, "%s is a cluster's table of jobs, not a log of steps",
                       c->ask->operand);
    TG_TRY(take_jobs(c));
    TG_TRY(read_curve(c));
    TG_TRY(choose_path(c));
    TG_TRY(tg_calibration_write(c, NULL));
    TG_TRY(fill_table(c));
    TG_TRY(tg_run_expect(c));
    TG_TRY(check_cost(c));
    TG_TRY(tg_run_summarise(c, &c->seen, NULL, &c->sight));
    TG_TRY(tg_calibration_write(c, NULL));
    TG_TRY(predict(c));
    return tg_calibration_simulate(c);
}

/* ---- answer ---------------------------------------------------------------------------- */

typedef struct answer_tables {
    tg_table *parameters, *claims, *effects, *course;
} answer_tables;

static tg_status
make_tables(const tg_ask *ask, answer_tables *t)
{
    TG_TRY(tg_ask_table(ask, NULL, tg_calibrated_columns, TG_CALIBRATED_COLUMNS,
                        &t->parameters));
    TG_TRY(tg_ask_table(ask, NULL, tg_calibrated_claim_columns, TG_CALIBRATED_CLAIM_COLUMNS,
                        &t->claims));
    TG_TRY(tg_ask_table(ask, NULL, tg_calibrated_effect_columns,
                        TG_CALIBRATED_EFFECT_COLUMNS, &t->effects));
    return tg_ask_table(ask, NULL, tg_calibrated_course_columns,
                        TG_CALIBRATED_COURSE_COLUMNS, &t->course);
}

static void
free_tables(answer_tables *t)
{
    tg_table_free(t->parameters);
    tg_table_free(t->claims);
    tg_table_free(t->effects);
    tg_table_free(t->course);
}

static tg_status
fill_tables(tg_calibration *c, answer_tables *t, tg_tally *tally)
{
    const tg_sayings s = { t->parameters, &c->ask->words };
    size_t           seen;
    char             text[80];

    TG_TRY(tg_calibrated_add(c, t->parameters));
    TG_TRY(tg_calibrated_add_claims(c, t->claims, tally));
    TG_TRY(tg_calibrated_add_course(c, t->course));
    TG_TRY(tg_calibrated_add_effects(c, &s, t->effects, &seen));
    if (seen == 0)
        TG_TRY(tg_fit_say(&s, "fit", "Fits: nothing is seen that the study leaves out."));
    tg_tally_text(tally, text);
    TG_TRY(tg_fit_say(&s, "claims",
                      "Of the run, as predicted from what was fitted to it: %s.", text));
    TG_TRY(tg_calibration_write(c, t->parameters));
    return tg_calibrated_say_best(c, &s);
}

static void
forget(tg_calibration *c)
{
    char *times = c->room ? tg_path_join(c->room, "study-times.csv") : NULL;

    tg_prediction_free(c->predicted);
    tg_scene_close(&c->scene);
    tg_study_free(c->study);
    tg_fitting_free(&c->fitting);
    tg_curve_free(&c->curve);
    if (c->room) {
        (void)unlink(c->path);
        if (times) (void)unlink(times);
        (void)rmdir(c->room);
    }
    free(times);
    free(c->room);
    free(c->path);
    free(c->known);
    free(c->first);
    free(c->seen.job);
    free(c->seen.loss);
    free(c->group);
    free(c->expected);
    free(c->factor);
    free(c->table);
    free(c->run);
    free(c->course);
}

static tg_status
answer(const tg_ask *ask, const tg_study *unused, tg_answer *out)
{
    tg_calibration c;
    answer_tables  t = { 0 };

    (void)unused;
    tg_status status = read_ask(ask, &c);
    if (status == TG_OK) status = tg_fitting_of(ask, NULL, &c.fitting);
    if (status == TG_OK) status = calibrate(&c);
    if (status == TG_OK) status = make_tables(ask, &t);
    if (status == TG_OK) status = fill_tables(&c, &t, &out->tally);
    forget(&c);
    if (status != TG_OK) {
        free_tables(&t);
        return status;
    }
    tg_answer_add(out, "parameters", t.parameters);
    tg_answer_add(out, "claims", t.claims);
    tg_answer_add(out, "effects", t.effects);
    tg_answer_add(out, "course", t.course);
    return TG_OK;
}

static const tg_option options[] = {
    { "loss", "CURVE.csv", "the run's loss in time: columns time and loss, found by name" },
    { "step", "ETA", "its learning rate" },
    { "rule", "NAME", "its server rule (default asgd), e.g. dude or \"fedbuff, k: 4\"" },
    { "eigenvalues", "LIST|FILE", "of the objective's Hessian, where they are known" },
    { "modes", "COUNT", "to fit, 1 to 3 (default: as many as show)" },
    { "least", "LOSS", "F*, that of the minimum (default: fitted; 0 for tables of ours)" },
    { "study", "FILE", "write the study" },
    { "runs", "COUNT", "to simulate, for intervals and what is chance (default 199)" },
    { "time", "SECONDS", "of one unit of the curve's time (default 1)" },
    { "curve", "time=NAME,loss=NAME", "which column of the curve is what" },
    { "columns", "ROLE=NAME,...",
      "which column of the log is what, e.g. worker=rank,start=t0,end=t1" },
    { "unit", "UNIT",
      "of numbers in the log that do not say it: s (default), ms, us, ns, min, h" },
    { "event", "NAME", "take the events whose name holds NAME as jobs" },
    { "unusable", "SHARE", "of the log's rows that may be left out (default 0.5)" },
    { 0 }
};

const tg_answerer tg_answer_calibrate = {
    .is = { .name = "calibrate",
            .operands = "LOG...",
            .summary =
                "a log and a loss curve of a real run to a study, held against the run",
            .doc =
                "Fit a study to one run of asynchronous training: its workers to the log "
                "of "
                "their jobs,\n"
                "read as tardigrad fit does, and the modes of a quadratic objective "
                "(eigenvalues, their\n"
                "share of the start, gradient noise, the least loss) to its loss curve. "
                "Simulated runs of\n"
                "that study, fitted again, give each number its interval of 95 %, and tell "
                "what of the\n"
                "run is chance: arrivals, staleness and loss stand beside their "
                "predictions, "
                "and what\n"
                "does not fit is named.",
            .options = options },
    .tables = { { "parameters", tg_calibrated_columns, TG_CALIBRATED_COLUMNS },
                { "claims", tg_calibrated_claim_columns, TG_CALIBRATED_CLAIM_COLUMNS },
                { "effects", tg_calibrated_effect_columns, TG_CALIBRATED_EFFECT_COLUMNS },
                { "course", tg_calibrated_course_columns, TG_CALIBRATED_COURSE_COLUMNS } },
    .answer = answer
};
