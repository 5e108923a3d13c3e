/* tridiagonal: Nesterov's worst case, a chain of springs
 *
 *     f(x) = x'Ax/2 - b'x,   A = tridiag(-1, 2, -1)/4,   b = (-1/4, 0, .., 0),
 *     x*_i = -(1 - i/(d+1)),   f* = -d/(8 (d+1)),   x_0 = (sqrt d, 0, .., 0)
 *     A v_k = h_k v_k,   v_ki = sqrt(2/(d+1)) sin(i k pi/(d+1)),
 *     h_k = (1 - cos(k pi/(d+1)))/2
 */
#include "asgd/problems/problem.h"
#include "core/normals.h"
#include "core/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

typedef struct chain {
    size_t dim;
    double sigma;
    bool   shared;
} chain;

static void
chain_start(const void *self, double *x)
{
    const chain *c = self;

    memset(x, 0, c->dim * sizeof *x);
    x[0] = sqrt((double)c->dim);
}

static void
chain_gradient(const void *self, size_t worker, const double *x, tg_rng *draws,
               double *scratch, double *g)
{
    const chain *c = self;
    const size_t last = c->dim - 1;
    const bool   own = c->sigma > 0 && !c->shared;
    const double all = c->sigma > 0 && c->shared ? c->sigma * tg_rng_normal(draws) : 0;

    (void)worker;
    tg_vectors_chain(c->dim, all, x, g);
    g[0] = all + ((2 * x[0] - (last > 0 ? x[1] : 0)) / 4 + 0.25);
    if (last > 0) g[last] = all + (2 * x[last] - x[last - 1]) / 4;
    if (own) tg_rng_normals(draws, scratch, c->dim);
    for (size_t j = 0; own && j < c->dim; j++) g[j] = c->sigma * scratch[j] + g[j];
}

/* With e = x - x*: e'Ae/2 = (e_1^2 + sum (e_i - e_{i+1})^2 + e_d^2)/8, without
 * cancellation. */
static double
chain_loss(const void *self, const double *x, double *scratch)
{
    const chain *c = self;
    const double slope = 1 / (double)(c->dim + 1);
    double       sum = 0, before = 0;

    (void)scratch;
    for (size_t j = 0; j < c->dim; j++) {
        const double e = x[j] + (1 - (double)(j + 1) * slope);
        sum += (e - before) * (e - before);
        before = e;
    }
    return (sum + before * before) / 8;
}

/* Workers have one minimum: nothing shifts, whatever their weights. */
static tg_status
chain_modes(const void *self, const double *weight, tg_modes *out)
{
    const chain *c = self;
    const double turn = PI / (double)(c->dim + 1), unit = sqrt(2 * turn / PI);

    (void)weight;
    TG_TRY(tg_modes_alloc(c->dim, 0, out));
    for (size_t k = 1; k <= c->dim; k++) {
        double sum = 0, away = 0;
        for (size_t i = 1; i <= c->dim; i++) {
            const double v =
                unit * sin(fmod((double)i * (double)k, 2 / (turn / PI)) * turn);
            const double e =
                (i == 1 ? sqrt((double)c->dim) : 0) + 1 - (double)i * turn / PI;
            sum += v;
            away += v * e;
        }
        out->h[k - 1] = (1 - cos((double)k * turn)) / 2;
        out->start[k - 1] = away;
        out->sigma2[k - 1] = c->sigma * c->sigma * (c->shared ? sum * sum : 1);
        out->start_loss += out->h[k - 1] * away * away / 2;
    }
    out->least = out->h[0];
    out->start_covered = out->start_loss;
    return TG_OK;
}

static const tg_problem_kind kind = { .name = "tridiagonal",
                                      .doc = "Nesterov's worst case",
                                      .cheap_loss = true,
                                      .start = chain_start,
                                      .gradient = chain_gradient,
                                      .loss = chain_loss,
                                      .modes = chain_modes,
                                      .free = free };

tg_status
tg_problem_tridiagonal(size_t dim, double sigma, bool shared, size_t workers,
                       tg_problem **out)
{
    if (dim == 0 || workers == 0)
        return tg_fail(TG_EDOMAIN, "a chain needs dimensions and workers, got %zu and %zu",
                       dim, workers);
    if (!(sigma >= 0) || !isfinite(sigma))
        return tg_fail(TG_EDOMAIN, "noise must be >= 0, got %g", sigma);
    tg_problem *p = malloc(sizeof *p);
    chain      *c = malloc(sizeof *c);
    if (!p || !c) {
        free(p);
        free(c);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *c = (chain){ dim, sigma, shared };
    *p = (tg_problem){ &kind, c, dim, workers, dim };
    *out = p;
    return TG_OK;
}
