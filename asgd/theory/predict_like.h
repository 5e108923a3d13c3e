/* predict_like: limits of level sde from workers like these that are solved exactly. Private to asgd/theory. */
#ifndef TG_ASGD_THEORY_PREDICT_LIKE_H
#define TG_ASGD_THEORY_PREDICT_LIKE_H

#include "asgd/theory/predict.h"

/* Bring the limit of a prediction at level sde of this rule and step, and what is made of it, to that of workers whose
 * times have its mean and CV on the lattice, where there are such. Errors: those of tg_predict_rule. */
TG_CHECKED tg_status tg_predict_like(const tg_cluster *c, const char *rule, double number,
                                     double step, tg_prediction *p);

#endif
