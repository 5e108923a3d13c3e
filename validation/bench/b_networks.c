/* Speed of the gradients of networks, batch 32, one thread. Baseline: OpenBLAS's sgemm on products of
 * the sizes that the layers with weights need, three each, and nothing else: a convolution through
 * matrices without the work of laying them out. Bounds are those of a machine that does 250 GF/s,
 * lengthened by what sgemm reaches here. The residual is the difference from the gradient in
 * double, over that; it is infinite if an instruction set gives other bits. */
#include "validation/bench/bench.h"

#include "asgd/networks/models.h"
#include "asgd/networks/net.h"

enum { BATCH = 32, CLASSES = 10 };

static const double DESIGN = 250e9; /* flop/s of the design document's machine */

void sgemm_(const char *ta, const char *tb, const int *m, const int *n, const int *k,
            const float *alpha, const float *a, const int *lda, const float *b,
            const int *ldb, const float *beta, float *c, const int *ldc);

/* c (m, n) = a (m, k) b (k, n), either turned round. */
static void
gemm(char ta, char tb, size_t m, size_t n, size_t k, const float *a, const float *b,
     float *c)
{
    const int   M = (int)m, N = (int)n, K = (int)k;
    const float one = 1, none = 0;

    sgemm_(&tb, &ta, &N, &M, &K, &one, b, tb == 'N' ? &N : &K, a, ta == 'N' ? &K : &M,
           &none, c, &N);
}

typedef struct job {
    tg_stack             *stack;
    tg_stack_batch_single batch;
    float                *dw, *room[3]; /* room: of the baseline */
    double                flops;
} job;

/* The matrices of a layer with weights: rows (batch, pixels), inputs of each, outputs. */
static bool
sizes(const tg_layer *l, size_t *rows, size_t *inputs, size_t *outputs)
{
    const char *name = tg_layers_single[l->kind]->name;
    const bool  bias = strcmp(name, "add") != 0;

    if (l->count == 0 || !strcmp(name, "group_norm")) return false;
    *outputs = l->out.channels;
    *rows = BATCH * l->out.height * l->out.width;
    *inputs = l->count / *outputs - bias;
    return true;
}

static void
gradient(void *context)
{
    const job *j = context;

    memset(j->dw, 0, j->stack->dim * sizeof *j->dw);
    tg_stack_forward_single(j->stack, &j->batch);
    tg_stack_backward_single(j->stack, &j->batch, j->dw);
}

static void
products(void *context)
{
    const job *j = context;
    size_t     m, k, n;

    for (size_t i = 0; i < j->stack->layers; i++) {
        if (!sizes(&j->stack->layer[i], &m, &k, &n)) continue;
        gemm('N', 'N', m, n, k, j->room[0], j->room[1], j->room[2]);
        gemm('T', 'N', k, n, m, j->room[0], j->room[1], j->room[2]);
        if (i > 0) gemm('N', 'T', m, k, n, j->room[0], j->room[1], j->room[2]);
    }
}

/* ---- making -------------------------------------------------------------------------- */

static void
fill(float *x, size_t n)
{
    tg_rng g = tg_rng_stream(1, TG_PURPOSE_TEST, n);

    for (size_t i = 0; i < n; i++) x[i] = (float)tg_rng_normal(&g);
}

static float *
numbers(size_t n)
{
    float *x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);

    fill(x, n);
    return x;
}

static job
make(const char *model, double depth, tg_shape shape)
{
    static uint8_t label[BATCH];
    tg_choice      c;
    tg_layer_list  l = { 0 };
    job            j = { 0 };
    size_t         m, k, n, most = 0;

    must(tg_choice_find(tg_models, "model", model, &c));
    if (depth > 0) must(tg_choice_set(&c, "depth", depth));
    must(tg_model_layers(&c, CLASSES, &l));
    must(tg_stack_create(shape, CLASSES, l.layer, l.count, &j.stack));
    tg_layer_list_free(&l);
    for (size_t i = 0; i < j.stack->layers; i++) {
        if (!sizes(&j.stack->layer[i], &m, &k, &n)) continue;
        j.flops += (i > 0 ? 6 : 4) * (double)m * (double)k * (double)n;
        most = fmax(most, fmax(m * k, fmax(k * n, m * n)));
    }
    for (int i = 0; i < 3; i++) j.room[i] = numbers(most);
    for (size_t i = 0; i < BATCH; i++) label[i] = (uint8_t)(i % CLASSES);
    double *w = malloc(j.stack->dim * sizeof *w);
    float  *single = numbers(j.stack->dim);
    tg_stack_start(j.stack, 1, w);
    for (size_t i = 0; i < j.stack->dim; i++) single[i] = (float)w[i];
    free(w);
    j.dw = numbers(j.stack->dim);
    j.batch = (tg_stack_batch_single){ .isa = TG_ISA_BEST,
                                       .batch = BATCH,
                                       .w = single,
                                       .in = numbers(BATCH * tg_shape_size(shape)),
                                       .label = label,
                                       .room = numbers(tg_stack_room(j.stack, BATCH)) };
    return j;
}

static void
release(job *j)
{
    for (int i = 0; i < 3; i++) free(j->room[i]);
    free((float *)j->batch.w);
    free((float *)j->batch.in);
    free(j->batch.room);
    free(j->dw);
    tg_stack_free(j->stack);
}

/* ---- the known answer ---------------------------------------------------------------- */

static double *
widened(const float *x, size_t n)
{
    double *y = malloc(n * sizeof *y);

    for (size_t i = 0; i < n; i++) y[i] = (double)x[i];
    return y;
}

static double
against_double(const job *j, tg_shape shape)
{
    const size_t dim = j->stack->dim;
    double      *w = widened(j->batch.w, dim),
           *in = widened(j->batch.in, BATCH * tg_shape_size(shape)),
           *room = malloc(tg_stack_room(j->stack, BATCH) * sizeof *room),
           *dw = calloc(dim, sizeof *dw), away = 0, size = 0;
    const tg_stack_batch_double b = { TG_ISA_BEST, BATCH, w, in, j->batch.label, room };

    tg_stack_forward_double(j->stack, &b);
    tg_stack_backward_double(j->stack, &b, dw);
    for (size_t i = 0; i < dim; i++) {
        away += ((double)j->dw[i] - dw[i]) * ((double)j->dw[i] - dw[i]);
        size += dw[i] * dw[i];
    }
    free(w);
    free(in);
    free(room);
    free(dw);
    return sqrt(away / size);
}

/* Whether the sets beyond the plain one agree to the bit; that takes long. */
static bool
same_bits(job *j)
{
    const size_t bytes = j->stack->dim * sizeof *j->dw;
    float       *first = malloc(bytes);
    bool         same = true;

    memcpy(first, j->dw, bytes);
    for (int isa = TG_ISA_AVX2; isa < TG_ISA_COUNT; isa++) {
        if (!tg_isa_available((tg_isa)isa)) continue;
        j->batch.isa = (tg_isa)isa;
        gradient(j);
        same = same && memcmp(first, j->dw, bytes) == 0;
    }
    j->batch.isa = TG_ISA_BEST;
    free(first);
    return same;
}

static double
machine(void)
{
    enum { N = 512 };
    job    j = { 0 };
    double best = INFINITY;

    for (int i = 0; i < 3; i++) j.room[i] = numbers(N * N);
    for (int i = 0; i < REPEATS; i++) {
        const double begin = seconds_now();
        gemm('N', 'N', N, N, N, j.room[0], j.room[1], j.room[2]);
        best = fmin(best, seconds_now() - begin);
    }
    for (int i = 0; i < 3; i++) free(j.room[i]);
    return 2.0 * N * N * N / best;
}

int
main(void)
{
    static const tg_shape digit = { 28, 28, 1 }, picture = { 32, 32, 3 };
    const struct {
        const char *name, *model;
        double      depth, bound; /* bound: ms */
        tg_shape    shape;
        int         calls;
    } cases[] = { { "mlr", "mlr", 0, .05, digit, 200 },
                  { "dnn 6 x 256", "dnn", 6, .8, digit, 20 },
                  { "cnn, 545 thousand", "cnn", 0, 15, picture, 1 },
                  { "resnet-8", "resnet", 8, 20, picture, 1 },
                  { "resnet-20", "resnet", 20, 60, picture, 1 } };
    const double speed = machine();
    int          bad = 0;

    report_header();
    printf("# sgemm does %.0f GF/s here: bounds are those of %.0f GF/s times %.2f\n",
           speed * 1e-9, DESIGN * 1e-9, fmax(1, DESIGN / speed));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char         name[80];
        job          j = make(cases[i].model, cases[i].depth, cases[i].shape);
        const timing t = measure(gradient, &j, cases[i].calls),
                     base = measure(products, &j, cases[i].calls);
        const double residual = against_double(&j, cases[i].shape);
        snprintf(name, sizeof name, "%s, %.0f GF/s", cases[i].name, j.flops / t.min * 1e-9);
        bad |= report(name, t, 1e3, "ms", cases[i].bound * fmax(1, DESIGN / speed),
                      base.min / t.min, same_bits(&j) ? residual : INFINITY, 1e-4);
        release(&j);
    }
    return bad;
}
