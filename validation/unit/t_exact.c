#include "solver/exact.h"

#include "solver/moments.h"
#include "validation/unit/check.h"

/* cases: stationary variances; without delay g^2/(2(a + b)). The delay is one step, or none
 * of the steps' multiples. */
static const struct {
    double b, a, tau, variance;
} cases[] = {
    { 0, 1, .5, .842898208584169818 },
    { 0, 1, 1, 1.70411172116791392 },
    { 0, 1, 1.5, 14.1191264250708112 },
    { 0, 2, .5, .852055860583956962 },
    { 0, 1, .1, .552677795242953 },
    { 1, 2, .5, .409371729447120913 },
    { 1, .5, 2, .525088188146301796 },
    { 1, 1, 1, .5 },
    { 0, 1, 0, .5 },
    { 99, 1, 0, .005 },
    { 2, 0, 1, .25 },
};
enum { CASES = sizeof cases / sizeof *cases, STEPS = 2000 };

/* Steps as long as the delay, 1.4 of it, and a third: the variance the steps themselves
 * make. */
static void
test_stationary_variance(void **state)
{
    static const double part[] = { 1, 1.4, 1. / 3 };
    static double       v[STEPS];

    (void)state;
    for (size_t i = 0; i < CASES; i++)
        for (size_t k = 0; k < 3; k++) {
            const tg_linear m = { cases[i].a, cases[i].b, 1, cases[i].tau, 5 };
            const double    dt = part[k] * (m.tau > 0 ? m.tau : 3);
            assert_ok(tg_exact_variance(&m, dt, STEPS, v));
            assert_near(v[STEPS - 1] / cases[i].variance, 1, 1e-10);
        }
}

/* cases: the transient, at steps as long as the delay. */
static void
test_transient_variance(void **state)
{
    static const double exact[][2] = { { .5, .5 },
                                       { 1, .791666666666666667 },
                                       { 2, .841654265873016 },
                                       { 3, .842803064162521 },
                                       { 5, .84289803320092 } };
    const tg_linear     m = { .a = 1, .g = 1, .tau = .5 };
    double              v[10];

    (void)state;
    assert_ok(tg_exact_variance(&m, .5, 10, v));
    for (size_t i = 0; i < 5; i++)
        assert_near(v[(int)(2 * exact[i][0]) - 1], exact[i][1], 1e-13);
}

/* Against the fundamental solution: near the limit of stability, beyond it, with growth in
 * b, and with coefficients that need many steps to dt. */
static void
test_against_moments(void **state)
{
    static const tg_linear modes[] = { { 3, 0, 1, .5, 2 },   { 4, 0, .5, .5, 1 },
                                       { 1, -.5, 1, .5, 1 }, { 50, 60, 1, 1, 1 },
                                       { -.4, 1, 1, 1, -1 }, { .5, -9, 1, .5, 1 },
                                       { 1, 500, 1, 1, 1 } };
    double                 mean[5], second[5], v[4], x[5];

    (void)state;
    for (size_t i = 0; i < 7; i++) {
        const tg_linear *m = &modes[i];
        tg_linear        quiet = *m;
        tg_delay        *d = NULL;
        tg_stats         s[5];
        assert_ok(tg_delay_create("constant", &m->tau, &d));
        const tg_mode q = { .loop = { .a = m->a, .b = m->b, .delay = d },
                            .noise = m->g * m->g };
        assert_ok(tg_moments_follow(&q, m->x0, 4 * m->tau, 5, 0, NULL, mean, second));
        tg_delay_free(d);
        quiet.g = 0;
        const tg_ensemble e = { .mode = &quiet,
                                .modes = 1,
                                .paths = 1,
                                .dt = m->tau,
                                .steps = 4,
                                .every = 1,
                                .keep = 1 };
        assert_ok(tg_exact_run(&e, s, x));
        assert_ok(tg_exact_variance(m, m->tau, 4, v));
        for (int k = 1; k < 5; k++) {
            const double variance = second[k] - mean[k] * mean[k];
            assert_near(x[k], mean[k], 1e-8 * fmax(fabs(m->x0), fabs(mean[k])));
            assert_near(v[k - 1], variance, 2e-8 * fmax(second[k], 1 / (1 + fabs(m->b))));
        }
    }
}

/* The sampled paths are those steps: at steps as long as the delay and longer, where
 * Euler's variances are tens of standard errors away or infinite. */
static void
test_paths(void **state)
{
    static const tg_linear modes[] = {
        { 1, 0, 1, .5, 1 }, { 3, 0, 1, .5, 0 }, { 1, 2, 1, 1, 0 }, { 1, 0, 1, 0, 0 }
    };
    enum { PATHS = 100000 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const double      dt = modes[i].tau > 0 ? modes[i].tau : 3;
        double            v[100];
        tg_stats          s[11];
        const tg_ensemble e = { .mode = &modes[i],
                                .modes = 1,
                                .paths = PATHS,
                                .dt = dt,
                                .steps = 20,
                                .every = 2,
                                .seed = i };
        assert_ok(tg_exact_run(&e, s, NULL));
        assert_ok(tg_exact_variance(&modes[i], dt, 20, v));
        for (int k = 1; k <= 10; k++)
            assert_near(tg_stats_variance(&s[k]), v[2 * k - 1],
                        4 * v[2 * k - 1] * sqrt(2. / PATHS));
        if (i > 0) continue;
        assert_near(s[1].mean, .125, 4 * tg_stats_error(&s[1]));
        assert_near(s[2].mean, -.0390625, 4 * tg_stats_error(&s[2]));
    }
}

/* Without noise: the method of steps, at steps that divide the delay and at others. */
static void
test_without_noise(void **state)
{
    const tg_linear m = { .a = 1, .tau = 1, .x0 = 1 };
    const double    dts[] = { .125, 1, 1.5, .6 };

    (void)state;
    for (int i = 0; i < 4; i++) {
        const tg_ensemble e = { .mode = &m,
                                .modes = 1,
                                .paths = 1,
                                .dt = dts[i],
                                .steps = 24,
                                .every = 1,
                                .keep = 1 };
        tg_stats          s[25];
        double            x[25];
        assert_ok(tg_exact_run(&e, s, x));
        for (int k = 0; k <= 24; k++) {
            const double t = k * dts[i];
            if (fabs(t - 1) < 1e-9) assert_near(x[k], 0, 1e-14);
            if (fabs(t - 2) < 1e-9) assert_near(x[k], -.5, 1e-14);
            if (fabs(t - 3) < 1e-9) assert_near(x[k], -1. / 6, 1e-14);
            if (fabs(t - 10) < 1e-9) assert_near(x[k], .020241126543209876543, 1e-12);
        }
    }
}

/* The same equation in any unit of time u has the same variance, in units of g^2 u. */
static void
test_units_of_time(void **state)
{
    const tg_linear one = { 1, .3, 1, 1, 1 };
    double          v[40], w[40];

    (void)state;
    for (int k = 0; k < 2; k++) {
        const double dt = k ? 1.4 : 1;
        assert_ok(tg_exact_variance(&one, dt, 40, v));
        for (double u = 1e-15; u < 2e20; u *= 10) {
            const tg_linear   m = { 1 / u, .3 / u, 1 / sqrt(u), u, 1 };
            const tg_ensemble e = { .mode = &m,
                                    .modes = 1,
                                    .paths = 1000,
                                    .dt = dt * u,
                                    .steps = 10,
                                    .every = 10 };
            tg_stats          s[2];
            assert_ok(tg_exact_variance(&m, dt * u, 40, w));
            for (int n = 0; n < 40; n++) assert_near(w[n] / v[n], 1, 1e-12);
            assert_ok(tg_exact_run(&e, s, NULL));
            assert_near(tg_stats_variance(&s[1]) / v[9], 1, 4 * sqrt(2. / 1000));
        }
    }
    const tg_linear fast = { 1, 1e308, 1, 1, 1 }; /* b h overflows */
    assert_ok(tg_exact_variance(&fast, 1e3, 2, v));
    assert_near(v[1], 0, 1e-290);
}

/* A delay longer than the run needs no memory for what the run does not come to: x is
 * that of x' = -a x0 + g dW, or lags behind where the run is a little longer. */
static void
test_delay_longer_than_run(void **state)
{
    const tg_linear far = { 1, 0, 2, 1e6, 3 }, near = { 1, 0, 2, 9.5, 3 };
    tg_ensemble     e = { .mode = &far,
                          .modes = 1,
                          .paths = 1,
                          .dt = .5,
                          .steps = 20,
                          .every = 1,
                          .keep = 1,
                          .seed = 3 };
    tg_stats        s[21];
    double          v[20], x[21], y[21];

    (void)state;
    assert_true(tg_exact_memory(&e) < 1e6);
    assert_ok(tg_exact_run(&e, s, x));
    assert_ok(tg_exact_variance(&far, .5, 20, v));
    for (int k = 0; k < 20; k++) assert_near(v[k], 4 * (k + 1) * .5, 1e-12);
    e.mode = &near;
    assert_ok(tg_exact_run(&e, s, y));
    for (int k = 0; k <= 19; k++) assert_near(x[k], y[k], 1e-12);
    assert_true(fabs(x[20] - y[20]) > 1e-3);
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
    double      v = 7;

    (void)state;
    assert_ok(tg_exact_run(&e, one, NULL));
    e.threads = 2;
    assert_ok(tg_exact_run(&e, two, NULL));
    assert_memory_equal(one, two, sizeof one);
    m.tau = sqrt(.5);
    assert_fails(tg_exact_run(&e, one, NULL), TG_EDOMAIN, "divides the delay 0.707107");
    assert_fails(tg_exact_variance(&m, .1, 1, &v), TG_EDOMAIN, "divides the delay");
    m.tau = 1e-9; /* neither none nor one that .1/n divides */
    assert_fails(tg_exact_run(&e, one, NULL), TG_EDOMAIN, "divides the delay 1e-09");
    m.tau = 1e-300;
    assert_ok(tg_exact_variance(&m, .1, 1, &v));
    assert_near(v, (1 - exp(-.2)) / 2, 1e-14);
    v = 7;
    m = (tg_linear){ .a = 1e9, .tau = .5 };
    assert_fails(tg_exact_run(&e, one, NULL), TG_EDOMAIN, "take a shorter one");
    m = (tg_linear){ .a = 1, .tau = 1e9 };
    e.steps = e.every = (size_t)1e11;
    assert_fails(tg_exact_run(&e, one, NULL), TG_EDOMAIN, "GiB");
    m = (tg_linear){ .a = 1, .tau = .5, .g = NAN };
    assert_fails(tg_exact_run(&e, one, NULL), TG_EDOMAIN, "not finite");
    assert_true(v == 7);
}

RUN(cmocka_unit_test(test_stationary_variance), cmocka_unit_test(test_transient_variance),
    cmocka_unit_test(test_against_moments), cmocka_unit_test(test_paths),
    cmocka_unit_test(test_without_noise), cmocka_unit_test(test_units_of_time),
    cmocka_unit_test(test_delay_longer_than_run), cmocka_unit_test(test_threads_and_errors))
