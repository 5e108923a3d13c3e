#include "cli/output.h"
#include "cli/rows.h"
#include "cli/scene.h"

#include <stdlib.h>

static tg_status
add_rows(const tg_study *study, size_t workers, tg_table *table)
{
    scene          s;
    tg_prediction *p;

    TG_TRY(scene_open(study, workers, &s));
    tg_status status = TG_OK;
    for (size_t i = 0; i < tg_study_count(study, "algorithm") && status == TG_OK; i++) {
        status = scene_predict(&s, i, &p);
        if (status != TG_OK) break;
        status = prediction_add(table, study, i, p);
        tg_prediction_free(p);
    }
    scene_close(&s);
    return status;
}

static tg_status
run(const arguments *a)
{
    const char *file;
    tg_study   *study = NULL;
    tg_table   *table = NULL;
    size_t     *workers = NULL, n = 0, own;

    TG_TRY(only_file(a, &file));
    TG_TRY(tg_study_read(file, a->set, a->sets, &study));
    tg_status status = study_check(study);
    if (status == TG_OK) status = study_workers(study, &workers, &n, &own);
    if (status == TG_OK)
        status = table_begin(a, study, prediction_columns, PREDICTION_COLUMNS, &table);
    for (size_t i = 0; i < n && status == TG_OK; i++) status = add_rows(study, workers[i], table);
    if (status == TG_OK)
        status = table_deliver(a, "prediction", table);
    else
        tg_table_free(table);
    free(workers);
    tg_study_free(study);
    return status;
}

const command cmd_predict = {
    .name = "predict",
    .operands = "STUDY",
    .summary = "verdict, rate, floor, bias, time to target: by theory",
    .doc = "Predict, for every algorithm and number of workers of a study: delay statistics, loop\n"
           "gain and threshold, verdict in mean and in mean square, rate of the slowest mode, loss\n"
           "floor, bias on heterogeneous data and time to target, each with its level and the\n"
           "model error to expect.",
    .run = run
};
