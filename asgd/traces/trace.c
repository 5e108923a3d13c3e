#include "asgd/traces/trace.h"

#include "core/stats.h"
#include "core/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
tg_trace_free(tg_trace *t)
{
    for (size_t i = 0; i < t->workers; i++) {
        free(t->worker[i].name);
        free(t->worker[i].seconds);
    }
    free(t->worker);
    *t = (tg_trace){ 0 };
}

/* ---- reading ------------------------------------------------------------------------- */

typedef struct columns {
    size_t worker, seconds, start, end;
    int    interval; /* start and end instead of seconds */
} columns;

static tg_status
find_columns(const tg_table *t, const char *path, columns *c)
{
    c->interval = 0;
    if (tg_table_find(t, "worker", &c->worker) != TG_OK)
        return tg_fail_within(TG_EINPUT, "%s", path);
    if (tg_table_find(t, "seconds", &c->seconds) == TG_OK) return TG_OK;
    c->interval = 1;
    if (tg_table_find(t, "start", &c->start) == TG_OK &&
        tg_table_find(t, "end", &c->end) == TG_OK)
        return TG_OK;
    return tg_fail(TG_EINPUT, "%s: expected columns worker, seconds or worker, start, end",
                   path);
}

static tg_status
read_time(const tg_table *t, const char *path, const columns *c, size_t row, double *out)
{
    const double start = c->interval ? tg_table_number(t, row, c->start) : 0;
    const double end = tg_table_number(t, row, c->interval ? c->end : c->seconds);

    *out = end - start;
    if (*out > 0 && isfinite(*out)) return TG_OK;
    return tg_fail(TG_EINPUT, "%s:%zu: expected a time > 0%s", path, tg_table_line(t, row),
                   c->interval ? " between start and end" : "");
}

static void
worker_name(const tg_table *t, const columns *c, size_t row, char name[64])
{
    const tg_cell cell = tg_table_cell(t, row, c->worker);

    if (cell.text)
        snprintf(name, 64, "%s", cell.text);
    else
        snprintf(name, 64, "%.15g", cell.number);
}

static tg_status
find_worker(tg_trace *t, const char *name, tg_trace_worker **out)
{
    for (size_t i = t->workers; i > 0; i--)
        if (!strcmp(t->worker[i - 1].name, name)) {
            *out = &t->worker[i - 1];
            return TG_OK;
        }
    tg_trace_worker *grown = realloc(t->worker, (t->workers + 1) * sizeof *grown);
    char            *copy = strdup(name);
    if (grown) t->worker = grown;
    if (!grown || !copy) {
        free(copy);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *out = &grown[t->workers++];
    **out = (tg_trace_worker){ .name = copy };
    return TG_OK;
}

/* Room doubles at powers of two, so the size need not be stored. */
static tg_status
add_time(tg_trace_worker *w, double seconds)
{
    if ((w->n & (w->n - 1)) == 0) {
        double *grown = realloc(w->seconds, (w->n ? 2 * w->n : 1) * sizeof *grown);
        if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
        w->seconds = grown;
    }
    w->seconds[w->n++] = seconds;
    return TG_OK;
}

static tg_status
collect(const tg_table *table, const char *path, tg_trace *t)
{
    columns c;

    TG_TRY(find_columns(table, path, &c));
    if (tg_table_rows(table) == 0) return tg_fail(TG_EINPUT, "%s: no times in it", path);
    for (size_t row = 0; row < tg_table_rows(table); row++) {
        tg_trace_worker *w = NULL;
        char             name[64];
        double           seconds = 0;
        TG_TRY(read_time(table, path, &c, row, &seconds));
        worker_name(table, &c, row, name);
        TG_TRY(find_worker(t, name, &w));
        TG_TRY(add_time(w, seconds));
    }
    return TG_OK;
}

/* ---- groups -------------------------------------------------------------------------- */

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
mean_time(const tg_trace_worker *w)
{
    double sum = 0;

    for (size_t i = 0; i < w->n; i++) sum += w->seconds[i];
    return sum / (double)w->n;
}

static int
by_mean(const void *a, const void *b)
{
    const double x = mean_time(a), y = mean_time(b);

    return (x > y) - (x < y);
}

/* Two-sample Kolmogorov-Smirnov distance of rising samples. */
static double
distance(const tg_trace_worker *a, const tg_trace_worker *b)
{
    double most = 0;

    for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
        const double t = fmin(a->seconds[i], b->seconds[j]);
        while (i < a->n && a->seconds[i] <= t) i++;
        while (j < b->n && b->seconds[j] <= t) j++;
        most = fmax(most, fabs((double)i / (double)a->n - (double)j / (double)b->n));
    }
    return most;
}

/* Alike: the difference is not significant, or too small to matter: under a tenth in mean
 * and a quarter in distribution. */
static int
alike(const tg_trace_worker *a, const tg_trace_worker *b)
{
    const double na = (double)a->n, nb = (double)b->n, d = distance(a, b);

    if (tg_kolmogorov_p(d, na * nb / (na + nb)) > 0.01) return 1;
    return d < 0.25 && mean_time(b) < 1.1 * mean_time(a);
}

/* Workers rise by mean; a new group begins where one differs from the first of its group.
 */
static void
form_groups(tg_trace *t)
{
    size_t first = 0;

    for (size_t i = 0; i < t->workers; i++)
        qsort(t->worker[i].seconds, t->worker[i].n, sizeof(double), rising);
    qsort(t->worker, t->workers, sizeof *t->worker, by_mean);
    t->groups = 1;
    for (size_t i = 0; i < t->workers; i++) {
        if (!alike(&t->worker[first], &t->worker[i])) {
            t->groups++;
            first = i;
        }
        t->worker[i].group = t->groups - 1;
    }
}

tg_status
tg_trace_read(const char *path, tg_trace *out)
{
    tg_table *table = NULL;
    tg_trace  t = { 0 };

    TG_TRY(tg_table_read(path, &table));
    const tg_status status = collect(table, path, &t);
    tg_table_free(table);
    if (status != TG_OK) {
        tg_trace_free(&t);
        return status;
    }
    form_groups(&t);
    *out = t;
    return TG_OK;
}

tg_status
tg_trace_group(const tg_trace *t, size_t group, double **seconds, size_t *n,
               size_t *workers)
{
    size_t total = 0, members = 0;

    for (size_t i = 0; i < t->workers; i++)
        if (t->worker[i].group == group) {
            total += t->worker[i].n;
            members++;
        }
    double *all = malloc((total ? total : 1) * sizeof *all);
    if (!all) return tg_fail(TG_ENOMEM, "out of memory");
    total = 0;
    for (size_t i = 0; i < t->workers; i++) {
        if (t->worker[i].group != group) continue;
        memcpy(all + total, t->worker[i].seconds, t->worker[i].n * sizeof *all);
        total += t->worker[i].n;
    }
    qsort(all, total, sizeof *all, rising);
    *seconds = all;
    *n = total;
    *workers = members;
    return TG_OK;
}
