#include "core/faddeeva.h"

#include <gsl/gsl_sf_dawson.h>
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

/* On the axes: e^{x^2} erfc x, and w(x) = e^{-x^2} + 2i/sqrt(pi) Dawson(x). */
static void
test_axes(void **state)
{
    (void)state;
    for (double x = 0; x < 20; x += 0.0371) {
        near_complex(tg_erfc_scaled(x), exp(x * x) * erfc(x), x < 5 ? 1e-14 : 1);
        near_complex(tg_faddeeva(x),
                     exp(-x * x) + 1.1283791670955126 * I * gsl_sf_dawson(x), 2e-15);
    }
    near_complex(tg_faddeeva(0), 1, 1e-15);
}

/* w' = -2 z w + 2i/sqrt(pi), everywhere, across the seams between the rules; differences of
 * step h along both axes leave h^4 w^(5)/120. */
static void
test_differential_equation(void **state)
{
    const double h = 1e-3;
    (void)state;

    for (double x = -9; x < 9; x += 0.213)
        for (double y = -2; y < 9; y += 0.171) {
            const double complex z = x + I * y, w = tg_faddeeva(z);
            const double         abs2 = x * x + y * y;
            const double complex real = (tg_faddeeva(z + h) - tg_faddeeva(z - h)) / (2 * h);
            const double complex imag =
                (tg_faddeeva(z + I * h) - tg_faddeeva(z - I * h)) / (2 * I * h);
            near_complex((real + imag) / 2, -2 * z * w + 1.1283791670955126 * I,
                         1e-12 * (1 + cabs(w)) * (1 + abs2) +
                             1e-14 * cabs(w) * pow(2 * cabs(z) + 3, 5));
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_axes),
                                        cmocka_unit_test(test_differential_equation) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
