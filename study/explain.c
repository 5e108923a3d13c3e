/* explain: why it diverges, or what it can bear, from three numbers and no file */
#include "study/answer.h"
#include "study/observed.h"
#include "study/rows.h"
#include "study/say.h"
#include "study/sentences.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What laws of compute times workers are likely to have. */
static const char *const candidates[] = {
    "{law: constant, value: 1}",          "{law: gamma, shape: 16, mean: 1}",
    "{law: gamma, shape: 4, mean: 1}",    "{law: exponential, mean: 1}",
    "{law: lognormal, mean: 1, cv: 1.5}",
};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

/* ---- the situation as a study -------------------------------------------------------- */

typedef struct situation {
    double      h, step; /* step NaN: not given */
    size_t      workers;
    const char *law, *rule;
    double      momentum;
    tg_seen     observed[TG_MOST_SEEN];
    size_t      observations;
} situation;

/* Its squares and products with the others are numbers. */
static tg_status
check_size(const char *option, double x)
{
    if (x >= 1e-30 && x <= 1e30) return TG_OK;
    return tg_fail(TG_EINPUT, "--%s: expected a number from 1e-30 to 1e30, got %g", option,
                   x);
}

static tg_status
read_situation(const tg_ask *ask, situation *out)
{
    situation s = {
        .h = NAN, .step = NAN, .workers = 8, .rule = tg_ask_value(ask, "rule")
    };
    tg_delay *law = NULL;

    TG_TRY(tg_ask_number(ask, "largest-eigenvalue", &s.h));
    TG_TRY(tg_ask_number(ask, "step", &s.step));
    TG_TRY(tg_ask_whole(ask, "workers", &s.workers));
    TG_TRY(tg_ask_number(ask, "momentum", &s.momentum));
    s.law = tg_ask_value(ask, "law") ? tg_ask_value(ask, "law") : candidates[2];
    if (!s.rule) s.rule = "asgd";
    if (ask->operand)
        return tg_fail(TG_EINPUT, "explain needs no file, got %s", ask->operand);
    if (!(s.h > 0))
        return tg_fail(TG_EINPUT,
                       "--largest-eigenvalue: expected a number > 0; it is that of "
                       "the Hessian, see tardigrad help explain");
    TG_TRY(check_size("largest-eigenvalue", s.h));
    if (tg_ask_given(ask, "step") && !(s.step > 0))
        return tg_fail(TG_EINPUT, "--step: expected a learning rate > 0, got %g", s.step);
    if (tg_ask_given(ask, "step")) TG_TRY(check_size("step", s.step));
    if (!(s.momentum >= 0 && s.momentum < 1))
        return tg_fail(TG_EINPUT, "--momentum: expected a number in [0, 1), got %g",
                       s.momentum);
    if (s.workers < 1) return tg_fail(TG_EINPUT, "--workers: expected at least 1");
    if (tg_ask_given(ask, "observed") && !tg_ask_given(ask, "step"))
        return tg_fail(TG_EINPUT, "--observed needs --step, the one it was observed with");
    if (tg_ask_given(ask, "observed"))
        TG_TRY(tg_seen_read(tg_ask_value(ask, "observed"), s.observed, &s.observations));
    TG_TRY(tg_delay_parse(s.law, &law));
    tg_delay_free(law);
    *out = s;
    return TG_OK;
}

/* The rule with its step: a name, or a map of the rule's parameters. */
static void
put_rule(FILE *f, const situation *s, double step)
{
    const size_t n = strlen(s->rule);

    if (*s->rule == '{' && s->rule[n - 1] == '}')
        fprintf(f, "%.*s", (int)(n - 1), s->rule);
    else
        fprintf(f, "{name: %s", s->rule);
    fprintf(f, ", step: %.17g", step);
    if (s->momentum > 0)
        fprintf(f, ", optimiser: {name: heavy_ball, momentum: %.17g}", s->momentum);
    fputs("}\n", f);
}

/* Without a step a tenth of 1/(h P): it is not looked at. */
static tg_status
study_of(const situation *s, const char *law, size_t workers, tg_study **out)
{
    const double step = isnan(s->step) ? 0.1 / (s->h * (double)workers) : s->step;
    char        *text = NULL;
    size_t       size;
    FILE        *f = open_memstream(&text, &size);

    if (!f) return tg_fail(TG_ENOMEM, "out of memory");
    fprintf(f,
            "name: explain\nobjective: {quadratic: {eigenvalues: %.17g}}\n"
            "workers: {count: %zu, compute: %s}\nhorizon: 1\nalgorithm: ",
            s->h, workers, law);
    put_rule(f, s, step);
    const tg_status status = fclose(f) == 0 ? tg_study_parse(text, "explain", out)
                                            : tg_fail(TG_ENOMEM, "out of memory");
    free(text);
    return status;
}

static tg_status
predict(const tg_ask *ask, const situation *s, const char *law, size_t workers,
        tg_study **study, tg_scene *at, tg_prediction **out)
{
    TG_TRY(study_of(s, law, workers, study));
    tg_status status = tg_scene_open(*study, 0, at);
    if (status == TG_OK) {
        at->single = tg_ask_given(ask, "single-run");
        status = tg_scene_predict(at, 0, out);
        if (status != TG_OK) tg_scene_close(at);
    }
    if (status == TG_OK) return TG_OK;
    tg_study_free(*study);
    if (status != TG_ENOCONV || !(s->momentum > 0)) return status;
    return tg_fail_within(
        status,
        "--momentum %g remembers %.0f updates, more than theory can follow "
        "with these workers; try 0.99 or less",
        s->momentum, 1 / (1 - s->momentum));
}

/* The gain at which so many workers of this law lose the mean square, and (not NULL) its error. */
static tg_status
limit_of(const tg_ask *ask, const situation *s, const char *law, size_t workers,
         double *out, double *error)
{
    tg_study      *study = NULL;
    tg_scene       at;
    tg_prediction *p = NULL;

    TG_TRY(predict(ask, s, law, workers, &study, &at, &p));
    *out = p->threshold_square;
    if (error) *error = p->threshold_error;
    tg_prediction_free(p);
    tg_scene_close(&at);
    tg_study_free(study);
    return TG_OK;
}

/* ---- which laws and eigenvalues fit -------------------------------------------------- */

/* h eta P < k*(P) where it converged, > where it diverged. */
static tg_status
range_of(const tg_ask *ask, const situation *s, const char *law, tg_range *out)
{
    tg_range r = { .low = 0, .high = INFINITY, .law = law };

    for (size_t i = 0; i < s->observations; i++) {
        const tg_seen *o = &s->observed[i];
        double         limit;
        TG_TRY(limit_of(ask, s, law, o->workers, &limit, NULL));
        const double h = limit / (s->step * (double)o->workers);
        if (o->converges && h < r.high) {
            r.high = h;
            r.converges = o;
        } else if (!o->converges && h > r.low) {
            r.low = h;
            r.diverges = o;
        }
    }
    *out = r;
    return TG_OK;
}

/* Of the given law, else of the likely ones. */
static size_t
laws_of(const tg_ask *ask, const situation *s, const char *law[CANDIDATES])
{
    const size_t laws = tg_ask_given(ask, "law") ? 1 : CANDIDATES;

    for (size_t i = 0; i < laws; i++) law[i] = laws == 1 ? s->law : candidates[i];
    return laws;
}

/* What is compatible with what was observed, as rows and in words. */
static tg_status
compare(const tg_ask *ask, const situation *s, tg_table *fits)
{
    const char  *law[CANDIDATES];
    tg_range     range[CANDIDATES];
    const size_t laws = laws_of(ask, s, law);

    for (size_t i = 0; i < laws; i++) {
        TG_TRY(range_of(ask, s, law[i], &range[i]));
        TG_TRY(tg_range_add(&range[i], s->h, fits));
    }
    if (ask->words.stream)
        tg_ranges_say(&ask->words,
                      &(tg_sighting){ .text = tg_ask_value(ask, "observed"),
                                      .law = s->law,
                                      .h = s->h,
                                      .step = s->step },
                      range, laws);
    return TG_OK;
}

/* ---- limits without a step ----------------------------------------------------------- */

static const tg_column limit_columns[] = {
    { "workers", "", "number of workers P", false },
    { "step_limit", "x^2/loss", "learning rate at which the mean square is lost", false },
    { "gain", "", "the loop gain at that", false },
    { "gain_error", "", "expected model error", false },
};
enum { LIMIT_COLUMNS = 4, MOST_LIMITS = 8 };

/* 1, 2, 4, ..., 64, and the number that is asked for among them. */
static size_t
numbers_of_workers(const tg_ask *ask, const situation *s, size_t number[MOST_LIMITS])
{
    size_t own = tg_ask_given(ask, "workers") ? s->workers : 0, n = 0;

    for (size_t workers = 1; workers <= 64; workers *= 2) {
        if (own > 0 && own < workers) number[n++] = own;
        if (own <= workers) own = 0;
        number[n++] = workers;
    }
    if (own > 0) number[n++] = own;
    return n;
}

static tg_status
find_limits(const tg_ask *ask, const situation *s, tg_table *t)
{
    char   text[400] = "", momentum[40] = "";
    bool   unsure = false;
    size_t used = 0, number[MOST_LIMITS];

    const size_t n = numbers_of_workers(ask, s, number);
    for (size_t i = 0; i < n; i++) {
        double gain, error;
        TG_TRY(limit_of(ask, s, s->law, number[i], &gain, &error));
        const double step = gain / (s->h * (double)number[i]);
        TG_TRY(tg_table_add(t, (tg_cell[]){ TG_NUMBER((double)number[i]), TG_NUMBER(step),
                                            TG_NUMBER(gain), TG_NUMBER(error) }));
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%zu: %.3g%s",
                                 i > 0 ? ", " : "", number[i], step,
                                 error < gain ? "" : " (?)");
        unsure |= !(error < gain);
    }
    if (!ask->words.stream) return TG_OK;
    if (s->momentum > 0) snprintf(momentum, sizeof momentum, ", momentum %g,", s->momentum);
    tg_say_paragraph(
        &ask->words,
        "%.80s%s with workers of %.160s; the largest eigenvalue of the Hessian "
        "is %.4g. The largest learning rate by number of workers: %s.%s",
        s->rule, momentum, s->law, s->h, text,
        unsure ? " (?) marks those whose stated error is as large as themselves." : "");
    return TG_OK;
}

static tg_status
explain(const tg_ask *ask, const situation *s, tg_table *rows, tg_table *fits)
{
    tg_study      *study = NULL;
    tg_scene       at;
    tg_prediction *p = NULL;

    TG_TRY(predict(ask, s, s->law, s->workers, &study, &at, &p));
    tg_status status = tg_prediction_add(rows, study, 0, p);
    if (status == TG_OK && ask->words.stream)
        status = tg_say_prediction(&ask->words, &at, 0, p);
    tg_prediction_free(p);
    tg_scene_close(&at);
    tg_study_free(study);
    if (status != TG_OK || !tg_ask_given(ask, "observed")) return status;
    return compare(ask, s, fits);
}

static tg_status
answer(const tg_ask *ask, const tg_study *unused, tg_answer *out)
{
    situation s;
    tg_table *rows = NULL, *fits = NULL, *limits = NULL;

    (void)unused;
    TG_TRY(read_situation(ask, &s));
    TG_TRY(tg_ask_table(ask, NULL, tg_prediction_columns, TG_PREDICTION_COLUMNS, &rows));
    tg_answer_add(out, "prediction", rows);
    TG_TRY(tg_ask_table(ask, NULL, tg_observed_columns, TG_OBSERVED_COLUMNS, &fits));
    tg_answer_add(out, "observed", fits);
    TG_TRY(tg_ask_table(ask, NULL, limit_columns, LIMIT_COLUMNS, &limits));
    tg_answer_add(out, "limits", limits);
    return isnan(s.step) ? find_limits(ask, &s, limits) : explain(ask, &s, rows, fits);
}

static const tg_option options[] = {
    { "largest-eigenvalue", "H", "of the Hessian [loss/x^2]; needed" },
    { "step", "S",
      "learning rate [x^2/loss]; without it: the largest for 1 to 64 workers" },
    { "workers", "N", "how many (default 8)" },
    { "law", "LAW", "of a worker's round trip (default {law: gamma, shape: 4, mean: 1})" },
    { "rule", "NAME", "server rule, or {name: fedbuff, k: 4} (default asgd)" },
    { "momentum", "B", "of the server's steps (default 0)" },
    { "observed", "TEXT",
      "what happened at this step, as \"4 converges, 8 diverges\": which laws and "
      "eigenvalues "
      "fit" },
    { "single-run", NULL,
      "also the gain at which a single run ceases to settle, by following workers" },
    { 0 },
};

const tg_answerer tg_answer_explain = {
    .is = { .name = "explain",
            .operands = "",
            .summary =
                "why it diverges, what it can bear: from three numbers, without a file",
            .doc = "Say in sentences what a learning rate does with so many asynchronous "
                   "workers, "
                   "given "
                   "the\nlargest eigenvalue of the Hessian: the verdict and its cause, the "
                   "largest "
                   "learning rate, the\nlargest number of workers, and how sure that is; "
                   "and which "
                   "laws "
                   "of compute times and which\neigenvalues fit what was observed.",
            .options = options },
    .tables = { { "prediction", tg_prediction_columns, TG_PREDICTION_COLUMNS },
                { "observed", tg_observed_columns, TG_OBSERVED_COLUMNS },
                { "limits", limit_columns, LIMIT_COLUMNS } },
    .answer = answer
};
