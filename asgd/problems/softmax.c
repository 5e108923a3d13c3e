#include "asgd/problems/softmax.h"

#include "asgd/problems/hessian.h"
#include "asgd/problems/minimise.h"
#include "asgd/problems/softmax_sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Eigenvalues, to a part of themselves. */
static const double EXACT = 1e-10;

typedef struct softmax {
    tg_dataset data;
    size_t     dim, batch, modes;
    double     ridge, least; /* least: F* */
    double    *minimum;      /* (dim) */
    double    *even;         /* (parts) 1/parts */
    bool       settled;      /* runs begin at the minimum, not at 0 */
} softmax;

static void
softmax_free(void *self)
{
    softmax *s = self;

    if (!s) return;
    tg_dataset_free(&s->data);
    free(s->minimum);
    free(s->even);
    free(s);
}

static void
softmax_start(const void *self, double *x)
{
    const softmax *s = self;

    if (s->settled)
        memcpy(x, s->minimum, s->dim * sizeof *x);
    else
        memset(x, 0, s->dim * sizeof *x);
}

/* g = (1/B) sum over B drawn samples of u (p - y)' + ridge x */
static void
softmax_gradient(const void *self, size_t worker, const double *x, tg_rng *draws,
                 double *scratch, double *g)
{
    const softmax    *s = self;
    const tg_dataset *d = &s->data;
    const size_t      part = tg_dataset_part(d, worker);
    const size_t      first = d->begin[part], size = d->begin[part + 1] - first;

    for (size_t j = 0; j < s->dim; j++) g[j] = s->ridge * x[j];
    for (size_t b = 0; b < s->batch; b++) {
        const size_t sample = d->owned[first + tg_rng_below(draws, size)];
        tg_softmax_sample(d, sample, x, scratch);
        scratch[d->label[sample]] -= 1;
        for (size_t c = 0; c < d->classes; c++) scratch[c] /= (double)s->batch;
        tg_softmax_spread(d, sample, scratch, g);
    }
}

static double
half_square(const double *x, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) sum += x[j] * x[j];
    return sum / 2;
}

/* A plain loop: the caller runs replicas in parallel already. */
static double
softmax_loss(const void *self, const double *x, double *scratch)
{
    const softmax    *s = self;
    const tg_dataset *d = &s->data;
    double            total = 0;

    for (size_t w = 0; w < d->parts; w++) {
        double mean = 0;
        for (size_t i = d->begin[w]; i < d->begin[w + 1]; i++)
            mean += tg_softmax_sample(d, d->owned[i], x, scratch);
        total += mean / (double)(d->begin[w + 1] - d->begin[w]);
    }
    return total / (double)d->parts + s->ridge * half_square(x, s->dim) - s->least;
}

/* ---- minimum of a weighted mean of the workers' objectives --------------------------- */

typedef struct weighted {
    const softmax *s;
    const double  *weight;
} weighted;

static tg_status
value_and_gradient(const double *x, double *f, double *g, void *context)
{
    const weighted *w = context;
    const softmax  *s = w->s;

    TG_TRY(tg_softmax_sum(&s->data, w->weight, x, f, g));
    *f += s->ridge * half_square(x, s->dim);
    for (size_t j = 0; g && j < s->dim; j++) g[j] += s->ridge * x[j];
    return TG_OK;
}

/* Until the gradient bounds the excess loss, |g|^2 / (2 ridge), by 1e-9. x (dim) holds the
 * starting point and receives the minimum. */
static tg_status
minimise(const softmax *s, const double *weight, double *x, double *least)
{
    weighted w = { s, weight };

    return tg_minimise(value_and_gradient, &w, "softmax objective", s->dim,
                       sqrt(2 * s->ridge * 1e-9), x, least);
}

/* ---- modes --------------------------------------------------------------------------- */

/* The Hessian at a place. */
typedef struct hessian {
    const softmax *s;
    const double  *x; /* (dim) */
} hessian;

static tg_status
product(const double *v, double *out, void *context)
{
    const hessian *h = context;
    const softmax *s = h->s;

    TG_TRY(tg_softmax_product(&s->data, s->even, h->x, v, out));
    for (size_t j = 0; j < s->dim; j++) out[j] += s->ridge * v[j];
    return TG_OK;
}

/* Gradient of one sample at the minimum along each mode: v_j' (u (p - y)'). */
static void
sample_along(const softmax *s, size_t sample, const double *vector, double *out)
{
    const tg_dataset *d = &s->data;
    double            p[TG_MOST_CLASSES];

    tg_softmax_sample(d, sample, s->minimum, p);
    p[d->label[sample]] -= 1;
    for (size_t j = 0; j < s->modes; j++) {
        const double *v = vector + j * s->dim;
        out[j] = 0;
        for (size_t k = d->row[sample]; k < d->row[sample + 1]; k++) {
            double dot = 0;
            for (size_t c = 0; c < d->classes; c++)
                dot += p[c] * v[d->feature[k] * d->classes + c];
            out[j] += d->value[k] * dot;
        }
    }
}

static double
dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) sum += a[j] * b[j];
    return sum;
}

/* What a part adds to the variance of a stochastic gradient, and to that of the parts' mean gradients
 * about *mean (dim), which receives its share: over all of space. own is (dim) doubles. */
static void
add_variance(const softmax *s, size_t w, double weight, double *mean, double *own,
             tg_modes *m)
{
    const tg_dataset *d = &s->data;
    const double      n = (double)(d->begin[w + 1] - d->begin[w]);
    double            p[TG_MOST_CLASSES], square = 0;

    memset(own, 0, s->dim * sizeof *own);
    for (size_t i = d->begin[w]; i < d->begin[w + 1]; i++) {
        const size_t sample = d->owned[i];
        double       feature = 0, miss;
        tg_softmax_sample(d, sample, s->minimum, p);
        p[d->label[sample]] -= 1;
        tg_softmax_spread(d, sample, p, own);
        for (size_t k = d->row[sample]; k < d->row[sample + 1]; k++)
            feature += d->value[k] * d->value[k];
        miss = dot(p, p, d->classes);
        square += feature * miss / n;
    }
    for (size_t j = 0; j < s->dim; j++) own[j] /= n;
    m->left_noise += weight * (square - dot(own, own, s->dim)) / (double)s->batch;
    for (size_t j = 0; j < s->dim; j++) {
        own[j] += s->ridge * s->minimum[j];
        mean[j] += weight * own[j];
    }
    m->left_spread += weight * dot(own, own, s->dim);
}

/* left_noise and left_spread of all of space, less what the modes hold. Errors: TG_ENOMEM. */
static tg_status
leave_out(const softmax *s, const double *share, tg_modes *m)
{
    double *mean = calloc(2 * s->dim, sizeof *mean);

    if (!mean) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t w = 0; w < s->data.parts; w++)
        add_variance(s, w, share[w], mean, mean + s->dim, m);
    m->left_spread -= dot(mean, mean, s->dim);
    for (size_t j = 0; j < s->modes; j++) {
        m->left_noise -= m->sigma2[j];
        m->left_spread -= m->h[j] * m->h[j] * m->spread[j];
    }
    m->left_noise = fmax(m->left_noise, 0);
    m->left_spread = fmax(m->left_spread, 0);
    free(mean);
    return TG_OK;
}

/* A part's share in noise (variance over its samples / batch), shift and spread; the
 * minimum of part w along mode j is, to first order, b = -v_j' grad f_i / h_j. */
static void
add_worker(const softmax *s, size_t w, double weight, const double *vector, double *scratch,
           tg_modes *m)
{
    const tg_dataset *d = &s->data;
    const double      n = (double)(d->begin[w + 1] - d->begin[w]);
    double           *g = scratch, *sum = g + s->modes, *square = sum + s->modes;

    memset(sum, 0, 2 * s->modes * sizeof *sum);
    for (size_t i = d->begin[w]; i < d->begin[w + 1]; i++) {
        sample_along(s, d->owned[i], vector, g);
        for (size_t j = 0; j < s->modes; j++) {
            sum[j] += g[j] / n;
            square[j] += g[j] * g[j] / n;
        }
    }
    for (size_t j = 0; j < s->modes; j++) {
        const double ridge = s->ridge * dot(vector + j * s->dim, s->minimum, s->dim);
        const double b = -(sum[j] + ridge) / m->h[j];
        m->sigma2[j] += weight * (square[j] - sum[j] * sum[j]) / (double)s->batch;
        for (size_t i = 0; i < d->workers; i++)
            if (tg_dataset_part(d, i) == w) m->minimum[j * d->workers + i] = b;
        m->shift[j] += weight * b;
        m->spread[j] += weight * b * b;
    }
}

/* F at the minimum of sum_i weight_i f_i: what ASGD's bias costs, beyond first order. */
static tg_status
shift_loss(const softmax *s, const double *weight, double *scratch, double *loss)
{
    double *x = malloc(s->dim * sizeof *x), least;

    if (!x) return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(x, s->minimum, s->dim * sizeof *x);
    const tg_status status = minimise(s, weight, x, &least);
    if (status == TG_OK) *loss = fmax(softmax_loss(s, x, scratch), 0);
    free(x);
    return status;
}

static tg_status
softmax_modes(const void *self, const double *weight, tg_modes *out)
{
    const softmax *s = self;
    const double  *share = s->data.parts == 1 ? s->even : weight; /* of each part */
    tg_modes       m = { 0 };
    double        *vector = malloc(s->modes * s->dim * sizeof *vector);
    double        *scratch = malloc((3 * s->modes + TG_MOST_CLASSES) * sizeof *scratch);
    double        *start = malloc(s->dim * sizeof *start);
    tg_status      status = vector && scratch && start
                                ? tg_modes_alloc(s->modes, s->data.workers, &m)
                                : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK)
        status = tg_hessian_top(product, &(hessian){ s, s->minimum }, s->dim, s->modes,
                                EXACT, m.h, vector);
    if (status == TG_OK) {
        for (size_t w = 0; w < s->data.parts; w++)
            add_worker(s, w, share[w], vector, scratch, &m);
        softmax_start(s, start);
        m.least = s->ridge;
        m.start_loss = softmax_loss(s, start, scratch);
        for (size_t j = 0; j < s->modes; j++) {
            const double *v = vector + j * s->dim;
            m.start[j] = dot(v, start, s->dim) - dot(v, s->minimum, s->dim);
            m.start_covered += m.h[j] * m.start[j] * m.start[j] / 2;
            m.spread[j] -= m.shift[j] * m.shift[j];
        }
        status = shift_loss(s, share, scratch, &m.shift_loss);
    }
    if (status == TG_OK) status = leave_out(s, share, &m);
    if (status == TG_OK)
        status = tg_hessian_top(product, &(hessian){ s, start }, s->dim, 1, EXACT,
                                &m.start_largest, vector);
    free(vector);
    free(scratch);
    free(start);
    if (status == TG_OK)
        *out = m;
    else
        tg_modes_free(&m);
    return status;
}

static const tg_problem_kind kind = { .name = "softmax",
                                      .doc = "softmax regression on an IDX data set",
                                      .cheap_loss = false,
                                      .start = softmax_start,
                                      .gradient = softmax_gradient,
                                      .loss = softmax_loss,
                                      .modes = softmax_modes,
                                      .free = softmax_free };

/* ---- making -------------------------------------------------------------------------- */

tg_status
tg_problem_softmax(tg_dataset *data, double ridge, size_t batch, size_t modes, bool settled,
                   tg_problem **out)
{
    if (!(ridge > 0) || batch < 1 || modes < 1)
        return tg_fail(TG_EDOMAIN,
                       "softmax needs ridge > 0, batch >= 1, modes >= 1, got %g, "
                       "%zu, %zu",
                       ridge, batch, modes);
    if (data->classes < 2 || data->classes > TG_MOST_CLASSES)
        return tg_fail(TG_EDOMAIN, "softmax needs 2 to %d classes, the data have %zu",
                       TG_MOST_CLASSES, data->classes);
    const size_t dim = data->features * data->classes;
    tg_problem  *p = calloc(1, sizeof *p);
    softmax     *s = calloc(1, sizeof *s);
    if (s) {
        *s = (softmax){ .dim = dim, .batch = batch, .ridge = ridge, .settled = settled };
        s->modes = modes < dim ? modes : dim - 1;
        s->minimum = calloc(dim, sizeof *s->minimum);
        s->even = malloc(data->parts * sizeof *s->even);
    }
    tg_status status =
        p && s && s->minimum && s->even ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) {
        for (size_t w = 0; w < data->parts; w++) s->even[w] = 1 / (double)data->parts;
        s->data = *data;
        status = minimise(s, s->even, s->minimum, &s->least);
    }
    if (status == TG_OK) {
        *p = (tg_problem){ &kind, s, dim, data->workers, TG_MOST_CLASSES };
        *data = (tg_dataset){ 0 };
        *out = p;
        return TG_OK;
    }
    if (s) s->data = (tg_dataset){ 0 };
    softmax_free(s);
    free(p);
    return status;
}
