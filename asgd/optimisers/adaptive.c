/* adaptive: steps scaled by the squares of what was seen along each coordinate
 *
 *     s <- s + d^2                   x <- x - rate d / (sqrt s + epsilon)             Adagrad
 *     s <- rho s + (1 - rho) d^2     the same                                         RMSProp
 *     m <- b1 m + (1 - b1) d,  s <- b2 s + (1 - b2) d^2
 *     x <- x - rate (m / (1 - b1^k)) / (sqrt(s / (1 - b2^k)) + epsilon)               Adam
 *
 * Weight decay is part of d, but for AdamW, where x <- x - rate decay x beside it.
 */
#include "asgd/optimisers/optimiser.h"

#include <math.h>

static size_t
one(size_t dim)
{
    return dim;
}

static size_t
two(size_t dim)
{
    return 2 * dim;
}

static void
adagrad(const double *param, double *s, size_t dim, const tg_move *m)
{
    for (size_t j = 0; j < dim; j++) {
        const double d = m->d[j] + m->decay * m->x[j];
        s[j] += d * d;
        m->out[j] = m->x[j] - m->rate * d / (sqrt(s[j]) + param[0]);
    }
}

static void
rmsprop(const double *param, double *s, size_t dim, const tg_move *m)
{
    for (size_t j = 0; j < dim; j++) {
        const double d = m->d[j] + m->decay * m->x[j];
        s[j] = param[0] * s[j] + (1 - param[0]) * d * d;
        m->out[j] = m->x[j] - m->rate * d / (sqrt(s[j]) + param[1]);
    }
}

static void
moments(const double *param, double *room, size_t dim, const tg_move *m, double within,
        double beside)
{
    const double b1 = param[0], b2 = param[1], k = (double)m->number;
    const double c1 = 1 - pow(b1, k), c2 = 1 - pow(b2, k);
    double      *mean = room, *square = room + dim;

    for (size_t j = 0; j < dim; j++) {
        const double d = m->d[j] + within * m->x[j];
        mean[j] = b1 * mean[j] + (1 - b1) * d;
        square[j] = b2 * square[j] + (1 - b2) * d * d;
        const double move = mean[j] / c1 / (sqrt(square[j] / c2) + param[2]);
        m->out[j] = m->x[j] - m->rate * (move + beside * m->x[j]);
    }
}

static void
adam(const double *param, double *room, size_t dim, const tg_move *m)
{
    moments(param, room, dim, m, m->decay, 0);
}

static void
adamw(const double *param, double *room, size_t dim, const tg_move *m)
{
    moments(param, room, dim, m, 0, m->decay);
}

#define EPSILON                                                                            \
    {                                                                                      \
        "epsilon", "loss/x", "added to the root", 1e-8, 0, 1e9, false, false               \
    }

static const tg_param adagrad_param[] = { EPSILON, { 0 } };

static const tg_param rmsprop_param[] = {
    { "rho", "", "what is kept of the mean square", 0.99, 0, 1, false, false },
    EPSILON,
    { 0 },
};

static const tg_param adam_param[] = {
    { "beta1", "", "what is kept of the mean", 0.9, 0, 0.999999, false, false },
    { "beta2", "", "what is kept of the mean square", 0.999, 0, 0.99999999, false, false },
    EPSILON,
    { 0 },
};

const tg_optimiser_kind tg_optimiser_adagrad = {
    .is = { "adagrad", "steps over the root of the sum of squares",
            "Duchi, Hazan, Singer 2011", adagrad_param },
    .room = one,
    .step = adagrad,
};

const tg_optimiser_kind tg_optimiser_rmsprop = {
    .is = { "rmsprop", "steps over the root of a running mean square",
            "Tieleman, Hinton 2012", rmsprop_param },
    .room = one,
    .step = rmsprop,
};

const tg_optimiser_kind tg_optimiser_adam = {
    .is = { "adam", "running mean over the root of a running mean square",
            "Kingma, Ba 2015", adam_param },
    .room = two,
    .step = adam,
};

const tg_optimiser_kind tg_optimiser_adamw = {
    .is = { "adamw", "Adam with weight decay beside it", "Loshchilov, Hutter 2019",
            adam_param },
    .room = two,
    .step = adamw,
};
