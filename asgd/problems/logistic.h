/* logistic: binary classification by a linear model
 *
 *     f_i(x) = mean over worker i's samples of log(1 + exp(-y a.x)) + R(x),   y = -1, +1
 *     R(x) = l2 |x|^2 / 2 + nonconvex sum_j x_j^2 / (1 + x_j^2)
 *
 * x0 is the same in every coordinate. F* is found where nonconvex is 0 and l2 > 0; else the loss
 * is F itself.
 */
#ifndef TG_ASGD_PROBLEMS_LOGISTIC_H
#define TG_ASGD_PROBLEMS_LOGISTIC_H

#include "asgd/problems/dataset.h"
#include "asgd/problems/problem.h"

typedef struct tg_logistic {
    double l2, nonconvex; /* >= 0 [loss/x^2], [loss] */
    size_t
        batch; /* samples of a gradient, drawn with replacement; 0: all of the worker's */
    double start; /* x0 [x] */
} tg_logistic;

/* A problem on a data set of two classes that is already split; the data set is taken.
 * Errors: TG_EDOMAIN; TG_ENOCONV minimum not found; TG_ENOMEM. On failure the data set still
 * belongs to the caller. */
TG_CHECKED tg_status tg_problem_logistic(tg_dataset *data, const tg_logistic *plan,
                                         tg_problem **out);

#endif
