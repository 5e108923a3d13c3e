#include "cli/output.h"

#include "asgd/problems/spectra.h"
#include "asgd/sim/cluster.h"
#include "asgd/theory/predict.h"
#include "core/parallel.h"
#include "core/quote.h"
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
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* The largest step of ASGD at h = 1 with these workers; at h it is that over h. */
static tg_status
unit_limit(const arguments *a, size_t *workers, double *out)
{
    const char *text = value_of(a, "law");
    tg_delay   *law = NULL;
    tg_cluster *cluster = NULL;

    *workers = 1;
    TG_TRY(whole_of(a, "workers", workers));
    if (*workers < 1 || *workers > 10000000)
        return tg_fail(TG_EINPUT, "--workers: expected 1 to 10000000, got %zu", *workers);
    TG_TRY(tg_delay_parse(text ? text : "{law: exponential, mean: 1}", &law));
    tg_status status = tg_cluster_create(1, workers, &law, false, &cluster);
    if (status == TG_OK) status = tg_predict_step_square(1, cluster, &tg_asgd, out);
    tg_cluster_free(cluster);
    tg_delay_free(law);
    return status;
}

static tg_status
add_rows(const tg_spectra *s, double limit, bool ends, tg_table *table)
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
                         TG_NUMBER(k.largest > 0 ? limit / k.largest : (double)NAN) }));
    }
    return TG_OK;
}

/* How the largest step moves, from the first checkpoint to the last, and where it is
 * least. */
static void
say_steps(const tg_spectra *s, size_t workers, double limit)
{
    const size_t last = s->checkpoints - 1;
    size_t       sharpest = 0;

    for (size_t c = 1; c <= last; c++)
        if (s->value[s->first[c]] > s->value[s->first[sharpest]]) sharpest = c;
    const double first = s->value[s->first[0]], end = s->value[s->first[last]],
                 most = s->value[s->first[sharpest]];
    if (!(most > 0)) {
        printf("No eigenvalue is positive: no step is unstable, and nothing settles.\n");
        return;
    }
    printf("The largest stable step of ASGD with %zu worker%s is %.4g", workers,
           workers == 1 ? "" : "s", limit / (last ? first : most));
    if (last > 0)
        printf(" at step %g, %.4g at step %g;\n  the least is %.4g, at step %g", s->step[0],
               limit / end, s->step[last], limit / most, s->step[sharpest]);
    printf(".\n");
}

static void
say_spectra(const tg_spectra *s, const char *file, size_t workers, double limit, bool ends)
{
    const size_t       last = s->checkpoints - 1;
    const tg_curvature k = tg_spectra_curvature(s, last);

    tg_quote_text(stdout, file);
    printf(": %s.\n", s->took);
    say_steps(s, workers, limit);
    if (k.below > 0 && ends)
        printf(
            "The least is %.4g: along negative ones the loss falls and nothing settles.\n",
            k.least);
    else if (k.below > 0)
        printf(
            "%.3g %% of the eigenvalues%s are negative, down to %.3g: along them the loss "
            "falls and\n  nothing settles; a study leaves them out and says so.\n",
            100 * k.negative, last ? " at the last checkpoint" : "", k.least);
}

/* The times of --at, of which there are `times`. Caller frees *out. */
static tg_status
times_of(const arguments *a, double **out, size_t *times)
{
    const char *text = value_of(a, "at");
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

/* Of a study: both ends, of which there are `top`. */
static tg_status
spectra_of_study(const arguments *a, const char *file, tg_study **study, tg_spectra *out)
{
    size_t  top = 0, times = 0;
    double *time = NULL;

    TG_TRY(whole_of(a, "top", &top));
    TG_TRY(study_open(a, file, study));
    TG_TRY(times_of(a, &time, &times));
    const tg_status status = tg_study_spectra(*study, top, time, times, out);
    free(time);
    return status;
}

static tg_status
spectra_of(const arguments *a, const char *file, tg_study **study, tg_spectra *out)
{
    if (given(a, "top")) return spectra_of_study(a, file, study, out);
    if (given(a, "at") || a->sets > 0)
        return tg_fail(TG_EINPUT, "--%s: for studies, with --top",
                       given(a, "at") ? "at" : "set");
    return tg_spectra_read(file, out);
}

static tg_status
run(const arguments *a)
{
    const bool  ends = given(a, "top");
    const char *file;
    tg_study   *study = NULL;
    tg_spectra  s = { 0 };
    tg_table   *table = NULL;
    size_t      workers;
    double      limit;

    TG_TRY(only_file(a, &file));
    TG_TRY(unit_limit(a, &workers, &limit));
    tg_status status = spectra_of(a, file, &study, &s);
    if (status == TG_OK) status = table_begin(a, study, columns, COLUMNS, &table);
    if (status == TG_OK) status = add_rows(&s, limit, ends, table);
    if (status == TG_OK && !given(a, "json") && !given(a, "quiet"))
        say_spectra(&s, file, workers, limit, ends);
    tg_spectra_free(&s);
    tg_study_free(study);
    if (status == TG_OK) return table_deliver(a, "spectrum", table);
    tg_table_free(table);
    return status;
}

static const tg_option options[] = {
    { "workers", "P", "of which the largest stable step is told (default 1)" },
    { "law", "LAW", "of their round trip (default exponential)" },
    { "top", "K", "FILE is a study: the K largest and K least of its objective" },
    { "at", "T,..", "at these times of its first simulation (default 0)" },
    { 0 }
};

const command cmd_spectrum = {
    .name = "spectrum",
    .operands = "FILE",
    .summary =
        "eigenvalues of a Hessian, from a file or of a network, and the steps that they "
        "allow",
    .doc =
        "Read the eigenvalues that another program computed, \"-\" for standard input: one "
        "a\n"
        "line, a JSON list, a printed numpy array, nodes and weights of a density "
        "(PyHessian's),\n"
        "one or several checkpoints. Tell the largest, how many are negative, and how the\n"
        "largest stable step moves in training. A study takes such a file as\n"
        "objective: {quadratic: {spectrum: {file: FILE}}}. With --top the file is a study\n"
        "whose objective is a network, of which they are computed.",
    .options = options,
    .run = run
};
