/* fit_figures: tables of a fit, and its figures where gnuplot is there: observed times
 * against laws, workers by their speed, times in order */
#include "cli/fit.h"

#include "cli/figures.h"
#include "core/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Points of a curve, laws beside the observed times, workers, jobs, stretches of time. */
enum { POINTS = 240, LAWS = 4, WORKERS = 500, JOBS = 4000, STRETCHES = 40 };

static tg_status
begin(const arguments *a, const tg_column *columns, size_t count, tg_table **out)
{
    return table_begin(a, NULL, columns, count, out);
}

/* ---- laws ---------------------------------------------------------------------------- */

/* P(T <= t) as observed and by the first laws, at quantiles of the observed. */
static tg_status
add_curves(tg_table *table, const tg_fitted_part *p, tg_delay *const *law, size_t laws)
{
    const double *t = p->seconds + p->zeros;
    const size_t  n = p->n - p->zeros;

    for (size_t k = 0; k < POINTS; k++) {
        tg_cell      row[2 + LAWS];
        const double share = ((double)k + .5) / POINTS;
        const size_t i = (size_t)(share * (double)n);
        row[0] = TG_NUMBER(t[i]);
        row[1] = TG_NUMBER(((double)i + .5) / (double)n);
        for (size_t l = 0; l < laws; l++)
            row[2 + l] = TG_NUMBER(tg_delay_cdf(law[l], t[i]));
        TG_TRY(tg_table_add(table, row));
    }
    return TG_OK;
}

static tg_status
write_laws(const arguments *a, size_t g, const char *part, const tg_fitted_part *p)
{
    tg_column columns[2 + LAWS] = { { "seconds", "s", "time", false },
                                    { "observed", "1", "share of the times up to it",
                                      false } };
    tg_delay *law[LAWS] = { 0 };
    tg_table *table = NULL;
    char      label[40], name[60], caption[200];
    size_t    laws = 0;
    tg_status status = TG_OK;

    for (; laws < LAWS && laws < p->count && status == TG_OK; laws++) {
        columns[2 + laws] =
            (tg_column){ p->fit[laws].law, "1", "by this law, fitted", false };
        status = tg_fit_law(&p->fit[laws], &law[laws]);
    }
    snprintf(label, sizeof label, "%zu-%s", g + 1, part);
    snprintf(name, sizeof name, "laws-%s", label);
    if (status == TG_OK) status = begin(a, columns, 2 + laws, &table);
    if (status == TG_OK) status = add_curves(table, p, law, laws);
    if (status == TG_OK)
        status = table_write(a, name, table);
    else
        tg_table_free(table);
    for (size_t l = 0; l < LAWS; l++) tg_delay_free(law[l]);
    if (status != TG_OK) return status;
    snprintf(caption, sizeof caption,
             "%zu %s of group %zu (broad) against the laws fitted to them, the likeliest "
             "first: %.30s.",
             p->n, !strcmp(part, "gap") ? "gaps between jobs" : "times of jobs", g + 1,
             p->fit[0].law);
    return figure_make(results_folder(a), &(figure){ .script = "laws",
                                                     .name = label,
                                                     .title = "Observed times against laws",
                                                     .caption = caption });
}

/* ---- workers ------------------------------------------------------------------------- */

/* Its mean round trip with the error that its own jobs leave it. */
static tg_status
add_worker(tg_table *table, const tg_trace *t, size_t w)
{
    const tg_trace_worker *at = &t->worker[w];
    const tg_stats         s = tg_stats_of(t->cycle + at->first, at->cycles);
    const double           error = at->cycles > 1 ? tg_stats_error(&s) : (double)NAN;

    return tg_table_add(table, (tg_cell[]){ TG_TEXT(at->name), TG_NUMBER((double)w + 1),
                                            TG_NUMBER((double)at->group + 1),
                                            TG_NUMBER((double)at->n), TG_NUMBER(at->mean),
                                            TG_NUMBER(error) });
}

static tg_status
write_speeds(const arguments *a, const tg_trace *t)
{
    static const tg_column columns[] = {
        { "worker", "", "name; of very many evenly spaced ones", true },
        { "rank", "", "1 is the fastest", false },
        { "group", "", "of workers that behave alike", false },
        { "jobs", "", "in the log", false },
        { "mean", "s", "round trip", false },
        { "error", "s", "standard error of that mean", false },
    };
    const size_t shown = t->workers < WORKERS ? t->workers : WORKERS;
    tg_table    *table = NULL;
    char         caption[200];

    TG_TRY(begin(a, columns, 6, &table));
    tg_status status = TG_OK;
    for (size_t i = 0; i < shown && status == TG_OK; i++)
        status = add_worker(table, t, i * (t->workers - 1) / (shown > 1 ? shown - 1 : 1));
    if (status != TG_OK) {
        tg_table_free(table);
        return status;
    }
    TG_TRY(table_write(a, "speeds", table));
    snprintf(caption, sizeof caption,
             "Mean round trip of %zu worker%s, from %.3g s to %.3g s; bars are twice its "
             "standard error, colours are groups.",
             t->workers, t->workers == 1 ? "" : "s", t->worker[0].mean,
             t->worker[t->workers - 1].mean);
    return figure_make(results_folder(a), &(figure){ .script = "speeds",
                                                     .title = "Workers by their speed",
                                                     .caption = caption });
}

/* ---- times in order ------------------------------------------------------------------ */

typedef struct job {
    double time, seconds, relative; /* relative: to its worker's mean */
    size_t worker;
} job;

static int
by_time(const void *a, const void *b)
{
    const job *x = a, *y = b;

    return (x->time > y->time) - (x->time < y->time);
}

/* All jobs in order of their begin, or of their place among their worker's. */
static tg_status
list_jobs(const tg_trace *t, job **out)
{
    job *all = malloc(t->rows * sizeof *all);

    if (!all) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t w = 0; w < t->workers; w++) {
        const tg_trace_worker *at = &t->worker[w];
        const double           mean = tg_stats_of(t->seconds + at->first, at->n).mean;
        for (size_t i = at->first; i < at->first + at->n; i++)
            all[i] = (job){ t->begin ? t->begin[i] : (double)(i - at->first), t->seconds[i],
                            t->seconds[i] / mean, w };
    }
    qsort(all, t->rows, sizeof *all, by_time);
    *out = all;
    return TG_OK;
}

/* Ten, fifty and ninety per cent of the times in each stretch of as many jobs. */
static tg_status
add_stretch(tg_table *table, const job *at, size_t n, double *scratch)
{
    for (size_t i = 0; i < n; i++) scratch[i] = at[i].relative;
    qsort(scratch, n, sizeof *scratch, tg_trace_rising);
    return tg_table_add(table,
                        (tg_cell[]){ TG_NUMBER(at[n / 2].time),
                                     TG_NUMBER(tg_quantile_sorted(scratch, n, .1)),
                                     TG_NUMBER(tg_quantile_sorted(scratch, n, .5)),
                                     TG_NUMBER(tg_quantile_sorted(scratch, n, .9)) });
}

static tg_status
write_course(const arguments *a, const job *all, size_t n)
{
    static const tg_column columns[] = {
        { "time", "s", "middle of a stretch of jobs", false },
        { "low", "1", "a tenth take less, over the worker's mean", false },
        { "median", "1", "half take less", false },
        { "high", "1", "nine tenths take less", false }
    };
    const size_t parts = n < 8 * STRETCHES ? n / 8 + 1 : STRETCHES;
    double      *scratch = malloc(n * sizeof *scratch);
    tg_table    *table = NULL;

    tg_status status =
        scratch ? begin(a, columns, 4, &table) : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0; k < parts && status == TG_OK; k++) {
        const size_t from = k * n / parts, to = (k + 1) * n / parts;
        if (to > from) status = add_stretch(table, all + from, to - from, scratch);
    }
    free(scratch);
    if (status == TG_OK) return table_write(a, "course", table);
    tg_table_free(table);
    return status;
}

static tg_status
write_jobs(const arguments *a, const tg_trace *t, const job *all)
{
    static const tg_column columns[] = {
        { "time", "s", "begin of a job; without starts its place among its worker's",
          false },
        { "seconds", "s", "that it took", false },
        { "relative", "1", "that over the mean of its worker", false },
        { "worker", "", "rank by speed", false },
        { "group", "", "of its worker", false },
    };
    const size_t shown = t->rows < JOBS ? t->rows : JOBS;
    tg_table    *table = NULL;
    tg_status    status = begin(a, columns, 5, &table);

    for (size_t k = 0; k < shown && status == TG_OK; k++) {
        const job *j = &all[k * t->rows / shown];
        status = tg_table_add(
            table, (tg_cell[]){ TG_NUMBER(j->time), TG_NUMBER(j->seconds),
                                TG_NUMBER(j->relative), TG_NUMBER((double)j->worker + 1),
                                TG_NUMBER((double)t->worker[j->worker].group + 1) });
    }
    if (status == TG_OK) return table_write(a, "times", table);
    tg_table_free(table);
    return status;
}

static tg_status
write_times(const arguments *a, const tg_trace *t)
{
    job   *all = NULL;
    double low = INFINITY, high = 0;
    char   caption[240];

    TG_TRY(list_jobs(t, &all));
    for (size_t i = 0; i < t->rows; i++) {
        low = fmin(low, all[i].relative);
        high = fmax(high, all[i].relative);
    }
    tg_status status = write_course(a, all, t->rows);
    if (status == TG_OK) status = write_jobs(a, t, all);
    free(all);
    if (status != TG_OK) return status;
    snprintf(caption, sizeof caption,
             "%zu jobs in order took %.3g to %.3g times their worker's mean; line: the "
             "median, band: from a tenth to nine tenths.",
             t->rows, low, high);
    return figure_make(results_folder(a), &(figure){ .script = "times",
                                                     .name = t->begin ? NULL : "jobs",
                                                     .title = "Times of jobs in order",
                                                     .caption = caption });
}

tg_status
write_fitted_figures(const arguments *a, const tg_trace *t, const tg_fitted *f)
{
    for (size_t g = 0; g < f->groups; g++) {
        const tg_fitted_group *at = &f->group[g];
        if (at->job.count > 1) TG_TRY(write_laws(a, g, "job", &at->job));
        if (at->gap.count > 1) TG_TRY(write_laws(a, g, "gap", &at->gap));
    }
    TG_TRY(write_speeds(a, t));
    return write_times(a, t);
}
