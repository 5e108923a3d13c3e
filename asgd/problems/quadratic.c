/* quadratic: f_i(x) = sum_j h_j (x_j - b_ij)^2 / 2 in the eigenbasis, so that
 *
 *     grad_j = h_j (x_j - b_ij) + sigma_j xi,      F(x) - F* = sum_j h_j (x_j - bbar_j)^2 / 2
 */
#include "asgd/problems/problem.h"
#include "core/normals.h"
#include "core/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct quadratic {
    size_t  dim, workers;
    double *h, *start, *sigma, *centre; /* (dim); centre: the minimum of F */
    double *minima;                     /* (workers, dim), or NULL: all zero */
    bool    noisy;
} quadratic;

static void
quadratic_free(void *self)
{
    quadratic *q = self;

    if (!q) return;
    free(q->h);
    free(q->minima);
    free(q);
}

static void
quadratic_start(const void *self, double *x)
{
    const quadratic *q = self;

    memcpy(x, q->start, q->dim * sizeof *x);
}

static void
quadratic_gradient(const void *self, size_t worker, const double *x, tg_rng *draws,
                   double *scratch, double *g)
{
    const quadratic *q = self;
    const double    *b = q->minima ? q->minima + worker * q->dim : NULL;

    (void)scratch;
    if (q->noisy && q->dim <= TG_FEW)
        tg_rng_few_normals(draws, g, q->dim);
    else if (q->noisy)
        tg_rng_normals(draws, g, q->dim);
    else
        memset(g, 0, q->dim * sizeof *g);
    tg_vectors_pull(q->dim, q->h, x, b, q->sigma, g);
}

static double
quadratic_loss(const void *self, const double *x, double *scratch)
{
    const quadratic *q = self;
    double           sum = 0;

    (void)scratch;
    for (size_t j = 0; j < q->dim; j++) {
        const double d = x[j] - q->centre[j];
        sum += q->h[j] * d * d;
    }
    return sum / 2;
}

static void
quadratic_slope(const void *self, const double *x, double *scratch, double *g)
{
    const quadratic *q = self;

    (void)scratch;
    for (size_t j = 0; j < q->dim; j++) g[j] = q->h[j] * (x[j] - q->centre[j]);
}

static tg_status
quadratic_modes(const void *self, const double *weight, tg_modes *out)
{
    const quadratic *q = self;

    TG_TRY(tg_modes_alloc(q->dim, q->minima ? q->workers : 0, out));
    for (size_t j = 0; j < q->dim; j++) {
        double mean = 0, square = 0;
        for (size_t i = 0; q->minima && i < q->workers; i++) {
            const double b = q->minima[i * q->dim + j] - q->centre[j];
            mean += weight[i] * b;
            square += weight[i] * b * b;
            out->minimum[j * q->workers + i] = b;
        }
        out->h[j] = q->h[j];
        out->least = j ? fmin(out->least, q->h[j]) : q->h[j];
        out->start[j] = q->start[j] - q->centre[j];
        out->sigma2[j] = q->sigma[j] * q->sigma[j];
        out->shift[j] = mean;
        out->spread[j] = fmax(square - mean * mean, 0);
        out->shift_loss += q->h[j] * mean * mean / 2;
    }
    out->start_loss = out->start_covered = quadratic_loss(q, q->start, NULL);
    return TG_OK;
}

static const tg_problem_kind kind = { .name = "quadratic",
                                      .doc = "quadratic by its eigenvalues",
                                      .cheap_loss = true,
                                      .start = quadratic_start,
                                      .gradient = quadratic_gradient,
                                      .loss = quadratic_loss,
                                      .slope = quadratic_slope,
                                      .modes = quadratic_modes,
                                      .free = quadratic_free };

static tg_status
check(size_t dim, const double *h, const double *start, const double *sigma, size_t workers)
{
    if (dim == 0 || workers == 0)
        return tg_fail(TG_EDOMAIN,
                       "a quadratic needs eigenvalues and workers, got %zu and %zu", dim,
                       workers);
    for (size_t j = 0; j < dim; j++) {
        if (!(h[j] > 0) || !isfinite(h[j]))
            return tg_fail(TG_EDOMAIN, "eigenvalue %zu must be > 0, got %g", j, h[j]);
        if (!isfinite(start[j]))
            return tg_fail(TG_EDOMAIN, "start %zu must be finite, got %g", j, start[j]);
        if (!isfinite(h[j] * start[j] * start[j]))
            return tg_fail(TG_EDOMAIN, "the loss at start %zu, %g, is beyond all numbers",
                           j, start[j]);
        if (!(sigma[j] >= 0) || !isfinite(sigma[j]))
            return tg_fail(TG_EDOMAIN, "noise %zu must be >= 0, got %g", j, sigma[j]);
    }
    return TG_OK;
}

static void
find_centre(quadratic *q)
{
    for (size_t i = 0; q->minima && i < q->workers; i++)
        for (size_t j = 0; j < q->dim; j++)
            q->centre[j] += q->minima[i * q->dim + j] / (double)q->workers;
}

tg_status
tg_problem_quadratic(size_t dim, const double *h, const double *start, const double *sigma,
                     size_t workers, const double *minima, tg_problem **out)
{
    TG_TRY(check(dim, h, start, sigma, workers));
    tg_problem  *p = calloc(1, sizeof *p);
    quadratic   *q = calloc(1, sizeof *q);
    const size_t size = workers * dim * sizeof(double);
    if (q) q->h = calloc(4 * dim, sizeof *q->h);
    if (q && minima) q->minima = malloc(size);
    if (!p || !q || !q->h || (minima && !q->minima)) {
        quadratic_free(q);
        free(p);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    q->dim = dim;
    q->workers = workers;
    q->start = memcpy(q->h + dim, start, dim * sizeof *h);
    q->sigma = memcpy(q->h + 2 * dim, sigma, dim * sizeof *h);
    q->centre = q->h + 3 * dim;
    memcpy(q->h, h, dim * sizeof *h);
    if (minima) memcpy(q->minima, minima, size);
    for (size_t j = 0; j < dim; j++) q->noisy |= sigma[j] > 0;
    find_centre(q);
    *p = (tg_problem){ &kind, q, dim, workers, 0 };
    *out = p;
    return TG_OK;
}
