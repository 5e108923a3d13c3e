#include "study/rows.h"
#include "study/sentences.h"
#include "study/sweep.h"

/* The study's own number of workers, in words; from the second algorithm on beside the first. */
static tg_status
say_own(const tg_sweep *w, tg_scene *s, size_t algorithm, const tg_prediction *p)
{
    tg_prediction *first = NULL;

    if (given(w->arguments, "json") || given(w->arguments, "quiet")) return TG_OK;
    if (s->cluster->workers != w->study->workers) return TG_OK;
    TG_TRY(tg_say_prediction(stdout, s, algorithm, p));
    if (algorithm == 0 || tg_scene_predict(s, 0, &first) != TG_OK) return TG_OK;
    tg_say_comparison(stdout, w->study->algorithm[0].label, first,
                      w->study->algorithm[algorithm].label, p, w->study->target);
    tg_prediction_free(first);
    return TG_OK;
}

static tg_status
add_row(tg_sweep *w, tg_scene *s, size_t algorithm)
{
    tg_prediction *p;

    TG_TRY(tg_scene_predict(s, algorithm, &p));
    tg_status status = tg_prediction_add(w->table, w->study, algorithm, p);
    if (status == TG_OK) status = say_own(w, s, algorithm, p);
    tg_prediction_free(p);
    return status;
}

static tg_status
run(const arguments *a)
{
    const tg_sweep_plan plan = { .name = "prediction",
                                 .columns = tg_prediction_columns,
                                 .count = TG_PREDICTION_COLUMNS,
                                 .predicts = true,
                                 .row = add_row };

    return tg_sweep_run(a, &plan, NULL);
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
