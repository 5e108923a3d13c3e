/* Panels against closed transforms: smooth, singular at the end, broken, observed times. */
#include "core/panels.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
near_complex(double complex got, double complex want, double bound)
{
    if (!(cabs(got - want) <= bound))
        fail_msg("got %.17g %+.17gi, want %.17g %+.17gi", creal(got), cimag(got),
                 creal(want), cimag(want));
}

static double
decay(double t, const void *context)
{
    (void)context;
    return exp(-t);
}

static double
root(double t, const void *context)
{
    (void)context;
    return 0.5 / sqrt(t);
}

static double
step(double t, const void *context)
{
    (void)context;
    return t < 0.3 ? 2 : 1;
}

/* int_0^2 e^{-t} e^{-st} dt over many decades of s, on and off the axis. */
static void
test_smooth(void **state)
{
    tg_panels *p = NULL;
    (void)state;

    assert_int_equal(tg_panels_density_create(decay, NULL, 0, 2, NULL, 0, 3e-16, &p),
                     TG_OK);
    for (double r = 1e-12; r < 1e5; r *= 3)
        for (int k = -2; k <= 2; k++) {
            const double complex s = r * cexp(0.7 * k * I), z = 1 + s;
            double complex       slope, phi = tg_panels_laplace(p, s, &slope);
            const double complex e = cexp(-2 * z), want = (1 - e) / z;
            near_complex(phi, want, 2e-14 * fmin(1, 3 / cabs(z)) + 1e-16);
            near_complex(slope, 2 * e / z - want / z, 1e-13);
        }
    tg_panels_free(p);
}

/* Left of the axis, where the integrand grows. */
static void
test_growth(void **state)
{
    tg_panels *p = NULL;
    (void)state;

    assert_int_equal(tg_panels_density_create(decay, NULL, 0, 2, NULL, 0, 3e-16, &p),
                     TG_OK);
    for (double w = 0; w < 200; w = 2 * w + 0.5) {
        const double complex z = -9 + I * w, want = (1 - cexp(-2 * z)) / z;
        near_complex(tg_panels_laplace(p, z - 1, NULL), want,
                     1e-13 * cabs(want) + 1e-15 * exp(18));
    }
    tg_panels_free(p);
}

/* 1/(2 sqrt t) on (0, 1): at s > 0 the transform is sqrt(pi/s) erf(sqrt s)/2. */
static void
test_singular(void **state)
{
    tg_panels *p = NULL;
    double     m[4];
    (void)state;

    assert_int_equal(tg_panels_density_create(root, NULL, 0, 1, NULL, 0, 3e-16, &p), TG_OK);
    for (double s = 0.01; s < 100; s *= 3)
        near_complex(tg_panels_laplace(p, s, NULL),
                     0.5 * sqrt(3.14159265358979324 / s) * erf(sqrt(s)), 1e-13);
    tg_panels_moments(p, 0, m);
    for (int k = 0; k < 4; k++) near_complex(m[k], 1 / (2.0 * k + 1), 1e-13);
    tg_panels_free(p);
}

static void
test_break(void **state)
{
    const double at = 0.3;
    tg_panels   *p = NULL;
    (void)state;

    assert_int_equal(tg_panels_density_create(step, NULL, 0, 1, &at, 1, 3e-16, &p), TG_OK);
    const double complex s = 2 + 30 * I;
    near_complex(tg_panels_laplace(p, s, NULL), (2 - cexp(-0.3 * s) - cexp(-s)) / s, 1e-15);
    assert_true(isinf(tg_panels_reach(p)));
    tg_panels_free(p);
}

static void
test_nothing_there(void **state)
{
    tg_panels *p = NULL;
    (void)state;

    assert_int_equal(tg_panels_density_create(root, NULL, 1, 1, NULL, 0, 3e-16, &p),
                     TG_EDOMAIN);
    assert_null(p);
    tg_panels_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_smooth),
                                        cmocka_unit_test(test_growth),
                                        cmocka_unit_test(test_singular),
                                        cmocka_unit_test(test_break),
                                        cmocka_unit_test(test_nothing_there) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
