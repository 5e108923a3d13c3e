#include "study/calibrate.h"

#include "core/file.h"
#include "solver/linear_rule.h"
#include "study/cost.h"
#include "study/say.h"
#include "study/setting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Whether a mode's course is of its gain alone, with workers that do not wait for each other. */
static bool
has_table(const tg_setting *s)
{
    return !s->rounds && !s->assigned && !s->late && !(s->delta > 0) &&
           !tg_linear_find(s->rule)->stepped;
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
    if (status == TG_OK && !has_table(&s))
        status =
            tg_fail(TG_EDOMAIN,
                    "calibrate knows rules whose workers go on at once and whose steps "
                    "do not hang on x or by decree, not %s",
                    c->rule);
    if (status == TG_OK)
        status =
            tg_mode_table_fill(s.cluster, s.rule, s.number, 1.2 * c->horizon, c->table);
    if (status == TG_OK && !strcmp(s.rule, "dude") && s.workers > 1 && !c->table->whole)
        status = tg_fail(TG_EDOMAIN,
                         "calibrate does not know rules that begin when all workers have "
                         "delivered, as %s does, yet",
                         c->rule);
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
    TG_TRY(tg_calibration_take_jobs(c));
    TG_TRY(tg_calibration_take_curve(c));
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
    tg_status status = tg_calibration_ask(ask, &c);
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
    { "rule", "NAME", "its server rule (default asgd), e.g. \"fedbuff, k: 4\"" },
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
