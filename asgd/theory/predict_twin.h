/* predict_twin: the error of level sde from exponential workers. Private to asgd/theory. */
#ifndef TG_ASGD_THEORY_PREDICT_TWIN_H
#define TG_ASGD_THEORY_PREDICT_TWIN_H

#include "asgd/theory/predict.h"

/* Widen what a prediction at level sde of a rule, made because nothing better is at hand, states as
 * its error. Errors: those of tg_predict_rule for the twin; TG_ENOMEM. */
TG_CHECKED tg_status tg_predict_twin(const tg_modes *modes, const tg_cluster *cluster,
                                     const char *rule, double number, double step,
                                     const tg_predict_plan *plan, tg_prediction *p);

/* tg_predict_rule without that; a plan may ask for level renewal, too, of ASGD and DuDe-ASGD. */
TG_CHECKED tg_status tg_predict_undoubted(const tg_modes *modes, const tg_cluster *cluster,
                                          const char *rule, double number, double step,
                                          const tg_predict_plan *plan, tg_prediction **out);

#endif
