#include "core/lambert.h"
#include "roots/lambert.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const double pi = 3.14159265358979323846;

static void
near_complex(double complex got, double complex want, double bound)
{
    if (!(cabs(got - want) <= bound))
        fail_msg("got %.17g %+.17gi, want %.17g %+.17gi", creal(got), cimag(got),
                 creal(want), cimag(want));
}

/* Characteristic roots s = W_b(-a tau)/tau, validation/reference cases "Characteristic
 * roots". */
static void
test_published(void **state)
{
    (void)state;
    near_complex(tg_lambert(0, 1), 0.56714329040978387300, 1e-16);
    near_complex(tg_lambert(0, -0.5) / 0.5, -1.5880472646893787 + 1.5402235010207582 * I,
                 1e-15);
    near_complex(tg_lambert(1, -0.5) / 0.5, -5.5441380303061639 + 14.999886056683752 * I,
                 1e-14);
    near_complex(tg_lambert(2, -0.5) / 0.5, -6.7067031976222225 + 27.800898670553769 * I,
                 1e-14);
    near_complex(tg_lambert(0, -1), -0.31813150520476414 + 1.3372357014306894 * I, 1e-15);
    near_complex(tg_lambert(1, -1), -2.0622777295982839 + 7.5886311784725126 * I, 1e-14);
    near_complex(tg_lambert(-1, -1), -0.31813150520476414 - 1.3372357014306894 * I, 1e-15);
    near_complex(tg_lambert(0, -2), 0.17281600283999999 + 1.6736864137408427 * I, 1e-14);
    near_complex(tg_lambert(0, -pi / 2), pi / 2 * I, 1e-15);
    near_complex(tg_lambert(0, -exp(-1)), -1, 3e-8);
    near_complex(tg_lambert(-1, -0.1), -3.5771520639572972184, 1e-14);
    assert_true(tg_lambert(0, 0) == 0 && creal(tg_lambert(3, 0)) == -INFINITY);
}

/* w e^w = z and w + log w = log z + 2 pi i b, off the cuts: the equation and the branch. */
static void
test_equation_and_branch(void **state)
{
    (void)state;
    for (int b = -6; b <= 6; b++)
        for (double r = 1e-8; r < 1e9; r *= 2.7)
            for (double angle = -3.1; angle < 3.14; angle += 0.19) {
                const double complex z = r * cexp(I * angle), w = tg_lambert(b, z);
                near_complex(w * cexp(w) / z, 1, 1e-13 * (1 + cabs(w) / cabs(1 + w)));
                if (b != 0 || r > 0.37)
                    near_complex(w + clog(w), clog(z) + 2 * pi * b * I,
                                 1e-12 * (1 + cabs(w)));
            }
}

static void
test_conjugate_branches(void **state)
{
    (void)state;
    for (int b = 0; b < 5; b++)
        for (double x = -3; x < 3; x += 0.37)
            near_complex(tg_lambert(-b, conj(x + 0.5 * I)),
                         conj(tg_lambert(b, x + 0.5 * I)), 1e-14);
}

/* W = -1 + p - p^2/3 + 11/72 p^3, p^2 = 2(ez + 1), next to the branch point. */
static void
test_branch_point(void **state)
{
    (void)state;
    for (double p = 1e-6; p < 1e-3; p *= 3) {
        const double z = (p * p / 2 - 1) * exp(-1);
        near_complex(tg_lambert(0, z), -1 + p - p * p / 3, p * p * p + 1e-16 / p);
        near_complex(tg_lambert(-1, z), -1 - p - p * p / 3, p * p * p + 1e-16 / p);
    }
}

/* x' = -a x(t - tau): a pair reaches the axis at a tau = pi/2, 5 pi/2, ...; for a < 0 there is
 * a real root > 0 and a pair more at -a tau = 3 pi/2, 7 pi/2, ... At a = 0 the root is 0. */
static void
test_unstable_count(void **state)
{
    tg_delay *d;

    (void)state;
    assert_int_equal(tg_delay_parse("{law: constant, value: 3}", &d), TG_OK);
    for (size_t pairs = 0; pairs < 6; pairs++) {
        const double first = (0.5 + 2 * (double)pairs) * pi, second = first + pi;
        for (int side = 0; side < 2; side++) {
            const double  off = side ? 1 + 1e-12 : 1 - 1e-12;
            const size_t  more = 2 * (pairs + (size_t)side);
            const tg_loop pull = { .a = off * first / 3, .delay = d };
            const tg_loop push = { .a = -off * second / 3, .delay = d };
            assert_int_equal(tg_lambert_unstable(&pull), more);
            assert_int_equal(tg_lambert_unstable(&push), more + 1);
        }
    }
    assert_int_equal(tg_lambert_unstable(&(tg_loop){ .a = 0, .delay = d }), 1);
    assert_int_equal(tg_lambert_unstable(&(tg_loop){ .a = 1e-300, .delay = d }), 0);
    tg_delay_free(d);
}

/* Without a step, as many as there are and as the walk along the line counts, of a mixture of
 * the constant with itself; and none is said where a root is on the line. */
static void
test_count_of_a_line(void **state)
{
    tg_delay *d, *e;

    (void)state;
    assert_int_equal(tg_delay_parse("{law: constant, value: 1.5}", &d), TG_OK);
    assert_int_equal(
        tg_delay_parse("{mixture: [{weight: 1, law: constant, value: 1.5}]}", &e), TG_OK);
    for (double a = -4; a < 4.1; a += 0.53)
        for (double b = -2; b < 2.1; b += 0.7)
            for (double line = -3; line < 3; line += 0.41) {
                const tg_loop l = { .a = a, .b = b, .delay = d },
                              m = { .a = a, .b = b, .delay = e };
                size_t   closed, walked;
                tg_roots r;
                assert_true(tg_lambert_count(&l, line, &closed));
                assert_false(tg_lambert_count(&m, line, &walked));
                assert_int_equal(tg_count_right_of(&m, line, &walked, NULL), TG_OK);
                assert_int_equal(closed, walked);
                assert_int_equal(tg_roots_right_of(&l, line, &r), TG_OK);
                assert_int_equal(r.certificate.found, closed);
                tg_roots_free(&r);
            }
    const double  on = creal(tg_lambert(7, -1.5)) / 1.5;
    const tg_loop l = { .a = 1, .delay = d };
    size_t        count;
    assert_false(tg_lambert_count(&l, on, &count));
    assert_true(tg_lambert_count(&l, on + 1e-6, &count) && count == 14);
    assert_true(tg_lambert_count(&l, on - 1e-6, &count) && count == 16);
    tg_delay_free(d);
    tg_delay_free(e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_published),
                                        cmocka_unit_test(test_equation_and_branch),
                                        cmocka_unit_test(test_conjugate_branches),
                                        cmocka_unit_test(test_branch_point),
                                        cmocka_unit_test(test_unstable_count),
                                        cmocka_unit_test(test_count_of_a_line) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
