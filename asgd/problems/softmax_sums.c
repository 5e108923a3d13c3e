#include "asgd/problems/softmax_sums.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 16 };

/* z_c = sum_f u_f x[f, c] */
static void
project(const tg_dataset *d, size_t sample, const double *x, double *z)
{
    const size_t classes = d->classes;

    memset(z, 0, classes * sizeof *z);
    for (size_t k = d->row[sample]; k < d->row[sample + 1]; k++) {
        const double  u = d->value[k];
        const double *row = x + d->feature[k] * classes;
        for (size_t c = 0; c < classes; c++) z[c] += u * row[c];
    }
}

double
tg_softmax_sample(const tg_dataset *d, size_t sample, const double *x, double *p)
{
    double top = -INFINITY, sum = 0;

    project(d, sample, x, p);
    for (size_t c = 0; c < d->classes; c++) top = fmax(top, p[c]);
    const double own = p[d->label[sample]] - top;
    for (size_t c = 0; c < d->classes; c++) sum += p[c] = exp(p[c] - top);
    for (size_t c = 0; c < d->classes; c++) p[c] /= sum;
    return log(sum) - own;
}

void
tg_softmax_spread(const tg_dataset *d, size_t sample, const double *coefficient, double *g)
{
    const size_t classes = d->classes;

    for (size_t k = d->row[sample]; k < d->row[sample + 1]; k++) {
        const double u = d->value[k];
        double      *row = g + d->feature[k] * classes;
        for (size_t c = 0; c < classes; c++) row[c] += u * coefficient[c];
    }
}

/* One sum over all samples: of losses and gradients, or (v given) of Hessian products. */
typedef struct sum {
    const tg_dataset *data;
    const double     *weight, *x, *v;
    double            loss[PIECES];
    double           *g; /* (PIECES, dim), or NULL */
} sum;

/* The Hessian of a sample is u u' (x) (diag(p) - p p'). */
static void
curve(const tg_dataset *d, size_t sample, const double *p, const double *v,
      double *coefficient)
{
    double mean = 0;

    project(d, sample, v, coefficient);
    for (size_t c = 0; c < d->classes; c++) mean += p[c] * coefficient[c];
    for (size_t c = 0; c < d->classes; c++) coefficient[c] = p[c] * (coefficient[c] - mean);
}

static void
add_sample(sum *s, size_t piece, size_t sample, double weight)
{
    const tg_dataset *d = s->data;
    double            p[TG_MOST_CLASSES], coefficient[TG_MOST_CLASSES];

    s->loss[piece] += weight * tg_softmax_sample(d, sample, s->x, p);
    if (!s->g) return;
    p[d->label[sample]] -= s->v ? 0 : 1;
    if (s->v)
        curve(d, sample, p, s->v, coefficient);
    else
        memcpy(coefficient, p, d->classes * sizeof *p);
    for (size_t c = 0; c < d->classes; c++) coefficient[c] *= weight;
    tg_softmax_spread(d, sample, coefficient, s->g + piece * d->features * d->classes);
}

static tg_status
add_piece(size_t piece, size_t thread, void *context)
{
    sum              *s = context;
    const tg_dataset *d = s->data;
    const size_t from = piece * d->samples / PIECES, to = (piece + 1) * d->samples / PIECES;
    size_t       w = 0;

    (void)thread;
    for (size_t i = from; i < to; i++) {
        while (i >= d->begin[w + 1]) w++;
        const double share = s->weight[w] / (double)(d->begin[w + 1] - d->begin[w]);
        add_sample(s, piece, d->owned[i], share);
    }
    return TG_OK;
}

static tg_status
run(sum *s, double *loss, double *g)
{
    const size_t dim = s->data->features * s->data->classes;

    if (g && !(s->g = calloc(PIECES * dim, sizeof *s->g)))
        return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_parallel_run(PIECES, 0, add_piece, s, NULL);
    if (status == TG_OK && loss) {
        *loss = 0;
        for (size_t i = 0; i < PIECES; i++) *loss += s->loss[i];
    }
    if (status == TG_OK && g) {
        memset(g, 0, dim * sizeof *g);
        for (size_t i = 0; i < PIECES; i++)
            for (size_t j = 0; j < dim; j++) g[j] += s->g[i * dim + j];
    }
    free(s->g);
    return status;
}

tg_status
tg_softmax_sum(const tg_dataset *d, const double *weight, const double *x, double *loss,
               double *g)
{
    sum s = { .data = d, .weight = weight, .x = x };

    return run(&s, loss, g);
}

tg_status
tg_softmax_product(const tg_dataset *d, const double *weight, const double *x,
                   const double *v, double *out)
{
    sum s = { .data = d, .weight = weight, .x = x, .v = v };

    return run(&s, NULL, out);
}
