/* The envelope's rate of means whose rate is known: with swings, without, and with dents that are no swings. */
#include "validation/unit/check.h"

#include "asgd/theory/envelope.h"

enum { POINTS = 2001 };
static const double SPAN = 10;

typedef double course(double t);

static double
rate_of(course *f)
{
    double y[POINTS], room[POINTS];
    bool   ended;

    for (size_t i = 0; i < POINTS; i++) y[i] = f(SPAN * (double)i / (POINTS - 1));
    return tg_envelope_rate(y, POINTS, room, &ended) * (POINTS - 1) / SPAN;
}

static double
falls(double t)
{
    return exp(-.3 * t);
}

static double
swings(double t)
{
    return exp(-.3 * t) * cos(3 * t);
}

/* A bump a hundredth as high, where the swing passes 0 before the last peaks. */
static double
has_a_dent(double t)
{
    const double zero = (2 * 8 + 1) * 3.14159265358979323846 / 6 - .02,
                 u = (t - zero) / .02;

    return swings(t) * (1 - exp(-u * u)) + .01 * swings(zero - .3) * exp(-u * u / 4);
}

/* Later and lower than all swings. */
static double
ends_in_a_dent(double t)
{
    return t < 9.5 ? swings(t) : swings(9.5) * (1 - .3 * sin(8 * (t - 9.5)));
}

/* Constant between its jumps but for what it is known to. */
static double
is_a_stair(double t)
{
    return exp(-.3 * floor(t)) * (1 + 8e-10 * sin(1e4 * t));
}

/* One bump above 1 at first, as a rough grid makes it, is no growth. */
static double
rises_first(double t)
{
    return falls(t) + (t < .6 ? 1.002 - falls(t) - .02 * (t - .3) * (t - .3) : 0);
}

static double
hardly_falls(double t)
{
    return 1 - 1e-9 * t;
}

static void
test_rates(void **state)
{
    (void)state;
    assert_near(rate_of(falls), .3, 1e-6);
    assert_near(rate_of(swings), .3, .003);
    assert_near(rate_of(has_a_dent), .3, .003);
    assert_true(rate_of(ends_in_a_dent) > .2);
    assert_near(rate_of(is_a_stair), .285, .0151);
    assert_near(rate_of(hardly_falls), 1e-9, 1e-15);
    assert_near(rate_of(rises_first), .3, 1e-6);
}

RUN(cmocka_unit_test(test_rates))
