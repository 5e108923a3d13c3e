#include "solver/exact.h"

#include "validation/unit/check.h"

/* At steps as long as the delay or half of it: the equation's own variance and transient,
 * where Euler's are tens of standard errors away. */
static void
test_no_step_bias(void **state)
{
    const tg_linear m = { .a = 1, .g = 1, .tau = 0.5, .x0 = 1 };

    (void)state;
    for (size_t per = 1; per <= 4; per *= 2) {
        const tg_ensemble e = { .mode = &m,
                                .modes = 1,
                                .paths = 200000,
                                .dt = .5 / (double)per,
                                .steps = 20 * per,
                                .every = 2 * per,
                                .seed = 1 };
        tg_stats          s[11];
        double            euler = NAN;
        assert_ok(tg_exact_run(&e, s, NULL));
        assert_near(s[1].mean, .125, 4 * tg_stats_error(&s[1]));
        assert_near(s[2].mean, -.0390625, 4 * tg_stats_error(&s[2]));
        assert_near(tg_stats_variance(&s[1]), .791666666666667,
                    4 * .79 * sqrt(2. / 200000));
        assert_near(tg_stats_variance(&s[10]), .842898208584169818,
                    4 * .84 * sqrt(2. / 200000));
        assert_ok(tg_ensemble_scheme_variance(1, 0, .5, e.dt, &euler));
        assert_true(euler - .8429 > 15 * .84 * sqrt(2. / 200000));
    }
}

/* With instantaneous damping, and without delay: Ornstein-Uhlenbeck, variance g^2/(2(a+b)). */
static void
test_instantaneous_damping(void **state)
{
    const tg_linear   modes[] = { { 2, 1, 1, .5, 0 }, { .4, .6, 1, 0, 0 } };
    const tg_ensemble e = { .mode = modes,
                            .modes = 2,
                            .paths = 100000,
                            .dt = .125,
                            .steps = 100,
                            .every = 100,
                            .seed = 2 };
    tg_stats          s[4];

    (void)state;
    assert_ok(tg_exact_run(&e, s, NULL));
    assert_near(tg_stats_variance(&s[1]), .409371729447120913, 4 * .41 * sqrt(2e-5));
    assert_near(tg_stats_variance(&s[3]), .5, 4 * .5 * sqrt(2e-5));
}

/* Without noise: the method of steps. */
static void
test_without_noise(void **state)
{
    const tg_linear   m = { .a = 1, .tau = 1, .x0 = 1 };
    const tg_ensemble e = {
        .mode = &m, .modes = 1, .paths = 1, .dt = .125, .steps = 24, .every = 8, .keep = 1
    };
    tg_stats s[4];
    double   x[4];

    (void)state;
    assert_ok(tg_exact_run(&e, s, x));
    assert_near(x[1], 0, 1e-15);
    assert_near(x[2], -.5, 1e-15);
    assert_near(x[3], -1. / 6, 1e-15);
}

static void
test_threads_and_errors(void **state)
{
    tg_linear   m = { .a = 1, .g = 1, .tau = 0.5 };
    tg_ensemble e = { .mode = &m,
                      .modes = 1,
                      .paths = 1000,
                      .dt = .1,
                      .steps = 20,
                      .every = 20,
                      .threads = 1 };
    tg_stats    one[2], two[2];

    (void)state;
    assert_ok(tg_exact_run(&e, one, NULL));
    e.threads = 2;
    assert_ok(tg_exact_run(&e, two, NULL));
    assert_memory_equal(one, two, sizeof one);
    m.tau = .25;
    assert_fails(tg_exact_run(&e, one, NULL), TG_EDOMAIN, "does not divide");
    m.g = NAN;
    assert_fails(tg_exact_run(&e, one, NULL), TG_EDOMAIN, "not finite");
}

RUN(cmocka_unit_test(test_no_step_bias), cmocka_unit_test(test_instantaneous_damping),
    cmocka_unit_test(test_without_noise), cmocka_unit_test(test_threads_and_errors))
