#include "solver/winding.h"

#include "validation/unit/check.h"
#include "validation/unit/one_law.h"

/* s + b + a e^{-s}, tau = 1: the rightmost root crosses at a = pi/2 for b = 0; without delay
 * there is the one root -a - b. */
static void
test_counts(void **state)
{
    tg_delay *unit = make("{law: constant, value: 1}"),
             *none = make("{law: constant, value: 0}");
    tg_loop l = { .a = 1.57, .delay = unit };
    size_t  n = 9;

    (void)state;
    assert_ok(tg_winding_right_of(&l, 0, &n));
    assert_int_equal(n, 0);
    l.a = 1.58;
    assert_ok(tg_winding_right_of(&l, 0, &n));
    assert_int_equal(n, 2);
    l.a = 100; /* 32 by their branches of Lambert's function */
    assert_ok(tg_winding_right_of(&l, 0, &n));
    assert_int_equal(n, 32);
    l = (tg_loop){ .b = -2, .delay = none };
    assert_ok(tg_winding_right_of(&l, 1.9, &n));
    assert_int_equal(n, 1);
    assert_ok(tg_winding_right_of(&l, 2.1, &n));
    assert_int_equal(n, 0);
    assert_fails(tg_winding_right_of(&l, 2, &n), TG_ENOCONV, "lies at 2");
    tg_delay_free(unit);
    tg_delay_free(none);
}

/* 0 where the mean settles, else from the largest real part to 1 % more. Constant delay, a = 2:
 * .172816; a phase that cannot be followed is not taken for a root. */
static void
test_growth(void **state)
{
    tg_delay *unit = make("{law: constant, value: 1}"),
             *wait = make("{law: exponential, mean: 1}");
    tg_loop l = { .a = 2, .delay = unit };
    double  growth = NAN;

    (void)state;
    assert_ok(tg_winding_growth(&l, &growth));
    assert_true(growth >= .17281600284 && growth <= 1.011 * .17281600284);
    l.a = 1;
    assert_ok(tg_winding_growth(&l, &growth));
    assert_near(growth, 0, 0);
    for (double b = 1e-3; b < 1e4; b *= 10) {
        l = (tg_loop){ .b = -b, .delay = unit };
        assert_ok(tg_winding_growth(&l, &growth));
        assert_true(growth >= b && growth <= 1.011 * b);
    }
    l = (tg_loop){ .a = 1e4, .delay = wait };
    assert_ok(tg_winding_growth(&l, &growth));
    assert_near(growth, 0, 0);
    l.a = 1e6;
    assert_fails(tg_winding_growth(&l, &growth), TG_ENOCONV, "turns too often");
    tg_delay_free(unit);
    tg_delay_free(wait);
}

RUN(cmocka_unit_test(test_counts), cmocka_unit_test(test_growth))
