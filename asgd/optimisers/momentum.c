/* momentum: heavy ball and Nesterov's form of it
 *
 *     v <- beta v + d,    x <- x - rate v                  heavy ball
 *                         x <- x - rate (d + beta v)       Nesterov, at the point looked ahead to
 */
#include "asgd/optimisers/optimiser.h"

static size_t
room(size_t dim)
{
    return dim;
}

static void
heavy_ball(const double *param, double *v, size_t dim, const tg_move *m)
{
    for (size_t j = 0; j < dim; j++) {
        v[j] = param[0] * v[j] + (m->d[j] + m->decay * m->x[j]);
        m->out[j] = m->x[j] - m->rate * v[j];
    }
}

static void
nesterov(const double *param, double *v, size_t dim, const tg_move *m)
{
    for (size_t j = 0; j < dim; j++) {
        const double d = m->d[j] + m->decay * m->x[j];
        v[j] = param[0] * v[j] + d;
        m->out[j] = m->x[j] - m->rate * (d + param[0] * v[j]);
    }
}

static const tg_param param[] = {
    { "momentum", "", "beta: what is kept of the last direction", 0.9, 0, 1, false, false },
    { 0 },
};

const tg_optimiser_kind tg_optimiser_heavy_ball = {
    .is = { "heavy_ball", "momentum: steps by a decaying sum of directions", "Polyak 1964",
            param },
    .room = room,
    .step = heavy_ball,
};

const tg_optimiser_kind tg_optimiser_nesterov = {
    .is = { "nesterov", "momentum that looks ahead",
            "Nesterov 1983, in the form of Sutskever et al. 2013", param },
    .room = room,
    .step = nesterov,
};
