/* Nesterov's worst case: its derivatives, its modes and its noise. */
#include "validation/unit/check.h"

#include "asgd/problems/problem.h"
#include "core/stats.h"

static tg_problem *
chain(size_t dim, double sigma, bool shared)
{
    tg_problem *p = NULL;

    assert_ok(tg_problem_tridiagonal(dim, sigma, shared, 3, &p));
    return p;
}

static void
gradient(const tg_problem *p, const double *x, uint64_t draw, double *g)
{
    tg_rng draws = tg_rng_stream(1, TG_PURPOSE_TEST, draw);

    double *scratch = malloc(p->scratch * sizeof *scratch);
    assert_non_null(scratch);
    p->kind->gradient(p->self, draw % 3, x, &draws, scratch, g);
    free(scratch);
}

/* The gradient is the slope of the loss (central differences of a quadratic are exact), and
 * F at the minimum x_i = -(1 - i/(d+1)) is 0, where the gradient vanishes. */
static void
test_gradient(void **state)
{
    static const size_t dims[] = { 1, 2, 3, 17 };

    (void)state;
    for (int n = 0; n < 4; n++) {
        const size_t d = dims[n];
        tg_problem  *p = chain(d, 0, true);
        double       x[17], g[17];
        for (size_t i = 0; i < d; i++) x[i] = sin(3 * (double)i + 1);
        gradient(p, x, 0, g);
        for (size_t i = 0; i < d; i++) {
            const double at = x[i];
            x[i] = at + .5;
            const double up = p->kind->loss(p->self, x, NULL);
            x[i] = at - .5;
            assert_near(up - p->kind->loss(p->self, x, NULL), g[i], 1e-14);
            x[i] = at;
        }
        for (size_t i = 0; i < d; i++) x[i] = -(1 - ((double)i + 1) / ((double)d + 1));
        gradient(p, x, 0, g);
        for (size_t i = 0; i < d; i++) assert_near(g[i], 0, 1e-15);
        assert_near(p->kind->loss(p->self, x, NULL), 0, 1e-30);
        memset(x, 0, sizeof x); /* F(0) - F* = d/(8 (d + 1)) */
        assert_near(p->kind->loss(p->self, x, NULL), (double)d / (8 * ((double)d + 1)),
                    1e-15);
        tg_problem_free(p);
    }
}

/* Gradient descent by steps and by modes: sum h (1 - eta h)^2k e^2/2; sum of h is the
 * trace. */
static void
test_modes(void **state)
{
    enum { D = 40 };
    const double eta = 1.3, weight[] = { .2, .3, .5 };
    tg_problem  *p = chain(D, .1, false);
    tg_modes     m;
    double       x[D], g[D], sum = 0;

    (void)state;
    assert_ok(tg_problem_modes(p, weight, &m));
    tg_problem_free(p);
    p = chain(D, 0, false);
    p->kind->start(p->self, x);
    for (size_t k = 0; k < D; k++) {
        sum += m.h[k];
        assert_near(m.sigma2[k], .01, 1e-15);
    }
    assert_near(sum, D / 2., 1e-13);
    for (int i = 0; i <= 30; i++) {
        double loss = 0;
        for (size_t k = 0; k < D; k++)
            loss += m.h[k] / 2 * pow(1 - eta * m.h[k], 2 * i) * m.start[k] * m.start[k];
        assert_near(p->kind->loss(p->self, x, NULL), loss, 1e-12 * loss);
        if (i == 0) assert_near(m.start_loss, loss, 1e-12 * loss);
        gradient(p, x, 0, g);
        for (size_t j = 0; j < D; j++) x[j] -= eta * g[j];
    }
    tg_modes_free(&m);
    tg_problem_free(p);
}

/* Shared noise is one number for all coordinates, of variance sigma^2; its part along mode
 * k is that of the modes. Independent noise has no correlation. */
static void
test_noise(void **state)
{
    enum { D = 5, DRAWS = 100000 };
    const double x[D] = { 0 }, weight[] = { 1, 0, 0 }, sigma = 2;

    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        tg_problem *p = chain(D, sigma, shared);
        tg_stats    square = { 0 }, product = { 0 }, first = { 0 };
        tg_modes    m;
        assert_ok(tg_problem_modes(p, weight, &m));
        for (uint64_t i = 0; i < DRAWS; i++) {
            double g[D], along = 0;
            gradient(p, x, i, g);
            g[0] -= .25;
            for (int j = 1; shared && j < D; j++) assert_near(g[j], g[0], 1e-15);
            for (int j = 0; j < D; j++)
                along += sqrt(2. / (D + 1)) * sin((j + 1) * acos(1 - 2 * m.h[0])) * g[j];
            tg_stats_add(&square, g[4] * g[4]);
            tg_stats_add(&product, g[1] * g[3]);
            tg_stats_add(&first, along * along);
        }
        assert_near(square.mean, 4, 4 * tg_stats_error(&square));
        assert_near(product.mean, shared ? 4 : 0, 4 * tg_stats_error(&product));
        assert_near(first.mean, m.sigma2[0], 4 * tg_stats_error(&first));
        tg_modes_free(&m);
        tg_problem_free(p);
    }
}

static void
test_bad_input(void **state)
{
    tg_problem *p = NULL;

    (void)state;
    assert_fails(tg_problem_tridiagonal(0, 0, false, 1, &p), TG_EDOMAIN, "got 0 and 1");
    assert_fails(tg_problem_tridiagonal(3, 0, false, 0, &p), TG_EDOMAIN, "got 3 and 0");
    assert_fails(tg_problem_tridiagonal(3, -1, false, 1, &p), TG_EDOMAIN, ">= 0, got -1");
    assert_fails(tg_problem_tridiagonal(3, NAN, true, 1, &p), TG_EDOMAIN, "noise");
    assert_null(p);
}

RUN(cmocka_unit_test(test_gradient), cmocka_unit_test(test_modes),
    cmocka_unit_test(test_noise), cmocka_unit_test(test_bad_input))
