#include "asgd/networks/net.h"

#include "asgd/networks/net_room.h"
#include "core/parallel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Multiply-adds a second of one thread, about. */
static const double SPEED = 2e10;

/* Samples that pass together at most. */
enum { TOGETHER = 512 };

/* ---- batches ------------------------------------------------------------------------- */

/* The parts of the simulation's scratch. */
typedef struct bench {
    float   *w, *dw, *in, *noise, *room;
    uint8_t *label;
} bench;

static size_t
label_room(const tg_net_self *s)
{
    return (s->together + sizeof(float) - 1) / sizeof(float);
}

static size_t
bench_room(const tg_net_self *s)
{
    enum { ALIGN = 16 };
    const tg_net *n = &s->n;
    const size_t  floats = 2 * n->stack->dim + s->together * tg_shape_size(n->train.shape) +
                          s->together * n->stack->noise + label_room(s) +
                          tg_stack_room(n->stack, s->together) + ALIGN;

    return (floats + 1) / 2;
}

static bench
bench_in(const tg_net_self *s, double *scratch)
{
    const tg_net *n = &s->n;
    float        *at = (float *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    bench         b = { .w = at };

    b.dw = b.w + n->stack->dim;
    b.in = b.dw + n->stack->dim;
    b.noise = b.in + s->together * tg_shape_size(n->train.shape);
    b.label = (uint8_t *)(b.noise + s->together * n->stack->noise);
    b.room = (float *)(void *)b.label + label_room(s);
    return b;
}

static void
set_model(const tg_net *n, const bench *b, const double *x)
{
    for (size_t j = 0; j < n->stack->dim; j++) b->w[j] = (float)x[j];
}

/* A sample takes its noise from `draws`; NULL: what it always has. */
static void
put(const tg_net_self *s, const bench *b, const tg_images *d, size_t sample, size_t place,
    tg_rng *draws)
{
    const size_t noise = s->n.stack->noise;
    tg_rng       own = tg_net_noise(s, d, sample);

    tg_net_see(s, d, sample, b->in + place * tg_shape_size(d->shape));
    b->label[place] = d->label[sample];
    for (size_t i = 0; i < noise; i++)
        b->noise[place * noise + i] = (float)tg_rng_normal(draws ? draws : &own);
}

static tg_stack_batch_single
batch_of(const tg_net *n, const bench *b, size_t batch)
{
    return (tg_stack_batch_single){ .isa = n->isa,
                                    .batch = batch,
                                    .w = b->w,
                                    .in = b->in,
                                    .label = b->label,
                                    .noise = b->noise,
                                    .room = b->room };
}

/* ---- the problem --------------------------------------------------------------------- */

static void
network_free(void *self)
{
    tg_net_self *s = self;

    if (!s) return;
    tg_images_free(&s->n.train);
    tg_images_free(&s->n.test);
    tg_stack_free(s->n.stack);
    tg_dataset_free(&s->owners);
    free(s->mean);
    free(s);
}

static void
network_start(const void *self, double *x)
{
    const tg_net_self *s = self;

    tg_stack_start(s->n.stack, s->n.seed, x);
}

/* g <- g + share times the mean gradient of the first samples on the bench. */
static void
add_gradient(const tg_net_self *s, const bench *b, size_t samples, double share, double *g)
{
    const tg_net               *n = &s->n;
    const tg_stack_batch_single batch = batch_of(n, b, samples);

    memset(b->dw, 0, n->stack->dim * sizeof *b->dw);
    tg_stack_forward_single(n->stack, &batch);
    tg_stack_backward_single(n->stack, &batch, b->dw);
    for (size_t j = 0; j < n->stack->dim; j++) g[j] += share * (double)b->dw[j];
}

static void
network_gradient(const void *self, size_t worker, const double *x, tg_rng *draws,
                 double *scratch, double *g)
{
    const tg_net_self *s = self;
    const tg_net      *n = &s->n;
    const bench        b = bench_in(s, scratch);
    const size_t       part = tg_dataset_part(&s->owners, worker);
    const size_t    first = s->owners.begin[part], size = s->owners.begin[part + 1] - first;
    const uint32_t *own = s->owners.owned + first;

    const size_t batch = n->batch > 0 ? n->batch : size;

    set_model(n, &b, x);
    memset(g, 0, n->stack->dim * sizeof *g);
    for (size_t i = 0, count; i < batch; i += count) {
        count = batch - i < s->together ? batch - i : s->together;
        for (size_t k = 0; k < count; k++)
            put(s, &b, &n->train, own[n->batch > 0 ? tg_rng_below(draws, size) : i + k], k,
                n->batch > 0 ? draws : NULL);
        add_gradient(s, &b, count, (double)count / (double)batch, g);
    }
}

/* The class that is thought likeliest is the first of the largest. */
static bool
is_right(const float *z, size_t classes, uint8_t label)
{
    size_t best = 0;

    for (size_t c = 1; c < classes; c++)
        if (z[c] > z[best]) best = c;
    return best == label;
}

/* What is summed over samples: the share that is right, or of images what is missed and what there is. */
typedef struct sums {
    double loss, right, missed, all;
} sums;

static void
add_sample(const tg_net_self *s, const float *in, const float *z, uint8_t label, sums *to)
{
    const size_t pixels = tg_shape_size(s->n.train.shape);

    if (!s->n.stack->image) to->right += is_right(z, s->n.stack->classes, label);
    for (size_t i = 0; s->n.stack->image && i < pixels; i++) {
        const double x = (double)in[i], away = x - (double)z[i];
        to->missed += away * away;
        to->all += x * x;
    }
}

/* Over the first `samples`. NaN after a stop request. */
static sums
sum_over(const tg_net_self *s, const tg_images *d, size_t samples, const double *x,
         double *scratch)
{
    const tg_net *n = &s->n;
    const size_t  pixels = tg_shape_size(d->shape),
                 size_of = n->stack->image ? pixels : n->stack->classes;
    const bench b = bench_in(s, scratch);
    sums        sum = { 0 };

    set_model(n, &b, x);
    for (size_t i = 0, size; i < samples; i += size) {
        size = samples - i < s->together ? samples - i : s->together;
        const tg_stack_batch_single batch = batch_of(n, &b, size);
        for (size_t k = 0; k < size; k++) put(s, &b, d, i + k, k, NULL);
        const float *loss = tg_stack_forward_single(n->stack, &batch);
        const float *z = tg_stack_before_single(n->stack, &batch);
        for (size_t k = 0; k < size; k++) {
            sum.loss += (double)loss[k];
            add_sample(s, b.in + k * pixels, z + k * size_of, b.label[k], &sum);
        }
        if (tg_stop_requested()) return (sums){ NAN, NAN, NAN, NAN };
    }
    return sum;
}

static double
network_loss(const void *self, const double *x, double *scratch)
{
    const tg_net_self *s = self;

    return sum_over(s, &s->n.train, s->n.measured, x, scratch).loss / (double)s->n.measured;
}

/* Of all that F is over, in pieces; after a stop request it means nothing. */
static void
network_slope(const void *self, const double *x, double *scratch, double *g)
{
    const tg_net_self *s = self;
    const tg_net      *n = &s->n;
    const bench        b = bench_in(s, scratch);

    set_model(n, &b, x);
    memset(g, 0, n->stack->dim * sizeof *g);
    for (size_t i = 0, size; i < n->measured && !tg_stop_requested(); i += size) {
        size = n->measured - i < s->together ? n->measured - i : s->together;
        for (size_t k = 0; k < size; k++) put(s, &b, &n->train, i + k, k, NULL);
        add_gradient(s, &b, size, (double)size / (double)n->measured, g);
    }
}

static double
network_score(const void *self, const double *x, double *scratch)
{
    const tg_net_self *s = self;

    if (s->n.test.samples == 0) return NAN;
    const sums sum = sum_over(s, &s->n.test, s->n.test.samples, x, scratch);
    return s->n.stack->image ? 1 - sum.missed / sum.all
                             : sum.right / (double)s->n.test.samples;
}

static tg_status
network_product(const void *self, const double *x, const double *v, double *out)
{
    return tg_net_sums(self, x, v, NULL, NULL, out);
}

static bool
all_finite(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return false;
    return true;
}

/* The first layer out of which, on the first samples, comes what is not finite. */
static void
network_sick(const void *self, const double *x, double *scratch, char *text, size_t size)
{
    const tg_net_self *s = self;
    const tg_net      *n = &s->n;
    const bench        b = bench_in(s, scratch);
    const size_t       some = n->measured < s->together ? n->measured : s->together;
    const tg_stack_batch_single batch = batch_of(n, &b, some);

    set_model(n, &b, x);
    for (size_t k = 0; k < some; k++) put(s, &b, &n->train, k, k, NULL);
    tg_stack_forward_single(n->stack, &batch);
    *text = '\0';
    for (size_t i = 0; i < n->stack->layers; i++) {
        const tg_layer *l = &n->stack->layer[i];
        if (all_finite(b.room + some * n->stack->out[i], some * tg_shape_size(l->out)))
            continue;
        snprintf(text, size, "layer %zu, %s", i + 1, tg_layers_single[l->kind]->name);
        return;
    }
}

static double
network_seconds(const void *self, bool loss)
{
    const tg_net *n = &((const tg_net_self *)self)->n;
    const double  pass = n->stack->work / SPEED;
    const size_t  batch = n->batch > 0 ? n->batch : n->train.samples / n->workers;

    return pass * (loss ? (double)(n->measured + n->test.samples) : 3 * (double)batch);
}

static const tg_problem_kind kind = { .name = "network",
                                      .doc = "a neural network on labelled images",
                                      .cheap_loss = false,
                                      .start = network_start,
                                      .gradient = network_gradient,
                                      .loss = network_loss,
                                      .dear_slope = true,
                                      .slope = network_slope,
                                      .product = network_product,
                                      .score = network_score,
                                      .sick = network_sick,
                                      .seconds = network_seconds,
                                      .free = network_free };

/* ---- making -------------------------------------------------------------------------- */

static tg_status
check(const tg_net *n)
{
    const tg_shape a = n->train.shape, b = n->stack->layer[0].in, c = n->test.shape;

    if (n->workers < 1) return tg_fail(TG_EDOMAIN, "a network needs workers");
    if (a.height != b.height || a.width != b.width || a.channels != b.channels)
        return tg_fail(TG_EDOMAIN,
                       "images of %zu x %zu x %zu for a network of %zu x %zu x %zu",
                       a.height, a.width, a.channels, b.height, b.width, b.channels);
    TG_TRY(tg_images_check(&n->train, "training data"));
    if (n->test.samples == 0) return TG_OK;
    if (a.height != c.height || a.width != c.width || a.channels != c.channels)
        return tg_fail(TG_EDOMAIN,
                       "test images of %zu x %zu x %zu, training images of %zu x %zu x %zu",
                       c.height, c.width, c.channels, a.height, a.width, a.channels);
    if (n->test.classes > n->stack->classes)
        return tg_fail(TG_EINPUT, "test data have %zu classes, training data %zu",
                       n->test.classes, n->stack->classes);
    return TG_OK;
}

/* The split knows samples by their labels alone, which it borrows. */
static tg_status
share_out(tg_net_self *s)
{
    const tg_net *n = &s->n;

    s->owners = (tg_dataset){ .samples = n->train.samples,
                              .classes = n->train.classes,
                              .label = n->train.label };
    const tg_status status = tg_dataset_split(&s->owners, n->workers, &n->split, n->seed);
    s->owners.label = NULL;
    return status;
}

tg_status
tg_problem_network(tg_net *n, tg_problem **out)
{
    TG_TRY(check(n));
    const size_t line = n->train.shape.width * n->train.shape.channels;
    tg_problem  *p = calloc(1, sizeof *p);
    tg_net_self *s = calloc(1, sizeof *s);
    tg_status    status = p && s ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    if (status == TG_OK) {
        s->n = *n;
        if (n->measured == 0 || n->measured > n->train.samples)
            s->n.measured = n->train.samples;
        s->together = n->batch > 0 ? n->batch : n->train.samples;
        if (s->together > TOGETHER) s->together = TOGETHER;
        s->mean = malloc(2 * line * sizeof *s->mean);
        status = s->mean ? share_out(s) : tg_fail(TG_ENOMEM, "out of memory");
    }
    if (status == TG_OK) {
        s->scale = s->mean + line;
        tg_net_standardise(s);
        *p = (tg_problem){ &kind, s, n->stack->dim, n->workers, bench_room(s) };
        *n = (tg_net){ 0 };
        *out = p;
        return TG_OK;
    }
    if (s) {
        free(s->mean);
        tg_dataset_free(&s->owners);
    }
    free(s);
    free(p);
    return status;
}
