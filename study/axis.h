/* axis: a setting that is varied, "PATH=LOW:HIGH:COUNT" or "PATH=LOW:HIGH:COUNT:log" */
#ifndef TG_STUDY_AXIS_H
#define TG_STUDY_AXIS_H

#include "core/table.h"
#include "roots/chart.h"
#include "study/study.h"

typedef struct tg_axis {
    char          path[128];
    tg_chart_axis values;
} tg_axis;

/* The text of the option --NAME as an axis. Errors: TG_EINPUT absent (NULL), malformed or
 * an empty range. */
TG_CHECKED tg_status tg_axis_read(const char *name, const char *text, tg_axis *out);

/* Whether it is the number of workers of a group, workers[N].count. */
bool tg_axis_is_workers(const tg_axis *a);

/* Whether it is the learning rate of this algorithm. */
bool tg_axis_is_step(const tg_axis *a, size_t algorithm);

/* Value i; counts are whole, numbers of workers only where the range allows it. */
double tg_axis_value(const tg_axis *a, size_t i);

/* The study with this setting at `value`. Owner of *out: the caller, tg_study_free().
 * Errors: TG_EINPUT no such setting, or a value out of its range; TG_ENOMEM. */
TG_CHECKED tg_status tg_axis_apply(const tg_axis *a, const tg_study *study, double value,
                                   tg_study **out);

/* The table of the axes, for figures; a row of it. */
enum { TG_AXIS_COLUMNS = 6 };
extern const tg_column tg_axis_columns[];
TG_CHECKED tg_status   tg_axis_add(tg_table *t, const char *name, const tg_axis *a);

#endif
