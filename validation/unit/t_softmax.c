#include "validation/unit/check.h"

#include "asgd/problems/hessian.h"
#include "asgd/problems/softmax.h"
#include "asgd/problems/softmax_sums.h"
#include "core/stats.h"

#include <lapacke.h>

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
    const tg_status status = tg_hessian_top(diagonal, NULL, 50, 4, 1e-10, value, vector);
    if (status == TG_EINPUT) skip(); /* built without ARPACK */
    assert_ok(status);
    for (int i = 0; i < 4; i++) {
        assert_near(value[i], 50 - i, 1e-8);
        assert_near(fabs(vector[i * 50 + 49 - i]), 1, 1e-7);
    }
    assert_fails(tg_hessian_top(diagonal, NULL, 50, 0, 1e-10, value, vector), TG_EDOMAIN,
                 "got 0");
}

/* ---- modes against dense linear algebra ----------------------------------------------- */

/* Gradient of one sample, u (p - y)', without the ridge, and its loss. */
static double
sample_gradient(const tg_dataset *d, size_t i, const double *x, double *p, double *g)
{
    const double *u = d->value + i * FEATURES;
    double        sum = 0;

    for (int c = 0; c < CLASSES; c++) {
        double z = 0;
        for (int f = 0; f < FEATURES; f++) z += u[f] * x[f * CLASSES + c];
        sum += p[c] = exp(z);
    }
    for (int c = 0; c < CLASSES; c++) p[c] /= sum;
    for (int j = 0; j < DIM; j++)
        g[j] = u[j / CLASSES] * (p[j % CLASSES] - (d->label[i] == j % CLASSES));
    return -log(p[d->label[i]]);
}

typedef struct dense {
    double f, g[DIM], hessian[DIM * DIM];
} dense;

/* sum_w weight_w f_w with gradient and Hessian u u' (p_c [c = c'] - p_c p_c'), sample by sample. */
static dense
dense_sum(const tg_dataset *d, double ridge, const double *weight, const double *x)
{
    dense s = { 0 };

    for (size_t w = 0; w < d->parts; w++)
        for (size_t k = d->begin[w]; k < d->begin[w + 1]; k++) {
            const double  share = weight[w] / (double)(d->begin[w + 1] - d->begin[w]);
            const double *u = d->value + d->owned[k] * FEATURES;
            double        p[CLASSES], g[DIM];
            s.f += share * sample_gradient(d, d->owned[k], x, p, g);
            for (int i = 0; i < DIM; i++) {
                s.g[i] += share * g[i];
                for (int j = 0; j < DIM; j++)
                    s.hessian[i * DIM + j] +=
                        share * u[i / CLASSES] * u[j / CLASSES] * p[i % CLASSES] *
                        ((i % CLASSES == j % CLASSES) - p[j % CLASSES]);
            }
        }
    for (int i = 0; i < DIM; i++) {
        s.f += ridge * x[i] * x[i] / 2;
        s.g[i] += ridge * x[i];
        s.hessian[i * DIM + i] += ridge;
    }
    return s;
}

/* By Newton's method. */
static dense
dense_minimum(const tg_dataset *d, double ridge, const double *weight, double *x)
{
    dense s = dense_sum(d, ridge, weight, memset(x, 0, DIM * sizeof *x));

    for (int k = 0; k < 20; k++) {
        assert_int_equal(
            LAPACKE_dposv(LAPACK_ROW_MAJOR, 'U', DIM, 1, s.hessian, DIM, s.g, 1), 0);
        for (int j = 0; j < DIM; j++) x[j] -= s.g[j];
        s = dense_sum(d, ridge, weight, x);
    }
    for (int j = 0; j < DIM; j++) assert_near(s.g[j], 0, 1e-14);
    return s;
}

/* Mean and variance over a worker's samples of their gradients along v, at x. */
static tg_stats
along(const tg_dataset *d, size_t w, const double *x, const double *v)
{
    tg_stats s = { 0 };

    for (size_t k = d->begin[w]; k < d->begin[w + 1]; k++) {
        double p[CLASSES], g[DIM], dot = 0;
        sample_gradient(d, d->owned[k], x, p, g);
        for (int j = 0; j < DIM; j++) dot += v[j] * g[j];
        tg_stats_add(&s, dot);
    }
    return s;
}

/* One mode: v (DIM) its eigenvector of eigenvalue h at the minimum x. The sign is not known. */
static void
check_mode(const tg_dataset *d, double ridge, const double *weight, const double *x,
           const double *v, const tg_modes *m, size_t j)
{
    double sigma2 = 0, shift = 0, square = 0, start = 0;

    for (int i = 0; i < DIM; i++) start -= v[i] * x[i];
    const double sign = start * m->start[j] > 0 ? 1 : -1;
    for (size_t w = 0; w < WORKERS; w++) {
        const tg_stats s = along(d, w, x, v);
        const double   b = -(s.mean - ridge * start) / m->h[j];
        sigma2 += weight[w] * s.m2 / s.n / 8; /* a batch of 8 */
        shift += weight[w] * b;
        square += weight[w] * b * b;
        assert_near(sign * m->minimum[j * WORKERS + w], b, 1e-4);
    }
    assert_near(sign * m->start[j], start, 1e-4);
    assert_near(m->sigma2[j] / sigma2, 1, 1e-3);
    assert_near(sign * m->shift[j], shift, 1e-4);
    assert_near(m->spread[j] / (square - shift * shift), 1, 1e-3);
    assert_true(fabs(shift) > 1e-3 && fabs(start) > 1e-2); /* there is something to see */
}

/* What the modes leave out, against sums over the eigenvectors that are not asked for. */
static void
check_left(const tg_dataset *d, double ridge, const double *weight, const double *x,
           const double *vectors, size_t left, const tg_modes *m)
{
    double noise = 0, spread = 0;

    for (size_t j = 0; j < left; j++) {
        const double *v = vectors + j * DIM;
        double        mean = 0, square = 0, at = 0;
        for (int i = 0; i < DIM; i++) at += v[i] * x[i];
        for (size_t w = 0; w < WORKERS; w++) {
            const tg_stats s = along(d, w, x, v);
            const double   g = s.mean + ridge * at;
            noise += weight[w] * s.m2 / s.n / 8;
            mean += weight[w] * g;
            square += weight[w] * g * g;
        }
        spread += square - mean * mean;
    }
    assert_true(noise > 1e-3 && spread > 1e-3);
    assert_near(m->left_noise / noise, 1, 1e-3);
    assert_near(m->left_spread / spread, 1, 1e-3);
}

/* Eigenvalues, noise, the workers' own minima, start and bias of the modes that are found by
 * iteration, against dense eigenvalues, Newton's method and sums over samples. */
static void
test_modes(void **state)
{
    enum { MODES = 5 };
    const double ridge = .1, weight[WORKERS] = { .4, .3, .2, .1 }, zero[DIM] = { 0 };
    tg_dataset   d = example(.3), taken = example(.3);
    tg_problem  *p = NULL;
    tg_modes     m = { 0 };
    double       x[DIM], y[DIM], value[DIM], scratch[TG_MOST_CLASSES], covered = 0;

    (void)state;
    assert_ok(tg_problem_softmax(&taken, ridge, 8, MODES, false, &p));
    assert_null(taken.label);
    const tg_status status = tg_problem_modes(p, weight, &m);
    if (status == TG_EINPUT) skip(); /* built without ARPACK */
    assert_ok(status);
    dense        at = dense_minimum(&d, ridge, even, x);
    const double least = at.f;
    assert_int_equal(
        LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', DIM, at.hessian, DIM, value), 0);
    assert_int_equal(m.count, MODES);
    for (size_t j = 0; j < MODES; j++) {
        const double *v = at.hessian + (DIM - 1 - j) * DIM;
        assert_near(m.h[j], value[DIM - 1 - j], 1e-5);
        check_mode(&d, ridge, weight, x, v, &m, j);
        covered += m.h[j] * m.start[j] * m.start[j] / 2;
    }
    check_left(&d, ridge, weight, x, at.hessian, DIM - MODES, &m);
    assert_true(m.least <= value[0] + 1e-12);
    assert_near(m.start_loss, dense_sum(&d, ridge, even, zero).f - least, 1e-8);
    assert_near(m.start_loss, p->kind->loss(p->self, zero, scratch), 1e-15);
    assert_near(m.start_covered, covered, 1e-14);
    dense at_start = dense_sum(&d, ridge, even, zero);
    assert_int_equal(
        LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'N', 'U', DIM, at_start.hessian, DIM, value), 0);
    assert_near(m.start_largest, value[DIM - 1], 1e-6);
    assert_true(fabs(m.start_largest / m.h[0] - 1) >
                1e-3); /* another than at the minimum */
    dense_minimum(&d, ridge, weight, y);
    const double shifted = dense_sum(&d, ridge, even, y).f - least;
    assert_true(shifted > 1e-4);
    assert_near(m.shift_loss, shifted, 1e-3 * shifted);
    tg_modes_free(&m);
    /* equal weights: no bias */
    assert_ok(tg_problem_modes(p, even, &m));
    for (size_t j = 0; j < MODES; j++) assert_near(m.shift[j], 0, 1e-3);
    assert_near(m.shift_loss, 0, 1e-8);
    tg_modes_free(&m);
    tg_problem_free(p);
    tg_dataset_free(&d);
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
    assert_ok(tg_problem_softmax(&d, 0.1, 8, 5, false, &p));
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
    assert_fails(tg_problem_softmax(&d, 0, 8, 5, false, &p), TG_EDOMAIN, "ridge > 0");
    assert_fails(tg_problem_softmax(&d, 0.1, 0, 5, false, &p), TG_EDOMAIN, "batch >= 1");
    assert_non_null(d.label); /* still ours */
    tg_dataset_free(&d);
}

RUN(cmocka_unit_test(test_derivatives), cmocka_unit_test(test_top_of_a_diagonal),
    cmocka_unit_test(test_modes), cmocka_unit_test(test_minibatch_is_unbiased),
    cmocka_unit_test(test_bad_arguments))
