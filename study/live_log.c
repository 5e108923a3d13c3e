/* live_log: the jobs of a real run as logs, and the workers that are fitted to them
 *
 * A job lasts from when its worker is free and has its model until it is delivered, as the
 * simulator's does: sleeping, waiting for the server and its work are in it. So under a rule whose workers
 * go on at once their jobs follow one another without a gap; under one that lets them wait, the gaps
 * are that.
 */
#include "study/live.h"

#include "asgd/sim/timeline.h"
#include "asgd/traces/fitted.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tg_column log_columns[] = {
    { "worker", "", "from 0", false },
    { "start", "s", "it was free and had a model", false },
    { "end", "s", "its gradient was at the server", false },
    { "computing_from", "s", "it had taken its job", false },
    { "finished", "s", "it had computed, and slept", false },
    { "staleness", "updates", "nan: not sent", false },
    { "fate", "", "applied, dropped or skipped", true },
};

static const char *const fates[] = { "applied", "dropped", "aborted", "skipped" };

/* When each job began as the simulator has it, into begin (jobs) [time]. */
static tg_status
find_begins(const tg_live *run, double **out)
{
    double *begin = malloc((run->jobs + 1) * sizeof *begin);
    double *free_at = calloc(run->workers, sizeof *free_at);

    if (!begin || !free_at) {
        free(begin);
        free(free_at);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < run->jobs; i++) {
        const tg_live_job *j = &run->job[i];
        begin[i] = fmax(j->since, free_at[j->worker]);
        free_at[j->worker] = j->ended;
    }
    free(free_at);
    *out = begin;
    return TG_OK;
}

static tg_status
add_log(const tg_living *l, const double *begin, tg_table *t)
{
    const double unit = l->plan.unit;

    TG_TRY(tg_table_note(t, "job",
                         "from when its worker is free and has a model to its "
                         "delivery; jobs that were aborted are left out"));
    for (size_t i = 0; i < l->run->jobs; i++) {
        const tg_live_job *j = &l->run->job[i];
        if (j->fate == TG_ABORTED || !(j->ended > begin[i])) continue;
        TG_TRY(tg_table_add(
            t, (tg_cell[]){ TG_NUMBER((double)j->worker), TG_NUMBER(unit * begin[i]),
                            TG_NUMBER(unit * j->ended), TG_NUMBER(unit * j->began),
                            TG_NUMBER(unit * j->finished),
                            TG_NUMBER(tg_fate_delivered(j->fate) ? (double)j->staleness
                                                                 : (double)NAN),
                            TG_TEXT(fates[j->fate]) }));
    }
    return TG_OK;
}

tg_status
tg_live_write_log(const tg_living *l, const char *path)
{
    double   *begin = NULL;
    tg_table *t = NULL;

    TG_TRY(find_begins(l->run, &begin));
    tg_status status = tg_ask_table(l->ask, l->study, log_columns,
                                    sizeof log_columns / sizeof *log_columns, &t);
    if (status == TG_OK) status = add_log(l, begin, t);
    if (status == TG_OK) status = tg_table_write(t, path);
    tg_table_free(t);
    free(begin);
    return status;
}

/* When a job that was aborted would have been done is not known: not before then. */
static tg_status
add_events(const tg_live *run, tg_table *t)
{
    TG_TRY(tg_table_note(t, "finished", "of aborted jobs, when they were given up"));
    for (size_t i = 0; i < run->jobs; i++) {
        const tg_live_job *j = &run->job[i];
        TG_TRY(tg_table_add(
            t, (tg_cell[]){ TG_NUMBER((double)j->worker), TG_NUMBER((double)j->number),
                            TG_NUMBER(j->since), TG_NUMBER(j->began),
                            TG_NUMBER(j->fate == TG_ABORTED ? j->ended : j->finished),
                            TG_NUMBER(j->ended),
                            TG_NUMBER(tg_fate_delivered(j->fate) ? (double)j->staleness
                                                                 : (double)NAN),
                            TG_TEXT(fates[j->fate]) }));
    }
    return TG_OK;
}

tg_status
tg_live_write_events(const tg_living *l, const char *path)
{
    tg_table *t = NULL;

    TG_TRY(tg_ask_table(l->ask, l->study, tg_timeline_columns, TG_TIMELINE_COLUMNS, &t));
    tg_status status = add_events(l->run, t);
    if (status == TG_OK) status = tg_table_write(t, path);
    tg_table_free(t);
    return status;
}

/* ---- fitted workers -------------------------------------------------------------------- */

/* The jobs that ended by `until` [time], without their gaps, named by worker. */
static tg_status
fill_log(const tg_living *l, const double *begin, double until, tg_log *log)
{
    char name[24];

    for (size_t w = 0; w < l->run->workers; w++) {
        snprintf(name, sizeof name, "%zu", w);
        if (!(log->name[w] = strdup(name))) return tg_fail(TG_ENOMEM, "out of memory");
        log->workers++;
    }
    for (size_t i = 0; i < l->run->jobs && l->run->job[i].ended <= until; i++) {
        const tg_live_job *j = &l->run->job[i];
        const double       seconds = l->plan.unit * (j->ended - begin[i]);
        if (j->fate == TG_ABORTED || !(seconds > 0)) continue;
        log->job[log->jobs++] =
            (tg_log_job){ .begin = NAN, .seconds = seconds, .worker = j->worker };
    }
    return TG_OK;
}

static tg_status
check_log(const tg_living *l, const tg_log *log)
{
    enum { FEWEST = 2 };

    for (size_t w = 0; w < log->workers; w++) {
        size_t n = 0;
        for (size_t i = 0; i < log->jobs && n < FEWEST; i++) n += log->job[i].worker == w;
        if (n < FEWEST)
            return tg_fail(TG_EDOMAIN,
                           "worker %zu has ended %zu job%s in the first half of the run: "
                           "too few to fit a law to; a longer run has more",
                           w, n, n == 1 ? "" : "s");
    }
    (void)l;
    return TG_OK;
}

/* The log of the first half, as a trace. */
static tg_status
trace_of(const tg_living *l, tg_trace *out)
{
    double   *begin = NULL;
    tg_log    log = { 0 };
    tg_status status = find_begins(l->run, &begin);

    log.name = calloc(l->run->workers, sizeof *log.name);
    log.job = malloc((l->run->jobs + 1) * sizeof *log.job);
    if (status == TG_OK && (!log.name || !log.job))
        status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = fill_log(l, begin, tg_live_end(l) / 2, &log);
    if (status == TG_OK) status = check_log(l, &log);
    free(begin);
    if (status == TG_OK) return tg_trace_of(&log, out);
    tg_log_free(&log);
    return status;
}

/* A worker's law in units of time. */
static tg_status
law_of(const tg_fitted_group *g, double factor, double unit, tg_delay **out)
{
    const double by = factor / unit * (g->effects.kind == TG_EFFECTS_OWN ? 1 : g->scale);

    if (g->job.law) return tg_delay_scaled(g->job.law, by, out);
    double *t = malloc(g->job.n * sizeof *t);
    if (!t) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < g->job.n; i++) t[i] = by * g->job.seconds[i];
    const tg_status status = tg_delay_empirical(t, g->job.n, out);
    free(t);
    return status;
}

/* Each worker of the run as a group of its own but where a neighbour has the same law. */
typedef struct grouping {
    size_t     groups;
    size_t    *count;
    tg_delay **law;
} grouping;

static tg_status
group_workers(const tg_living *l, const tg_trace *t, const tg_fitted *f, grouping *to)
{
    const tg_trace_worker *last = NULL;

    for (size_t w = 0; w < l->run->workers; w++) {
        const tg_trace_worker *at = NULL;
        for (size_t k = 0; k < t->workers; k++)
            if (strtoul(t->worker[k].name, NULL, 10) == w) at = &t->worker[k];
        if (last && last->group == at->group && last->factor == at->factor) {
            to->count[to->groups - 1]++;
            continue;
        }
        TG_TRY(
            law_of(&f->group[at->group], at->factor, l->plan.unit, &to->law[to->groups]));
        to->count[to->groups++] = 1;
        last = at;
    }
    return TG_OK;
}

static tg_status
cluster_of(const tg_living *l, const tg_trace *t, const tg_fitted *f, tg_cluster **out)
{
    const size_t n = l->run->workers;
    const bool   together = l->plan.sleep ? l->study->together : true;
    grouping     g = { 0, calloc(n, sizeof *g.count), calloc(n, sizeof *g.law) };

    tg_status status =
        g.count && g.law ? group_workers(l, t, f, &g) : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        status = tg_cluster_create(g.groups, g.count, g.law, together, out);
    for (size_t i = 0; g.law && i < n; i++) tg_delay_free(g.law[i]);
    free(g.count);
    free(g.law);
    return status;
}

tg_status
tg_live_fit(const tg_living *l, tg_live_source *out)
{
    tg_trace  t;
    tg_fitted f;

    TG_TRY(trace_of(l, &t));
    tg_status status = tg_fitted_of(&t, l->study->seed, &f);
    if (status == TG_OK) {
        status = cluster_of(l, &t, &f, &out->cluster);
        for (size_t g = 0; g < f.groups; g++) {
            const tg_fitted_part *p = &f.group[g].job;
            if (p->law && p->best < p->count)
                out->distance = fmax(out->distance, p->fit[p->best].distance);
        }
        tg_fitted_free(&f);
    }
    tg_trace_free(&t);
    return status;
}
