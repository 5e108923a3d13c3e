/* quadratic: from a study's words to tg_problem_quadratic */
#ifndef TG_ASGD_QUADRATIC_H
#define TG_ASGD_QUADRATIC_H

#include "asgd/problems/problem.h"

/* objective.quadratic of a study. Errors: as tg_problem_from_study. */
TG_CHECKED tg_status tg_quadratic_from_study(const tg_study *study, size_t workers,
                                             tg_problem **out);

#endif
