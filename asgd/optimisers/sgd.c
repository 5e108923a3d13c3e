/* sgd: x <- x - rate (d + decay x) */
#include "asgd/optimisers/optimiser.h"
#include "core/vectors.h"

static void
step(const double *param, double *room, size_t dim, const tg_move *m)
{
    (void)param;
    (void)room;
    if (m->decay == 0)
        tg_vectors_step(dim, m->rate, m->x, m->d, m->out);
    else
        for (size_t j = 0; j < dim; j++)
            m->out[j] = m->x[j] - m->rate * (m->d[j] + m->decay * m->x[j]);
}

const tg_optimiser_kind tg_optimiser_sgd = {
    .is = { "sgd", "plain steps", "Robbins, Monro 1951", NULL },
    .step = step,
};
