/* Layers in float against plain loops of fmaf, to the bit, on every instruction set. */
#include "validation/unit/check.h"

#include "asgd/networks/functions.h"
#include "asgd/networks/layer.h"

enum { MOST = 40000, BATCH = 3 };

static float in[MOST], also[MOST], w[MOST], dout[MOST];

/* What a layer computes, or should. */
typedef struct result {
    float out[MOST], din[MOST], dalso[MOST], dw[MOST];
} result;

static result want, got;
static float  kept[MOST], room[4 * MOST];

static void
fill(uint64_t seed)
{
    tg_rng g = tg_rng_stream(seed, TG_PURPOSE_TEST, 0);

    for (int i = 0; i < MOST; i++) {
        in[i] = (float)tg_rng_normal(&g);
        also[i] = (float)tg_rng_normal(&g);
        w[i] = (float)tg_rng_normal(&g);
        dout[i] = (float)tg_rng_normal(&g);
    }
}

static tg_layer
layer_of(const tg_layer_kind *kind, tg_shape shape, const double *param)
{
    tg_layer l = { .in = shape, .also = shape };

    for (size_t i = 0; i < tg_kind_params(&kind->is); i++) l.param[i] = param[i];
    return l;
}

static void
run(const tg_layer_kind *kind, const tg_layer *l, tg_isa isa, result *r)
{
    const tg_pass_single p = { .layer = l,
                               .isa = isa,
                               .batch = BATCH,
                               .w = w,
                               .in = in,
                               .also = also,
                               .dout = dout,
                               .out = r->out,
                               .din = r->din,
                               .dalso = r->dalso,
                               .dw = r->dw,
                               .kept = kept,
                               .room = room };

    memset(r, 0, sizeof *r);
    kind->forward(&p);
    kind->backward(&p);
}

static void
compare(const tg_layer_kind *kind, const tg_layer *l)
{
    assert_true(BATCH * tg_shape_size(l->in) < MOST && l->count < MOST &&
                BATCH * tg_shape_size(l->out) < MOST &&
                l->room + BATCH * l->share < 4 * MOST);
    for (int isa = 0; isa < TG_ISA_COUNT; isa++) {
        if (!tg_isa_available((tg_isa)isa)) continue;
        run(kind, l, (tg_isa)isa, &got);
        assert_memory_equal(got.out, want.out, sizeof want.out);
        assert_memory_equal(got.dw, want.dw, sizeof want.dw);
        assert_memory_equal(got.din, want.din, sizeof want.din);
        assert_memory_equal(got.dalso, want.dalso, sizeof want.dalso);
    }
}

/* ---- dense --------------------------------------------------------------------------- */

static void
literally_dense(size_t n, size_t m)
{
    memset(&want, 0, sizeof want);
    for (size_t b = 0; b < BATCH; b++)
        for (size_t o = 0; o < m; o++) {
            float sum = w[n * m + o];
            for (size_t i = 0; i < n; i++) sum = fmaf(in[b * n + i], w[i * m + o], sum);
            want.out[b * m + o] = sum;
            want.dw[n * m + o] += dout[b * m + o];
            for (size_t i = 0; i < n; i++) {
                float *dw = &want.dw[i * m + o], *din = &want.din[b * n + i];
                *dw = fmaf(in[b * n + i], dout[b * m + o], *dw);
                *din = fmaf(w[i * m + o], dout[b * m + o], *din);
            }
        }
}

static void
test_dense(void **state)
{
    static const tg_shape shape[] = {
        { 1, 1, 1 }, { 1, 1, 37 }, { 3, 4, 5 }, { 1, 1, 300 }
    };
    const tg_layer_kind *kind = &tg_layer_dense_single;

    (void)state;
    fill(1);
    for (int i = 0; i < 4; i++)
        for (size_t width = 1; width < 50; width += 6) {
            tg_layer l = layer_of(kind, shape[i], (double[]){ (double)width });
            assert_ok(kind->shape(&l));
            literally_dense(tg_shape_size(shape[i]), width);
            compare(kind, &l);
        }
}

/* ---- convolution --------------------------------------------------------------------- */

typedef struct window {
    tg_shape in, out;
    size_t   size, stride, pad;
} window;

/* Where the input of tap (u, v) of output (y, x) is; -1: outside. */
static long
place(const window *s, size_t b, size_t y, size_t x, size_t u, size_t v)
{
    const long row = (long)(y * s->stride + u) - (long)s->pad,
               column = (long)(x * s->stride + v) - (long)s->pad;

    if (row < 0 || column < 0 || row >= (long)s->in.height || column >= (long)s->in.width)
        return -1;
    return (((long)b * (long)s->in.height + row) * (long)s->in.width + column) *
           (long)s->in.channels;
}

/* One tap of one output channel: where it goes forward, to the weights, and back. */
static void
tap(const window *s, long at, size_t first, size_t out, const float *x, float *din)
{
    for (size_t i = 0; i < s->in.channels; i++) {
        const size_t k = (first + i) * s->out.channels + out % s->out.channels;
        const float  value = at < 0 ? 0 : x[at + (long)i];
        want.out[out] = fmaf(value, w[k], want.out[out]);
        want.dw[k] = fmaf(value, dout[out], want.dw[k]);
        if (at >= 0) din[at + (long)i] = fmaf(w[k], dout[out], din[at + (long)i]);
    }
}

/* Outputs in their order, channels last; that each input sees them in that order makes its chain. */
static void
literally_convolve(const window *s, const float *x, float *din)
{
    size_t out = 0;

    for (size_t b = 0; b < BATCH; b++)
        for (size_t y = 0; y < s->out.height; y++)
            for (size_t c = 0; c < s->out.width; c++)
                for (size_t o = 0; o < s->out.channels; o++, out++)
                    for (size_t u = 0; u < s->size; u++)
                        for (size_t v = 0; v < s->size; v++)
                            tap(s, place(s, b, y, c, u, v),
                                (u * s->size + v) * s->in.channels, out, x, din);
}

static void
one_convolution(tg_shape shape, size_t channels, size_t size, size_t stride, size_t pad)
{
    const tg_layer_kind *kind = &tg_layer_convolution_single;
    tg_layer             l =
        layer_of(kind, shape,
                 (double[]){ (double)channels, (double)size, (double)stride, (double)pad });
    const size_t weights = size * size * shape.channels * channels;

    assert_ok(kind->shape(&l));
    assert_int_equal(l.out.height, (shape.height + 2 * pad - size) / stride + 1);
    assert_int_equal(l.out.width, (shape.width + 2 * pad - size) / stride + 1);
    assert_int_equal(l.count, weights + channels);
    memset(&want, 0, sizeof want);
    for (size_t i = 0; i < BATCH * tg_shape_size(l.out); i++) {
        want.out[i] = w[weights + i % channels];
        want.dw[weights + i % channels] += dout[i];
    }
    literally_convolve(&(window){ shape, l.out, size, stride, pad }, in, want.din);
    compare(kind, &l);
}

static void
test_convolution(void **state)
{
    static const tg_shape shape[] = {
        { 5, 7, 3 }, { 8, 8, 1 }, { 6, 6, 17 }, { 16, 5, 8 }
    };
    static const size_t channels[] = { 1, 10, 16, 35 };

    (void)state;
    fill(2);
    for (int i = 0; i < 4; i++)
        for (size_t size = 1; size <= 5; size++)
            for (size_t stride = 1; stride <= 3; stride++)
                for (size_t pad = 0; pad < size && pad < 3; pad++)
                    one_convolution(shape[i], channels[(i + (int)size) % 4], size, stride,
                                    pad);
}

/* ---- pools --------------------------------------------------------------------------- */

static void
literally_pool(const tg_layer *l, size_t height, size_t width, size_t stride, int largest)
{
    const tg_shape s = l->in;
    size_t         out = 0;

    memset(&want, 0, sizeof want);
    for (size_t b = 0; b < BATCH; b++)
        for (size_t y = 0; y < l->out.height; y++)
            for (size_t x = 0; x < l->out.width; x++)
                for (size_t c = 0; c < s.channels; c++, out++) {
                    size_t best = SIZE_MAX;
                    for (size_t k = 0; k < height * width; k++) {
                        const size_t row = y * stride + k / width,
                                     column = x * stride + k % width;
                        const size_t at =
                            ((b * s.height + row) * s.width + column) * s.channels + c;
                        if (best == SIZE_MAX || in[at] > in[best]) best = at;
                        want.out[out] += in[at];
                        if (!largest) want.din[at] += dout[out] / (float)(height * width);
                    }
                    want.out[out] =
                        largest ? in[best] : want.out[out] / (float)(height * width);
                    if (largest) want.din[best] += dout[out];
                }
}

static void
test_pools(void **state)
{
    static const tg_shape shape[] = { { 6, 6, 4 }, { 7, 5, 3 }, { 9, 8, 16 } };

    (void)state;
    fill(3);
    for (int i = 0; i < MOST; i++) in[i] = roundf(in[i]); /* many are as large as another */
    for (int i = 0; i < 3; i++)
        for (size_t size = 1; size <= 3; size++)
            for (size_t stride = 0; stride <= 2; stride++) {
                const double param[] = { (double)size, (double)stride };
                tg_layer m = layer_of(&tg_layer_max_pool_single, shape[i], param), a = m;
                assert_ok(tg_layer_max_pool_single.shape(&m));
                literally_pool(&m, size, size, stride ? stride : size, 1);
                compare(&tg_layer_max_pool_single, &m);
                assert_ok(tg_layer_mean_pool_single.shape(&a));
                literally_pool(&a, size, size, stride ? stride : size, 0);
                compare(&tg_layer_mean_pool_single, &a);
            }
    for (int i = 0; i < 3; i++) {
        tg_layer a = layer_of(&tg_layer_mean_pool_single, shape[i], (double[]){ 0, 0 });
        assert_ok(tg_layer_mean_pool_single.shape(&a));
        assert_int_equal(tg_shape_size(a.out), shape[i].channels);
        literally_pool(&a, shape[i].height, shape[i].width, 1, 0);
        compare(&tg_layer_mean_pool_single, &a);
    }
}

/* ---- residuals ----------------------------------------------------------------------- */

static void
test_add(void **state)
{
    const tg_layer_kind *kind = &tg_layer_add_single;
    const tg_shape       from = { 7, 8, 5 };

    (void)state;
    fill(4);
    tg_layer l = layer_of(kind, from, (double[]){ 1, 0 });
    assert_ok(kind->shape(&l));
    memset(&want, 0, sizeof want);
    for (size_t i = 0; i < BATCH * tg_shape_size(from); i++) {
        want.out[i] = in[i] + also[i];
        want.din[i] = want.dalso[i] = dout[i];
    }
    compare(kind, &l);
    for (size_t stride = 1; stride <= 2; stride++) {
        l = layer_of(kind, (tg_shape){ 6 / stride + 1, 7 / stride + 1, 9 },
                     (double[]){ 1, 1 });
        l.also = from;
        assert_ok(kind->shape(&l));
        memset(&want, 0, sizeof want);
        for (size_t i = 0; i < BATCH * tg_shape_size(l.out); i++) {
            want.out[i] = in[i];
            want.din[i] = dout[i];
        }
        literally_convolve(&(window){ from, l.out, 1, stride, 0 }, also, want.dalso);
        compare(kind, &l);
    }
    l = layer_of(kind, from, (double[]){ 1, 0 });
    l.also.channels = 6;
    assert_fails(kind->shape(&l), TG_EDOMAIN, "7 x 8 x 6 cannot be added to 7 x 8 x 5");
}

/* ---- numbers by themselves ----------------------------------------------------------- */

static void
test_pointwise(void **state)
{
    static const tg_shape shape = { 5, 6, 7 };
    const size_t          n = BATCH * tg_shape_size(shape);
    tg_layer              l = layer_of(&tg_layer_relu_single, shape, NULL);

    (void)state;
    fill(6);
    in[0] = 0;
    in[1] = -0.0f;
    assert_ok(tg_layer_relu_single.shape(&l));
    memset(&want, 0, sizeof want);
    for (size_t i = 0; i < n; i++) {
        want.out[i] = in[i] > 0 ? in[i] : 0;
        want.din[i] = in[i] > 0 ? dout[i] : 0;
    }
    compare(&tg_layer_relu_single, &l);
    in[2] = NAN;
    run(&tg_layer_relu_single, &l, TG_ISA_BEST, &got);
    assert_true(isnan(got.out[2]));
    in[2] = 1;
    run(&tg_layer_softplus_single, &l, TG_ISA_BEST, &got);
    for (size_t i = 0; i < n; i++) {
        assert_near(got.out[i], log1p(exp((double)in[i])), 1e-6);
        assert_near(got.din[i], (double)dout[i] / (1 + exp(-(double)in[i])), 1e-6);
    }
    run(&tg_layer_tanh_single, &l, TG_ISA_BEST, &got);
    for (size_t i = 0; i < n; i++) {
        const double t = tanh((double)in[i]);
        assert_near(got.out[i], t, 1e-7);
        assert_near(got.din[i], (double)dout[i] * (1 - t * t), 2e-6);
    }
}

/* Groups have mean 0 and variance 1 before gamma and beta, whatever they had. */
static void
test_group_norm(void **state)
{
    const tg_layer_kind *kind = &tg_layer_group_norm_single;
    const tg_shape       shape = { 4, 6, 12 };

    (void)state;
    fill(8);
    for (size_t i = 0; i < MOST; i++) in[i] = 3 * in[i] + (float)(i % 12);
    for (size_t groups = 1; groups <= 12; groups = groups == 4 ? 12 : groups + 1) {
        tg_layer l = layer_of(kind, shape, (double[]){ (double)groups });
        assert_ok(kind->shape(&l));
        for (size_t c = 0; c < 12; c++) {
            w[c] = 2;
            w[12 + c] = 5;
        }
        run(kind, &l, TG_ISA_BEST, &got);
        for (size_t b = 0; b < BATCH; b++)
            for (size_t g = 0; g < groups; g++) {
                const size_t each = 12 / groups;
                double       sum = 0, square = 0;
                for (size_t i = 0; i < 24; i++)
                    for (size_t c = g * each; c < (g + 1) * each; c++) {
                        const double y = ((double)got.out[(b * 24 + i) * 12 + c] - 5) / 2;
                        sum += y / (24 * (double)each);
                        square += y * y / (24 * (double)each);
                    }
                assert_near(sum, 0, 1e-6);
                assert_near(square, 1, 1e-5);
            }
    }
    tg_layer l = layer_of(kind, shape, (double[]){ 5 });
    assert_fails(kind->shape(&l), TG_EDOMAIN, "12 channels cannot be put into 5 groups");
}

/* The functions' relative error is a few roundings over their whole range. */
static void
test_functions(void **state)
{
    tg_rng g = tg_rng_stream(9, TG_PURPOSE_TEST, 0);

    (void)state;
    for (int i = 0; i < 20000; i++) {
        const double x = 1400 * (tg_rng_uniform(&g) - 0.5), y = exp(x / 2);
        assert_near(tg_net_exp(x) / exp(x), 1, 1e-15);
        assert_near(tg_net_exp(x / 1000) / exp(x / 1000), 1, 1e-15);
        assert_near(tg_net_log(y), log(y), 4e-16 * fabs(log(y)));
        assert_near(tg_net_log(1 + y * 0x1p-600), log(1 + y * 0x1p-600), 1e-15);
    }
    assert_true(tg_net_exp(0) == 1 && tg_net_log(1) == 0);
    assert_true(isnan(tg_net_exp(NAN)));
    assert_true(tg_net_exp(-INFINITY) < 1e-300 && tg_net_exp(INFINITY) > 1e300);
}

/* Windows that do not fit say so. */
static void
test_misfits(void **state)
{
    tg_layer l = layer_of(&tg_layer_convolution_single, (tg_shape){ 2, 9, 1 },
                          (double[]){ 1, 5, 1, 0 });

    (void)state;
    assert_fails(tg_layer_convolution_single.shape(&l), TG_EDOMAIN,
                 "a window of 5 x 5 does not fit into 2 x 9");
    l.param[3] = 6;
    assert_fails(tg_layer_convolution_single.shape(&l), TG_EDOMAIN, "pad must be below");
    l = layer_of(&tg_layer_max_pool_single, (tg_shape){ 2, 2, 1 }, (double[]){ 3, 0 });
    assert_fails(tg_layer_max_pool_single.shape(&l), TG_EDOMAIN, "does not fit");
    l = layer_of(&tg_layer_mean_pool_single, (tg_shape){ 2, 2, 1 }, (double[]){ 3, 0 });
    assert_fails(tg_layer_mean_pool_single.shape(&l), TG_EDOMAIN, "does not fit");
    assert_fails(tg_layer_softmax_loss_single.shape(&l), TG_EDOMAIN, "classes");
    assert_fails(tg_layer_squared_loss_single.shape(&l), TG_EDOMAIN, "classes");
}

RUN(cmocka_unit_test(test_dense), cmocka_unit_test(test_convolution),
    cmocka_unit_test(test_pools), cmocka_unit_test(test_add),
    cmocka_unit_test(test_pointwise), cmocka_unit_test(test_group_norm),
    cmocka_unit_test(test_functions), cmocka_unit_test(test_misfits))
