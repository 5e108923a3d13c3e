/* Networks as a whole: derivatives against differences, and curvature against differences of
 * derivatives, its symmetry, and an R-operator written out by hand where there are kinks. */
#include "validation/unit/check.h"

#include "asgd/networks/layer.h"
#include "asgd/networks/models.h"
#include "asgd/networks/stack.h"
#include "core/complexes.h"

enum { BATCH = 4, CLASSES = 3, MOST_DIM = 4000, MOST_IN = 4096, NOISE = 64 };

static double  x[MOST_DIM], v[MOST_DIM], g[MOST_DIM], in[MOST_IN], noise[NOISE];
static uint8_t label[BATCH];

static void
fill(uint64_t seed)
{
    tg_rng r = tg_rng_stream(seed, TG_PURPOSE_TEST, 0);

    for (int i = 0; i < MOST_IN; i++) in[i] = tg_rng_normal(&r);
    for (int i = 0; i < MOST_DIM; i++) v[i] = tg_rng_normal(&r);
    for (int i = 0; i < NOISE; i++) noise[i] = tg_rng_normal(&r);
    for (int i = 0; i < BATCH; i++) label[i] = (uint8_t)tg_rng_below(&r, CLASSES);
}

static tg_choice
layer(const tg_layer_kind *kind, double a, double b, double c)
{
    tg_choice    l = tg_choice_of(&kind->is);
    const double param[] = { a, b, c };

    for (size_t i = 0; i < 3 && i < tg_kind_params(&kind->is); i++)
        if (!isnan(param[i])) l.param[i] = param[i];
    return l;
}

#define L(kind, ...) layer(&tg_layer_##kind##_single, __VA_ARGS__)

static tg_stack *
stack_of(tg_shape shape, const tg_choice *list, size_t n)
{
    tg_stack *s = NULL;

    assert_ok(tg_stack_create(shape, CLASSES, list, n, &s));
    assert_true(s->dim <= MOST_DIM && BATCH * s->noise <= NOISE &&
                BATCH * tg_shape_size(shape) <= MOST_IN);
    tg_stack_start(s, 3, x);
    for (size_t j = 0; j < s->dim; j++) x[j] += 0.1 * v[j];
    return s;
}

/* Every smooth kind of layer, strides, borders, residuals with and without weights. */
static tg_stack *
smooth(const tg_layer_kind *loss)
{
    const tg_choice list[] = {
        L(convolution, 4, 3, 2),    L(softplus, NAN, NAN, NAN),  L(convolution, 4, 3, 1),
        L(group_norm, 2, NAN, NAN), L(add, 3, 0, NAN),           L(tanh, NAN, NAN, NAN),
        L(convolution, 6, 3, 2),    L(group_norm, 3, NAN, NAN),  L(softplus, NAN, NAN, NAN),
        L(add, 3, 1, NAN),          L(mean_pool, 2, 1, NAN),     L(mean_pool, 0, 0, NAN),
        L(dense, 5, NAN, NAN),      L(dense, 5, NAN, NAN),       L(add, 1, 0, NAN),
        L(tanh, NAN, NAN, NAN),     L(dense, CLASSES, NAN, NAN), layer(loss, NAN, NAN, NAN)
    };

    return stack_of((tg_shape){ 9, 8, 2 }, list, sizeof list / sizeof *list);
}

/* Two samples on the way, and what comes out is held against the image, or against what went into the
 * layer before. */
static tg_stack *
autoencoder(bool image)
{
    const tg_choice list[] = {
        L(convolution, 4, 3, 2),    L(softplus, NAN, NAN, NAN),
        L(dense, 8, NAN, NAN),      L(gaussian, NAN, NAN, NAN),
        L(dense, 6, NAN, NAN),      L(tanh, NAN, NAN, NAN),
        L(gaussian, NAN, NAN, NAN), L(dense, 24, NAN, NAN),
        L(dense, 24, NAN, NAN),     L(image_loss, image ? 0 : 1, NAN, NAN)
    };

    return stack_of((tg_shape){ 3, 4, 2 }, list, sizeof list / sizeof *list);
}

static tg_stack *
kinked(void)
{
    const tg_choice list[] = { L(convolution, 5, 3, 1),       L(relu, NAN, NAN, NAN),
                               L(max_pool, 2, 1, NAN),        L(convolution, 4, 2, 2),
                               L(group_norm, 2, NAN, NAN),    L(relu, NAN, NAN, NAN),
                               L(max_pool, 2, 0, NAN),        L(dense, 7, NAN, NAN),
                               L(relu, NAN, NAN, NAN),        L(dense, CLASSES, NAN, NAN),
                               L(softmax_loss, NAN, NAN, NAN) };

    return stack_of((tg_shape){ 8, 9, 2 }, list, sizeof list / sizeof *list);
}

/* The mean loss of the batch at w, and its derivative unless dw is NULL. */
static double
value(const tg_stack *s, const double *w, double *dw)
{
    const size_t bytes = tg_stack_room(s, BATCH) * sizeof(double);
    double      *room = malloc(bytes), sum = 0;

    memset(room, 0x55, bytes); /* what was there before does not matter */
    const tg_stack_batch_double b = { TG_ISA_BEST, BATCH, w, in, label, room, noise };
    const double               *loss = tg_stack_forward_double(s, &b);

    for (int i = 0; i < BATCH; i++) sum += loss[i] / BATCH;
    if (dw) {
        memset(dw, 0, s->dim * sizeof *dw);
        tg_stack_backward_double(s, &b, dw);
    }
    free(room);
    return sum;
}

/* hv = H v, and the derivative again, by duals. */
static void
product(const tg_stack *s, const double *w, const double *direction, double *dw, double *hv)
{
    static double complex u[MOST_DIM], d[MOST_DIM], z[MOST_IN], e[NOISE];
    double complex       *room = calloc(tg_stack_room(s, BATCH), sizeof *room);

    for (size_t j = 0; j < s->dim; j++) u[j] = complex_of(w[j], TG_DUAL * direction[j]);
    for (int i = 0; i < MOST_IN; i++) z[i] = in[i];
    for (int i = 0; i < NOISE; i++) e[i] = noise[i];
    memset(d, 0, sizeof d);
    const tg_stack_batch_dual b = { TG_ISA_BEST, BATCH, u, z, label, room, e };
    const double complex     *loss = tg_stack_forward_dual(s, &b);
    double                    fall = 0, slope = 0;
    tg_stack_backward_dual(s, &b, d);
    for (int i = 0; i < BATCH; i++) fall += cimag(loss[i]) / TG_DUAL / BATCH;
    for (size_t j = 0; j < s->dim; j++) {
        dw[j] = creal(d[j]);
        hv[j] = cimag(d[j]) / TG_DUAL;
        slope += dw[j] * direction[j];
    }
    assert_near(fall, slope, 1e-12 * (1 + fabs(slope)));
    free(room);
}

static double
norm(const double *a, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) sum += a[j] * a[j];
    return sqrt(sum);
}

static double
dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) sum += a[j] * b[j];
    return sum;
}

/* ---- derivatives --------------------------------------------------------------------- */

/* Central differences of fourth order, coordinate by coordinate. */
static void
check_derivative(const tg_stack *s)
{
    static const double at[] = { -2, -1, 1, 2 }, weight[] = { 1, -8, 8, -1 };
    const double        h = 1e-3;

    value(s, x, g);
    const double size = norm(g, s->dim) / sqrt((double)s->dim);
    assert_true(size > 1e-4);
    for (size_t j = 0; j < s->dim; j++) {
        const double keep = x[j];
        double       slope = 0;
        for (int i = 0; i < 4; i++) {
            x[j] = keep + at[i] * h;
            slope += weight[i] * value(s, x, NULL) / (12 * h);
        }
        x[j] = keep;
        assert_near(g[j], slope, 1e-7 * size);
    }
}

static void
test_derivative(void **state)
{
    (void)state;
    fill(1);
    tg_stack *s = smooth(&tg_layer_softmax_loss_single);
    check_derivative(s);
    tg_stack_free(s);
    s = smooth(&tg_layer_squared_loss_single);
    check_derivative(s);
    tg_stack_free(s);
    for (int image = 0; image < 2; image++) {
        s = autoencoder(image);
        check_derivative(s);
        tg_stack_free(s);
    }
}

/* With kinks, over steps so small that none is crossed: relu after every kind of layer, in place where
 * nobody else looks at what it gets and not where a residual does. */
static void
test_derivative_kinked(void **state)
{
    const tg_choice list[] = {
        L(convolution, 4, 3, 1), L(relu, NAN, NAN, NAN),      L(convolution, 4, 3, 1),
        L(relu, NAN, NAN, NAN),  L(group_norm, 2, NAN, NAN),  L(add, 3, 0, NAN),
        L(relu, NAN, NAN, NAN),  L(max_pool, 2, 0, NAN),      L(relu, NAN, NAN, NAN),
        L(tanh, NAN, NAN, NAN),  L(relu, NAN, NAN, NAN),      L(convolution, 4, 3, 1),
        L(add, 1, 0, NAN),       L(mean_pool, 0, 0, NAN),     L(relu, NAN, NAN, NAN),
        L(relu, NAN, NAN, NAN),  L(dense, CLASSES, NAN, NAN), L(softmax_loss, NAN, NAN, NAN)
    };
    const double h = 1e-6;

    (void)state;
    fill(7);
    tg_stack *s = stack_of((tg_shape){ 8, 8, 2 }, list, sizeof list / sizeof *list);
    value(s, x, g);
    const double size = norm(g, s->dim) / sqrt((double)s->dim);
    assert_true(size > 1e-4);
    for (size_t j = 0; j < s->dim; j++) {
        const double keep = x[j];
        x[j] = keep + h;
        const double up = value(s, x, NULL);
        x[j] = keep - h;
        const double down = value(s, x, NULL);
        x[j] = keep;
        assert_near(g[j], (up - down) / (2 * h), 1e-6 * size);
    }
    tg_stack_free(s);
}

/* ---- curvature ----------------------------------------------------------------------- */

static void
test_product_smooth(void **state)
{
    static double       hv[MOST_DIM], dw[MOST_DIM], y[MOST_DIM], slope[MOST_DIM];
    static const double at[] = { -2, -1, 1, 2 }, weight[] = { 1, -8, 8, -1 };
    const double        h = 1e-3;

    (void)state;
    for (int loss = 0; loss < 4; loss++) {
        fill(2);
        tg_stack *s = loss > 1 ? autoencoder(loss > 2)
                      : loss   ? smooth(&tg_layer_squared_loss_single)
                               : smooth(&tg_layer_softmax_loss_single);
        for (size_t j = 0; j < s->dim; j++) v[j] /= sqrt((double)s->dim);
        product(s, x, v, dw, hv);
        value(s, x, g);
        for (size_t j = 0; j < s->dim; j++)
            assert_near(dw[j], g[j], 1e-13 * norm(g, s->dim));
        memset(slope, 0, sizeof slope);
        for (int i = 0; i < 4; i++) {
            for (size_t j = 0; j < s->dim; j++) y[j] = x[j] + at[i] * h * v[j];
            value(s, y, g);
            for (size_t j = 0; j < s->dim; j++) slope[j] += weight[i] * g[j] / (12 * h);
        }
        assert_true(norm(hv, s->dim) > 1e-3);
        for (size_t j = 0; j < s->dim; j++)
            assert_near(hv[j], slope[j], 1e-8 * norm(hv, s->dim));
        tg_stack_free(s);
    }
}

/* u'Hv = v'Hu, and H(2v - u) = 2Hv - Hu, with kinks and without. */
static void
test_symmetric(void **state)
{
    static double hu[MOST_DIM], hv[MOST_DIM], hw[MOST_DIM], u[MOST_DIM], z[MOST_DIM];

    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        fill(4);
        tg_stack *s = kind == 1   ? kinked()
                      : kind == 2 ? autoencoder(true)
                                  : smooth(&tg_layer_softmax_loss_single);
        for (size_t j = 0; j < s->dim; j++) {
            u[j] = cos((double)(j * j));
            z[j] = 2 * v[j] - u[j];
        }
        product(s, x, u, g, hu);
        product(s, x, v, g, hv);
        product(s, x, z, g, hw);
        const double scale = norm(hu, s->dim) * norm(v, s->dim);
        assert_true(scale > 1e-3);
        assert_near(dot(v, hu, s->dim), dot(u, hv, s->dim), 1e-13 * scale);
        for (size_t j = 0; j < s->dim; j++)
            assert_near(hw[j], 2 * hv[j] - hu[j], 1e-12 * norm(hw, s->dim));
        tg_stack_free(s);
    }
}

/* With kinks: differences so small that no kink is crossed, at their coarse accuracy; ten million
 * times as far apart they are of no use. */
static void
test_product_kinked(void **state)
{
    static double hv[MOST_DIM], y[MOST_DIM], up[MOST_DIM], down[MOST_DIM];
    double        error[2] = { 0 };

    (void)state;
    fill(5);
    tg_stack *s = kinked();
    product(s, x, v, g, hv);
    for (int far = 0; far < 2; far++) {
        const double h = far ? 1e-1 : 1e-8;
        for (size_t j = 0; j < s->dim; j++) y[j] = x[j] + h * v[j];
        value(s, y, up);
        for (size_t j = 0; j < s->dim; j++) y[j] = x[j] - h * v[j];
        value(s, y, down);
        for (size_t j = 0; j < s->dim; j++)
            error[far] = fmax(error[far], fabs((up[j] - down[j]) / (2 * h) - hv[j]));
    }
    assert_near(error[0], 0, 1e-6 * norm(hv, s->dim));
    assert_true(error[1] > 1e-2 * norm(hv, s->dim));
    tg_stack_free(s);
}

/* dense, relu, dense, squared loss by hand: z = W'a + c, a = m (V'x + b), m = 0 or 1,
 *     R{a} = m (Rv'x + Rb),   R{z} = W'R{a} + Rw'a + Rc,
 *     R{dW} = R{a} r' + a R{z}',   R{dV} = x (m (W R{z} + Rw r))',   r = z - y */
static void
test_by_hand(void **state)
{
    enum { N = 5, M = 6 };
    static double   hv[MOST_DIM], want[MOST_DIM];
    const tg_choice list[] = { L(dense, M, NAN, NAN), L(relu, NAN, NAN, NAN),
                               L(dense, CLASSES, NAN, NAN),
                               L(squared_loss, NAN, NAN, NAN) };

    (void)state;
    fill(6);
    tg_stack    *s = stack_of((tg_shape){ 1, 1, N }, list, 4);
    const size_t b = N * M, w = b + M, c = w + M * CLASSES;
    int          on = 0;
    for (int k = 0; k < BATCH; k++) {
        const double *p = in + k * N;
        double        a[M], ra[M], m[M], r[CLASSES], rz[CLASSES];
        for (int i = 0; i < M; i++) {
            a[i] = x[b + i];
            ra[i] = v[b + i];
            for (int j = 0; j < N; j++) {
                a[i] += p[j] * x[j * M + i];
                ra[i] += p[j] * v[j * M + i];
            }
            on += m[i] = a[i] > 0;
            a[i] *= m[i];
            ra[i] *= m[i];
        }
        for (int o = 0; o < CLASSES; o++) {
            r[o] = x[c + o] - (o == label[k]);
            rz[o] = v[c + o];
            for (int i = 0; i < M; i++) {
                r[o] += a[i] * x[w + i * CLASSES + o];
                rz[o] += ra[i] * x[w + i * CLASSES + o] + a[i] * v[w + i * CLASSES + o];
            }
        }
        for (int i = 0; i < M; i++) {
            double back = 0;
            for (int o = 0; o < CLASSES; o++) {
                want[w + i * CLASSES + o] += (ra[i] * r[o] + a[i] * rz[o]) / BATCH;
                back +=
                    m[i] * (x[w + i * CLASSES + o] * rz[o] + v[w + i * CLASSES + o] * r[o]);
            }
            want[b + i] += back / BATCH;
            for (int j = 0; j < N; j++) want[j * M + i] += p[j] * back / BATCH;
        }
        for (int o = 0; o < CLASSES; o++) want[c + o] += rz[o] / BATCH;
    }
    assert_true(on > 0 && on < BATCH * M);
    product(s, x, v, g, hv);
    for (size_t j = 0; j < s->dim; j++)
        assert_near(hv[j], want[j], 1e-13 * norm(want, s->dim));
    tg_stack_free(s);
}

/* What relu gets is still there for an add: z = W(relu(a) + a) + c, a = V'x + b, written out. */
static void
test_in_place(void **state)
{
    enum { N = 4, M = 5 };
    const tg_choice list[] = { L(dense, M, NAN, NAN), L(relu, NAN, NAN, NAN),
                               L(add, 1, 0, NAN), L(dense, CLASSES, NAN, NAN),
                               L(squared_loss, NAN, NAN, NAN) };
    double          sum = 0;

    (void)state;
    fill(8);
    tg_stack    *s = stack_of((tg_shape){ 1, 1, N }, list, 5);
    const size_t b = N * M, w = b + M, c = w + M * CLASSES;
    for (int k = 0; k < BATCH; k++)
        for (int o = 0; o < CLASSES; o++) {
            double z = x[c + o] - (o == label[k]);
            for (int i = 0; i < M; i++) {
                double a = x[b + i];
                for (int j = 0; j < N; j++) a += in[k * N + j] * x[j * M + i];
                z += (fmax(a, 0) + a) * x[w + i * CLASSES + o];
            }
            sum += z * z / 2 / BATCH;
        }
    assert_near(value(s, x, NULL), sum, 1e-13 * sum);
    tg_stack_free(s);
}

/* Initial weights have variance 2/inputs, within four errors of it; the rest is 0 or 1. */
static void
test_start(void **state)
{
    const tg_choice list[] = { L(convolution, 20, 5, 1), L(group_norm, 2, NAN, NAN),
                               L(dense, CLASSES, NAN, NAN),
                               L(softmax_loss, NAN, NAN, NAN) };
    tg_stack       *s = NULL;

    (void)state;
    assert_ok(tg_stack_create((tg_shape){ 9, 9, 4 }, CLASSES, list, 4, &s));
    double *w = malloc(s->dim * sizeof *w);
    tg_stack_start(s, 5, w);
    for (int i = 0; i < 3; i += 2) {
        const tg_layer *l = &s->layer[i];
        const size_t    outputs = l->out.channels, n = l->count - outputs;
        double          square = 0;
        for (size_t j = 0; j < n; j++) square += w[l->first + j] * w[l->first + j];
        assert_near(square / (double)n * (double)(n / outputs), 2, 8 * sqrt(2 / (double)n));
        for (size_t j = n; j < l->count; j++) assert_true(w[l->first + j] == 0);
    }
    for (size_t j = 0; j < 40; j++) assert_true(w[s->layer[1].first + j] == (j < 20));
    free(w);
    tg_stack_free(s);
}

/* One pixel x = w z + N(0, 1), z ~ N(0, 1): log p(x) is known, the bound is as high with the posterior
 * N(w x/(1 + w^2), 1/(1 + w^2)) for what the encoder says, and lower with anything else. Squares of eps have
 * the mean that +1 and -1 have. */
static double
bound(const tg_stack *s, const double *w)
{
    double sum = 0;

    for (int sign = -1; sign < 2; sign += 2) {
        for (int i = 0; i < NOISE; i++) noise[i] = sign;
        sum += value(s, w, NULL) / 2;
    }
    return sum;
}

static void
test_bound(void **state)
{
    const tg_choice list[] = { L(dense, 2, NAN, NAN), L(gaussian, NAN, NAN, NAN),
                               L(dense, 1, NAN, NAN), L(image_loss, 0, NAN, NAN) };
    const double    w = 1.7, all = 1 + w * w;
    double          exact = 0;
    tg_rng          r = tg_rng_stream(5, TG_PURPOSE_TEST, 0);

    (void)state;
    fill(9);
    tg_stack *s = stack_of((tg_shape){ 1, 1, 1 }, list, 4);
    for (int i = 0; i < BATCH; i++)
        exact += (in[i] * in[i] / all + log(all)) / 2 / BATCH; /* but for log(2 pi)/2 */
    const double posterior[] = { w / all, 0, 0, -log(all), w, 0 };
    assert_near(bound(s, posterior), exact, 1e-14);
    for (int k = 0; k < 20; k++) {
        double other[6];
        for (int j = 0; j < 6; j++)
            other[j] = posterior[j] + (j < 4 ? .1 * tg_rng_normal(&r) : 0);
        assert_true(bound(s, other) > exact + 1e-6);
    }
    tg_stack_free(s);
}

/* ---- layout -------------------------------------------------------------------------- */

/* Layers that do not fit: which, and what shapes. */
static void
test_misfits(void **state)
{
    const tg_shape image = { 6, 6, 2 };
    tg_stack      *s = NULL;

    (void)state;
#define REFUSED(words, ...)                                                                \
    do {                                                                                   \
        const tg_choice list[] = { __VA_ARGS__ };                                          \
        assert_fails(                                                                      \
            tg_stack_create(image, CLASSES, list, sizeof list / sizeof *list, &s),         \
            TG_EDOMAIN, words);                                                            \
        assert_null(s);                                                                    \
    } while (0)
    REFUSED("layer 2, max_pool on 3 x 3 x 2: a window of 4 x 4 does not fit into 3 x 3",
            L(max_pool, 2, 0, NAN), L(max_pool, 4, 0, NAN), L(softmax_loss, NAN, NAN, NAN));
    REFUSED("layer 2, add on 1 x 1 x 4: 6 x 6 x 2 cannot be added to 1 x 1 x 4; project",
            L(dense, 4, NAN, NAN), L(add, 1, 0, NAN), L(softmax_loss, NAN, NAN, NAN));
    REFUSED("layer 1, add on 6 x 6 x 2: only 0 layers come before it, back is 1",
            L(add, 1, 0, NAN), L(softmax_loss, NAN, NAN, NAN));
    REFUSED("layer 2, softmax_loss on 1 x 1 x 4: the data have 3 classes",
            L(dense, 4, NAN, NAN), L(softmax_loss, NAN, NAN, NAN));
    REFUSED("layer 1, softmax_loss on 6 x 6 x 2: expected 1 x 1 x classes",
            L(softmax_loss, NAN, NAN, NAN));
    REFUSED("layer 1, dense on 6 x 6 x 2: the last layer, and no other, must be a loss",
            L(dense, 3, NAN, NAN));
    REFUSED("must be a loss", L(dense, 3, NAN, NAN), L(softmax_loss, NAN, NAN, NAN),
            L(softmax_loss, NAN, NAN, NAN));
    REFUSED("layer 2, gaussian on 1 x 1 x 5: expected as many means as variances",
            L(dense, 5, NAN, NAN), L(gaussian, NAN, NAN, NAN), L(image_loss, 0, NAN, NAN));
    REFUSED("layer 2, image_loss on 1 x 1 x 5: expected the 6 x 6 x 2 numbers",
            L(dense, 5, NAN, NAN), L(image_loss, 0, NAN, NAN));
    REFUSED("layer 2, image_loss on 1 x 1 x 5: only 1 layers come before it, back is 2",
            L(dense, 5, NAN, NAN), L(image_loss, 2, NAN, NAN));
    REFUSED("width", L(dense, NAN, NAN, NAN), L(softmax_loss, NAN, NAN, NAN));
#undef REFUSED
    const tg_choice bare[] = { L(mean_pool, 0, NAN, NAN), L(softmax_loss, NAN, NAN, NAN) };
    assert_fails(tg_stack_create((tg_shape){ 2, 2, CLASSES }, CLASSES, bare, 2, &s),
                 TG_EDOMAIN, "no layer of the network has parameters");
    assert_fails(tg_stack_create(image, CLASSES, NULL, 0, &s), TG_EDOMAIN, "needs layers");
}

/* The numbers of parameters, of cnn 545 thousand and of resnet-20 270 thousand (He et al. 2016); the
 * rest counted by hand. */
static void
test_models(void **state)
{
    static const struct {
        const char *name, *param;
        double      value;
        tg_shape    shape;
        size_t      dim;
    } known[] = {
        { "mlr", NULL, 0, { 28, 28, 1 }, 7850 },
        { "dnn", "depth", 1, { 28, 28, 1 }, 784 * 256 + 256 + 2570 },
        { "dnn", "depth", 6, { 28, 28, 1 }, 784 * 256 + 256 + 5 * (65536 + 256) + 2570 },
        { "cnn", NULL, 0, { 32, 32, 3 }, 545098 },
        { "cnn_small", NULL, 0, { 32, 32, 3 }, 224 + 1168 + 64 * 1024 + 64 + 650 },
        { "resnet", "depth", 8, { 32, 32, 3 }, 480 + 4704 + 14528 + 57728 + 650 },
        { "resnet", "depth", 14, { 32, 32, 3 }, 78090 + 97440 },
        { "resnet", "depth", 20, { 32, 32, 3 }, 78090 + 2 * 97440 },
        { "resnet", "depth", 32, { 32, 32, 3 }, 78090 + 4 * 97440 },
        { "vae", NULL, 0, { 28, 28, 1 }, 785 * 64 + 65 * 16 + 9 * 64 + 65 * 784 },
        { "vae", "depth", 3, { 28, 28, 1 }, 785 * 64 + 65 * (4 * 64 + 16 + 784) + 9 * 64 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        tg_choice     c;
        tg_layer_list l = { 0 };
        tg_stack     *s = NULL;
        assert_ok(tg_choice_find(tg_models, "model", known[i].name, &c));
        if (known[i].param) assert_ok(tg_choice_set(&c, known[i].param, known[i].value));
        assert_ok(tg_model_layers(&c, known[i].shape, 10, &l));
        assert_ok(tg_stack_create(known[i].shape, 10, l.layer, l.count, &s));
        assert_int_equal(s->dim, known[i].dim);
        tg_stack_free(s);
        tg_layer_list_free(&l);
    }
    tg_choice     c;
    tg_layer_list l = { 0 };
    assert_ok(tg_choice_find(tg_models, "model", "resnet", &c));
    assert_ok(tg_choice_set(&c, "depth", 9));
    assert_fails(tg_model_layers(&c, known[0].shape, 10, &l), TG_EDOMAIN,
                 "expected a depth 8, 14, 20");
}

/* The same registry for each kind of number. */
static void
test_registries(void **state)
{
    size_t i = 0;

    (void)state;
    for (; tg_layers_single[i]; i++) {
        assert_string_equal(tg_layers_single[i]->name, tg_layers_double[i]->name);
        assert_string_equal(tg_layers_single[i]->name, tg_layers_dual[i]->name);
    }
    assert_null(tg_layers_double[i]);
    assert_null(tg_layers_dual[i]);
}

RUN(cmocka_unit_test(test_derivative), cmocka_unit_test(test_derivative_kinked),
    cmocka_unit_test(test_product_smooth), cmocka_unit_test(test_symmetric),
    cmocka_unit_test(test_product_kinked), cmocka_unit_test(test_by_hand),
    cmocka_unit_test(test_bound), cmocka_unit_test(test_in_place),
    cmocka_unit_test(test_start), cmocka_unit_test(test_misfits),
    cmocka_unit_test(test_models), cmocka_unit_test(test_registries))
