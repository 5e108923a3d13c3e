/* softmax_sums: sums over samples behind softmax regression, over threads in fixed pieces
 *
 * Every sum is cut into the same pieces whatever the number of threads, and the pieces are
 * added in order: same bits always.
 */
#ifndef TG_ASGD_SOFTMAX_SUMS_H
#define TG_ASGD_SOFTMAX_SUMS_H

#include "asgd/problems/dataset.h"

enum { TG_MOST_CLASSES = 64 };

/* Probabilities p (classes) of a sample at x; returns -log p of its label. */
double tg_softmax_sample(const tg_dataset *d, size_t sample, const double *x, double *p);

/* g += sum_c coefficient[c] u (outer): the gradient of a sample whose d loss/d z is given.
 */
void tg_softmax_spread(const tg_dataset *d, size_t sample, const double *coefficient,
                       double *g);

/* Mean loss with weight[w] on each worker's mean, without the ridge, and its gradient g
 * (features, classes; NULL: not wanted). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_softmax_sum(const tg_dataset *d, const double *weight,
                                    const double *x, double *loss, double *g);

/* out = Hessian at x times v, without the ridge. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_softmax_product(const tg_dataset *d, const double *weight,
                                        const double *x, const double *v, double *out);

#endif
