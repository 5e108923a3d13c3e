#include "cli/rows.h"
#include "cli/sweep.h"

static tg_status
add_row(sweep *w, scene *s, size_t algorithm)
{
    tg_prediction *p;

    TG_TRY(scene_predict(s, algorithm, &p));
    const tg_status status = prediction_add(w->table, w->study, algorithm, p);
    tg_prediction_free(p);
    return status;
}

static tg_status
run(const arguments *a)
{
    const sweep_plan plan = { .name = "prediction",
                              .columns = prediction_columns,
                              .count = PREDICTION_COLUMNS,
                              .predicts = true,
                              .row = add_row };

    return sweep_run(a, &plan, NULL);
}

static const option options[] = {
    LEVEL_OPTION,
    { "single-run", NULL,
      "also the gain at which a single run ceases to settle, by following workers" },
    { 0 },
};

const command cmd_predict = { .name = "predict",
                              .operands = "STUDY",
                              .summary =
                                  "verdict, rate, floor, bias, time to target: by theory",
                              .doc = "Predict, for every algorithm and number of workers "
                                     "of a study: delay statistics, loop\n"
                                     "gain and threshold, verdict in mean and in mean "
                                     "square, rate of the slowest mode, loss\n"
                                     "floor, bias on heterogeneous data and time to "
                                     "target, each with its level and the\n"
                                     "model error to expect.",
                              .options = options,
                              .run = run };
