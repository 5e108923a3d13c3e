#include "study/fit.h"

#include "study/answer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const tg_column columns[] = {
    { "group", "", "workers that behave alike", false },
    { "part", "", "of their round trip: job, gap", true },
    { "workers", "", "how many they are", false },
    { "times", "", "observations that are > 0", false },
    { "rank", "", "1 is the best by AIC", false },
    { "law", "", "with its fitted parameters", true },
    { "mean", "s", "of the fitted law", false },
    { "cv", "", "standard deviation over mean of the fitted law", false },
    { "log_likelihood", "", "", false },
    { "aic", "", "2 parameters - 2 log likelihood", false },
    { "distance", "", "Kolmogorov-Smirnov", false },
    { "p", "", "of that distance, by a parametric bootstrap; under 1e-3 an upper bound",
      false },
    { "taken", "", "1: the study takes this law", false },
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static tg_status
add_part(tg_table *table, size_t g, const tg_fitted_group *at, const char *part,
         const tg_fitted_part *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const tg_fit *f = &p->fit[i];
        tg_delay     *law = NULL;
        TG_TRY(tg_fit_law(f, &law));
        const tg_status status = tg_table_add(
            table, (tg_cell[]){
                       TG_NUMBER((double)g + 1), TG_TEXT(part),
                       TG_NUMBER((double)at->workers), TG_NUMBER((double)(p->n - p->zeros)),
                       TG_NUMBER((double)i + 1), TG_TEXT(tg_delay_text(law)),
                       TG_NUMBER(tg_delay_mean(law)), TG_NUMBER(tg_delay_cv(law)),
                       TG_NUMBER(f->log_likelihood), TG_NUMBER(f->aic),
                       TG_NUMBER(f->distance), TG_NUMBER(f->p), TG_NUMBER(i == p->best) });
        tg_delay_free(law);
        TG_TRY(status);
    }
    return TG_OK;
}

static tg_status
add_fits(tg_table *table, const tg_fitted *f)
{
    for (size_t g = 0; g < f->groups; g++) {
        TG_TRY(add_part(table, g, &f->group[g], "job", &f->group[g].job));
        TG_TRY(add_part(table, g, &f->group[g], "gap", &f->group[g].gap));
    }
    return TG_OK;
}

static tg_status
fit_trace(const tg_ask *ask, const tg_sayings *s, const char *study, tg_fitting *f)
{
    TG_TRY(tg_fitted_of(&f->trace, 1, &f->fitted));
    TG_TRY(tg_fit_say_fitted(s, &f->trace, &f->fitted));
    TG_TRY(add_fits(f->table, &f->fitted));
    return study ? tg_fit_study(ask, study, &f->trace, &f->fitted) : TG_OK;
}

/* A cluster's table is no log of steps: what it says of the nodes is told instead. */
static tg_status
fit_cluster(const tg_ask *ask, const tg_sayings *s, const char *study, tg_fitting *f)
{
    tg_availability found;

    TG_TRY(tg_availability_of(&f->trace, &found));
    TG_TRY(tg_fit_say_availability(s, &found));
    return study ? tg_fit_study_available(ask, study, &found) : TG_OK;
}

/* Takes the log. */
static tg_status
fit_log(const tg_ask *ask, const tg_sayings *s, const char *study, tg_log *log,
        tg_fitting *f)
{
    f->cluster = log->cluster && !tg_ask_given(ask, "steps");
    TG_TRY(tg_trace_of(log, &f->trace));
    return f->cluster ? fit_cluster(ask, s, study, f) : fit_trace(ask, s, study, f);
}

/* Log i of those that are asked about. */
static const char *
source_of(const tg_ask *ask, size_t i)
{
    return i ? ask->more[i - 1] : ask->operand;
}

/* Each is told, but of very many the first. */
static tg_status
read_logs(const tg_ask *ask, const tg_sayings *s, tg_log *log, size_t *read)
{
    enum { TOLD = 8 };
    tg_log_wish wish = { .columns = tg_ask_value(ask, "columns"),
                         .unit = tg_ask_value(ask, "unit"),
                         .event = tg_ask_value(ask, "event"),
                         .one_each = ask->mores > 0 };

    TG_TRY(tg_ask_number(ask, "unusable", &wish.most_lost));
    for (; *read <= ask->mores; ++*read) {
        TG_TRY(tg_log_read(source_of(ask, *read), &wish, &log[*read]));
        if (*read < TOLD || ask->mores == TOLD)
            TG_TRY(tg_fit_say_log(s, *read, &log[*read]));
    }
    if (*read <= TOLD + 1) return TG_OK;
    return tg_fit_say(s, "more logs", "%zu more logs, read in the same way.", *read - TOLD);
}

static tg_status
join_logs(const tg_ask *ask, const tg_sayings *s, const tg_log *log, size_t n, tg_log *out)
{
    const char **source = malloc(n * sizeof *source);

    if (!source) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) source[i] = source_of(ask, i);
    tg_status status = tg_log_join(log, source, n, out);
    free(source);
    if (status == TG_OK) status = tg_fit_say(s, "logs", "%s.", out->took);
    if (status != TG_OK) tg_log_free(out);
    return status;
}

static tg_status
fit_logs(const tg_ask *ask, const tg_sayings *s, const char *study, tg_log *log,
         tg_fitting *f)
{
    tg_log    all = { 0 };
    size_t    n = 0;
    tg_status status = read_logs(ask, s, log, &n);

    if (status == TG_OK && n == 1) {
        all = log[0];
        log[0] = (tg_log){ 0 };
    } else if (status == TG_OK) {
        status = join_logs(ask, s, log, n, &all);
    }
    if (status == TG_OK) status = fit_log(ask, s, study, &all, f);
    for (size_t i = 0; i < n; i++) tg_log_free(&log[i]);
    return status;
}

tg_status
tg_fitting_of(const tg_ask *ask, const char *study, tg_fitting *out)
{
    tg_sayings s = { .words = &ask->words };
    tg_fitting f = { 0 };

    if (!ask->operand) return tg_fail(TG_EINPUT, "expected a log, got none");
    TG_TRY(tg_ask_table(ask, NULL, columns, COLUMNS, &f.table));
    s.table = f.table;
    tg_log   *log = calloc(ask->mores + 1, sizeof *log);
    tg_status status =
        log ? fit_logs(ask, &s, study, log, &f) : tg_fail(TG_ENOMEM, "out of memory");
    free(log);
    if (status == TG_OK)
        *out = f;
    else
        tg_fitting_free(&f);
    return status;
}

void
tg_fitting_free(tg_fitting *f)
{
    tg_fitted_free(&f->fitted);
    tg_trace_free(&f->trace);
    tg_table_free(f->table);
    *f = (tg_fitting){ 0 };
}

static tg_status
answer(const tg_ask *ask, const tg_study *unused, tg_answer *out)
{
    tg_fitting f = { 0 };

    (void)unused;
    TG_TRY(tg_fitting_of(ask, tg_ask_value(ask, "study"), &f));
    tg_answer_add(out, "fit", f.table);
    f.table = NULL;
    tg_fitting_free(&f);
    return TG_OK;
}

static const tg_option options[] = {
    { "study", "FILE", "write a study to start from" },
    { "columns", "ROLE=NAME,...",
      "which column is what, e.g. worker=rank,start=t0,end=t1; or seconds=3 by place" },
    { "unit", "UNIT", "of numbers that do not say it: s (default), ms, us, ns, min, h" },
    { "event", "NAME", "take the events whose name holds NAME as jobs" },
    { "unusable", "SHARE", "of the rows that may be left out (default 0.5)" },
    { "steps", NULL, "take a cluster's table of jobs as a log of steps all the same" },
    { 0 }
};

const tg_answerer tg_answer_fit = {
    .is = { .name = "fit",
            .operands = "LOG...",
            .summary = "worker logs to laws of delay, and a study to start from",
            .doc =
                "Read a log of worker times, \"-\" for standard input, plain or gzip: CSV "
                "with a\n"
                "comma, semicolon, tab or bar and a header or none, JSON lines, trace "
                "events of\n"
                "Chrome, Kineto or Ray, MLPerf's :::MLLOG lines, Slurm's sacct -P. Columns "
                "are "
                "found\n"
                "by their names, units by names and values; what was taken is told in one "
                "line.\n"
                "Sort the workers into groups that behave alike, tell their own speeds "
                "from the\n"
                "randomness of their jobs, fit laws of delay to jobs and gaps by maximum "
                "likelihood,\n"
                "rank them by AIC and judge them by a parametric bootstrap. Of several "
                "logs "
                "workers of\n"
                "the same name are the same, unless they are at work at the same date; a "
                "log "
                "that names\n"
                "none is of one worker.",
            .options = options },
    .tables = { { "fit", columns, COLUMNS } },
    .answer = answer
};
