#include "solver/survival.h"

#include "validation/unit/check.h"

#include "core/rng.h"

/* Without censoring: the empirical distribution, the plain mean and its error. */
static void
test_nothing_cut_off(void **state)
{
    const double        t[] = { 3, 1, 2, 2, 5 };
    const unsigned char ended[] = { 1, 1, 1, 1, 1 };
    tg_survival         s[5];
    size_t              n;
    double              mean, error;

    (void)state;
    assert_ok(tg_survival_estimate(t, ended, 5, 1.96, s, &n));
    assert_int_equal(n, 4);
    const double share[] = { .8, .4, .2, 0 };
    for (size_t i = 0; i < 4; i++) assert_near(s[i].share, share[i], 1e-15);
    tg_survival_mean(s, n, 100, &mean, &error);
    assert_near(mean, 2.6, 1e-14);
    /* Greenwood's variance is that of the sample with n, not n - 1 */
    assert_near(error, sqrt((.16 + 2.56 + .36 + .36 + 5.76) / 25), 1e-14);
    assert_near(tg_survival_quantile(s, n, .5), 2, 0);
}

/* By hand: at 1 of 4; one cut off at 2; at 3 of 2: S = 3/4, 3/8. */
static void
test_product_limit(void **state)
{
    const double        t[] = { 1, 2, 3, 4 };
    const unsigned char ended[] = { 1, 0, 1, 0 };
    tg_survival         s[4];
    size_t              n;
    double              mean, error;

    (void)state;
    assert_ok(tg_survival_estimate(t, ended, 4, 1.96, s, &n));
    assert_int_equal(n, 2);
    assert_near(s[0].share, .75, 1e-15);
    assert_near(s[1].share, .375, 1e-15);
    assert_true(s[1].low < .375 && .375 < s[1].high && s[1].low > 0 && s[1].high < 1);
    tg_survival_mean(s, n, 4, &mean, &error);
    assert_near(mean, 1 + .75 * 2 + .375, 1e-15);
    assert_true(isinf(tg_survival_quantile(s, n, .9)));
}

/* Exponential times cut off at exponential times: the band covers e^{-t} about 95 % of the
 * time, where the plain share of those seen would not. */
static void
test_band_covers(void **state)
{
    enum { trials = 400, n = 200 };
    int inside = 0;

    (void)state;
    for (uint64_t k = 0; k < trials; k++) {
        tg_rng        g = tg_rng_stream(1, TG_PURPOSE_TEST, k);
        double        t[n], at = 1;
        unsigned char ended[n];
        tg_survival   s[n];
        size_t        count, i = 0;
        for (size_t j = 0; j < n; j++) {
            const double x = tg_rng_exponential(&g), c = 2 * tg_rng_exponential(&g);
            t[j] = fmin(x, c);
            ended[j] = x <= c;
        }
        assert_ok(tg_survival_estimate(t, ended, n, 1.96, s, &count));
        while (i + 1 < count && s[i + 1].t <= at) i++;
        inside += s[i].low <= exp(-at) && exp(-at) <= s[i].high;
    }
    assert_near((double)inside / trials, .95, 4 * sqrt(.95 * .05 / trials));
}

static void
test_errors(void **state)
{
    const double        t[] = { 1, NAN };
    const unsigned char ended[] = { 1, 1 };
    tg_survival         s[2];
    size_t              n = 7;

    (void)state;
    assert_fails(tg_survival_estimate(t, ended, 2, 1.96, s, &n), TG_EDOMAIN, "time 1");
    assert_fails(tg_survival_estimate(t, ended, 0, 1.96, s, &n), TG_EDOMAIN, "no times");
    assert_int_equal(n, 7);
}

RUN(cmocka_unit_test(test_nothing_cut_off), cmocka_unit_test(test_product_limit),
    cmocka_unit_test(test_band_covers), cmocka_unit_test(test_errors))
