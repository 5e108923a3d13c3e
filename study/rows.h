/* rows: the columns of predictions and simulations, and how a row is filled */
#ifndef TG_STUDY_ROWS_H
#define TG_STUDY_ROWS_H

#include "asgd/sim/replicas.h"
#include "asgd/theory/predict.h"
#include "core/table.h"
#include "study/study.h"

enum { TG_PREDICTION_COLUMNS = 31, TG_SIMULATION_COLUMNS = 17 };
extern const tg_column tg_prediction_columns[], tg_simulation_columns[];

TG_CHECKED tg_status tg_prediction_add(tg_table *t, const tg_study *study, size_t algorithm,
                                       const tg_prediction *p);
TG_CHECKED tg_status tg_simulation_add(tg_table *t, const tg_study *study, size_t algorithm,
                                       size_t workers, const tg_simulation *s);

/* Mean of the simulated staleness histogram. */
double tg_mean_staleness(const tg_simulation *s);

/* Which workers never come back, in words, where some do not (r->stalled > 0). */
void tg_simulation_stalled(const tg_simulation *r, char *out, size_t room);

/* "effective" or "exponential". */
const char *tg_rate_kind(bool effective);

/* "converges", "converges in mean only", "diverges" or "undecided". */
const char *tg_verdict_text(const tg_prediction *p);

/* Where the loop gain lies among the thresholds of mean square and single run, and what
 * that looks like. */
const char *tg_threshold_text(const tg_prediction *p);

#endif
