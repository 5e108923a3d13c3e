/* local_steps: several steps of gradient descent at the worker, their sum as one message
 *
 *     y_0 = x_read,   y_{h+1} = y_h - gamma g(y_h),   it sends x_read - y_H
 *
 * A server that steps by it at rate 1 takes over y_H where nobody else was meanwhile. The
 * job takes the time of H gradients, one after the other.
 */
#include "asgd/workers/behaviour.h"

#include <math.h>
#include <string.h>

static uint32_t
steps(const double *param)
{
    return (uint32_t)param[0];
}

static size_t
bench(size_t dim)
{
    return dim;
}

static void
work(const double *param, const tg_task *t, double *y, double *g)
{
    const size_t dim = t->problem->dim;

    memcpy(y, t->read, dim * sizeof *y);
    for (uint32_t h = 0; h < steps(param); h++) {
        tg_task_gradient(t, h, y, g);
        for (size_t j = 0; j < dim; j++) y[j] -= param[1] * g[j];
    }
    for (size_t j = 0; j < dim; j++) g[j] = t->read[j] - y[j];
}

static const tg_param param[] = {
    { "steps", "", "H: gradients a job", NAN, 1, 1e6, false, true },
    { "rate", "x^2/loss", "gamma: learning rate at the worker", NAN, 0, 1e300, true,
      false },
    { 0 },
};

const tg_behaviour_kind tg_behaviour_local_steps = {
    .is = { "local_steps", "local SGD: sends how far several steps of its own have led it",
            "Stich 2019; Douillard et al. 2023 (DiLoCo)", param },
    .steps = steps,
    .bench = bench,
    .work = work,
};
