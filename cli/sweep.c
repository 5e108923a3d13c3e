#include "cli/sweep.h"

#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>

static tg_status
fill_scene(sweep *w, const sweep_plan *plan, size_t workers)
{
    scene s;

    TG_TRY(scene_open(w->study, workers, &s));
    tg_status status = TG_OK;
    for (size_t k = 0; k < tg_study_count(w->study, "algorithm") && status == TG_OK; k++)
        status = plan->row(w, &s, k);
    scene_close(&s);
    return status;
}

static tg_status
fill(sweep *w, const sweep_plan *plan)
{
    size_t *workers, n, own;

    TG_TRY(study_workers(w->study, &workers, &n, &own));
    tg_progress_stage(w->progress, plan->name,
                      n * tg_study_count(w->study, "algorithm") *
                          tg_study_whole(w->study, "replicas"));
    tg_status status = TG_OK;
    for (size_t i = 0; i < n && status == TG_OK; i++)
        status = fill_scene(w, plan, workers[i]);
    free(workers);
    return status;
}

tg_status
sweep_run(const arguments *a, const sweep_plan *plan, tg_tally *tally)
{
    const char *file;
    tg_study   *study = NULL;
    sweep       w = { 0 };
    FILE       *terminal = plan->simulates && !given(a, "quiet") ? stderr : NULL;

    TG_TRY(only_file(a, &file));
    TG_TRY(tg_study_read(file, a->set, a->sets, &study));
    w.study = study;
    tg_status status = study_check(study);
    if (status == TG_OK)
        status = table_begin(a, study, plan->columns, plan->count, &w.table);
    if (status == TG_OK) status = tg_progress_create(terminal, &w.progress);
    if (status == TG_OK) status = fill(&w, plan);
    tg_progress_free(w.progress);
    const bool stopped = status == TG_ESTOP && tg_table_rows(w.table) > 0;
    if (status == TG_OK || stopped)
        status = table_deliver(a, plan->name, w.table);
    else
        tg_table_free(w.table);
    if (status == TG_OK && stopped)
        status = tg_fail(TG_ESTOP, "stopped on request; the rows above were finished");
    tg_study_free(study);
    if (tally) *tally = w.tally;
    return status;
}
