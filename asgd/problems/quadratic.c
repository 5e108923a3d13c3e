/* quadratic: f_i(x) = sum_j h_j (x_j - b_ij)^2 / 2 in the eigenbasis, so that
 *
 *     grad_j = h_j (x_j - b_ij) + sigma_j xi,      F(x) - F* = sum_j h_j (x_j - bbar_j)^2 / 2
 */
#include "asgd/problems/quadratic.h"

#include "core/normals.h"
#include "core/spectrum.h"

#include <math.h>
#include <stdio.h>
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
    if (q->noisy)
        tg_rng_normals(draws, g, q->dim);
    else
        memset(g, 0, q->dim * sizeof *g);
    for (size_t j = 0; j < q->dim; j++)
        g[j] = q->h[j] * (b ? x[j] - b[j] : x[j]) + q->sigma[j] * g[j];
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

/* ---- from a study -------------------------------------------------------------------- */

#define QUADRATIC "objective.quadratic."

static tg_status
read_eigenvalues(const tg_study *study, double **h, size_t *dim)
{
    const size_t listed = tg_study_count(study, QUADRATIC "eigenvalues");
    const bool   law = tg_study_node(study, QUADRATIC "spectrum") != NULL;

    if ((listed > 0) == law)
        return tg_node_fail(tg_study_node(study, "objective.quadratic"),
                            "expected either eigenvalues or a spectrum");
    if (law) return tg_spectrum_from_study(study, QUADRATIC "spectrum", h, dim);
    if (!(*h = malloc(listed * sizeof **h))) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t j = 0; j < listed; j++)
        (*h)[j] = tg_study_item(study, QUADRATIC "eigenvalues", j);
    *dim = listed;
    return TG_OK;
}

/* (dim) values of a key that holds one number for all modes or one for each. */
static tg_status
read_per_mode(const tg_study *study, const char *path, size_t dim, double *out)
{
    const tg_node *node = tg_study_node(study, "%s", path);

    if (node && node->type == TG_NODE_LIST && node->count != dim)
        return tg_node_fail(node,
                            "expected one number or %zu, one for each eigenvalue, got %zu",
                            dim, node->count);
    for (size_t j = 0; j < dim; j++) out[j] = tg_study_item(study, path, j);
    return TG_OK;
}

/* Minima of a worker: its group's, plus a centred random spread. Worker w of a cluster
 * whose groups were scaled belongs to a group in proportion; a group's list is used in
 * turn. */
static void
fill_minima(const tg_study *study, size_t workers, size_t dim, double *minima)
{
    const size_t groups = tg_study_count(study, "workers");
    const double spread = tg_study_number(study, QUADRATIC "minimum_spread");
    double       total = 0, before = 0;
    char         path[64];
    size_t       w = 0;
    tg_rng       rng = tg_rng_stream(tg_study_whole(study, "seed"), TG_PURPOSE_START, 0);

    for (size_t g = 0; g < groups; g++)
        total += (double)tg_study_whole(study, "workers[%zu].count", g);
    for (size_t g = 0; g < groups; g++) {
        before += (double)tg_study_whole(study, "workers[%zu].count", g);
        const size_t end = (size_t)round((double)workers * before / total);
        snprintf(path, sizeof path, "workers[%zu].minimum", g);
        const size_t listed = tg_study_count(study, path);
        for (size_t i = 0; w < end; w++, i++)
            for (size_t j = 0; j < dim; j++)
                minima[w * dim + j] = tg_study_item(study, path, listed ? i % listed : 0);
    }
    for (size_t j = 0; spread > 0 && j < dim; j++) {
        double mean = 0;
        for (w = 0; w < workers; w++) {
            const double b = spread * tg_rng_normal(&rng);
            minima[w * dim + j] += b;
            mean += b / (double)workers;
        }
        for (w = 0; w < workers; w++) minima[w * dim + j] -= mean;
    }
}

static bool
has_minima(const tg_study *study)
{
    if (tg_study_number(study, QUADRATIC "minimum_spread") > 0) return true;
    for (size_t g = 0; g < tg_study_count(study, "workers"); g++)
        if (tg_study_node(study, "workers[%zu].minimum", g)) return true;
    return false;
}

tg_status
tg_quadratic_from_study(const tg_study *study, size_t workers, tg_problem **out)
{
    double *h = NULL, *start = NULL, *sigma = NULL, *minima = NULL;
    size_t  dim = 0;

    tg_status status = read_eigenvalues(study, &h, &dim);
    if (status != TG_OK) return status;
    start = malloc(dim * sizeof *start);
    sigma = malloc(dim * sizeof *sigma);
    if (has_minima(study)) minima = calloc(workers * dim, sizeof *minima);
    if (!start || !sigma || (has_minima(study) && !minima))
        status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = read_per_mode(study, QUADRATIC "start", dim, start);
    if (status == TG_OK)
        status = read_per_mode(study, QUADRATIC "noise.additive", dim, sigma);
    if (status == TG_OK && minima) fill_minima(study, workers, dim, minima);
    if (status == TG_OK)
        status = tg_problem_quadratic(dim, h, start, sigma, workers, minima, out);
    free(h);
    free(start);
    free(sigma);
    free(minima);
    return status;
}
