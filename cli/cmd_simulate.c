#include "cli/output.h"
#include "study/rows.h"
#include "study/sweep.h"

#include "asgd/sim/timeline.h"

#include <stdio.h>

/* Workers that never come back are worth a word, and a line of the table's head. */
static tg_status
tell_stalled(tg_sweep *w, const char *label, size_t workers, const tg_simulation *r)
{
    char where[80], what[120];

    if (r->stalled == 0) return TG_OK;
    snprintf(where, sizeof where, "%s P=%zu", label, workers);
    tg_simulation_stalled(r, what, sizeof what);
    if (!given(w->arguments, "quiet")) fprintf(stderr, "tardigrad: %s: %s\n", where, what);
    return tg_table_note(w->table, where, "%s", what);
}

static tg_status
add_row(tg_sweep *w, tg_scene *s, size_t algorithm)
{
    tg_simulation *r;

    TG_TRY(tg_scene_simulate(s, algorithm, w->progress, &r));
    tg_status status =
        tg_simulation_add(w->table, w->study, algorithm, s->cluster->workers, r);
    if (status == TG_OK)
        status =
            tell_stalled(w, w->study->algorithm[algorithm].label, s->cluster->workers, r);
    tg_simulation_free(r);
    return status;
}

/* The jobs of the first replica of the first algorithm, for --events and --timeline. */
static tg_status
record(const arguments *a, const tg_study *study, tg_table *t)
{
    const char *events = value_of(a, "events"), *timeline = value_of(a, "timeline");
    tg_scene    s;
    double      unit = 1;

    TG_TRY(number_of(a, "unit", &unit));
    if (!(unit > 0))
        return tg_fail(TG_EINPUT, "--unit: expected seconds > 0, got %g", unit);
    TG_TRY(tg_scene_open(study, 0, &s));
    const tg_setup setup = tg_study_setup(study, 0, s.problem, s.cluster);
    tg_status      status = tg_timeline_record(&setup, 0, study->horizon, t);
    tg_scene_close(&s);
    if (status == TG_OK && events) status = tg_table_write(t, events);
    if (status == TG_OK && timeline) status = tg_timeline_chrome(t, unit, timeline);
    return status;
}

static tg_status
record_events(const arguments *a)
{
    const char *file;
    tg_study   *study = NULL;
    tg_table   *t = NULL;

    TG_TRY(only_file(a, &file));
    TG_TRY(tg_study_open(a, file, &study));
    tg_status status = table_begin(a, study, tg_timeline_columns, TG_TIMELINE_COLUMNS, &t);
    if (status == TG_OK) status = record(a, study, t);
    tg_table_free(t);
    tg_study_free(study);
    return status;
}

static const option options[] = {
    { "events", "FILE",
      "also write every job of the first replica to a table, which replays" },
    { "timeline", "FILE", "the same as trace events (JSON) that timeline viewers open" },
    { "unit", "SECONDS", "of one unit of time, for --timeline (default 1)" },
    RESUME_OPTION,
    { 0 },
};

static tg_status
run(const arguments *a)
{
    const tg_sweep_plan plan = { .name = "simulation",
                                 .columns = tg_simulation_columns,
                                 .count = TG_SIMULATION_COLUMNS,
                                 .simulates = true,
                                 .row = add_row };

    if (given(a, "events") || given(a, "timeline")) TG_TRY(record_events(a));
    return tg_sweep_run(a, &plan, NULL);
}

const command cmd_simulate = { .name = "simulate",
                               .operands = "STUDY",
                               .summary = "the true worker process, event by event",
                               .doc = "Simulate every algorithm and number of workers of a "
                                      "study, replica by replica, and sum\n"
                                      "up with standard errors. The same seed gives the "
                                      "same bytes for any number of threads.",
                               .options = options,
                               .run = run };
