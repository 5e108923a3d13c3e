#include "asgd/sim/timeline.h"

#include "asgd/sim/sim_impl.h"
#include "core/file.h"
#include "core/parallel.h"

#include <math.h>
#include <stdio.h>

enum { MOST_JOBS = 10000000, LISTEN = 1024, RUNNING = TG_SKIPPED + 1 };

const tg_column tg_timeline_columns[TG_TIMELINE_COLUMNS] = {
    { "worker", "", "from 0", false },
    { "number", "", "of the worker's first gradient in this job, from 0", false },
    { "read", "time", "when the server gave it the model", false },
    { "began", "time", "when the worker began to compute; nan: it did not", false },
    { "finished", "time", "when it was done with it, or would have been; nan: not begun",
      false },
    { "ended", "time", "when it was delivered, or given up, or the record ends", false },
    { "staleness", "updates", "between its reading and its delivery; nan: not delivered",
      false },
    { "fate", "", "applied, dropped, aborted or skipped; running at the end", true },
};

typedef struct recorder {
    tg_table *table;
    tg_status status;
} recorder;

static void
add(recorder *r, const tg_sim *s, const tg_job *job, int fate)
{
    static const char *const name[] = { "applied", "dropped", "aborted", "skipped",
                                        "running" };
    const bool delivered = tg_fate_delivered(fate), begun = job->stage >= TG_COMPUTES;

    if (r->status != TG_OK) return;
    if (tg_table_rows(r->table) >= MOST_JOBS) {
        r->status =
            tg_fail(TG_EDOMAIN, "more than %d jobs: take a shorter horizon", MOST_JOBS);
        return;
    }
    r->status = tg_table_add(
        r->table,
        (tg_cell[]){ TG_NUMBER((double)job->worker),
                     TG_NUMBER(begun ? (double)job->number : (double)NAN),
                     TG_NUMBER(job->since), TG_NUMBER(begun ? job->began : (double)NAN),
                     TG_NUMBER(begun ? job->finished : (double)NAN),
                     TG_NUMBER(tg_sim_now(s)),
                     TG_NUMBER(delivered ? (double)tg_sim_stale(s) : (double)NAN),
                     TG_TEXT(name[fate]) });
}

static void
record(void *context, const tg_sim *s, const tg_job *job, tg_fate fate)
{
    add(context, s, job, (int)fate);
}

/* What is still on its way. */
static void
record_rest(recorder *r, const tg_sim *s)
{
    for (size_t w = 0; w < s->workers; w++)
        for (uint32_t i = s->worker[w].head; i != TG_NO_JOB; i = s->job[i].next)
            add(r, s, &s->job[i], RUNNING);
}

tg_status
tg_timeline_record(const tg_setup *setup, uint64_t index, double horizon, tg_table *out)
{
    recorder     r = { .table = out };
    tg_setup     bounded = *setup;
    tg_sim      *s = NULL;
    tg_happening h;

    bounded.horizon = horizon;
    TG_TRY(tg_sim_create(&bounded, index, &s));
    tg_sim_watch(s, record, &r);
    for (size_t n = 1; r.status == TG_OK && tg_sim_next(s) <= horizon; n++) {
        r.status = tg_sim_advance(s, &h);
        if (r.status == TG_OK && n % LISTEN == 0) r.status = tg_stop_check();
    }
    if (r.status == TG_OK) record_rest(&r, s);
    tg_sim_free(s);
    return r.status;
}

/* ---- Chrome's trace events ----------------------------------------------------------- */

static double
at(const tg_table *t, size_t row, size_t column)
{
    return tg_table_number(t, row, column);
}

/* A bar of a worker's row, times in microseconds; nothing where it did not happen. */
static void
bar(FILE *f, const char **comma, const tg_table *t, size_t row, const char *name, int lane,
    double from, double to)
{
    if (!(to >= from)) return;
    fprintf(
        f,
        "%s\n{\"name\": \"%s\", \"cat\": \"%s\", \"ph\": \"X\", \"pid\": 0, \"tid\": %.0f, "
        "\"ts\": %.17g, \"dur\": %.17g, \"args\": {\"number\": %.0f}}",
        *comma, name, tg_table_cell(t, row, 7).text, 2 * at(t, row, 0) + lane, from,
        to - from, at(t, row, 1));
    *comma = ",";
}

static void
write_events(FILE *f, const tg_table *t, double unit)
{
    const double us = 1e6 * unit;
    const char  *comma = "";

    fprintf(f, "{\"displayTimeUnit\": \"ms\", \"traceEvents\": [");
    for (size_t i = 0; i < tg_table_rows(t); i++) {
        const double began = at(t, i, 3), finished = at(t, i, 4), ended = at(t, i, 5);
        bar(f, &comma, t, i, tg_table_cell(t, i, 7).text, 0, us * began,
            us * fmin(finished, ended));
        bar(f, &comma, t, i, "sends", 1, us * finished, us * ended);
    }
    fprintf(f, "\n]}\n");
}

tg_status
tg_timeline_chrome(const tg_table *t, double unit, const char *path)
{
    for (size_t i = 0; i < TG_TIMELINE_COLUMNS; i++) {
        size_t found;
        TG_TRY(tg_table_find(t, tg_timeline_columns[i].name, &found));
        if (found != i) return tg_fail(TG_EINPUT, "not a table of jobs");
    }
    tg_file f;
    TG_TRY(tg_file_begin(&f, path));
    write_events(f.stream, t, unit);
    return tg_file_end(&f, TG_OK);
}
