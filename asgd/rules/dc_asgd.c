/* dc_asgd: gradients corrected for how far the model has moved since they were asked for
 *
 *     g(x) ~ g + lambda g * g * (x - x_read)                           by coordinate
 *     M <- m M + (1 - m) g * g,    lambda = lambda_0 / sqrt(M + 1e-7)  the adaptive form
 */
#include "asgd/rules/parts.h"

#include <math.h>

static const double SMALL = 1e-7; /* theirs */

static tg_status
constant(tg_sim *s, void *room, const tg_job *job)
{
    const double  lambda = tg_sim_param(s)[0];
    const double *x = tg_sim_model(s), *read = tg_sim_read(s, job);
    double       *g = room;

    TG_TRY(tg_sim_gradient(s, job, g));
    for (size_t j = 0; j < tg_sim_dim(s); j++)
        g[j] += lambda * g[j] * g[j] * (x[j] - read[j]);
    TG_TRY(tg_sim_step(s, g, 1));
    return tg_sim_assign(s, job->worker);
}

static size_t
with_square(size_t dim, size_t workers, const double *param)
{
    (void)workers;
    (void)param;
    return 2 * dim * sizeof(double);
}

static tg_status
adaptive(tg_sim *s, void *room, const tg_job *job)
{
    const double *param = tg_sim_param(s), *x = tg_sim_model(s),
                 *read = tg_sim_read(s, job);
    double *g = room, *square = g + tg_sim_dim(s);

    TG_TRY(tg_sim_gradient(s, job, g));
    for (size_t j = 0; j < tg_sim_dim(s); j++) {
        square[j] = param[1] * square[j] + (1 - param[1]) * g[j] * g[j];
        const double lambda = param[0] / sqrt(square[j] + SMALL);
        g[j] += lambda * g[j] * g[j] * (x[j] - read[j]);
    }
    TG_TRY(tg_sim_step(s, g, 1));
    return tg_sim_assign(s, job->worker);
}

static const tg_param constant_param[] = {
    { "lambda", "x/loss", "strength of the correction", 0.04, 0, 1e300, false, false },
    { 0 },
};

static const tg_param adaptive_param[] = {
    { "lambda", "", "lambda_0: strength of the correction", 2, 0, 1e300, false, false },
    { "m", "", "what is kept of the mean square", 0.95, 0, 1, false, false },
    { 0 },
};

const tg_rule_kind tg_rule_dc_asgd = {
    .is = { "dc_asgd",
            "DC-ASGD: gradients corrected for the model's move, constant strength",
            "Zheng et al. 2017", constant_param },
    .room = tg_room_gradient,
    .deliver = constant,
};

const tg_rule_kind tg_rule_dc_asgd_adaptive = {
    .is = { "dc_asgd_adaptive",
            "DC-ASGD: the same with a strength by the running mean square",
            "Zheng et al. 2017", adaptive_param },
    .room = with_square,
    .deliver = adaptive,
};
