#include "solver/ensemble.h"

#include "validation/unit/check.h"

static const tg_linear unit = { .a = 1, .g = 1, .tau = 0.5 };

/* cases: variance of the scheme itself at a = 1, tau = .5. */
static void
test_scheme_variance(void **state)
{
    static const double exact[][2] = {
        { .05, .867754385 }, { .01, .847733566 }, { .005, .845307620 }, { .001, .843378775 }
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double v = NAN;
        assert_ok(tg_ensemble_scheme_variance(1, 0, .5, exact[i][0], &v));
        assert_near(v, exact[i][1], 6e-10);
    }
    double v = 7;
    assert_fails(tg_ensemble_scheme_variance(1, 0, .5, 0, &v), TG_EDOMAIN, "no delay");
    assert_fails(tg_ensemble_scheme_variance(1, 0, NAN, .1, &v), TG_EDOMAIN, "no delay");
    assert_fails(tg_ensemble_scheme_variance(1, 0, 1e300, 1e-300, &v), TG_EDOMAIN,
                 "no delay");
    assert_fails(tg_ensemble_scheme_variance(1, 0, .5, .3, &v), TG_EDOMAIN, "not divide");
    assert_fails(tg_ensemble_scheme_variance(4, 0, .5, .1, &v), TG_EDOMAIN, "settle");
    assert_true(v == 7);
}

/* Bias and noise told apart: within 4 standard errors of the scheme's variance at a step so
 * long that the equation's own variance is far outside. */
static void
test_variance_within_four_errors(void **state)
{
    const tg_ensemble e = { .mode = &unit,
                            .modes = 1,
                            .paths = 200000,
                            .dt = .05,
                            .steps = 400,
                            .every = 400,
                            .seed = 1 };
    tg_stats          s[2];
    double            v = NAN;

    (void)state;
    assert_ok(tg_ensemble_run(&e, s, NULL));
    assert_ok(tg_ensemble_scheme_variance(1, 0, .5, .05, &v));
    const double error = v * sqrt(2 / s[1].n);
    assert_true(s[1].n == 200000);
    assert_near(s[1].mean, 0, 4 * sqrt(v / s[1].n));
    assert_near(tg_stats_variance(&s[1]), v, 4 * error);
    assert_true(fabs(v - .842898208584169818) > 8 * error);
}

/* Method of steps: mean and variance at t = 1 and 2 from history 1, at dt = 1/1000. */
static void
test_transient(void **state)
{
    const tg_linear   m = { .a = 1, .g = 1, .tau = 0.5, .x0 = 1 };
    const tg_ensemble e = { .mode = &m,
                            .modes = 1,
                            .paths = 20000,
                            .dt = .001,
                            .steps = 2000,
                            .every = 1000,
                            .seed = 2 };
    tg_stats          s[3];

    (void)state;
    assert_ok(tg_ensemble_run(&e, s, NULL));
    assert_near(s[1].mean, .125, 4 * tg_stats_error(&s[1]) + 1e-3);
    assert_near(s[2].mean, -.0390625, 4 * tg_stats_error(&s[2]) + 1e-3);
    assert_near(tg_stats_variance(&s[1]), .791666666666667,
                4 * .8 * sqrt(2e0 / 20000) + 1e-3);
    assert_near(tg_stats_variance(&s[2]), .841654265873016,
                4 * .8 * sqrt(2e0 / 20000) + 1e-3);
}

static void
test_same_bits_for_any_threads_and_instruction_set(void **state)
{
    const tg_linear modes[] = { { 1, 0, 1, .5, 0 },
                                { 2, .3, .4, .123, 1 },
                                { 1, 0, 1, 0, 2 } };
    tg_ensemble     e = { .mode = modes,
                          .modes = 3,
                          .paths = 1000,
                          .dt = .01,
                          .steps = 203,
                          .every = 7,
                          .seed = 3,
                          .keep = 3,
                          .threads = 1,
                          .isa = TG_ISA_PLAIN };
    static tg_stats one[3 * 30], other[3 * 30];
    static double   kept[9 * 30], again[9 * 30];

    (void)state;
    assert_int_equal(tg_ensemble_rows(&e), 30);
    assert_ok(tg_ensemble_run(&e, one, kept));
    for (int isa = TG_ISA_BEST; isa < TG_ISA_COUNT; isa++)
        for (e.threads = 1; e.threads <= 3; e.threads++) {
            e.isa = (tg_isa)isa;
            assert_ok(tg_ensemble_run(&e, other, again));
            assert_memory_equal(one, other, sizeof one);
            assert_memory_equal(kept, again, sizeof kept);
        }
}

/* Float32: the same bits everywhere, and each stored path within the rounding of 203 steps
 * of its double: 203 times 2^-24 of values up to 4, and of normals whose rounding is as
 * large. */
static void
test_single_precision(void **state)
{
    static const tg_linear modes[] = { { 1, 0, 1, .5, 0 }, { 2, .3, .4, .123, 1 } };
    tg_ensemble            e = { .mode = modes,
                                 .modes = 2,
                                 .paths = 1000,
                                 .dt = .01,
                                 .steps = 203,
                                 .every = 7,
                                 .seed = 3,
                                 .keep = 1000,
                                 .threads = 1,
                                 .isa = TG_ISA_PLAIN };
    static tg_stats        one[2 * 30], other[2 * 30];
    static double          exact[2000 * 30], kept[2000 * 30], again[2000 * 30];
    double                 square = 0;

    (void)state;
    assert_ok(tg_ensemble_run(&e, one, exact));
    e.single = 1;
    assert_ok(tg_ensemble_run(&e, one, kept));
    for (size_t i = 0; i < 2000 * 30; i++) {
        assert_near(kept[i], exact[i], 203 * 4 * 0x1p-24);
        square += (kept[i] - exact[i]) * (kept[i] - exact[i]) / (2000 * 30);
    }
    assert_true(square > 0 && sqrt(square) < 4 * sqrt(203) * 0x1p-24);
    for (int isa = TG_ISA_BEST; isa < TG_ISA_COUNT; isa++)
        for (e.threads = 1; e.threads <= 2; e.threads++) {
            e.isa = (tg_isa)isa;
            assert_ok(tg_ensemble_run(&e, other, again));
            assert_memory_equal(one, other, sizeof one);
            assert_memory_equal(kept, again, sizeof kept);
        }
}

/* A path does not know how many others there are. */
static void
test_a_path_is_its_own(void **state)
{
    tg_ensemble e = { .mode = &unit,
                      .modes = 1,
                      .paths = 500,
                      .dt = .01,
                      .steps = 100,
                      .every = 10,
                      .seed = 4,
                      .keep = 2 };
    tg_stats    s[11];
    double      many[22], few[22];

    (void)state;
    assert_ok(tg_ensemble_run(&e, s, many));
    e.paths = 2;
    assert_ok(tg_ensemble_run(&e, s, few));
    assert_memory_equal(many, few, sizeof few);
    assert_near(s[10].mean, (few[10] + few[21]) / 2, 1e-15);
}

/* Without noise the scheme is a recursion: x_{n+1} = x_n - a dt x(t_n - tau). A delay
 * of 2.5 steps interpolates, one of half a step reads between the present and the past,
 * none is b. */
static void
test_lags_that_are_no_multiple(void **state)
{
    const double taus[] = { 0, .05, .1, .25, .3 };

    (void)state;
    for (size_t k = 0; k < 5; k++) {
        const tg_linear   m = { .a = .7, .b = .2, .tau = taus[k], .x0 = 1 };
        const tg_ensemble e = {
            .mode = &m, .modes = 1, .paths = 1, .dt = .1, .steps = 50, .every = 1, .keep = 1
        };
        tg_stats s[51];
        double   kept[51], x[51];
        assert_ok(tg_ensemble_run(&e, s, kept));
        x[0] = 1;
        for (int n = 0; n < 50; n++) {
            const double at = n - taus[k] / .1, low = floor(at + 1e-9), share = at - low;
            const int    i = (int)low;
            const double before = i < 0 ? 1 : x[i],
                         after = i + 1 < 0 ? 1 : x[i + 1 > n ? n : i + 1];
            const double lagged =
                before + (fabs(share) < 1e-9 ? 0 : share * (after - before));
            x[n + 1] = x[n] - .02 * x[n] - .07 * lagged;
            assert_near(kept[n + 1], x[n + 1], 1e-14);
        }
    }
}

static void
test_errors(void **state)
{
    tg_linear   m = unit;
    tg_ensemble e = {
        .mode = &m, .modes = 1, .paths = 10, .dt = .01, .steps = 10, .every = 1
    };
    tg_stats s[11];

    (void)state;
    m.g = NAN;
    assert_fails(tg_ensemble_run(&e, s, NULL), TG_EDOMAIN, "not finite");
    m = unit;
    m.tau = -1;
    assert_fails(tg_ensemble_run(&e, s, NULL), TG_EDOMAIN, "delay");
    m.tau = 1e9;
    assert_fails(tg_ensemble_run(&e, s, NULL), TG_EDOMAIN, "GiB");
    m = (tg_linear){ .a = 1e9, .tau = 1e-3, .g = 1 };
    e.steps = 1000;
    e.every = 100;
    assert_fails(tg_ensemble_run(&e, s, NULL), TG_EDIVERGED, "path 0");
    e.dt = NAN;
    assert_fails(tg_ensemble_run(&e, s, NULL), TG_EDOMAIN, "step");
}

RUN(cmocka_unit_test(test_scheme_variance),
    cmocka_unit_test(test_variance_within_four_errors), cmocka_unit_test(test_transient),
    cmocka_unit_test(test_same_bits_for_any_threads_and_instruction_set),
    cmocka_unit_test(test_single_precision), cmocka_unit_test(test_a_path_is_its_own),
    cmocka_unit_test(test_lags_that_are_no_multiple), cmocka_unit_test(test_errors))
