/* Iteration clock: closed forms of theory section 5 and 3.3. */
#include "roots/zroots.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const double pi = 3.14159265358979323846;

static double
radius_of(const tg_clock *c)
{
    double r = NAN;

    if (tg_zroots_radius(c, &r) != TG_OK) fail_msg("%s", tg_message());
    return r;
}

static void
near(double got, double want, double bound)
{
    if (!(fabs(got - want) <= bound)) fail_msg("got %.17g, want %.17g", got, want);
}

/* Dai et al. 2018, staleness uniform on 0..s: stable iff k < 2 (s+1) sin^2(pi/(2(s+1))). */
static void
test_uniform(void **state)
{
    (void)state;
    for (int s = 0; s <= 16; s = s ? 2 * s : 1) {
        double p[17];
        for (int j = 0; j <= s; j++) p[j] = 1 / (s + 1.0);
        const double limit = 2 * (s + 1) * pow(sin(pi / (2 * (s + 1))), 2);
        tg_clock c = { .step = limit * (1 - 1e-9), .staleness = p, .count = (size_t)s + 1 };
        assert_true(radius_of(&c) < 1);
        c.step = limit * (1 + 1e-9);
        assert_true(radius_of(&c) > 1);
    }
}

/* Fixed lag d: stable iff e < 2 sin(pi/(2(2d+1))); fastest at d^d/(d+1)^(d+1), where two
 * roots meet at d/(d+1). */
static void
test_fixed(void **state)
{
    (void)state;
    for (int d = 1; d <= 64; d *= 2) {
        double p[65] = { 0 };
        p[d] = 1;
        const double limit = 2 * sin(pi / (2 * (2 * d + 1)));
        tg_clock c = { .step = limit * (1 - 1e-8), .staleness = p, .count = (size_t)d + 1 };
        assert_true(radius_of(&c) < 1);
        c.step = limit * (1 + 1e-8);
        assert_true(radius_of(&c) > 1);
        c.step = pow(d, d) / pow(d + 1, d + 1);
        near(radius_of(&c), d / (d + 1.0), 1e-6);
    }
}

/* Geometric staleness: z^2 - (2 - 1/P - e/P) z + (1 - 1/P) = 0. */
static void
test_geometric(void **state)
{
    (void)state;
    for (double P = 2; P < 1000; P *= 3)
        for (double e = 0.01; e < 3; e *= 2) {
            const double         n = 1 / P, b = 2 - 1 / P - e / P, q = 1 - 1 / P;
            const double complex want = (b + csqrt(b * b - 4 * q)) / 2;
            const tg_clock       c = { .step = e, .staleness = &n, .count = 1, .ratio = q };
            near(radius_of(&c), fmax(cabs(want), cabs((b - csqrt(b * b - 4 * q)) / 2)),
                 1e-7);
        }
}

/* Exponential workers make the staleness geometric: mixed Poisson must know. */
static void
test_mixed_poisson(void **state)
{
    double    p[400];
    tg_delay *d = NULL;
    (void)state;

    assert_int_equal(tg_delay_parse("{law: exponential, mean: 3}", &d), TG_OK);
    assert_int_equal(tg_staleness_mixed_poisson(d, 10, p, 400), TG_OK);
    for (int j = 0; j < 399; j++) near(p[j], 0.1 * pow(0.9, j), 1e-15);
    tg_delay_free(d);
    /* constant: Poisson(P - 1) */
    assert_int_equal(tg_delay_parse("{law: constant, value: 3}", &d), TG_OK);
    assert_int_equal(tg_staleness_mixed_poisson(d, 5, p, 60), TG_OK);
    for (int j = 0; j < 59; j++) near(p[j], exp(j * log(4) - 4 - lgamma(j + 1)), 1e-15);
    tg_delay_free(d);
}

/* Momentum without staleness: z^2 - (1 + beta - e) z + beta: stable iff e < 2 (1 + beta).
 */
static void
test_momentum(void **state)
{
    static const double one = 1;
    (void)state;

    for (double beta = 0; beta < 0.95; beta += 0.1) {
        tg_clock c = {
            .step = 2 * (1 + beta) * (1 - 1e-9), .beta = beta, .staleness = &one, .count = 1
        };
        assert_true(radius_of(&c) < 1);
        c.step = 2 * (1 + beta) * (1 + 1e-9);
        assert_true(radius_of(&c) > 1);
    }
}

/* All roots of z^d (z - 1) + e outside a small circle: as many as the degree. */
static void
test_certificate(void **state)
{
    double   p[21] = { 0 };
    tg_roots r = { 0 };
    (void)state;

    p[20] = 1;
    const tg_clock c = { .step = 0.1, .staleness = p, .count = 21 };
    assert_int_equal(tg_zroots_outside(&c, 0.5, &r), TG_OK);
    assert_int_equal(r.certificate.found, 21);
    assert_int_equal(r.certificate.winding, 21);
    double residual = 0, backward = 0; /* the largest of all roots */
    for (size_t i = 0; i < r.count; i++) {
        residual = fmax(residual, r.root[i].residual);
        backward = fmax(backward, r.root[i].residual / (1 + cabs(r.root[i].s)));
    }
    assert_true(residual > r.root[0].residual);
    assert_true(r.certificate.residual == residual);
    assert_true(r.certificate.backward == backward);
    assert_true(r.certificate.backward < 1e-12);
    for (size_t i = 0; i < r.count; i++) {
        const double complex z = r.root[i].s;
        assert_true(cabs(cpow(z, 20) * (z - 1) + 0.1) < 1e-12);
    }
    tg_roots_free(&r);
}

/* z^d (z - 1) + e = 0: what is left to go by Newton's step in long double is rounding, where
 * eigenvalues of the companion matrix alone are off by a hundred times that. */
static void
test_polished(void **state)
{
    enum { LAG = 200 };
    double   p[LAG + 1] = { 0 }, worst = 0;
    tg_roots r = { 0 };
    (void)state;

    p[LAG] = 1;
    const tg_clock c = { .step = 0.01, .staleness = p, .count = LAG + 1 };
    assert_int_equal(tg_zroots_outside(&c, 0.5, &r), TG_OK);
    assert_int_equal(r.certificate.found, LAG + 1);
    for (size_t i = 0; i < r.count; i++) {
        const long double complex z = r.root[i].s;
        long double complex       power = 1; /* z^(d-1) */
        for (int k = 1; k < LAG; k++) power *= z;
        const long double complex f = power * z * (z - 1) + (long double)c.step;
        const long double complex slope = power * (z + LAG * (z - 1));
        worst = fmax(worst, (double)cabsl(f / slope / z));
    }
    if (!(worst <= 1e-15)) fail_msg("roots off by %g", worst);
    tg_roots_free(&r);
}

/* J Poisson for a constant delay, however short the list: what lies beyond is on its last
 * entry, and nothing comes back around. */
static void
test_short_list(void **state)
{
    (void)state;
    tg_delay *d = NULL;
    double    p[3], mu = 9, beyond = 1;

    assert_int_equal(tg_delay_parse("{law: constant, value: 2}", &d), TG_OK);
    assert_int_equal(tg_staleness_mixed_poisson(d, 10, p, 3), TG_OK);
    for (int j = 0; j < 2; j++) {
        const double want = exp(-mu) * pow(mu, j);
        assert_true(fabs(p[j] - want) < 1e-14);
        beyond -= want;
    }
    assert_true(fabs(p[2] - beyond) < 1e-14);
    tg_delay_free(d);
}

static void
test_bad_input(void **state)
{
    static const double one = 1, bad = NAN, wrong[] = { -1e-9, 1.5 };
    double              r;
    tg_roots            out = { 0 };
    (void)state;

    assert_int_equal(
        tg_zroots_radius(&(tg_clock){ .step = NAN, .staleness = &one, .count = 1 }, &r),
        TG_EDOMAIN);
    assert_int_equal(
        tg_zroots_radius(&(tg_clock){ .step = 1, .beta = 1, .staleness = &one, .count = 1 },
                         &r),
        TG_EDOMAIN);
    assert_int_equal(
        tg_zroots_radius(&(tg_clock){ .step = 1, .staleness = &bad, .count = 1 }, &r),
        TG_EDOMAIN);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            tg_zroots_radius(&(tg_clock){ .step = 1, .staleness = &wrong[i], .count = 1 },
                             &r),
            TG_EDOMAIN);
    assert_int_equal(
        tg_zroots_radius(&(tg_clock){ .step = 1, .staleness = &one, .count = 0 }, &r),
        TG_EDOMAIN);
    assert_int_equal(
        tg_zroots_outside(
            &(tg_clock){ .step = 1, .ratio = 0.5, .staleness = &one, .count = 1 }, 0.4,
            &out),
        TG_EDOMAIN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uniform),   cmocka_unit_test(test_fixed),
        cmocka_unit_test(test_geometric), cmocka_unit_test(test_mixed_poisson),
        cmocka_unit_test(test_momentum),  cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_polished),  cmocka_unit_test(test_short_list),
        cmocka_unit_test(test_bad_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
