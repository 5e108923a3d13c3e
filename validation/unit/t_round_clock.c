/* Expectations over a renewal count: exact for gamma laws, within what is stated for others; rates. */
#include "validation/unit/check.h"

#include "asgd/theory/round_clock.h"
#include "core/rng.h"
#include "core/stats.h"

enum { MOST = 4000 };

static tg_delay *
law_of(const char *text)
{
    tg_delay *d = NULL;

    assert_ok(tg_delay_parse(text, &d));
    return d;
}

/* E z^N(t) of a Poisson process is exp(-(1 - z) t/m). */
static void
poisson_counts_are_exact(void **state)
{
    tg_delay            *d = law_of("{law: exponential, mean: 2}");
    const tg_round_clock c = tg_round_clock_of(d);
    double               f[MOST], error;

    (void)state;
    for (size_t i = 0; i < MOST; i++) f[i] = pow(0.9, (double)i);
    for (double t = 0.1; t < 500; t *= 3) {
        const double exact = exp(-0.1 * t / 2);
        assert_near(tg_round_clock_at(&c, f, MOST, t, &error), exact, 3e-4 * exact + 1e-12);
        assert_near(error, 0, 1e-6);
    }
    assert_near(cabs(tg_round_clock_rate(d, 0.9) + 0.1 / 2), 0, 1e-12);
    tg_delay_free(d);
}

static void
equal_rounds_are_counted(void **state)
{
    tg_delay            *d = law_of("{law: constant, value: 0.1}");
    const tg_round_clock c = tg_round_clock_of(d);
    const double         f[] = { 7, 5, 3, 2, 1 };
    double               error;

    (void)state;
    assert_near(tg_round_clock_at(&c, f, 5, 0, &error), 7, 0);
    assert_near(tg_round_clock_at(&c, f, 5, 0.3, &error), 2,
                0); /* .3 is no multiple in binary */
    assert_near(tg_round_clock_at(&c, f, 5, 0.299, &error), 3, 0);
    assert_near(tg_round_clock_at(&c, f, 5, 9, &error), 1, 0);
    assert_near(tg_round_clock_most(&c, 0.3), 3, 0);
    assert_near(creal(tg_round_clock_rate(d, 0.5)), log(0.5) / 0.1, 1e-10);
    tg_delay_free(d);
}

/* Other laws against counts that are drawn; and as a control that the variance is needed. */
static void
other_laws_are_within_what_is_stated(void **state)
{
    static const char *const text[] = { "{law: lognormal, mean: 1, cv: 1}",
                                        "{law: weibull, shape: 0.8, mean: 1}",
                                        "{law: uniform, min: 0, max: 2}",
                                        "{law: gamma, shape: 0.5, mean: 1}" };
    enum { DRAWS = 40000 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        tg_delay            *d = law_of(text[i]);
        const tg_round_clock c = tg_round_clock_of(d);
        tg_rng               g = tg_rng_stream(3, TG_PURPOSE_TEST, i);
        const double         t = 20;
        double               f[MOST], error, unsure;
        tg_stats             s = { 0 };
        for (size_t k = 0; k < MOST; k++) f[k] = pow(0.8, (double)k);
        for (size_t draw = 0; draw < DRAWS; draw++) {
            size_t n = 0;
            for (double at = tg_delay_sample(d, &g); at <= t; n++)
                at += tg_delay_sample(d, &g);
            tg_stats_add(&s, f[n]);
        }
        const double value = tg_round_clock_at(&c, f, MOST, t, &error);
        assert_near(value, s.mean, error + 4 * tg_stats_error(&s) + 1e-3 * value);
        assert_true(error < 0.5 * value);
        const tg_round_clock regular = { .mean = c.mean };
        assert_true(fabs(tg_round_clock_at(&regular, f, MOST, t, &unsure) - s.mean) >
                    error + 4 * tg_stats_error(&s) + 1e-3 * value);
        tg_delay_free(d);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poisson_counts_are_exact),
        cmocka_unit_test(equal_rounds_are_counted),
        cmocka_unit_test(other_laws_are_within_what_is_stated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
