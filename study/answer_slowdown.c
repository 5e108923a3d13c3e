/* slowdown: what it takes to come to the target with one setting after another, beside the first */
#include "study/answer.h"
#include "study/batches.h"
#include "study/cost.h"
#include "study/decree.h"
#include "study/say.h"
#include "study/setting_list.h"

#include "core/parallel.h"
#include "core/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tg_column columns[] = {
    { "series", "", "which of the algorithms, and of the values of --per", true },
    { "value", "", "of the setting of --over", true },
    { "workers", "", "number of workers P", false },
    { "step", "x^2/loss", "learning rate eta", false },
    { "replicas", "", "independent simulations", false },
    { "reached", "", "of these, that were at the target within the horizon", false },
    { "batches", "", "gradients until a run is first at the target, mean; inf: not all are",
      false },
    { "batches_error", "", "its standard error, with the time between looks at the loss",
      false },
    { "ratio", "", "of these to those of the first value", false },
    { "ratio_error", "", "its standard error, of pairs of replicas", false },
    { "settle", "time", "mean loss stays below the target from here on", false },
    { "settle_error", "time", "its standard error", false },
    { "predicted", "time", "the same by theory; nan: it does not know this", false },
    { "predicted_error", "time", "expected model error", false },
    { "gain_limit", "",
      "staleness by decree: eta h P up to which the mean of a mode of curvature h settles",
      false },
    { "diverged", "", "replicas whose loss left the finite range", false },
};
enum { COLUMNS = sizeof columns / sizeof *columns };

typedef struct slowdown {
    const tg_ask   *ask;
    const tg_study *study;
    tg_setting_list over, per; /* per.count 0: none */
    tg_batches     *first;     /* (algorithms) with the first value */
    tg_table       *table;
    tg_progress    *progress;
    double          seconds; /* of all */
    char            words[1000];
} slowdown;

/* ---- a row --------------------------------------------------------------------------- */

static bool
optimisers_differ(const tg_study *s)
{
    for (size_t i = 1; i < s->algorithms; i++)
        for (size_t k = 0; k < i; k++)
            if (s->algorithm[i].optimiser.kind == s->algorithm[k].optimiser.kind)
                return false;
    return s->algorithms > 1;
}

/* Runs of what a file's name had better not have become one _, and none at the end. */
static void
make_plain(char *name)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789.-";
    char             *to = name;

    for (const char *c = name; *c; c++)
        if (strchr(good, *c))
            *to++ = *c;
        else if (to == name || to[-1] != '_')
            *to++ = '_';
    while (to > name + 1 && to[-1] == '_') to--;
    *to = '\0';
}

/* "adam", where each has an optimiser of its own, or "asgd"; then "-depth-3" of --per. A name that can be
 * a file's. */
static void
name_series(const slowdown *d, size_t per, size_t algorithm, char *out, size_t room)
{
    const tg_study_algorithm *a = &d->study->algorithm[algorithm];
    const char *name = optimisers_differ(d->study) ? a->optimiser.kind->name : a->label;

    snprintf(out, room, "%s", name);
    if (d->per.count > 0)
        snprintf(out, room, "%s%s%.20s-%.40s", d->study->algorithms > 1 ? name : "",
                 d->study->algorithms > 1 ? "-" : "", tg_setting_list_word(&d->per),
                 d->per.value[per]);
    make_plain(out);
}

static void
predict(tg_scene *s, size_t algorithm, double *time, double *error)
{
    tg_prediction *p = NULL;

    *time = *error = NAN;
    if (tg_scene_predict(s, algorithm, &p) != TG_OK) return;
    *time = p->settle;
    *error = p->settle_error;
    tg_prediction_free(p);
}

/* K = eta h P up to which the mean of a mode settles, whatever the objective; NaN: theory does not know the
 * rule, a step is no linear map of gradients, or there is no curvature. */
static tg_status
find_limit(const tg_study *study, size_t algorithm, double *out)
{
    const tg_study_algorithm *a = &study->algorithm[algorithm];
    tg_decree                 d = { .workers = study->workers };
    double                   *weight = NULL, *late = NULL;

    *out = NAN;
    if (!tg_study_is_decreed(study, algorithm) || study->objective == TG_LDA ||
        a->clip > 0 || a->decay > 0)
        return TG_OK;
    tg_status status = tg_study_decree(study, algorithm, &weight, &d.most, &d.momentum);
    if (status == TG_EDOMAIN) return TG_OK;
    TG_TRY(status);
    d.late = late = malloc((d.most + 1) * sizeof *late);
    status =
        late ? tg_decree_lags(weight, d.most, late) : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = tg_decree_threshold(&d, out);
    free(weight);
    free(late);
    return status;
}

static tg_status
add_row(slowdown *d, tg_scene *s, const char *series, size_t value, size_t algorithm,
        const tg_simulation *r, const tg_batches *c)
{
    const tg_stats         batches = tg_batches_mean(c);
    const bool             all = batches.n == c->n;
    const tg_batches_ratio beside =
        value == 0 && all ? (tg_batches_ratio){ 1, 0 }
                          : tg_batches_beside(c, &d->first[algorithm], r->spacing);
    const double error_all =
        hypot(tg_stats_error(&batches), tg_batches_unseen(batches.mean, r->spacing));
    double predicted, error, limit;

    TG_TRY(find_limit(s->study, algorithm, &limit));
    predict(s, algorithm, &predicted, &error);
    if (tg_stop_requested()) return tg_stop_check();
    return tg_table_add(d->table,
                        (tg_cell[]){ TG_TEXT(series), TG_TEXT(d->over.value[value]),
                                     TG_NUMBER((double)s->cluster->workers),
                                     TG_NUMBER(s->study->algorithm[algorithm].step),
                                     TG_NUMBER((double)c->n), TG_NUMBER((double)batches.n),
                                     TG_NUMBER(all ? batches.mean : INFINITY),
                                     TG_NUMBER(all ? error_all : INFINITY),
                                     TG_NUMBER(beside.value), TG_NUMBER(beside.error),
                                     TG_NUMBER(r->settle), TG_NUMBER(r->settle_error),
                                     TG_NUMBER(predicted), TG_NUMBER(error),
                                     TG_NUMBER(limit), TG_NUMBER((double)r->diverged) });
}

/* What was simulated is kept for the first value. */
static tg_status
run(slowdown *d, tg_scene *s, size_t per, size_t value, size_t algorithm)
{
    tg_simulation *r = NULL;
    char           series[120];

    TG_TRY(tg_stop_check());
    name_series(d, per, algorithm, series, sizeof series);
    TG_TRY(tg_scene_simulate(s, algorithm, d->progress, &r));
    tg_batches c = { .n = r->replicas,
                     .batches = malloc((r->replicas + 1) * sizeof(double)) };
    if (!c.batches) {
        tg_simulation_free(r);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    memcpy(c.batches, r->hit_gradients, c.n * sizeof *c.batches);
    if (value == 0) {
        free(d->first[algorithm].batches);
        d->first[algorithm] = c;
    }
    const tg_status status = add_row(d, s, series, value, algorithm, r, &c);
    if (value > 0) free(c.batches);
    tg_simulation_free(r);
    return status;
}

/* ---- all of them --------------------------------------------------------------------- */

typedef tg_status (*visit)(slowdown *d, tg_scene *s, size_t per, size_t value);

static tg_status
price(slowdown *d, tg_scene *s, size_t per, size_t value)
{
    const size_t n = s->study->algorithms;
    double      *each = malloc((n + 1) * sizeof *each);

    (void)per;
    (void)value;
    if (!each) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_cost_of_replicas(s, &s->cluster->workers, 1, each);
    for (size_t i = 0; status == TG_OK && i < n; i++)
        d->seconds += (double)s->study->replicas * each[i];
    free(each);
    return status;
}

static tg_status
run_all(slowdown *d, tg_scene *s, size_t per, size_t value)
{
    for (size_t i = 0; i < s->study->algorithms; i++) TG_TRY(run(d, s, per, value, i));
    return TG_OK;
}

static tg_status
visit_one(slowdown *d, const tg_study *base, size_t per, size_t value, visit look)
{
    tg_study *study = NULL;
    tg_scene  s;

    TG_TRY(tg_setting_list_apply(&d->over, base, value, &study));
    tg_status status = study->algorithms == d->study->algorithms
                           ? tg_scene_open(study, 0, &s)
                           : tg_fail(TG_EINPUT, "a setting of slowdown must leave as many "
                                                "algorithms as there are");
    if (status == TG_OK) {
        status = look(d, &s, per, value);
        tg_scene_close(&s);
    }
    tg_study_free(study);
    return status;
}

static tg_status
visit_all(slowdown *d, visit look)
{
    for (size_t p = 0; p == 0 || p < d->per.count; p++) {
        tg_study *of = NULL;
        if (d->per.count > 0) TG_TRY(tg_setting_list_apply(&d->per, d->study, p, &of));
        tg_status status = TG_OK;
        for (size_t v = 0; status == TG_OK && v < d->over.count; v++)
            status = visit_one(d, of ? of : d->study, p, v, look);
        tg_study_free(of);
        TG_TRY(status);
    }
    return TG_OK;
}

/* ---- words --------------------------------------------------------------------------- */

enum { SERIES, VALUE, REPLICAS = 4, REACHED, BATCHES, BATCHES_ERROR, RATIO, RATIO_ERROR };

/* "; 1.52 +- .03 times that at most = 8" */
static int
row_text(const slowdown *d, size_t row, bool first, char *out, size_t room)
{
    const tg_table *t = d->table;
    const char     *word = tg_setting_list_word(&d->over),
               *value = tg_table_cell(t, row, VALUE).text;

    if (tg_table_number(t, row, REACHED) < tg_table_number(t, row, REPLICAS))
        return snprintf(out, room, "%s %g of %g runs at the target with %s = %s",
                        first ? "" : ";", tg_table_number(t, row, REACHED),
                        tg_table_number(t, row, REPLICAS), word, value);
    if (first)
        return snprintf(out, room, " %.4g +- %.2g batches to the target with %s = %s",
                        tg_table_number(t, row, BATCHES),
                        tg_table_number(t, row, BATCHES_ERROR), word, value);
    return snprintf(out, room, "; %.3g +- %.2g times that with %s",
                    tg_table_number(t, row, RATIO), tg_table_number(t, row, RATIO_ERROR),
                    value);
}

/* One sentence of each series, whose rows come in the order of values. */
static void
say(slowdown *d)
{
    const size_t rows = tg_table_rows(d->table), n = d->study->algorithms,
                 block = n * d->over.count;

    for (size_t begin = 0; begin < rows; begin += block)
        for (size_t k = 0; k < n && begin + k < rows; k++) {
            size_t used =
                (size_t)snprintf(d->words, sizeof d->words,
                                 "%s:", tg_table_cell(d->table, begin + k, SERIES).text);
            for (size_t r = begin + k; r < begin + block && r < rows; r += n)
                if (used < sizeof d->words)
                    used += (size_t)row_text(d, r, r == begin + k, d->words + used,
                                             sizeof d->words - used);
            tg_say_paragraph(&d->ask->words, "%s.", d->words);
        }
}

/* ---- the answer ---------------------------------------------------------------------- */

static tg_status
begin(slowdown *d)
{
    const char  *over = tg_ask_value(d->ask, "over"), *per = tg_ask_value(d->ask, "per");
    const size_t runs = d->study->algorithms * d->study->replicas;
    FILE        *bar = d->ask->listener ? d->ask->listener->bar : NULL;

    if (!over)
        return tg_fail(TG_EINPUT,
                       "--over is needed, e.g. --over 'algorithm[].most=0,4,8,16'");
    if (isnan(d->study->target))
        return tg_fail(TG_EINPUT, "a slow-down is that to a target: the study has none");
    TG_TRY(tg_setting_list_read("over", over, &d->over));
    if (per) TG_TRY(tg_setting_list_read("per", per, &d->per));
    d->first = calloc(d->study->algorithms, sizeof *d->first);
    if (!d->first) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(visit_all(d, price));
    const size_t settings = d->over.count * (d->per.count > 0 ? d->per.count : 1);
    TG_TRY(tg_cost_check(
        d->ask->listener,
        &(tg_cost){ .count = (double)(settings * runs),
                    .seconds = d->seconds / (double)tg_parallel_threads(),
                    .unit = "runs",
                    .advice = "a shorter horizon (--set horizon=T), fewer replicas (--set "
                              "replicas=N) or fewer values make it less" }));
    TG_TRY(tg_ask_table(d->ask, d->study, columns, COLUMNS, &d->table));
    TG_TRY(tg_table_note(d->table, "over", "%s", d->over.path));
    if (d->per.count > 0) TG_TRY(tg_table_note(d->table, "per", "%s", d->per.path));
    TG_TRY(tg_progress_create(bar, &d->progress));
    tg_progress_stage(d->progress, "slowdown", settings * runs);
    return TG_OK;
}

static void
end(slowdown *d)
{
    for (size_t i = 0; d->first && i < d->study->algorithms; i++) free(d->first[i].batches);
    free(d->first);
    tg_progress_free(d->progress);
    tg_setting_list_free(&d->over);
    tg_setting_list_free(&d->per);
}

static tg_status
answer(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    slowdown  d = { .ask = ask, .study = study };
    tg_status status = begin(&d);

    if (status == TG_OK) status = visit_all(&d, run_all);
    const bool stopped = status == TG_ESTOP && d.table && tg_table_rows(d.table) > 0;
    if (status == TG_OK && ask->words.stream) {
        tg_progress_free(d.progress);
        d.progress = NULL;
        say(&d);
    }
    if (status == TG_OK || stopped)
        tg_answer_add(out, "slowdown", d.table);
    else
        tg_table_free(d.table);
    if (stopped)
        tg_answer_end(out, TG_ESTOP, "stopped on request; the rows above were finished");
    end(&d);
    return stopped ? TG_OK : status;
}

static const tg_option options[] = {
    { "over", "PATH=V,..",
      "the setting that is varied, the first value being what the others stand beside; "
      "algorithm[].most is that of all algorithms" },
    { "per", "PATH=V,..", "a second setting; a series for each of its values" },
    { 0 },
};

const tg_answerer tg_answer_slowdown = {
    .is = { .name = "slowdown",
            .operands = "STUDY",
            .summary = "batches to the target over the values of any setting, beside the "
                       "first",
            .doc =
                "Simulate a study with one value after another of a setting, such as how "
                "stale updates\n"
                "are, and tell how many batches (gradients) a run takes to be first at "
                "the target, and\n"
                "how many times that of the first value; with the standard errors of "
                "replicas, which\n"
                "draw the same with every value. Where theory knows the study, its time "
                "to target stands\n"
                "beside.",
            .options = options },
    .tables = { { "slowdown", columns, COLUMNS } },
    .study = true,
    .answer = answer
};
