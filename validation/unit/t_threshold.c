#include "roots/find.h"
#include "roots/threshold.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const double pi = 3.14159265358979323846;

static tg_threshold
threshold(const char *law, const char *filter, double b)
{
    tg_delay    *d = NULL;
    tg_threshold t = { 0 };

    if (tg_delay_parse(law, &d) != TG_OK) fail_msg("%s", tg_message());
    const tg_loop l = { .b = b,
                        .delay = d,
                        .filter = filter ? tg_filter_find(filter) : NULL };
    if (tg_loop_threshold(&l, &t) != TG_OK) fail_msg("%s: %s", law, tg_message());
    tg_delay_free(d);
    return t;
}

static void
near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* validation/reference/thresholds.csv: closed form, or quadrature to 1e-8. */
static void
test_reference(void **state)
{
    static const struct {
        const char *law;
        double      w, k;
    } row[] = {
        { "{law: constant, value: 1}", 1.5707963267948966, 1.5707963267948966 },
        { "{law: gamma, shape: 2, mean: 1}", 2, 4 },
        { "{law: gamma, shape: 3, mean: 1}", 1.7320508075688772, 2.6666666666666665 },
        { "{law: gamma, shape: 2.5, mean: 1}", 1.8163563200134025, 3.0853677656013008 },
        { "{law: uniform, min: 0.5, max: 1.5}", 1.5707963267948966, 1.7447160499097198 },
        { "{law: lognormal, mean: 1, cv: 0.25}", 1.5784696549845807, 1.7045081984587331 },
        { "{law: lognormal, mean: 1, cv: 0.5}", 1.6857637048624414, 2.2519601337264628 },
        { "{law: weibull, shape: 2, mean: 1}", 1.6379935042284723, 2.349100893881142 },
        { "{law: shifted_exponential, shift: 0.5, mean: 0.5}", 1.7206671780387581,
          2.2698293006614376 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const tg_threshold t = threshold(row[i].law, NULL, 0);
        near(t.frequency, row[i].w, 1e-8);
        near(t.gain, row[i].k, 1e-8);
    }
}

/* gamma(n): n tan(pi/2n)/cos(pi/2n)^n; exponential: never; DuDe-ASGD, constant: pi^2/9. */
static void
test_closed_forms(void **state)
{
    (void)state;
    assert_true(isinf(threshold("{law: exponential, mean: 3}", NULL, 0).a));
    near(threshold("{law: constant, value: 2}", "dude", 0).gain, pi * pi / 9, 1e-13);
    for (int n = 2; n <= 16; n *= 2) {
        char text[64];
        snprintf(text, sizeof text, "{law: erlang, stages: %d, mean: 2}", n);
        const double       angle = pi / (2 * n);
        const tg_threshold t = threshold(text, NULL, 0);
        near(t.gain, n * tan(angle) / pow(cos(angle), n), 1e-13);
        near(2 * t.a, t.gain, 1e-15); /* a m = k */
    }
    /* s + b + a e^{-s}: w = -b tan w, a = sqrt(b^2 + w^2); at b = 1, w = 2.02875783811 */
    near(threshold("{law: constant, value: 1}", NULL, 1).frequency, 2.0287578381104342236,
         1e-13);
}

/* Just below the threshold nothing is unstable, just above it one pair. */
static void
test_separates(void **state)
{
    static const char *const laws[] = {
        "{law: truncated_normal, mu: 1, sd: 0.3}", "{law: pareto, shape: 2.5, mean: 1}",
        "{law: weibull, shape: 3, mean: 2}",
        "{law: lognormal, mean: 1, cv: 0.8, at_most: 2}",
        "{sum: [{law: gamma, shape: 2.5, mean: 1}, {law: constant, value: 1}]}"
    };
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        tg_delay *d = NULL;
        if (tg_delay_parse(laws[i], &d) != TG_OK) fail_msg("%s", tg_message());
        tg_loop      l = { .delay = d };
        tg_threshold t;
        size_t       below, above;
        if (tg_loop_threshold(&l, &t) != TG_OK) fail_msg("%s: %s", laws[i], tg_message());
        l.a = t.a * (1 - 1e-6);
        if (tg_count_right_of(&l, 0, &below, NULL) != TG_OK)
            fail_msg("%s: %s", laws[i], tg_message());
        l.a = t.a * (1 + 1e-6);
        assert_int_equal(tg_count_right_of(&l, 0, &above, NULL), TG_OK);
        if (!(below == 0 && above == 2)) fail_msg("%s: %zu, %zu", laws[i], below, above);
        tg_delay_free(d);
    }
}

/* Crossings that a grid of frequencies steps over: a short atom beside a long one turns the
 * phase at w ~ 1/short. {1/2 at e + 1/2 at 1}: w = pi/(1 + e), a = w/sin(pi e/(1 + e)). The
 * other rows: cases of 0.1.0, from independent quadrature. */
static void
test_high_frequencies(void **state)
{
    (void)state;
    tg_threshold t = threshold("{mixture: [{weight: .9, law: exponential, mean: .1}, "
                               "{weight: .1, law: constant, value: 9.1}]}",
                               NULL, 0);
    near(t.a, 94.66744, 1e-7);
    assert_true(t.searched >= t.a);
    for (double e = 1e-2; e > 1e-5; e /= 10) {
        char text[128];
        snprintf(text, sizeof text,
                 "{mixture: [{weight: .5, law: constant, value: %.17g}, {weight: .5, law: "
                 "constant, value: 1}]}",
                 e);
        t = threshold(text, NULL, 0);
        near(t.a, pi / (1 + e) / sin(pi * e / (1 + e)), 1e-16 / (e * e) + 1e-13);
    }
    t = threshold("{mixture: [{weight: .5, law: constant, value: 1e-6}, {weight: .5, law: "
                  "constant, value: 1}]}",
                  NULL, 0);
    near(t.a, 1e6, 1e-6);
    t = threshold("{law: lognormal, mean: 1, cv: 50}", NULL, 0);
    near(t.a, 1.6608e7, 1e-4);
    near(t.frequency, 78726, 1e-5);
    t = threshold("{law: pareto, shape: 1.05, mean: 1}", NULL, 0);
    near(t.gain, 33.4154, 2e-6);
}

/* Times in nanoseconds or in centuries: the same number. */
static void
test_units_of_time(void **state)
{
    const double unit[] = { 1e-9, 1e-3, 1, 1e9 };
    double       k[4];

    (void)state;
    for (int i = 0; i < 4; i++) {
        char text[64];
        snprintf(text, sizeof text, "{law: lognormal, mean: %g, cv: 0.5}", unit[i]);
        k[i] = threshold(text, NULL, 0).gain;
        near(k[i], 2.2519601337264628, 1e-11);
    }
    for (int i = 0; i < 4; i++) near(k[i], k[2], 1e-14);
}

static void
test_bad_input(void **state)
{
    (void)state;
    tg_delay    *d = NULL;
    tg_threshold t;

    assert_int_equal(tg_delay_parse("{law: constant, value: 0}", &d), TG_OK);
    tg_loop l = { .delay = d };
    assert_int_equal(tg_loop_threshold(&l, &t), TG_EDOMAIN);
    l.b = -1;
    assert_int_equal(tg_loop_threshold(&l, &t), TG_EDOMAIN);
    l.delay = NULL;
    assert_int_equal(tg_loop_threshold(&l, &t), TG_EDOMAIN);
    tg_delay_free(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),     cmocka_unit_test(test_closed_forms),
        cmocka_unit_test(test_separates),     cmocka_unit_test(test_high_frequencies),
        cmocka_unit_test(test_units_of_time), cmocka_unit_test(test_bad_input)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
