/* least_squares: minibatches of samples a ~ N(0, diag h), labels a.b + s N(0, 1)
 *
 *     f_i(x) = sum_j h_j (x_j - b_ij)^2 / 2,    g = (1/B) sum over B samples of a (a.(x - b_i) - s N)
 *
 * so that the noise of a gradient depends on where x is (theory 3.4).
 */
#include "asgd/problems/problem.h"
#include "core/normals.h"

#include <math.h>
#include <stdlib.h>

typedef struct least_squares {
    tg_problem *exact; /* the quadratic that it is in the mean */
    size_t      dim, batch;
    double      label;
    double     *root; /* (dim) sqrt h */
} least_squares;

static void
least_squares_free(void *self)
{
    least_squares *s = self;

    if (!s) return;
    tg_problem_free(s->exact);
    free(s->root);
    free(s);
}

static void
least_squares_start(const void *self, double *x)
{
    const least_squares *s = self;

    s->exact->kind->start(s->exact->self, x);
}

/* a.(x - b) - s N, and the sample itself into a (dim); pull: h (x - b), the exact gradient. */
static double
draw_sample(const least_squares *s, const double *pull, tg_rng *draws, double *a)
{
    double miss = 0;

    tg_rng_normals(draws, a, s->dim);
    for (size_t j = 0; j < s->dim; j++) {
        miss += a[j] * pull[j] / s->root[j];
        a[j] *= s->root[j];
    }
    return s->label > 0 ? miss - s->label * tg_rng_normal(draws) : miss;
}

static void
least_squares_gradient(const void *self, size_t worker, const double *x, tg_rng *draws,
                       double *scratch, double *g)
{
    const least_squares *s = self;
    double              *pull = scratch, *a = scratch + s->dim;

    s->exact->kind->gradient(s->exact->self, worker, x, draws, NULL, pull);
    for (size_t j = 0; j < s->dim; j++) g[j] = 0;
    for (size_t i = 0; i < s->batch; i++) {
        const double miss = draw_sample(s, pull, draws, a) / (double)s->batch;
        for (size_t j = 0; j < s->dim; j++) g[j] += a[j] * miss;
    }
}

static double
least_squares_loss(const void *self, const double *x, double *scratch)
{
    const least_squares *s = self;

    return s->exact->kind->loss(s->exact->self, x, scratch);
}

static void
least_squares_slope(const void *self, const double *x, double *scratch, double *g)
{
    const least_squares *s = self;

    s->exact->kind->slope(s->exact->self, x, scratch, g);
}

static const tg_problem_kind kind = { .name = "least_squares",
                                      .doc = "least squares from samples drawn afresh",
                                      .cheap_loss = true,
                                      .start = least_squares_start,
                                      .gradient = least_squares_gradient,
                                      .loss = least_squares_loss,
                                      .slope = least_squares_slope,
                                      .free = least_squares_free };

tg_status
tg_problem_least_squares(size_t dim, const double *h, const double *start, size_t batch,
                         double label, size_t workers, const double *minima,
                         tg_problem **out)
{
    if (batch < 1 || !(label >= 0) || !isfinite(label))
        return tg_fail(
            TG_EDOMAIN,
            "least squares needs a batch >= 1 and label noise >= 0, got %zu and %g", batch,
            label);
    double        *none = calloc(dim + 1, sizeof *none);
    tg_problem    *p = calloc(1, sizeof *p);
    least_squares *s = calloc(1, sizeof *s);
    if (s) s->root = malloc((dim + 1) * sizeof *s->root);
    tg_status status =
        none && p && s && s->root ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK)
        status = tg_problem_quadratic(dim, h, start, none, workers, minima, &s->exact);
    free(none);
    if (status != TG_OK) {
        least_squares_free(s);
        free(p);
        return status;
    }
    s->dim = dim;
    s->batch = batch;
    s->label = label;
    for (size_t j = 0; j < dim; j++) s->root[j] = sqrt(h[j]);
    *p = (tg_problem){ &kind, s, dim, workers, 2 * dim };
    *out = p;
    return TG_OK;
}
