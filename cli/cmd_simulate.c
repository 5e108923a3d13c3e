#include "cli/output.h"
#include "cli/rows.h"
#include "cli/scene.h"

#include <stdio.h>
#include <stdlib.h>

static tg_status
add_rows(const tg_study *study, size_t workers, tg_progress *progress, tg_table *table)
{
    scene          s;
    tg_simulation *r;

    TG_TRY(scene_open(study, workers, &s));
    tg_status status = TG_OK;
    for (size_t i = 0; i < tg_study_count(study, "algorithm") && status == TG_OK; i++) {
        status = scene_simulate(&s, i, progress, &r);
        if (status != TG_OK) break;
        status = simulation_add(table, study, i, s.cluster->workers, r);
        tg_simulation_free(r);
    }
    scene_close(&s);
    return status;
}

static tg_status
run(const arguments *a)
{
    const char  *file;
    tg_study    *study = NULL;
    tg_table    *table = NULL;
    tg_progress *progress = NULL;
    size_t      *workers = NULL, n = 0, own;

    TG_TRY(only_file(a, &file));
    TG_TRY(tg_study_read(file, a->set, a->sets, &study));
    tg_status status = study_check(study);
    if (status == TG_OK) status = study_workers(study, &workers, &n, &own);
    if (status == TG_OK)
        status = table_begin(a, study, simulation_columns, SIMULATION_COLUMNS, &table);
    if (status == TG_OK) status = tg_progress_create(given(a, "quiet") ? NULL : stderr, &progress);
    if (status == TG_OK)
        tg_progress_stage(progress, "simulate",
                          n * tg_study_count(study, "algorithm") *
                              tg_study_whole(study, "replicas"));
    for (size_t i = 0; i < n && status == TG_OK; i++)
        status = add_rows(study, workers[i], progress, table);
    tg_progress_free(progress);
    if (status == TG_OK)
        status = table_deliver(a, "simulation", table);
    else
        tg_table_free(table);
    free(workers);
    tg_study_free(study);
    return status;
}

const command cmd_simulate = {
    .name = "simulate",
    .operands = "STUDY",
    .summary = "the true worker process, event by event",
    .doc = "Simulate every algorithm and number of workers of a study, replica by replica, and sum\n"
           "up with standard errors. The same seed gives the same bytes for any number of threads.",
    .run = run
};
