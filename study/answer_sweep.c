/* predict, simulate and validate: a study with every number of workers of its sweep */
#include "study/course.h"
#include "study/outcomes.h"
#include "study/rows.h"
#include "study/sentences.h"
#include "study/sweep.h"

#include <stdio.h>

/* ---- predict ------------------------------------------------------------------------- */

/* The study's own number of workers, in words; from the second algorithm on beside the
 * first. */
static tg_status
say_own(const tg_sweep *w, tg_scene *s, size_t algorithm, const tg_prediction *p)
{
    tg_prediction *first = NULL;

    if (!w->ask->words.stream) return TG_OK;
    if (s->cluster->workers != w->study->workers) return TG_OK;
    TG_TRY(tg_say_prediction(&w->ask->words, s, algorithm, p));
    if (algorithm == 0 || tg_scene_predict(s, 0, &first) != TG_OK) return TG_OK;
    tg_say_comparison(&w->ask->words, w->study->algorithm[0].label, first,
                      w->study->algorithm[algorithm].label, p, w->study->target);
    tg_prediction_free(first);
    return TG_OK;
}

static tg_status
add_prediction(tg_sweep *w, tg_scene *s, size_t algorithm)
{
    tg_prediction *p;

    TG_TRY(tg_scene_predict(s, algorithm, &p));
    tg_status status = tg_prediction_add(w->table, w->study, algorithm, p);
    if (status == TG_OK && s->cluster->workers == w->study->workers)
        status =
            tg_course_add_predicted(w->course, w->study->algorithm[algorithm].label, p);
    if (status == TG_OK) status = say_own(w, s, algorithm, p);
    tg_prediction_free(p);
    return status;
}

static tg_status
predict(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    const tg_sweep_plan plan = { .name = "prediction",
                                 .columns = tg_prediction_columns,
                                 .count = TG_PREDICTION_COLUMNS,
                                 .course = tg_predicted_course_columns,
                                 .courses = TG_PREDICTED_COURSE_COLUMNS,
                                 .predicts = true,
                                 .row = add_prediction };

    return tg_sweep_run(ask, study, &plan, out);
}

static const tg_option predict_options[] = {
    TG_LEVEL_OPTION,
    { "single-run", NULL,
      "also the gain at which a single run ceases to settle, by following workers" },
    { 0 },
};

const tg_answerer tg_answer_predict = {
    .is = { .name = "predict",
            .operands = "STUDY",
            .summary = "verdict, rate, floor, bias, time to target: by theory",
            .doc = "Predict, for every algorithm and number of workers of a study: delay "
                   "statistics, loop\n"
                   "gain and threshold, verdict in mean and in mean square, rate of the "
                   "slowest mode, loss\n"
                   "floor, bias on heterogeneous data and time to target, each with its "
                   "level and the\n"
                   "model error to expect.",
            .options = predict_options },
    .tables = { { "prediction", tg_prediction_columns, TG_PREDICTION_COLUMNS },
                { "course", tg_predicted_course_columns, TG_PREDICTED_COURSE_COLUMNS } },
    .study = true,
    .answer = predict
};

/* ---- simulate ------------------------------------------------------------------------ */

/* Workers that never come back are worth a word, and a line of the table's head. */
static tg_status
tell_stalled(tg_sweep *w, const char *label, size_t workers, const tg_simulation *r)
{
    char where[80], what[120];

    if (r->stalled == 0) return TG_OK;
    snprintf(where, sizeof where, "%s P=%zu", label, workers);
    tg_simulation_stalled(r, what, sizeof what);
    tg_listener_tell(w->ask->listener, TG_TOPIC_FOUND, "%s: %s", where, what);
    return tg_table_note(w->table, where, "%s", what);
}

static tg_status
add_simulation(tg_sweep *w, tg_scene *s, size_t algorithm)
{
    const char    *label = w->study->algorithm[algorithm].label;
    const size_t   workers = s->cluster->workers;
    tg_simulation *r;

    TG_TRY(tg_scene_simulate(s, algorithm, w->progress, &r));
    tg_status status = tg_simulation_add(w->table, w->study, algorithm, workers, r);
    if (status == TG_OK && workers == w->study->workers)
        status = tg_course_add_simulated(w->course, label, workers, r);
    if (status == TG_OK && workers == w->study->workers && w->ask->words.stream)
        tg_simulation_say(&w->ask->words, w->study, algorithm, workers, r);
    if (status == TG_OK) status = tell_stalled(w, label, workers, r);
    tg_simulation_free(r);
    return status;
}

static tg_status
plan_simulate(const tg_ask *ask, const tg_study *study, tg_plan *out)
{
    (void)ask;
    return tg_plan_simulations(study, tg_course_metrics, out);
}

static tg_status
simulate(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    const tg_sweep_plan plan = { .name = "simulation",
                                 .columns = tg_simulation_columns,
                                 .count = TG_SIMULATION_COLUMNS,
                                 .course = tg_simulated_course_columns,
                                 .courses = TG_SIMULATED_COURSE_COLUMNS,
                                 .metrics = tg_course_metrics,
                                 .simulates = true,
                                 .row = add_simulation };

    TG_TRY(tg_sweep_run(ask, study, &plan, out));
    if (ask->words.stream) tg_outcomes_say(&ask->words, study, out->table[0]);
    return TG_OK;
}

const tg_answerer tg_answer_simulate = {
    .is = { .name = "simulate",
            .operands = "STUDY",
            .summary = "the true worker process, event by event",
            .doc = "Simulate every algorithm and number of workers of a study, replica by "
                   "replica, and sum\n"
                   "up with standard errors. The same seed gives the same bytes for any "
                   "number of threads." },
    .tables = { { "simulation", tg_simulation_columns, TG_SIMULATION_COLUMNS },
                { "course", tg_simulated_course_columns, TG_SIMULATED_COURSE_COLUMNS } },
    .study = true,
    .answer = simulate,
    .plan = plan_simulate
};

/* ---- validate ------------------------------------------------------------------------ */

static tg_status
add_claims(tg_sweep *w, tg_scene *s, size_t algorithm, const tg_prediction *p,
           const tg_simulation *r)
{
    tg_claim   claim[TG_CLAIMS + TG_WAITINGS];
    tg_waiting hits, seen;
    char       where[80];

    const char *label = w->study->algorithm[algorithm].label;
    snprintf(where, sizeof where, "%s P=%zu", label, s->cluster->workers);
    size_t n = tg_compare(p, r, where, w->study->target, claim);
    TG_TRY(tg_scene_hits(s, algorithm, r, &hits, &seen));
    if (hits.runs) n += tg_compare_hits(&hits, &seen, where, claim + n);
    for (size_t i = 0; i < n; i++) {
        TG_TRY(tg_claim_add(w->table, &claim[i]));
        tg_tally_add(&w->tally, claim[i].judgement);
    }
    return TG_OK;
}

static tg_status
add_validation(tg_sweep *w, tg_scene *s, size_t algorithm)
{
    tg_prediction *p = NULL;
    tg_simulation *r = NULL;

    tg_status status = tg_scene_predict(s, algorithm, &p);
    if (status == TG_OK) status = tg_scene_simulate(s, algorithm, w->progress, &r);
    if (status == TG_OK) status = add_claims(w, s, algorithm, p, r);
    tg_prediction_free(p);
    tg_simulation_free(r);
    return status;
}

static tg_status
plan_validate(const tg_ask *ask, const tg_study *study, tg_plan *out)
{
    (void)ask;
    return tg_plan_simulations(study, NULL, out);
}

static tg_status
validate(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    const tg_sweep_plan plan = { .name = "validation",
                                 .columns = tg_claim_columns,
                                 .count = TG_CLAIM_COLUMNS,
                                 .predicts = true,
                                 .simulates = true,
                                 .row = add_validation };

    TG_TRY(tg_sweep_run(ask, study, &plan, out));
    if (ask->words.stream) tg_say_failures(&ask->words, out->table[0]);
    return TG_OK;
}

static const tg_option validate_options[] = { TG_LEVEL_OPTION, { 0 } };

const tg_answerer tg_answer_validate = {
    .is = { .name = "validate",
            .operands = "STUDY",
            .summary = "predictions against simulation, claim by claim",
            .doc = "Predict and simulate every algorithm and number of workers of a study "
                   "and hold the two\n"
                   "against each other: difference beyond the stated model error in "
                   "standard errors, and\n"
                   "whether the claim holds, fails, or is undecided because that error is "
                   "more than a\n"
                   "quarter of the value. Exit status 1 if one fails.",
            .options = validate_options },
    .tables = { { "validation", tg_claim_columns, TG_CLAIM_COLUMNS } },
    .study = true,
    .answer = validate,
    .plan = plan_validate
};
