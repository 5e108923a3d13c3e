#include "solver/dde.h"
#include "solver/past.h"
#include "solver/sdde.h"

#include "validation/unit/check.h"

enum { MOST = 65 };

/* Largest error of e^t on [-1, 0] from n rows. */
static double
error_of(tg_past_kind kind, size_t n)
{
    double   t[MOST], x[2 * MOST], y[2], worst = 0;
    tg_past *p = NULL;

    for (size_t k = 0; k < n; k++) {
        t[k] = (double)k / (double)(n - 1) - 1;
        x[2 * k] = exp(t[k]);
        x[2 * k + 1] = -2 * t[k];
    }
    assert_ok(tg_past_create(2, n, t, x, kind, &p));
    for (double s = -1; s <= 0; s += 1. / 1024) {
        assert_ok(tg_past_at(s, y, p));
        worst = fmax(worst, fabs(y[0] - exp(s)));
        assert_near(y[1], -2 * s, 1e-15);
    }
    assert_ok(tg_past_at(-7, y, p));
    assert_true(y[0] == exp(-1) && y[1] == 2);
    assert_ok(tg_past_at(0, y, p));
    assert_true(y[0] == 1 && y[1] == 0);
    tg_past_free(p);
    return worst;
}

/* Straight lines are exact; linear is of order 2, cubic of 3 (4 but for its limited
 * slopes). */
static void
test_orders(void **state)
{
    (void)state;
    assert_near(log2(error_of(TG_PAST_LINEAR, 33) / error_of(TG_PAST_LINEAR, 65)), 2, .05);
    assert_true(log2(error_of(TG_PAST_CUBIC, 33) / error_of(TG_PAST_CUBIC, 65)) > 2.8);
    assert_true(error_of(TG_PAST_CUBIC, 65) < 1e-6);
    for (size_t n = 2; n < 5; n++)
        assert_true(error_of(TG_PAST_CUBIC, n) < error_of(TG_PAST_LINEAR, n) * 1.001);
}

/* A monotone table stays so. */
static void
test_no_new_extremes(void **state)
{
    static const double t[] = { -4, -3, -2, -1.9, -1, 0 }, x[] = { 0, 0, .01, 1, 1, 1.5 };
    double              last = 0, y;
    tg_past            *p = NULL;

    (void)state;
    assert_ok(tg_past_create(1, 6, t, x, TG_PAST_CUBIC, &p));
    for (double s = -4; s <= 0; s += 1e-3, last = y) {
        assert_ok(tg_past_at(s, &y, p));
        assert_true(y >= last - 1e-15 && y <= 1.5);
    }
    tg_past_free(p);
}

static tg_status
feedback(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)x, (void)context;
    dx[0] = -past[0];
    return TG_OK;
}

static tg_status
feedbacks(size_t count, double t, const double *x, const double *past, double *out,
          void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -past[k];
    return TG_OK;
}

/* x' = -x(t-1) from phi = 1 + t on [-1, 0]: x(1) = 1 - int_0^1 (1 + (t - 1)) = 1/2, by both
 * integrators. */
static void
test_as_a_history(void **state)
{
    static const double t[] = { -1, 0 }, x[] = { 0, 1 }, tau = 1;
    tg_past            *p = NULL;
    tg_dde_solution    *s = NULL;
    double              y = NAN;

    (void)state;
    assert_ok(tg_past_create(1, 2, t, x, TG_PAST_LINEAR, &p));
    const tg_dde eq = { .dim = 1,
                        .delays = 1,
                        .slope = feedback,
                        .tau = &tau,
                        .history = tg_past_at,
                        .context = p };
    assert_ok(tg_dde_solve(&eq, 0, 1, 1e-10, 1e-10, 0, &s));
    assert_ok(tg_dde_at(s, 1, &y));
    assert_near(y, .5, 1e-10);
    tg_dde_solution_free(s);
    const tg_sdde     paths = { .dim = 1,
                                .delays = 1,
                                .tau = &tau,
                                .drift = feedbacks,
                                .history = tg_past_at,
                                .context = p };
    const tg_sdde_run r = { .eq = &paths,
                            .method = tg_sdde_method_find("rk"),
                            .paths = 1,
                            .steps = 100,
                            .every = 100,
                            .dt = .01 };
    tg_stats          end[2];
    assert_ok(tg_sdde_solve(&r, end, NULL));
    assert_near(end[1].mean, .5, 1e-12);
    tg_past_free(p);
}

static void
test_errors(void **state)
{
    static const double back[] = { 0, -1 }, x[] = { 1, 2 }, bad[] = { 1, NAN },
                        t[] = { 0, 1 };
    tg_past *p = NULL;

    (void)state;
    assert_fails(tg_past_create(1, 2, back, x, TG_PAST_LINEAR, &p), TG_EDOMAIN,
                 "row 1 has -1");
    assert_fails(tg_past_create(1, 2, t, bad, TG_PAST_LINEAR, &p), TG_EDOMAIN,
                 "x[0] = nan");
    assert_fails(tg_past_create(1, 0, t, x, TG_PAST_LINEAR, &p), TG_EDOMAIN, "0 rows");
    assert_null(p);
    tg_past_free(NULL);
}

RUN(cmocka_unit_test(test_orders), cmocka_unit_test(test_no_new_extremes),
    cmocka_unit_test(test_as_a_history), cmocka_unit_test(test_errors))
