/* Speed of the gradients of networks, batch 32, one thread. Baseline: the layers with weights alone, forward
 * and backward, by oneDNN where it is installed, else as products of their sizes by BLAS. Bounds are for
 * a machine that does 250 GF/s; what sgemm does here is printed beside them. The residual is the difference from the gradient in
 * double, over that; it is infinite if an instruction set gives other bits. */
#define BENCH_CLOCK CLOCK_THREAD_CPUTIME_ID
#include "validation/bench/bench.h"

#include "asgd/networks/models.h"
#include "asgd/networks/net.h"
#include "validation/bench/sgemm.h"

#include RIVAL /* by the Makefile */

enum { BATCH = 32, CLASSES = 10 };

static const double DESIGN = 250e9; /* flop/s of the design document's machine */

enum { MOST_RIVALS = 64 };

typedef struct job {
    tg_stack             *stack;
    tg_stack_batch_single batch;
    float                *dw;
    double                flops;
    rival                 rival[MOST_RIVALS];
    size_t                rivals;
} job;

/* A layer with weights as a window. */
static bool
window_of(const tg_layer *l, rival_shape *s)
{
    const char *name = tg_layers_single[l->kind]->name;
    const bool  dense = !strcmp(name, "dense"), add = !strcmp(name, "add");

    if (l->count == 0 || !strcmp(name, "group_norm")) return false;
    const tg_shape in = add ? l->also : l->in;
    *s = (rival_shape){ .batch = BATCH,
                        .side = dense ? 1 : (long)in.height,
                        .in = (long)(dense ? tg_shape_size(in) : in.channels),
                        .out = (long)l->out.channels,
                        .size = add || dense ? 1 : (long)l->param[1],
                        .out_side = (long)l->out.height };
    s->stride = s->side / s->out_side;
    s->pad = (s->size - 1) / 2;
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
by_rival(void *context)
{
    job *j = context;

    for (size_t i = 0; i < j->rivals; i++) rival_run(&j->rival[i], i > 0);
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
    rival_shape    shape_of;

    must(tg_choice_find(tg_models, "model", model, &c));
    if (depth > 0) must(tg_choice_set(&c, "depth", depth));
    must(tg_model_layers(&c, shape, CLASSES, &l));
    must(tg_stack_create(shape, CLASSES, l.layer, l.count, &j.stack));
    tg_layer_list_free(&l);
    for (size_t i = 0; i < j.stack->layers; i++) {
        if (!window_of(&j.stack->layer[i], &shape_of)) continue;
        rival_make(&j.rival[j.rivals++], &shape_of);
        j.flops += (i > 0 ? 6 : 4) * BATCH * (double)j.stack->layer[i].out.height *
                   (double)j.stack->layer[i].out.width *
                   (double)(shape_of.size * shape_of.size * shape_of.in * shape_of.out);
    }
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
    for (size_t i = 0; i < j->rivals; i++) rival_free(&j->rival[i]);
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
    const tg_stack_batch_double b = {
        TG_ISA_BEST, BATCH, w, in, j->batch.label, room, NULL
    };

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
    float *room[3];
    double best = INFINITY;

    for (int i = 0; i < 3; i++) room[i] = numbers(N * N);
    for (int i = 0; i < REPEATS; i++) {
        const double begin = seconds_now();
        gemm('N', 'N', N, N, N, room[0], room[1], room[2]);
        best = fmin(best, seconds_now() - begin);
    }
    for (int i = 0; i < 3; i++) free(room[i]);
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
    int bad = 0;

    report_header();
    printf("# baseline: " RIVAL_NAME "\n");
    printf("# bounds are for a machine of %.0f GF/s; sgemm does %.0f here\n", DESIGN * 1e-9,
           machine() * 1e-9);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char         name[80];
        job          j = make(cases[i].model, cases[i].depth, cases[i].shape);
        const timing t = measure(gradient, &j, cases[i].calls),
                     base = measure(by_rival, &j, cases[i].calls);
        const double residual = against_double(&j, cases[i].shape);
        snprintf(name, sizeof name, "%s, %.0f GF/s", cases[i].name, j.flops / t.min * 1e-9);
        bad |= report(name, t, 1e3, "ms", cases[i].bound, base.min / t.min,
                      same_bits(&j) ? residual : INFINITY, 1e-4);
        release(&j);
    }
    return bad;
}
