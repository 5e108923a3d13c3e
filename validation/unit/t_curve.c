#include "solver/curve.h"

#include "validation/unit/check.h"
#include "validation/unit/laws.h"

enum { POINTS = 5000 };

/* The symbol of the trapezoidal rule on a circle just inside the unit circle, as the
 * moments ask for it: from near 0 out to 2/dt and beyond, phi oscillating on the way. */
static void
make_curve(double dt, double complex *s)
{
    for (size_t k = 0; k < POINTS; k++) {
        const double         angle = 3.14159 * (double)k / POINTS;
        const double complex zeta = 0.9985 * (cos(angle) - I * sin(angle));
        s[k] = 2 * (1 - zeta) / (1 + zeta) / dt;
    }
}

/* Law by law, with and without a filter, every point against the law itself. */
static void
test_against_the_law(void **state)
{
    static double complex s[POINTS];
    static tg_transforms  t[POINTS];

    (void)state;
    make_curve(0.01, s);
    for (size_t i = 0; i < LAWS; i++) {
        tg_delay *d = NULL;
        assert_ok(tg_delay_parse(laws[i], &d));
        for (int filtered = 0; filtered < 2; filtered++) {
            const tg_loop l = { .a = 1,
                                .delay = d,
                                .filter = filtered ? tg_filter_find("dude") : NULL };
            tg_curve_transforms(&l, s, POINTS, t);
            for (size_t k = 0; k < POINTS; k += 7) {
                const double complex phi = tg_delay_laplace(d, s[k], NULL);
                const double complex kappa = tg_loop_value(&l, s[k], NULL) - s[k];
                assert_true(cabs(t[k].phi - phi) < 1e-13);
                assert_true(cabs(t[k].kappa - kappa) < 1e-13 * (1 + cabs(s[k])));
            }
        }
        tg_delay_free(d);
    }
}

/* Laws with closed forms are not costly, quadrature is, and so is what contains it. */
static void
test_costly(void **state)
{
    static const struct {
        const char *text;
        int         costly;
    } cases[] = {
        { "{law: gamma, shape: 2.5, mean: 1}", 0 },
        { "{law: lognormal, mean: 1, cv: 1}", 1 },
        { "{law: exponential, mean: 1, at_most: 2}", 1 },
        { "{sum: [{law: constant, value: 1}, {law: uniform, min: 0, max: 1}]}", 0 },
        { "{sum: [{law: constant, value: 1}, {law: pareto, shape: 3, mean: 1}]}", 1 }
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tg_delay *d = NULL;
        assert_ok(tg_delay_parse(cases[i].text, &d));
        assert_int_equal(tg_delay_costly(d), cases[i].costly);
        tg_delay_free(d);
    }
}

RUN(cmocka_unit_test(test_against_the_law), cmocka_unit_test(test_costly))
