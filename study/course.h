/* course: the excess loss in time, as tables: predicted with the model's error, simulated
 * with the spread of single runs */
#ifndef TG_STUDY_COURSE_H
#define TG_STUDY_COURSE_H

#include "asgd/sim/replicas.h"
#include "asgd/theory/predict.h"
#include "core/table.h"

enum { TG_PREDICTED_COURSE_COLUMNS = 6, TG_SIMULATED_COURSE_COLUMNS = 8 };
extern const tg_column tg_predicted_course_columns[TG_PREDICTED_COURSE_COLUMNS];
extern const tg_column tg_simulated_course_columns[TG_SIMULATED_COURSE_COLUMNS];

/* What a simulation must measure for its course. */
extern const tg_kind *const tg_course_metrics[]; /* NULL-terminated */

/* Rows of one algorithm. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_course_add_predicted(tg_table *t, const char *label,
                                             const tg_prediction *p);
TG_CHECKED tg_status tg_course_add_simulated(tg_table *t, const char *label, size_t workers,
                                             const tg_simulation *s);

#endif
