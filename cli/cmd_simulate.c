#include "cli/answer_figures.h"
#include "cli/answers.h"
#include "cli/parts.h"
#include "cli/ranks.h"

#include "asgd/sim/timeline.h"
#include "study/scene.h"

#include <stdio.h>

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
    TG_TRY(study_open(a, file, &study));
    tg_status status = table_begin(a, study, tg_timeline_columns, TG_TIMELINE_COLUMNS, &t);
    if (status == TG_OK) status = record(a, study, t);
    tg_table_free(t);
    tg_study_free(study);
    return status;
}

static const tg_option options[] = {
    { "events", "FILE",
      "also write every job of the first replica to a table, which replays" },
    { "timeline", "FILE", "the same as trace events (JSON) that timeline viewers open" },
    { "unit", "SECONDS", "of one unit of time, for --timeline (default 1)" },
    PARTS_OPTIONS,
    { 0 },
};

static tg_status
run(const arguments *a)
{
    const bool records = given(a, "events") || given(a, "timeline");

    if (records && !given(a, "shard") && ranks_rank() == 0) TG_TRY(record_events(a));
    return answer_run(
        a, &(answering){ .of = &tg_answer_simulate, .shown = 1, .draw = draw_simulation },
        NULL);
}

const command cmd_simulate = { .answers = &tg_answer_simulate,
                               .options = options,
                               .run = run };
