#include "asgd/problems/spectra.h"
#include "asgd/sim/cluster.h"
#include "asgd/theory/predict.h"
#include "asgd/theory/predict_hits.h"
#include "core/node.h"
#include "core/parallel.h"
#include "core/quote.h"
#include "study/answer.h"
#include "study/say.h"
#include "study/scene.h"
#include "study/spectra.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const tg_column columns[] = {
    { "step", "", "of the checkpoint, as the file says; else its number", false },
    { "eigenvalues", "", "how many, or nodes of a density", false },
    { "largest", "loss/x^2", "eigenvalue", false },
    { "least", "loss/x^2", "eigenvalue", false },
    { "negative", "1", "share of the eigenvalues that are below 0; nan: not all are known",
      false },
    { "flat", "1", "share that is 0 but for rounding; nan: not all are known", false },
    { "step_limit", "x^2/loss",
      "largest learning rate at which the mean square of ASGD settles; nan: no eigenvalue "
      "is "
      "positive",
      false },
    { "single_limit", "x^2/loss",
      "the same for one run, which may settle where the mean square does not", false },
    { "own", "x^2/loss", "the study's learning rate there; nan: of a file", false },
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const tg_column value_columns[] = {
    { "step", "", "of the checkpoint: the first and the last", false },
    { "rank", "",
      "1 is the largest; of very many those that are evenly spaced in the "
      "logarithm from either end",
      false },
    { "value", "loss/x^2", "eigenvalue, or node of a density", false },
    { "weight", "1", "its share", false },
};
enum { VALUE_COLUMNS = sizeof value_columns / sizeof *value_columns, SHOWN = 1000 };

/* The largest steps at h = 1, of which those at h are that over h: where the mean square is lost, and
 * where a single run is; NaN: not known. */
typedef struct limits {
    size_t                    workers;
    const char               *rule;
    double                    square, single;
    const tg_study_algorithm *own; /* the study's, NULL: there is no study */
} limits;

/* Where the two are one, as of constant times, the error of the second may put it before. */
static tg_status
find_limits(const tg_cluster *c, const tg_algorithm *rule, limits *out)
{
    const double workers = (double)c->workers;
    double       gain, error;

    TG_TRY(tg_predict_step_square(1, c, rule, &out->square));
    const tg_status status =
        tg_predict_single(c, rule, out->square * workers, 1, &gain, &error);
    if (status == TG_OK) out->single = fmax(gain / workers, out->square);
    return tg_scene_is_of_one_row(status) ? TG_OK : status;
}

static tg_status
limits_of_ask(const tg_ask *ask, limits *out)
{
    const char *text = tg_ask_value(ask, "law");
    tg_delay   *law = NULL;
    tg_cluster *cluster = NULL;

    *out = (limits){ 1, "ASGD", NAN, NAN, NULL };
    TG_TRY(tg_ask_whole(ask, "workers", &out->workers));
    if (out->workers < 1 || out->workers > 10000000)
        return tg_fail(TG_EINPUT, "--workers: expected 1 to 10000000, got %zu",
                       out->workers);
    TG_TRY(tg_delay_parse(text ? text : "{law: exponential, mean: 1}", &law));
    tg_status status = tg_cluster_create(1, &out->workers, &law, false, &cluster);
    if (status == TG_OK) status = find_limits(cluster, &tg_asgd, out);
    tg_cluster_free(cluster);
    tg_delay_free(law);
    return status;
}

/* Of its own workers and its first algorithm, whatever becomes of its rate; where theory does not know it, nothing is
 * known. */
static tg_status
limits_of_study(const tg_ask *ask, const tg_study *study, limits *out)
{
    const tg_algorithm *rule = NULL;
    tg_cluster         *cluster = NULL;

    if (tg_ask_given(ask, "workers") || tg_ask_given(ask, "law"))
        return tg_fail(TG_EINPUT, "--%s: a study has workers of its own, see --set",
                       tg_ask_given(ask, "workers") ? "workers" : "law");
    TG_TRY(tg_study_cluster(study, 0, &cluster));
    *out = (limits){ cluster->workers, study->algorithm[0].label, NAN, NAN,
                     &study->algorithm[0] };
    tg_study_algorithm steady = study->algorithm[0];
    tg_study           plain = *study;
    steady.schedule = (tg_choice){ .kind = &tg_schedule_constant.is };
    plain.algorithm = &steady;
    tg_status status = tg_study_rule(&plain, 0, &rule);
    if (status == TG_OK) status = find_limits(cluster, rule, out);
    tg_cluster_free(cluster);
    return tg_scene_is_of_one_row(status) ? TG_OK : status;
}

/* The rate that the study has after so many updates. */
static double
own_step(const limits *l, double updates)
{
    if (!l->own) return NAN;
    const tg_schedule_kind *s = (const tg_schedule_kind *)l->own->schedule.kind;
    return l->own->step * (s ? s->factor(l->own->schedule.param, (uint64_t)updates) : 1);
}

static tg_status
add_rows(const tg_spectra *s, const limits *l, bool ends, tg_table *table)
{
    for (size_t c = 0; c < s->checkpoints; c++) {
        const tg_curvature k = tg_spectra_curvature(s, c);
        TG_TRY(tg_stop_check());
        TG_TRY(tg_table_add(
            table,
            (tg_cell[]){ TG_NUMBER(s->step[c]),
                         TG_NUMBER((double)(s->first[c + 1] - s->first[c])),
                         TG_NUMBER(k.largest), TG_NUMBER(k.least),
                         TG_NUMBER(ends ? (double)NAN : k.negative),
                         TG_NUMBER(ends ? (double)NAN : k.flat),
                         TG_NUMBER(k.largest > 0 ? l->square / k.largest : (double)NAN),
                         TG_NUMBER(k.largest > 0 ? l->single / k.largest : (double)NAN),
                         TG_NUMBER(own_step(l, s->step[c])) }));
    }
    return TG_OK;
}

/* Whether rank r of n is among the SHOWN that are listed: half of them from either end. */
static bool
is_listed(size_t r, size_t n)
{
    const double each = SHOWN / 2 / log((double)n + 1);
    const size_t s = n + 1 - r;

    if (n <= SHOWN || r == 1 || s == 1) return true;
    return floor(each * log((double)r)) > floor(each * log((double)r - 1)) ||
           floor(each * log((double)s)) > floor(each * log((double)s - 1));
}

static tg_status
add_values(const tg_spectra *s, size_t c, tg_table *table)
{
    const size_t n = s->first[c + 1] - s->first[c];

    for (size_t r = 1; r <= n; r++) {
        const size_t i = s->first[c] + r - 1;
        if (!is_listed(r, n)) continue;
        TG_TRY(tg_table_add(table, (tg_cell[]){ TG_NUMBER(s->step[c]), TG_NUMBER((double)r),
                                                TG_NUMBER(s->value[i]),
                                                TG_NUMBER(s->weight[i]) }));
    }
    return TG_OK;
}

/* How the largest step moves, from the first checkpoint to the last, and where it is
 * least. */
static void
say_steps(const tg_page *page, const tg_spectra *s, const limits *l)
{
    const size_t last = s->checkpoints - 1;
    size_t       sharpest = 0;
    char         text[400], course[200] = "";

    for (size_t c = 1; c <= last; c++)
        if (s->value[s->first[c]] > s->value[s->first[sharpest]]) sharpest = c;
    const double first = s->value[s->first[0]], end = s->value[s->first[last]],
                 most = s->value[s->first[sharpest]];
    if (last > 0)
        snprintf(course, sizeof course,
                 " at step %g, %.4g at step %g; the least is %.4g, at step %g", s->step[0],
                 l->square / end, s->step[last], l->square / most, s->step[sharpest]);
    snprintf(text, sizeof text,
             "The largest stable step of %s with %zu worker%s is %.4g%s.", l->rule,
             l->workers, l->workers == 1 ? "" : "s", l->square / (last ? first : most),
             course);
    tg_say_wrapped(page,
                   !(most > 0)        ? "No eigenvalue is positive: no step is unstable, "
                                        "and nothing settles."
                   : isnan(l->square) ? "Theory does not know which steps are stable here."
                                      : text,
                   2);
}

/* Where the study's own step stands at the last checkpoint. */
static void
say_edge(const tg_page *page, const tg_spectra *s, const limits *l)
{
    const double h = s->value[s->first[s->checkpoints - 1]], P = (double)l->workers;
    char         text[400];

    const double own = own_step(l, s->step[s->checkpoints - 1]);

    if (!(h > 0) || isnan(own) || isnan(l->square)) return;
    snprintf(
        text, sizeof text,
        "At its own step %g the loop gain eta h P is %.4g%s; the mean square is lost at "
        "%.4g, a single run at %.4g.",
        own, own * h * P, s->checkpoints > 1 ? " at the end" : "", l->square * P,
        l->single * P);
    tg_say_wrapped(page, text, 2);
}

/* "FILE: what was taken for what.", nothing in it that a terminal would obey. */
static tg_status
say_source(const tg_page *page, const tg_spectra *s, const char *file)
{
    char  *text = NULL;
    size_t size;
    FILE  *f = open_memstream(&text, &size);

    if (!f) return tg_fail(TG_ENOMEM, "out of memory");
    tg_quote_text(f, file);
    fprintf(f, ": %s.", s->took);
    const bool failed = fclose(f) != 0;
    if (!failed) tg_say_wrapped(page, text, 2);
    free(text);
    return failed ? tg_fail(TG_ENOMEM, "out of memory") : TG_OK;
}

static tg_status
say_spectra(const tg_page *page, const tg_spectra *s, const char *file, const limits *l,
            bool ends)
{
    const size_t       last = s->checkpoints - 1;
    const tg_curvature k = tg_spectra_curvature(s, last);
    char               text[400];

    TG_TRY(say_source(page, s, file));
    say_steps(page, s, l);
    say_edge(page, s, l);
    if (k.below == 0) return TG_OK;
    if (ends)
        snprintf(
            text, sizeof text,
            "The least is %.4g: along negative ones the loss falls and nothing settles.",
            k.least);
    else
        snprintf(
            text, sizeof text,
            "%.3g %% of the eigenvalues%s are negative, down to %.3g: along them the loss "
            "falls and nothing settles; a study leaves them out and says so.",
            100 * k.negative, last ? " at the last checkpoint" : "", k.least);
    tg_say_wrapped(page, text, 2);
    return TG_OK;
}

/* ---- of a study ------------------------------------------------------------------------ */

/* The times of --at, of which there are `times`. Caller frees *out. */
static tg_status
times_of(const tg_ask *ask, double **out, size_t *times)
{
    const char *text = tg_ask_value(ask, "at");
    tg_node    *list = NULL;
    char        flow[1000];

    if (snprintf(flow, sizeof flow, "[%s]", text ? text : "0") >= (int)sizeof flow)
        return tg_fail(TG_EINPUT, "--at: too many times");
    TG_TRY(tg_node_parse(flow, "--at", &list));
    double   *time = malloc((list->count + 1) * sizeof *time);
    tg_status status = time ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK && list->count == 0)
        status = tg_fail(TG_EINPUT, "--at: expected a time");
    for (size_t i = 0; status == TG_OK && i < list->count; i++)
        status = tg_node_number(&list->item[i], &time[i]);
    *times = list->count;
    tg_node_free(list);
    if (status == TG_OK)
        *out = time;
    else
        free(time);
    return status;
}

/* Both ends, of which there are `top`. */
static tg_status
spectra_of_study(const tg_ask *ask, const tg_study *study, tg_spectra *out)
{
    size_t  top = 0, times = 0;
    double *time = NULL;

    TG_TRY(tg_ask_whole(ask, "top", &top));
    TG_TRY(times_of(ask, &time, &times));
    const tg_status status = tg_study_spectra(study, top, time, times, out);
    free(time);
    return status;
}

static tg_status
spectra_of(const tg_ask *ask, const tg_study *study, tg_spectra *out)
{
    if (study) return spectra_of_study(ask, study, out);
    if (tg_ask_given(ask, "at") || ask->sets > 0)
        return tg_fail(TG_EINPUT, "--%s: for studies, with --top",
                       tg_ask_given(ask, "at") ? "at" : "set");
    return tg_spectra_read(ask->operand, out);
}

/* ---- all of it ------------------------------------------------------------------------- */

static tg_status
fill(const tg_spectra *s, const limits *l, bool ends, tg_table *table, tg_table *values)
{
    TG_TRY(tg_table_note(table, "kind", "%s",
                         s->density ? "density"
                         : ends     ? "ends"
                                    : "eigenvalues"));
    TG_TRY(add_rows(s, l, ends, table));
    TG_TRY(add_values(s, 0, values));
    return s->checkpoints > 1 ? add_values(s, s->checkpoints - 1, values) : TG_OK;
}

static tg_status
answer(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    tg_spectra s = { 0 };
    tg_table  *table = NULL, *values = NULL;
    limits     l;

    if (!ask->operand) return tg_fail(TG_EINPUT, "expected one file, got 0");
    TG_TRY(study ? limits_of_study(ask, study, &l) : limits_of_ask(ask, &l));
    TG_TRY(spectra_of(ask, study, &s));
    tg_status status = tg_ask_table(ask, study, columns, COLUMNS, &table);
    if (status == TG_OK)
        status = tg_ask_table(ask, study, value_columns, VALUE_COLUMNS, &values);
    if (status == TG_OK) status = fill(&s, &l, study != NULL, table, values);
    if (status == TG_OK && ask->words.stream)
        status = say_spectra(&ask->words, &s, ask->operand, &l, study != NULL);
    tg_spectra_free(&s);
    if (table) tg_answer_add(out, "spectrum", table);
    if (values) tg_answer_add(out, "eigenvalues", values);
    return status;
}

static const tg_option options[] = {
    { "workers", "P",
      "whose largest stable step is told (default 1; a study has its own)" },
    { "law", "LAW", "of their round trip (default exponential; a study has its own)" },
    { "top", "K", "FILE is a study: the K largest and K least of its objective" },
    { "at", "T,..", "at these times of its first simulation (default 0)" },
    { 0 }
};

const tg_answerer tg_answer_spectrum = {
    .is = { .name = "spectrum",
            .operands = "FILE",
            .summary = "eigenvalues of a Hessian, from a file or of a network, and the "
                       "steps that they "
                       "allow",
            .doc =
                "Read the eigenvalues that another program computed, \"-\" for standard "
                "input: one "
                "a\n"
                "line, a JSON list, a printed numpy array, nodes and weights of a density "
                "(PyHessian's),\n"
                "one or several checkpoints. Tell the largest, how many are negative, and "
                "how the\n"
                "largest stable step moves in training. A study takes such a file as\n"
                "objective: {quadratic: {spectrum: {file: FILE}}}. With --top the file is "
                "a study\n"
                "whose objective is a network, of which they are computed.",
            .options = options },
    .tables = { { "spectrum", columns, COLUMNS },
                { "eigenvalues", value_columns, VALUE_COLUMNS } },
    .with = "top",
    .answer = answer
};
