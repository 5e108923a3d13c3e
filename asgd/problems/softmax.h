/* softmax: softmax regression with a ridge on a labelled data set
 *
 *     f_i(x) = mean over worker i's samples of -log p_label(x) + ridge |x|^2 / 2
 *     p_c = exp(z_c) / sum exp(z),   z_c = sum_f u_f x[f, c]
 *
 * x is (features, classes), row-major, with the intercept as last feature.
 */
#ifndef TG_ASGD_SOFTMAX_H
#define TG_ASGD_SOFTMAX_H

#include "asgd/problems/dataset.h"
#include "asgd/problems/problem.h"

/* A problem on a data set that is already split; the data set is taken. Finds the minimum
 * F*.
 *   ridge > 0, batch >= 1 samples a gradient (drawn with replacement), modes >= 1 (at
 *   most features x classes - 1 of them are computed), settled: runs begin at the minimum,
 *   not at x = 0
 * Errors: TG_EDOMAIN; TG_ENOCONV minimum not found; TG_ENOMEM. On failure the data set
 * still belongs to the caller. */
TG_CHECKED tg_status tg_problem_softmax(tg_dataset *data, double ridge, size_t batch,
                                        size_t modes, bool settled, tg_problem **out);

#endif
