#include "cli/output.h"
#include "cli/scene.h"

#include "asgd/compare.h"

#include <stdio.h>
#include <stdlib.h>

static tg_status
compare(scene *s, size_t algorithm, tg_progress *progress, tg_table *table, size_t *failed)
{
    tg_prediction *p = NULL;
    tg_simulation *r = NULL;
    tg_claim       claim[TG_CLAIMS];
    char           label[48], where[80];

    tg_status status = scene_predict(s, algorithm, &p);
    if (status == TG_OK) status = scene_simulate(s, algorithm, progress, &r);
    if (status == TG_OK) {
        study_label(s->study, algorithm, label);
        snprintf(where, sizeof where, "%s P=%zu", label, s->cluster->workers);
        const size_t n =
            tg_compare(p, r, where, tg_study_number(s->study, "target.loss"), claim);
        for (size_t i = 0; i < n && status == TG_OK; i++) {
            status = tg_claim_add(table, &claim[i]);
            *failed += !claim[i].holds;
        }
    }
    tg_prediction_free(p);
    tg_simulation_free(r);
    return status;
}

static tg_status
compare_all(const tg_study *study, tg_progress *progress, tg_table *table, size_t *failed)
{
    size_t *workers, n, own;

    TG_TRY(study_workers(study, &workers, &n, &own));
    const size_t rules = tg_study_count(study, "algorithm");
    tg_progress_stage(progress, "validate", n * rules * tg_study_whole(study, "replicas"));
    tg_status status = TG_OK;
    for (size_t i = 0; i < n && status == TG_OK; i++) {
        scene s;
        status = scene_open(study, workers[i], &s);
        if (status != TG_OK) break;
        for (size_t k = 0; k < rules && status == TG_OK; k++)
            status = compare(&s, k, progress, table, failed);
        scene_close(&s);
    }
    free(workers);
    return status;
}

static tg_status
run(const arguments *a)
{
    const char  *file;
    tg_study    *study = NULL;
    tg_table    *table = NULL;
    tg_progress *progress = NULL;
    size_t       failed = 0;

    TG_TRY(only_file(a, &file));
    TG_TRY(tg_study_read(file, a->set, a->sets, &study));
    tg_status status = study_check(study);
    if (status == TG_OK) status = table_begin(a, study, tg_claim_columns, TG_CLAIM_COLUMNS, &table);
    if (status == TG_OK) status = tg_progress_create(given(a, "quiet") ? NULL : stderr, &progress);
    if (status == TG_OK) status = compare_all(study, progress, table, &failed);
    tg_progress_free(progress);
    if (status == TG_OK)
        status = table_deliver(a, "validation", table);
    else
        tg_table_free(table);
    tg_study_free(study);
    if (status == TG_OK && failed > 0)
        status = tg_fail(TG_ENOCONV, "%zu predictions are further from the simulation than their "
                                     "model error and 4 standard errors", failed);
    return status;
}

const command cmd_validate = {
    .name = "validate",
    .operands = "STUDY",
    .summary = "predictions against simulation, claim by claim",
    .doc = "Predict and simulate every algorithm and number of workers of a study and hold the two\n"
           "against each other: difference beyond the stated model error in standard errors, and\n"
           "whether the claim holds. Exit status 1 if one fails.",
    .run = run
};
