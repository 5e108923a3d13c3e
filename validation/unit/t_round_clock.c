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

/* Of any law: no round is over before it can be, and the first by R's own law. */
static void
first_rounds_are_those_of_the_law(void **state)
{
    static const char *const text[] = { "{law: lognormal, mean: 1, cv: 3}",
                                        "{law: pareto, shape: 2.5, mean: 1}",
                                        "{law: uniform, min: 1, max: 3}" };
    const double             f[] = { 1, 0, 0 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        tg_delay            *d = law_of(text[i]);
        const tg_round_clock c = tg_round_clock_of(d);
        for (double t = 0.02; t < 1.2; t += 0.1) {
            double       error;
            const double value = tg_round_clock_at(&c, f, 3, t, &error);
            assert_true(isfinite(error));
            assert_near(value, 1 - tg_delay_cdf(d, t), error + 1e-12);
            assert_true(1 - value <= tg_delay_cdf(d, t) + 1e-12);
        }
        tg_delay_free(d);
    }
}

/* What rounds of a gamma law of any shape make of z has its own exponent: E z^N = e^st with (1 + s/(r k))^-k z = 1. */
static void
rates_are_found_to_rounding(void **state)
{
    (void)state;
    for (double shape = 0.5; shape < 1e5; shape *= 5) {
        char text[100];
        snprintf(text, sizeof text, "{law: gamma, shape: %g, mean: 1}", shape);
        tg_delay *d = law_of(text);
        for (double z = 0.5; z < 1; z = 1 - (1 - z) / 4) {
            if (1 - z < 1e-4) break;
            const double s = shape * expm1(log(z) / shape);
            assert_near(creal(tg_round_clock_rate(d, z)), s, 1e-7 * fabs(s));
        }
        tg_delay_free(d);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poisson_counts_are_exact),
        cmocka_unit_test(equal_rounds_are_counted),
        cmocka_unit_test(first_rounds_are_those_of_the_law),
        cmocka_unit_test(rates_are_found_to_rounding),
        cmocka_unit_test(other_laws_are_within_what_is_stated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
