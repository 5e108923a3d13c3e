/* predict_unlike: what the first order misses of groups that differ in speed. Private to asgd/theory. */
#ifndef TG_ASGD_THEORY_PREDICT_UNLIKE_H
#define TG_ASGD_THEORY_PREDICT_UNLIKE_H

#include "asgd/theory/predict_finite.h"

/* Whether there are groups that differ in speed and are known to first order only. */
bool tg_unlike_applies(const tg_finite *f);

/* Correct f->limit and its error; f->twin_limit. Errors: those of tg_finite_limit(). */
TG_CHECKED tg_status tg_unlike_limit(tg_finite *f);

/* Correct the modes, whose limit is corrected. Errors: those of tg_predict_rule(). */
TG_CHECKED tg_status tg_unlike_modes(const tg_finite_run *r);

#endif
