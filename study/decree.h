/* decree: staleness by decree as a study has it, for theory */
#ifndef TG_STUDY_DECREE_H
#define TG_STUDY_DECREE_H

#include "solver/decree.h"
#include "study/study.h"

/* Whether the study's algorithm i is a rule stale_*. */
bool tg_study_is_decreed(const tg_study *study, size_t i);

/* Its law of lags, and what moves the model. Owner of *weight (most + 1): the caller, free(). Errors: TG_EDOMAIN stages of a
 * pipeline, or an optimiser that is not linear; TG_ENOMEM. */
TG_CHECKED tg_status tg_study_decree(const tg_study *study, size_t i, double **weight,
                                     size_t *most, tg_decree_momentum *momentum);

#endif
