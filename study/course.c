#include "study/course.h"

#include "asgd/sim/metric.h"

#include <math.h>

const tg_kind *const tg_course_metrics[] = { &tg_metric_spread.is, NULL };

const tg_column tg_predicted_course_columns[TG_PREDICTED_COURSE_COLUMNS] = {
    { "algorithm", "", "server rule", true },
    { "workers", "", "number of workers P", false },
    { "t", "time", "", false },
    { "loss", "loss", "expected excess loss", false },
    { "low", "loss", "that less the expected model error", false },
    { "high", "loss", "that plus the expected model error", false },
};

const tg_column tg_simulated_course_columns[TG_SIMULATED_COURSE_COLUMNS] = {
    { "algorithm", "", "server rule", true },
    { "workers", "", "number of workers P", false },
    { "t", "time", "", false },
    { "loss", "loss", "mean excess loss of the replicas", false },
    { "error", "loss", "its standard error", false },
    { "low", "loss", "of a tenth of the replicas it is lower", false },
    { "median", "loss", "of half of them", false },
    { "high", "loss", "of nine tenths; nan: this time was not looked at", false },
};

tg_status
tg_course_add_predicted(tg_table *t, const char *label, const tg_prediction *p)
{
    for (size_t i = 0; i < p->points; i++)
        TG_TRY(tg_table_add(t, (tg_cell[]){ TG_TEXT(label), TG_NUMBER((double)p->workers),
                                            TG_NUMBER(p->t[i]), TG_NUMBER(p->loss[i]),
                                            TG_NUMBER(p->low[i]), TG_NUMBER(p->high[i]) }));
    return TG_OK;
}

/* Quantiles are of fewer times than the means; those times are among these. */
static tg_status
add_means(tg_table *t, const char *label, size_t workers, const tg_simulation *s,
          const tg_table *spread)
{
    size_t k = 0;

    for (size_t i = 0; i < s->points; i++) {
        double q[3] = { NAN, NAN, NAN };
        if (k < tg_table_rows(spread) && tg_table_number(spread, k, 0) == s->t[i]) {
            for (size_t c = 0; c < 3; c++) q[c] = tg_table_number(spread, k, c + 1);
            k++;
        }
        TG_TRY(tg_table_add(t, (tg_cell[]){ TG_TEXT(label), TG_NUMBER((double)workers),
                                            TG_NUMBER(s->t[i]), TG_NUMBER(s->loss[i].mean),
                                            TG_NUMBER(tg_stats_error(&s->loss[i])),
                                            TG_NUMBER(q[0]), TG_NUMBER(q[1]),
                                            TG_NUMBER(q[2]) }));
    }
    return TG_OK;
}

tg_status
tg_course_add_simulated(tg_table *t, const char *label, size_t workers,
                        const tg_simulation *s)
{
    const tg_metric_kind *spread = &tg_metric_spread;
    tg_table             *quantiles = NULL;

    TG_TRY(tg_table_create(spread->column, spread->columns, &quantiles));
    tg_status status = s->metric ? tg_simulation_report(s, 0, quantiles) : TG_OK;
    if (status == TG_OK) status = add_means(t, label, workers, s, quantiles);
    tg_table_free(quantiles);
    return status;
}
