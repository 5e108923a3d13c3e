#include "cli/output.h"

#include "asgd/traces/fit.h"
#include "asgd/traces/trace.h"
#include "core/delay.h"
#include "core/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tg_column columns[] = {
    { "group", "", "workers with similar times", false },
    { "workers", "", "how many they are", false },
    { "times", "", "observations", false },
    { "rank", "", "1 is the best by AIC", false },
    { "law", "", "with its fitted parameters", true },
    { "mean", "time", "of the fitted law", false },
    { "cv", "", "standard deviation over mean of the fitted law", false },
    { "log_likelihood", "", "", false },
    { "aic", "", "2 parameters - 2 log likelihood", false },
    { "distance", "", "Kolmogorov-Smirnov", false },
    { "p", "", "of that distance as if the law had been known: an upper bound", false },
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* The best by AIC may still be far from the data. */
static void
warn(const tg_fit *fit, size_t count, size_t group)
{
    double least = 1, p = 0;

    for (size_t i = 0; i < count; i++) {
        least = fmin(least, fit[i].distance);
        p = fmax(p, fit[i].p);
    }
    if (least > 0.05 && p < 1e-3)
        fprintf(
            stderr,
            "tardigrad: no law fits group %zu: the nearest is %.2g away (p = %.1g); take "
            "{law: empirical, file: ...}\n",
            group + 1, least, p);
}

static tg_status
add_fits(const tg_trace *trace, size_t group, tg_table *table, tg_delay **best,
         size_t *workers)
{
    tg_fit  fit[TG_FIT_LAWS];
    double *seconds;
    size_t  n, count = 0;

    TG_TRY(tg_trace_group(trace, group, TG_TRACE_JOB, &seconds, &n, workers));
    tg_status status = tg_fit_all(seconds, n, fit, &count);
    free(seconds);
    if (status == TG_OK) warn(fit, count, group);
    for (size_t i = 0; i < count && status == TG_OK; i++) {
        tg_delay *law = NULL;
        status = tg_fit_law(&fit[i], &law);
        if (status != TG_OK) break;
        status = tg_table_add(
            table, (tg_cell[]){ TG_NUMBER((double)group + 1), TG_NUMBER((double)*workers),
                                TG_NUMBER((double)n), TG_NUMBER((double)i + 1),
                                TG_TEXT(tg_delay_text(law)), TG_NUMBER(tg_delay_mean(law)),
                                TG_NUMBER(tg_delay_cv(law)),
                                TG_NUMBER(fit[i].log_likelihood), TG_NUMBER(fit[i].aic),
                                TG_NUMBER(fit[i].distance), TG_NUMBER(fit[i].p) });
        if (i == 0)
            *best = law;
        else
            tg_delay_free(law);
    }
    return status;
}

/* A study to start from: workers as fitted, an example objective to be replaced. The
 * learning rate puts the loop gain of the example at 1/2, well inside stability for most
 * laws. */
static void
print_study(FILE *f, const char *log, tg_delay *const *law, const size_t *workers,
            size_t groups)
{
    double total = 0, slowest = 0;

    for (size_t g = 0; g < groups; g++) {
        total += (double)workers[g];
        slowest = fmax(slowest, tg_delay_mean(law[g]));
    }
    fprintf(
        f,
        "# Workers fitted by maximum likelihood from %s.\n"
        "# Replace the objective by your own: eigenvalues of the Hessian, gradient noise.\n"
        "name: fitted\nseed: 1\n"
        "objective: {quadratic: {eigenvalues: [1.0, 0.5, 0.2, 0.1], start: 1.0, "
        "noise: {additive: 0.1}}}\nworkers:\n",
        log);
    for (size_t g = 0; g < groups; g++)
        fprintf(f, "  - {name: group %zu, count: %zu, compute: %s}\n", g + 1, workers[g],
                tg_delay_text(law[g]));
    const double step = 0.5 / total, horizon = 60 * slowest / (0.5 * 0.1);
    fprintf(f,
            "algorithm: {name: asgd, step: %.3g}\ntarget: {loss: 1.0e-2}\nhorizon: %.3g\n"
            "replicas: 100\nsweep: {workers: [",
            step, horizon / 5);
    for (int i = 1; i <= 8; i++) fprintf(f, "%s%g", i > 1 ? ", " : "", ceil(total * i / 2));
    fprintf(f, "]}\n");
}

static tg_status
write_study(const char *path, const char *log, tg_delay *const *law, const size_t *workers,
            size_t groups)
{
    tg_file f;

    TG_TRY(tg_file_begin(&f, path));
    print_study(f.stream, log, law, workers, groups);
    return tg_file_end(&f, TG_OK);
}

static tg_status
fit_groups(const arguments *a, const char *log, const tg_trace *trace, tg_table *table)
{
    const char *study = value_of(a, "study");
    tg_delay  **law = calloc(trace->groups, sizeof *law);
    size_t     *workers = calloc(trace->groups, sizeof *workers);
    tg_status   status = law && workers ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t g = 0; g < trace->groups && status == TG_OK; g++) {
        status = add_fits(trace, g, table, &law[g], &workers[g]);
        if (status == TG_OK && !law[g])
            status =
                tg_fail(TG_EINPUT, "%s: no law fits the times of group %zu", log, g + 1);
    }
    if (status == TG_OK && study)
        status = write_study(study, log, law, workers, trace->groups);
    for (size_t g = 0; law && g < trace->groups; g++) tg_delay_free(law[g]);
    free(law);
    free(workers);
    return status;
}

static tg_status
run(const arguments *a)
{
    const char *log;
    tg_trace    trace = { 0 };
    tg_table   *table = NULL;

    TG_TRY(only_file(a, &log));
    TG_TRY(tg_trace_read(log, &trace));
    tg_status status = table_begin(a, NULL, columns, COLUMNS, &table);
    if (status == TG_OK) status = fit_groups(a, log, &trace, table);
    if (status == TG_OK)
        status = table_deliver(a, "fit", table);
    else
        tg_table_free(table);
    tg_trace_free(&trace);
    return status;
}

static const option options[] = { { "study", "FILE", "write a study to start from" },
                                  { 0 } };

const command cmd_fit = { .name = "fit",
                          .operands = "LOG.csv",
                          .summary =
                              "worker logs to laws of delay, and a study to start from",
                          .doc = "Read a log of worker times (CSV with columns worker, "
                                 "seconds or worker, start, end),\n"
                                 "sort the workers into groups that behave alike, fit laws "
                                 "of delay to each group by\n"
                                 "maximum likelihood, rank them by AIC and measure their "
                                 "Kolmogorov-Smirnov distance.",
                          .refuses = "set",
                          .options = options,
                          .run = run };
