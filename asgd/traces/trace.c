#include "asgd/traces/trace.h"

#include "asgd/traces/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_MEMORY tg_fail(TG_ENOMEM, "out of memory")

void
tg_trace_free(tg_trace *t)
{
    for (size_t i = 0; t->worker && i < t->workers; i++) free(t->worker[i].name);
    free(t->worker);
    free(t->seconds);
    *t = (tg_trace){ 0 };
}

int
tg_trace_rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* ---- sorting ------------------------------------------------------------------------- */

typedef struct row {
    double begin, seconds;
} row;

static int
by_begin(const void *a, const void *b)
{
    const row *x = a, *y = b;

    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

/* Rows by worker, in the order of the file. */
static void
sort_by_worker(const tg_log *log, tg_trace *t, row *rows)
{
    size_t at = 0;

    for (size_t i = 0; i < log->jobs; i++) t->worker[log->job[i].worker].n++;
    for (size_t w = 0; w < t->workers; at += t->worker[w++].n) {
        t->worker[w].first = at;
        t->worker[w].cycles = 0;
    }
    for (size_t i = 0; i < log->jobs; i++) {
        tg_trace_worker *w = &t->worker[log->job[i].worker];
        rows[w->first + w->cycles++] = (row){ log->job[i].begin, log->job[i].seconds };
    }
}

/* A worker's rows in order of time, and the gaps between them. A job that begins before the
 * last one ended has no gap before it. */
static void
sort_by_time(tg_trace *t, row *rows, const tg_trace_worker *w)
{
    if (t->begin) qsort(rows + w->first, w->n, sizeof *rows, by_begin);
    for (size_t i = w->first; i < w->first + w->n; i++) {
        t->seconds[i] = rows[i].seconds;
        t->gap[i] = NAN;
        if (!t->begin) continue;
        t->begin[i] = rows[i].begin;
        if (i == w->first) continue;
        const double gap = rows[i].begin - (rows[i - 1].begin + rows[i - 1].seconds),
                     rounding = 1e-14 * fabs(rows[i].begin) + 1e-9 * rows[i - 1].seconds;
        t->gap[i - 1] = gap > rounding ? gap : 0;
        t->overlaps += gap < -rounding;
    }
}

/* Cycles, and each worker's mean of those that are known. */
static void
find_cycles(tg_trace *t)
{
    double jobs = 0, gaps = 0;
    size_t known = 0;

    for (size_t i = 0; i < t->rows; i++) {
        jobs += t->seconds[i] / (double)t->rows;
        if (isnan(t->gap[i])) continue;
        gaps += t->gap[i];
        known++;
    }
    t->mean_gap = known ? gaps / (double)known : 0;
    t->gaps = t->mean_gap >= 1e-3 * jobs;
    if (!t->gaps) t->mean_gap = 0;
    for (size_t i = 0; i < t->rows; i++)
        t->cycle[i] = t->seconds[i] + (isnan(t->gap[i]) ? t->mean_gap
                                       : t->gaps        ? t->gap[i]
                                                        : 0);
    for (size_t w = 0; w < t->workers; w++) {
        tg_trace_worker *at = &t->worker[w];
        at->cycles = t->gaps && at->n > 1 ? at->n - 1 : at->n;
        at->factor = 1;
        for (size_t i = at->first; i < at->first + at->cycles; i++)
            at->mean += t->cycle[i] / (double)at->cycles;
    }
}

static tg_status
begin_trace(const tg_log *log, tg_trace *t, row **rows)
{
    *t = (tg_trace){ .workers = log->workers,
                     .rows = log->jobs,
                     .since = 1e-9 * (double)log->since };
    t->worker = calloc(log->workers, sizeof *t->worker);
    t->seconds = calloc(4 * log->jobs, sizeof *t->seconds);
    *rows = malloc(log->jobs * sizeof **rows);
    if (!t->worker || !t->seconds || !*rows) return NO_MEMORY;
    t->gap = t->seconds + log->jobs;
    t->cycle = t->gap + log->jobs;
    t->begin = log->timed ? t->cycle + log->jobs : NULL;
    return TG_OK;
}

tg_status
tg_trace_of(tg_log *log, tg_trace *out)
{
    tg_trace t;
    row     *rows = NULL;

    tg_status status = begin_trace(log, &t, &rows);
    if (status == TG_OK) {
        sort_by_worker(log, &t, rows);
        for (size_t w = 0; w < t.workers; w++) {
            t.worker[w].name = log->name[w];
            log->name[w] = NULL;
            sort_by_time(&t, rows, &t.worker[w]);
        }
        find_cycles(&t);
        status = tg_groups_form(&t);
    }
    free(rows);
    tg_log_free(log);
    if (status == TG_OK)
        *out = t;
    else
        tg_trace_free(&t);
    return status;
}

tg_status
tg_trace_read(const char *path, tg_trace *out)
{
    tg_log log = { 0 };

    TG_TRY(tg_log_read(path, NULL, &log));
    return tg_trace_of(&log, out);
}

tg_status
tg_trace_group(const tg_trace *t, size_t group, tg_trace_part part, double **seconds,
               size_t *n, size_t *workers)
{
    const double *of = part == TG_TRACE_JOB   ? t->seconds
                       : part == TG_TRACE_GAP ? t->gap
                                              : t->cycle;
    double       *all = malloc((t->rows ? t->rows : 1) * sizeof *all);
    size_t        total = 0, members = 0;

    if (!all) return NO_MEMORY;
    for (size_t w = 0; w < t->workers; w++) {
        const tg_trace_worker *at = &t->worker[w];
        if (at->group != group) continue;
        members++;
        const size_t rows = part == TG_TRACE_CYCLE ? at->cycles : at->n;
        for (size_t i = at->first; i < at->first + rows; i++)
            if (!isnan(of[i])) all[total++] = of[i] / at->factor;
    }
    qsort(all, total, sizeof *all, tg_trace_rising);
    *seconds = all;
    *n = total;
    *workers = members;
    return TG_OK;
}
