#include "cli/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
fit_trace(const arguments *a, const char *log, tg_trace *t, const sayings *s)
{
    const char *study = value_of(a, "study");
    tg_fitted   f = { 0 };

    TG_TRY(tg_fitted_of(t, 1, &f));
    tg_status status = say_fitted(s, t, &f);
    if (status == TG_OK) status = add_fits(s->table, &f);
    if (status == TG_OK && study) status = write_fitted_study(a, study, log, t, &f);
    if (status == TG_OK && results_folder(a)) status = write_fitted_figures(a, t, &f);
    tg_fitted_free(&f);
    return status;
}

/* A cluster's table is no log of steps: what it says of the nodes is told instead. */
static tg_status
fit_cluster(const arguments *a, const char *log, const tg_trace *t, const sayings *s)
{
    const char     *study = value_of(a, "study");
    tg_availability found;

    TG_TRY(tg_availability_of(t, &found));
    TG_TRY(say_availability(s, &found));
    return study ? write_availability_study(study, log, &found) : TG_OK;
}

static tg_status
fit_log(const arguments *a, const char *path, tg_log *log, const sayings *s)
{
    const bool cluster = log->cluster && !given(a, "steps");
    tg_trace   t = { 0 };

    tg_status status = say_log(s, log);
    if (status != TG_OK) {
        tg_log_free(log);
        return status;
    }
    TG_TRY(tg_trace_of(log, &t));
    status = cluster ? fit_cluster(a, path, &t, s) : fit_trace(a, path, &t, s);
    tg_trace_free(&t);
    return status;
}

static tg_status
run(const arguments *a)
{
    tg_log_wish wish = { .columns = value_of(a, "columns"),
                         .unit = value_of(a, "unit"),
                         .event = value_of(a, "event") };
    const char *path;
    sayings     s = { .aloud = !given(a, "json") && !given(a, "quiet") };
    tg_log      log = { 0 };

    TG_TRY(only_file(a, &path));
    TG_TRY(number_of(a, "unusable", &wish.most_lost));
    TG_TRY(tg_log_read(path, &wish, &log));
    tg_status status = table_begin(a, NULL, columns, COLUMNS, &s.table);
    if (status != TG_OK) {
        tg_log_free(&log);
        return status;
    }
    status = fit_log(a, path, &log, &s);
    const bool shown = tg_table_rows(s.table) > 0 || given(a, "json") || results_folder(a);
    if (status == TG_OK && shown) return table_deliver(a, "fit", s.table);
    tg_table_free(s.table);
    return status;
}

static const option options[] = {
    { "study", "FILE", "write a study to start from" },
    { "columns", "ROLE=NAME,...",
      "which column is what, e.g. worker=rank,start=t0,end=t1; or seconds=3 by place" },
    { "unit", "UNIT", "of numbers that do not say it: s (default), ms, us, ns, min, h" },
    { "event", "NAME", "take the events whose name holds NAME as jobs" },
    { "unusable", "SHARE", "of the rows that may be left out (default 0.5)" },
    { "steps", NULL, "take a cluster's table of jobs as a log of steps all the same" },
    { 0 }
};

const command cmd_fit = {
    .name = "fit",
    .operands = "LOG",
    .summary = "worker logs to laws of delay, and a study to start from",
    .doc =
        "Read a log of worker times, \"-\" for standard input, plain or gzip: CSV with a\n"
        "comma, semicolon, tab or bar and a header or none, JSON lines, trace events of\n"
        "Chrome, Kineto or Ray, MLPerf's :::MLLOG lines, Slurm's sacct -P. Columns are "
        "found\n"
        "by their names, units by names and values; what was taken is told in one line.\n"
        "Sort the workers into groups that behave alike, tell their own speeds from the\n"
        "randomness of their jobs, fit laws of delay to jobs and gaps by maximum "
        "likelihood,\n"
        "rank them by AIC and judge them by a parametric bootstrap.",
    .refuses = "set",
    .options = options,
    .run = run
};
