/* The rightmost root of a loop: facts of theory section 3.1, and beside a branch point. */
#include "validation/unit/some_roots.h"

#include <stdio.h>

static const double pi = 3.14159265358979323846;

static tg_rightmost
rightmost(const char *law, double a)
{
    tg_delay     *d = make(law);
    const tg_loop l = { .a = a, .delay = d };
    tg_rightmost  r = { 0 };

    if (tg_loop_rightmost(&l, &r) != TG_OK) fail_msg("%s %g: %s", law, a, tg_message());
    tg_delay_free(d);
    return r;
}

/* Facts of theory section 3.1. */
static void
test_rightmost(void **state)
{
    (void)state;
    tg_rightmost r = rightmost("{law: constant, value: 1}", 2);
    assert_true(r.unstable == 2 && r.exponential);
    assert_true(cabs(r.s - (0.17281600283999999 + 1.6736864137408427 * I)) < 1e-14);
    assert_int_equal(rightmost("{law: constant, value: 1}", 100).unstable, 32);
    assert_int_equal(rightmost("{law: constant, value: 1}", 1.57).unstable, 0);
    assert_int_equal(rightmost("{law: constant, value: 1}", 1e8).unstable, 31830990);
    r = rightmost("{law: constant, value: 1}", 1e-12);
    assert_true(r.unstable == 0 && fabs(creal(r.s) / -1e-12 - 1) < 1e-11);
    r = rightmost("{law: constant, value: 1}", 0);
    assert_true(r.unstable == 1 && r.s == 0);
    r = rightmost("{law: constant, value: 1}", pi / 2);
    assert_true(r.unstable == 2 && cabs(r.s - pi / 2 * I) < 1e-14);
    for (double k = 0.26; k < 1e9;
         k *= 7) { /* exponential: 1/(2m) for k >= 1/4, never unstable */
        r = rightmost("{law: exponential, mean: 1}", k);
        assert_true(r.unstable == 0 && fabs(creal(r.s) + 0.5) < 1e-9);
    }
    for (int n = 1; n <= 8;
         n++) { /* gamma(n): fastest at k = (n/(n+1))^(n+1), rate n/(n+1) */
        char text[64];
        snprintf(text, sizeof text, "{law: erlang, stages: %d, mean: 1}", n);
        r = rightmost(text, pow(n / (n + 1.0), n + 1) * (1 - 1e-9));
        assert_true(r.unstable == 0 && fabs(creal(r.s) + n / (n + 1.0)) < 1e-4);
    }
    r = rightmost("{law: lognormal, mean: 1, cv: 0.5}", 2.2519);
    assert_true(r.unstable == 0 && !r.exponential && r.s == 0);
    r = rightmost("{law: lognormal, mean: 1, cv: 0.5}", 2.2520);
    assert_true(r.unstable == 2 && r.exponential && creal(r.s) > 0);
    r = rightmost("{law: uniform, min: 0, max: 2}", -1);
    assert_true(r.unstable == 1 && creal(r.s) > 0);
}

/* A pair about to leave through a branch point: the count still pins its real part. */
static void
test_near_branch_point(void **state)
{
    tg_delay    *d = NULL;
    tg_rightmost r;
    size_t       left = 0, right = 9;

    (void)state;
    assert_int_equal(tg_delay_parse("{law: gamma, shape: 0.5, mean: 1}", &d), TG_OK);
    for (double a = 0.6; a < 0.71; a += 0.001) {
        const tg_loop l = { .a = a, .delay = d };
        assert_int_equal(tg_loop_rightmost(&l, &r), TG_OK);
        if (!r.exponential) continue;
        assert_true(r.residual < 1e-12);
        assert_int_equal(tg_count_right_of(&l, creal(r.s) + 1e-6, &right, NULL), TG_OK);
        assert_int_equal(right, 0);
        if (!(creal(r.s) - 1e-6 > -0.5)) continue;
        assert_int_equal(tg_count_right_of(&l, creal(r.s) - 1e-6, &left, NULL), TG_OK);
        assert_int_equal(left, 2);
    }
    tg_delay_free(d);
}

/* Re phi(iw) > 0 at every w, so the half-normal law never diverges; at large a its roots come
 * nearer to the axis than doubles can tell, and the threshold decides. */
static void
test_verdict_does_not_rest_on_rounding(void **state)
{
    (void)state;
    for (double a = 100; a < 2e5; a *= sqrt(10)) {
        const tg_rightmost r = rightmost("{law: half_normal, sd: 1}", a);
        if (r.unstable) fail_msg("a = %g: %zu, Re s = %g", a, r.unstable, creal(r.s));
        assert_true(r.exponential && r.on_line && creal(r.s) <= 0);
        /* a phi(iw) ~ -i a sqrt(2/pi)/w there */
        near("frequency", cimag(r.s), sqrt(a * sqrt(2 / pi)), 0.01 * cimag(r.s));
        assert_true(r.residual < 1e-14 * a);
    }
    assert_false(rightmost("{law: half_normal, sd: 1}", 1).on_line);
}

/* On the boundary itself a root is on the line, and the loop does not converge. */
static void
test_on_the_line(void **state)
{
    (void)state;
    const double       angle = pi / 6, k = 3 * tan(angle) / pow(cos(angle), 3);
    const tg_rightmost r = rightmost("{sum: [{law: erlang, stages: 3, mean: 1}, {law: "
                                     "constant, value: 1e-300}]}",
                                     k);

    assert_true(r.on_line && r.unstable == 2);
    near("frequency", cimag(r.s), 3 * tan(angle), 1e-13);
}

/* A root at high frequency, far from that of the constant delay: found by where |f| is
 * least on the axis. Just above the threshold, 9106.0976, with w = 353.09. */
static void
test_high_frequency(void **state)
{
    (void)state;
    assert_int_equal(rightmost("{law: lognormal, mean: 1, cv: 8}", 9106).unstable, 0);
    const tg_rightmost r = rightmost("{law: lognormal, mean: 1, cv: 8}", 9107);
    assert_int_equal(r.unstable, 2);
    near("frequency", cimag(r.s), 353.1, 0.1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rightmost), cmocka_unit_test(test_near_branch_point),
        cmocka_unit_test(test_verdict_does_not_rest_on_rounding),
        cmocka_unit_test(test_on_the_line), cmocka_unit_test(test_high_frequency)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
