/* Least squares by samples: unbiased, its covariance by the formula of theory 3.4, its own minima. */
#include "validation/unit/rules.h"

#include "core/stats.h"

/* E g = h (x - b) and, with r = x - b, cov g = (1/B) [(r'Hr) H + H r r' H + s^2 H]. */
static void
test_moments(void **state)
{
    enum { D = 3, N = 400000 };
    const double h[D] = { 2, 1, .5 }, x0[D] = { 3, -1, .2 }, label = .7, batch = 4;
    const double minima[2 * D] = { 0, 0, 0, 1, -1, .5 }, x[D] = { .6, -.2, 1 };
    tg_problem  *p = NULL;
    tg_stats     mean[D] = { { 0 } }, square[D][D] = { { { 0 } } };
    double       scratch[2 * D], g[D], form = 0;

    (void)state;
    assert_ok(tg_problem_least_squares(D, h, x0, 4, label, 2, minima, &p));
    double start[D] = { 0 };
    p->kind->start(p->self, start);
    assert_memory_equal(start, x0, sizeof x0);
    for (int j = 0; j < D; j++) form += h[j] * pow(x[j] - minima[D + j], 2);
    for (uint32_t i = 0; i < N; i++) {
        tg_rng draws = tg_rng_of(1, TG_PURPOSE_NOISE, 1, i);
        p->kind->gradient(p->self, 1, x, &draws, scratch, g);
        for (int j = 0; j < D; j++) {
            tg_stats_add(&mean[j], g[j]);
            for (int k = 0; k < D; k++)
                tg_stats_add(&square[j][k], (g[j] - h[j] * (x[j] - minima[D + j])) *
                                                (g[k] - h[k] * (x[k] - minima[D + k])));
        }
    }
    for (int j = 0; j < D; j++) {
        const double rj = x[j] - minima[D + j];
        assert_near(mean[j].mean, h[j] * rj, 4 * tg_stats_error(&mean[j]));
        for (int k = 0; k < D; k++) {
            const double rk = x[k] - minima[D + k];
            const double exact =
                ((j == k) * (form + label * label) * h[j] + h[j] * rj * h[k] * rk) / batch;
            assert_near(square[j][k].mean, exact, 4 * tg_stats_error(&square[j][k]));
        }
    }
    tg_problem_free(p);
}

static void
test_bad_input(void **state)
{
    const double one = 1;
    tg_problem  *p = NULL;

    (void)state;
    assert_fails(tg_problem_least_squares(1, &one, &one, 0, 1, 1, NULL, &p), TG_EDOMAIN,
                 "batch >= 1");
    assert_fails(tg_problem_least_squares(1, &one, &one, 1, -1, 1, NULL, &p), TG_EDOMAIN,
                 "got 1 and -1");
    assert_fails(tg_problem_least_squares(0, &one, &one, 1, 1, 1, NULL, &p), TG_EDOMAIN,
                 "got 0");
    assert_null(p);
}

RUN(cmocka_unit_test(test_moments), cmocka_unit_test(test_bad_input))
