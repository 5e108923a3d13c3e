#include "validation/unit/check.h"

#include "asgd/problems/hessian.h"
#include "asgd/problems/softmax.h"
#include "asgd/problems/softmax_sums.h"
#include "core/stats.h"

enum { N = 400, FEATURES = 4, CLASSES = 3, DIM = FEATURES * CLASSES, WORKERS = 4 };

/* A small random data set whose classes overlap, split over the workers. */
static tg_dataset
example(double concentration)
{
    tg_dataset d = { .samples = N, .features = FEATURES, .classes = CLASSES };
    tg_rng     g = tg_rng_stream(4, TG_PURPOSE_TEST, 0);

    tg_choice how;

    assert_ok(tg_choice_find(tg_splits, "split", "dirichlet", &how));
    how.param[0] = concentration;
    d.row = malloc((N + 1) * sizeof *d.row);
    d.feature = malloc(N * FEATURES * sizeof *d.feature);
    d.value = malloc(N * FEATURES * sizeof *d.value);
    d.label = malloc(N);
    for (size_t i = 0; i <= N; i++) d.row[i] = i * FEATURES;
    for (size_t i = 0; i < N; i++) {
        d.label[i] = (uint8_t)tg_rng_below(&g, CLASSES);
        for (size_t f = 0; f < FEATURES; f++) {
            d.feature[i * FEATURES + f] = (uint32_t)f;
            d.value[i * FEATURES + f] =
                f + 1 == FEATURES ? 1 : (float)(tg_rng_normal(&g) + (d.label[i] == f));
        }
    }
    assert_ok(tg_dataset_split(&d, WORKERS, &how, 3));
    return d;
}

static const double even[WORKERS] = { .25, .25, .25, .25 };

static void
random_point(double *x, uint64_t index)
{
    tg_rng g = tg_rng_stream(8, TG_PURPOSE_TEST, index);

    for (int j = 0; j < DIM; j++) x[j] = tg_rng_normal(&g);
}

/* Gradient against differences of the loss, Hessian products against differences of
 * gradients. */
static void
test_derivatives(void **state)
{
    const double step = 1e-5;
    tg_dataset   d = example(1e6);
    double x[DIM], v[DIM], g[DIM], plus[DIM], minus[DIM], gp[DIM], gm[DIM], hv[DIM], fp, fm;

    (void)state;
    random_point(x, 0);
    random_point(v, 1);
    for (int j = 0; j < DIM; j++) {
        plus[j] = x[j] + step * v[j];
        minus[j] = x[j] - step * v[j];
    }
    assert_ok(tg_softmax_sum(&d, even, x, NULL, g));
    assert_ok(tg_softmax_sum(&d, even, plus, &fp, gp));
    assert_ok(tg_softmax_sum(&d, even, minus, &fm, gm));
    assert_ok(tg_softmax_product(&d, even, x, v, hv));
    double slope = 0;
    for (int j = 0; j < DIM; j++) {
        slope += g[j] * v[j];
        assert_near(hv[j], (gp[j] - gm[j]) / (2 * step), 1e-8);
    }
    assert_near(slope, (fp - fm) / (2 * step), 1e-8);
    tg_dataset_free(&d);
}

/* Diagonal operator: the largest eigenvalues are known. */
static tg_status
diagonal(const double *v, double *out, void *context)
{
    (void)context;
    for (int j = 0; j < 50; j++) out[j] = (j + 1) * v[j];
    return TG_OK;
}

static void
test_top_of_a_diagonal(void **state)
{
    double value[4], vector[4 * 50];

    (void)state;
    const tg_status status = tg_hessian_top(diagonal, NULL, 50, 4, value, vector);
    if (status == TG_EINPUT) skip(); /* built without ARPACK */
    assert_ok(status);
    for (int i = 0; i < 4; i++) {
        assert_near(value[i], 50 - i, 1e-8);
        assert_near(fabs(vector[i * 50 + 49 - i]), 1, 1e-7);
    }
    assert_fails(tg_hessian_top(diagonal, NULL, 50, 0, value, vector), TG_EDOMAIN, "got 0");
}

/* The minimum has excess loss 0 and is a minimum; at x0 = 0 the loss is log(classes) above
 * 0. */
static void
test_minimum_and_modes(void **state)
{
    tg_dataset  d = example(0.3);
    tg_problem *p = NULL;
    tg_modes    m = { 0 };
    double weight[WORKERS] = { .4, .3, .2, .1 }, scratch[TG_MOST_CLASSES], x[DIM] = { 0 };

    (void)state;
    assert_ok(tg_problem_softmax(&d, 0.1, 8, 5, &p));
    assert_null(d.label); /* taken */
    const tg_status status = tg_problem_modes(p, weight, &m);
    if (status == TG_EINPUT) skip();
    assert_ok(status);
    assert_int_equal(m.count, 5);
    assert_near(m.start_loss, p->kind->loss(p->self, x, scratch), 1e-15);
    assert_true(m.start_loss > 0 && m.start_covered > 0 &&
                m.start_covered <= 1.5 * m.start_loss);
    for (size_t j = 0; j < 5; j++) {
        assert_true(m.h[j] >= 0.1 && (j == 0 || m.h[j] <= m.h[j - 1]));
        assert_true(m.sigma2[j] > 0 && m.spread[j] >= 0);
    }
    assert_true(m.shift_loss > 0);
    tg_modes_free(&m);
    /* equal weights: no bias */
    assert_ok(tg_problem_modes(p, even, &m));
    for (size_t j = 0; j < 5; j++) assert_near(m.shift[j], 0, 1e-3);
    assert_near(m.shift_loss, 0, 1e-8);
    tg_modes_free(&m);
    tg_problem_free(p);
}

/* The minibatch gradient is unbiased: its mean over many draws is the worker's full
 * gradient. */
static void
test_minibatch_is_unbiased(void **state)
{
    enum { DRAWS = 20000 };
    tg_dataset   d = example(0.3);
    double       x[DIM], full[DIM], g[DIM], scratch[TG_MOST_CLASSES];
    const double only[WORKERS] = { 0, 0, 1, 0 };
    tg_stats     s[DIM] = { { 0 } };
    tg_problem  *p = NULL;
    tg_rng       noise = tg_rng_of(1, TG_PURPOSE_NOISE, 0, 0);

    (void)state;
    random_point(x, 2);
    assert_ok(tg_softmax_sum(&d, only, x, NULL, full));
    assert_ok(tg_problem_softmax(&d, 0.1, 8, 5, &p));
    for (int i = 0; i < DRAWS; i++) {
        p->kind->gradient(p->self, 2, x, &noise, scratch, g);
        for (int j = 0; j < DIM; j++) tg_stats_add(&s[j], g[j]);
    }
    for (int j = 0; j < DIM; j++)
        assert_near(s[j].mean, full[j] + 0.1 * x[j], 4 * tg_stats_error(&s[j]));
    tg_problem_free(p);
}

static void
test_bad_arguments(void **state)
{
    tg_dataset  d = example(1);
    tg_problem *p = NULL;

    (void)state;
    assert_fails(tg_problem_softmax(&d, 0, 8, 5, &p), TG_EDOMAIN, "ridge > 0");
    assert_fails(tg_problem_softmax(&d, 0.1, 0, 5, &p), TG_EDOMAIN, "batch >= 1");
    assert_non_null(d.label); /* still ours */
    tg_dataset_free(&d);
}

RUN(cmocka_unit_test(test_derivatives), cmocka_unit_test(test_top_of_a_diagonal),
    cmocka_unit_test(test_minimum_and_modes), cmocka_unit_test(test_minibatch_is_unbiased),
    cmocka_unit_test(test_bad_arguments))
