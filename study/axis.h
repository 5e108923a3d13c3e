/* axis: a setting that is varied, "PATH=LOW:HIGH:COUNT" or "PATH=LOW:HIGH:COUNT:log" */
#ifndef TG_STUDY_AXIS_H
#define TG_STUDY_AXIS_H

#include "cli/command.h"
#include "core/table.h"
#include "roots/chart.h"
#include "study/study.h"

typedef struct axis {
    char          path[128];
    tg_chart_axis values;
} axis;

/* The option --NAME as an axis. Errors: TG_EINPUT absent, malformed or an empty range. */
TG_CHECKED tg_status axis_of(const arguments *a, const char *name, axis *out);

/* Whether it is the number of workers of a group, workers[N].count. */
bool axis_is_workers(const axis *a);

/* Whether it is the learning rate of this algorithm. */
bool axis_is_step(const axis *a, size_t algorithm);

/* Value i; counts are whole, numbers of workers only where the range allows it. */
double axis_value(const axis *a, size_t i);

/* The study with this setting at `value`. Owner of *out: the caller, tg_study_free().
 * Errors: TG_EINPUT no such setting, or a value out of its range; TG_ENOMEM. */
TG_CHECKED tg_status axis_apply(const axis *a, const tg_study *study, double value,
                                tg_study **out);

/* The table of the axes, for figures; a row of it. */
enum { AXIS_COLUMNS = 6 };
extern const tg_column axis_columns[];
TG_CHECKED tg_status   axis_add(tg_table *t, const char *name, const axis *a);

#endif
