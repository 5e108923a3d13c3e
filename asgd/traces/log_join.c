/* log_join: several logs as one
 *
 * Workers of the same name are the same worker, and a log that names none is of one worker,
 * called after its file. Clocks that tell dates are put beside each other; of those that
 * begin with each log, a log with a worker of an earlier one begins where the earlier ones
 * end. A name that is at work in two logs at the same date is that of two workers.
 */
#include "asgd/traces/log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A worker of a log, and when it was at work there. */
typedef struct entry {
    const char   *name;
    size_t        log;
    double        first, last; /* [s] on the clock of all */
    struct entry *same;        /* the first entry of that worker, perhaps itself */
    bool          apart;       /* it is another one than the first of that name */
    uint32_t      worker;      /* in the joined log */
} entry;

typedef struct joining {
    const tg_log      *log; /* (n) */
    const char *const *source;
    size_t             n, *begin; /* (n + 1) of the entries of a log */
    entry             *entry;     /* in order of log and appearance */
    entry            **sorted;    /* by name, then in that order */
    double            *offset;    /* (n) [s] of the clock of a log */
    size_t             shared, apart;
} joining;

/* A clock that has run for three years tells a date. */
static bool
is_date(const tg_log *l)
{
    return l->timed && l->since > INT64_C(100000000) * 1000000000;
}

static tg_status
check(const joining *j)
{
    for (size_t i = 1; i < j->n; i++) {
        const char *a = j->source[0], *b = j->source[i];
        if (j->log[i].cluster != j->log[0].cluster)
            return tg_fail(TG_EINPUT,
                           "%s and %s: one of them only is a cluster's table of jobs", a,
                           b);
        if (j->log[i].timed != j->log[0].timed)
            return tg_fail(TG_EINPUT, "%s and %s: starts are in one of them only", a, b);
        if (is_date(&j->log[i]) != is_date(&j->log[0]))
            return tg_fail(TG_EINPUT,
                           "%s and %s: one tells dates, the other times since it began", a,
                           b);
    }
    return TG_OK;
}

/* ---- who is who ------------------------------------------------------------------------ */

static int
by_name(const void *a, const void *b)
{
    const entry *x = *(entry *const *)a, *y = *(entry *const *)b;
    const int    order = strcmp(x->name, y->name);

    return order ? order : (x > y) - (x < y);
}

static tg_status
list_entries(joining *j)
{
    size_t count = 0;

    for (size_t i = 0; i < j->n; i++) count += j->log[i].workers;
    j->begin = calloc(j->n + 1, sizeof *j->begin);
    j->offset = calloc(j->n, sizeof *j->offset);
    j->entry = calloc(count + 1, sizeof *j->entry);
    j->sorted = calloc(count + 1, sizeof *j->sorted);
    if (!j->begin || !j->offset || !j->entry || !j->sorted)
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0, k = 0; i < j->n; i++) {
        const tg_log *l = &j->log[i];
        for (size_t w = 0; w < l->workers; w++, k++) {
            j->entry[k] = (entry){ l->nameless ? j->source[i] : l->name[w],
                                   i,
                                   INFINITY,
                                   -INFINITY,
                                   &j->entry[k],
                                   false,
                                   0 };
            j->sorted[k] = &j->entry[k];
        }
        j->begin[i + 1] = k;
    }
    qsort(j->sorted, count, sizeof *j->sorted, by_name);
    for (size_t k = 1; k < count; k++)
        if (!strcmp(j->sorted[k]->name, j->sorted[k - 1]->name))
            j->sorted[k]->same = j->sorted[k - 1]->same;
    return TG_OK;
}

/* ---- clocks ---------------------------------------------------------------------------- */

static bool
has_an_earlier_worker(const joining *j, size_t log)
{
    for (size_t k = j->begin[log]; k < j->begin[log + 1]; k++)
        if (j->entry[k].same != &j->entry[k]) return true;
    return false;
}

static void
set_clocks(joining *j)
{
    double end = 0;

    for (size_t i = 0; i < j->n; i++) {
        const tg_log *l = &j->log[i];
        j->offset[i] = (double)(l->since - j->log[0].since) * 1e-9;
        if (!is_date(l) && has_an_earlier_worker(j, i)) j->offset[i] = end;
        for (size_t k = 0; k < l->jobs && l->timed; k++) {
            entry       *e = &j->entry[j->begin[i] + l->job[k].worker];
            const double begin = l->job[k].begin + j->offset[i];
            e->first = fmin(e->first, begin);
            e->last = fmax(e->last, begin + l->job[k].seconds);
            end = fmax(end, e->last);
        }
    }
}

static bool
meet(const entry *a, const entry *b)
{
    return a->first < b->last && b->first < a->last;
}

/* At work in two places at the same date: two workers. */
static void
part_those_that_meet(joining *j)
{
    for (size_t k = 1; k < j->begin[j->n]; k++) {
        entry *e = j->sorted[k];
        for (size_t b = k;
             b > 0 && e->same != e && !strcmp(j->sorted[b - 1]->name, e->name); b--)
            if (meet(e, j->sorted[b - 1])) {
                e->same = e;
                e->apart = true;
                j->apart++;
            }
    }
}

/* ---- one log --------------------------------------------------------------------------- */

static tg_status
name_workers(joining *j, tg_log *out)
{
    for (size_t k = 0; k < j->begin[j->n]; k++) {
        entry *e = &j->entry[k];
        if (e->same != e) {
            e->worker = e->same->worker;
            j->shared++;
            continue;
        }
        const size_t size = strlen(e->name) + strlen(j->source[e->log]) + 2;
        char        *name = malloc(size);
        if (!name) return tg_fail(TG_ENOMEM, "out of memory");
        snprintf(name, size, "%s%s%s", e->apart ? j->source[e->log] : "",
                 e->apart ? ":" : "", e->name);
        e->worker = (uint32_t)out->workers;
        out->name[out->workers++] = name;
    }
    return TG_OK;
}

static void
add_jobs(const joining *j, tg_log *out)
{
    double first = INFINITY;

    for (size_t i = 0; i < j->n; i++)
        for (size_t k = 0; k < j->log[i].jobs; k++) {
            tg_log_job job = j->log[i].job[k];
            job.begin += j->offset[i];
            job.worker = j->entry[j->begin[i] + job.worker].worker;
            first = fmin(first, job.begin);
            out->job[out->jobs++] = job;
        }
    for (size_t k = 0; k < out->jobs && out->timed; k++) out->job[k].begin -= first;
}

static tg_status
join(joining *j, tg_log *out)
{
    size_t jobs = 0;

    for (size_t i = 0; i < j->n; i++) jobs += j->log[i].jobs;
    *out = (tg_log){ .reader = j->log[0].reader,
                     .timed = j->log[0].timed,
                     .cluster = j->log[0].cluster,
                     .name = calloc(j->begin[j->n] + 1, sizeof *out->name),
                     .job = malloc((jobs + 1) * sizeof *out->job),
                     .rows = jobs };
    if (!out->name || !out->job) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(name_workers(j, out));
    add_jobs(j, out);
    snprintf(out->took, sizeof out->took, "%zu logs together: %zu worker%s%s%s", j->n,
             out->workers, out->workers == 1 ? "" : "s",
             j->shared ? ", the same where they have the same name" : "",
             j->apart ? ", but for those of one name that are at work at the same time"
                      : "");
    return TG_OK;
}

tg_status
tg_log_join(const tg_log *log, const char *const *source, size_t n, tg_log *out)
{
    joining j = { .log = log, .source = source, .n = n };
    tg_log  joined = { 0 };

    TG_TRY(check(&j));
    tg_status status = list_entries(&j);
    if (status == TG_OK) {
        set_clocks(&j);
        if (is_date(&log[0])) part_those_that_meet(&j);
        status = join(&j, &joined);
    }
    free(j.begin);
    free(j.offset);
    free(j.entry);
    free(j.sorted);
    if (status == TG_OK)
        *out = joined;
    else
        tg_log_free(&joined);
    return status;
}
