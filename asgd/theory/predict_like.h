/* predict_like: limits of level sde from workers like these that are solved exactly. Private to asgd/theory. */
#ifndef TG_ASGD_THEORY_PREDICT_LIKE_H
#define TG_ASGD_THEORY_PREDICT_LIKE_H

#include "asgd/theory/predict.h"

/* Whether workers differ in speed by half or more. */
bool tg_predict_are_unlike(const tg_cluster *c);

/* Bring the limit of a prediction at level sde of this rule and step, and what is made of it, to that of workers whose
 * times have its mean and CV on a lattice of at most so many unknowns (3000: a tenth of a second), where there are such
 * and workers are no more unlike. Errors: those of tg_predict_rule. */
TG_CHECKED tg_status tg_predict_like(const tg_cluster *c, const char *rule, double number,
                                     double step, double largest, tg_prediction *p);

#endif
