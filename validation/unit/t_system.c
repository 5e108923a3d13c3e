/* Systems: published roots, scalar loops as 1 x 1 systems, random systems where collocation
 * and winding number must agree, multiplicity, bad input. */
#include "core/rng.h"
#include "roots/count.h"
#include "roots/system.h"

#include "validation/unit/some_roots.h"

#include <stdio.h>
#include <string.h>

static tg_delay *
constant(double tau)
{
    tg_delay *d = NULL;

    assert_int_equal(tg_delay_create("constant", &tau, &d), TG_OK);
    return d;
}

static tg_roots
roots_of(const tg_system *s, double line)
{
    tg_roots r = { 0 };

    if (tg_system_roots(s, line, &r) != TG_OK) fail_msg("%s", tg_message());
    assert_true(r.certificate.found == r.certificate.winding);
    return r;
}

/* Wu, Michiels 2012 (validation/reference/cases.md): delays .1, .15, .25, Re s >= -4. */
static void
test_wu_michiels(void **state)
{
    static const double         a0[] = { -9.6713, -9.7546, -9.4913, 1.8381, 1.7961,
                                         9.5716,  1.3647,  -2.7957, -7.3561 };
    static const double         a1[] = { 1.0115, -9.3006, 5.3222,  7.2688, -1.196,
                                         9.9968, 3.6508,  -1.2035, -4.8507 };
    static const double         a2[] = { 7.7163,  4.5911,  -5.5072, -9.0056, -.026,
                                         -7.5404, -3.3669, .9332,   -.2958 };
    static const double         a3[] = { 7.4808,  -7.2571, 9.4377, 2.8285, -7.1768,
                                         -1.4221, -1.0353, 9.6519, 5.1208 };
    static const double complex want[] = { -.28629098032451645 + 3.1711115760923145 * I,
                                           -.57330051242466178 + 15.943703528739748 * I,
                                           -2.9626092179984312 + 25.094970182636738 * I,
                                           -3.71227828959835 + 9.6698208138935591 * I };
    (void)state;
    tg_delay            *d[] = { constant(0.1), constant(0.15), constant(0.25) };
    const tg_system_term term[] = { { d[0], a1 }, { d[1], a2 }, { d[2], a3 } };
    const tg_system      s = { 3, a0, term, 3 };
    tg_roots             r = roots_of(&s, -4);

    assert_int_equal(r.count, 8);
    for (int i = 0; i < 4; i++) {
        contains(&r, want[i], 1e-12);
        contains(&r, conj(want[i]), 1e-12);
    }
    tg_roots_free(&r);
    for (int i = 0; i < 3; i++) tg_delay_free(d[i]);
}

/* validation/reference/roots_5x5_two_delays.txt: some of the 25 roots with Re >= -3. */
static void
test_five_by_five(void **state)
{
    static const double complex want[] = { -0.21151187460666124,
                                           -0.35491836630151558,
                                           -0.82788338782786453 + 1.6975775290040092 * I,
                                           -1.1989642000859624,
                                           -2.2990548e99,
                                           -2.7884996288967097 + 17.222854908563228 * I,
                                           -2.9128095644885956 + 20.353399158478716 * I };
    double                      a0[25], a1[25], a2[25];
    (void)state;

    for (int i = 1; i <= 5; i++)
        for (int j = 1; j <= 5; j++) {
            const int k = (i - 1) * 5 + j - 1;
            a0[k] = (i == j ? -(1 + 0.2 * i) : 0) + 0.1 * cos(i + 2 * j);
            a1[k] = 0.5 * sin(i * j);
            a2[k] = 0.4 * cos(i * (j + 1));
        }
    tg_delay            *d[] = { constant(1), constant(0.37) };
    const tg_system_term term[] = { { d[0], a1 }, { d[1], a2 } };
    const tg_system      s = { 5, a0, term, 2 };
    tg_roots             r = roots_of(&s, -3);

    assert_int_equal(r.count, 25);
    assert_true(r.certificate.backward < 1e-14);
    for (int i = 0; i < 7; i++)
        if (i != 4) contains(&r, want[i], 1e-13 * (1 + cabs(want[i])));
    tg_roots_free(&r);
    for (int i = 0; i < 2; i++) tg_delay_free(d[i]);
}

/* Where a transform ends at 0, the axis itself can be asked for, and nothing left of it. */
static void
test_heavy_tail(void **state)
{
    tg_delay            *d = make("{law: lognormal, mean: 1, cv: 1}");
    const double         zero[4] = { 0 }, minus[4] = { -40, 1, 0, -50 };
    const tg_system_term term = { d, minus };
    const tg_system      s = { 2, zero, &term, 1 };
    size_t               count = 0, alone = 0, both = 0;
    (void)state;

    assert_int_equal(tg_system_count(&s, 0, &count), TG_OK);
    for (int i = 0; i < 2; i++) { /* triangular: the roots of two loops */
        const tg_loop l = { .a = -minus[3 * i], .delay = d };
        assert_int_equal(tg_count_right_of(&l, 0, &alone, NULL), TG_OK);
        both += alone;
    }
    assert_true(both > 0);
    assert_int_equal(count, both);
    assert_int_equal(tg_system_count(&s, -0.1, &count), TG_EDOMAIN);
    assert_non_null(strstr(tg_message(), "is not right of 0"));
    const double         plain = 1;
    tg_delay            *far = make("{law: gamma, shape: 2.5, mean: 2.5}");
    const tg_system_term scalar = { far, &plain };
    const tg_system      edge = { 1, zero, &scalar, 1 };
    assert_int_equal(tg_system_count(&edge, -1, &count), TG_EDOMAIN);
    tg_delay_free(far);
    tg_delay_free(d);
}

/* A 1 x 1 system is a scalar loop. */
static void
test_scalar(void **state)
{
    static const char *const laws[] = { "{law: constant, value: 1}",
                                        "{law: uniform, min: 0.5, max: 1.5}",
                                        "{law: gamma, shape: 2.5, mean: 0.5}",
                                        "{law: half_normal, sd: 1}" };
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        tg_delay            *d = make(laws[i]);
        const double         b = -0.3, minus = -1.2;
        const tg_system_term term = { d, &minus };
        const tg_system      s = { 1, &b, &term, 1 };
        const tg_loop        l = { .a = 1.2, .b = 0.3, .delay = d };
        tg_roots             r = roots_of(&s, -2.2), q = { 0 };
        assert_int_equal(tg_roots_right_of(&l, -2.2, &q), TG_OK);
        assert_int_equal(r.count, q.count);
        for (size_t k = 0; k < r.count; k++)
            contains(&q, r.root[k].s, 1e-12 * (1 + cabs(r.root[k].s)));
        tg_roots_free(&r);
        tg_roots_free(&q);
        tg_delay_free(d);
    }
}

/* Many unknowns, delays 1 and .37: the matrices of test_five_by_five in 12, 20 and 40 dimensions.
 * What is counted is found, each root once, and M is singular there. */
static void
test_many_unknowns(void **state)
{
    static const size_t dim[] = { 12, 20, 40 }, roots[] = { 0, 217, 482 };
    static double       matrix[3][1600];
    (void)state;

    for (size_t c = 0; c < 3; c++) {
        const size_t n = dim[c];
        tg_delay    *d[] = { constant(1), constant(0.37) };
        for (size_t i = 1; i <= n; i++)
            for (size_t j = 1; j <= n; j++) {
                const size_t k = (i - 1) * n + j - 1;
                const double x = (double)i, y = (double)j;
                matrix[0][k] = (i == j ? -(1 + 0.2 * x) : 0) + 0.1 * cos(x + 2 * y);
                matrix[1][k] = 0.5 * sin(x * y);
                matrix[2][k] = 0.4 * cos(x * (y + 1));
            }
        const tg_system_term term[] = { { d[0], matrix[1] }, { d[1], matrix[2] } };
        const tg_system      s = { n, matrix[0], term, 2 };
        tg_roots             r = roots_of(&s, -3);
        if (roots[c]) assert_int_equal(r.certificate.found, roots[c]);
        assert_int_equal(r.count, r.certificate.found);
        assert_true(r.certificate.backward < 1e-13);
        for (size_t i = 0; i < r.count; i++)
            for (size_t j = 0; j < i; j++)
                assert_true(cabs(r.root[i].s - r.root[j].s) > 1e-6);
        tg_roots_free(&r);
        for (size_t l = 0; l < 2; l++) tg_delay_free(d[l]);
    }
}

/* Two equal modes side by side: every root twice. */
static void
test_multiplicity(void **state)
{
    static const double zero[4] = { 0 }, minus[] = { -1, 0, 0, -1 };
    (void)state;
    tg_delay            *d = constant(1);
    const tg_system_term term = { d, minus };
    const tg_system      s = { 2, zero, &term, 1 };
    tg_roots             r = roots_of(&s, -3);

    assert_int_equal(r.certificate.found, 12);
    assert_int_equal(r.count, 6);
    for (size_t i = 0; i < r.count; i++) assert_int_equal(r.root[i].multiplicity, 2);
    contains(&r, -2.0622777295982839 + 7.5886311784725126 * I, 1e-7);
    tg_roots_free(&r);
    tg_delay_free(d);
}

/* Random systems with n <= 6, up to 3 delays of mixed laws: nothing missed, nothing false.
 */
static void
test_random(void **state)
{
    tg_rng g = tg_rng_stream(5, TG_PURPOSE_TEST, 0);
    (void)state;

    for (int round = 0; round < 40; round++) {
        const size_t n = 1 + (size_t)tg_rng_below(&g, 6),
                     terms = 1 + (size_t)tg_rng_below(&g, 3);
        double         a[4][36];
        tg_delay      *d[3];
        tg_system_term term[3];
        for (size_t k = 0; k < 4; k++)
            for (size_t i = 0; i < n * n; i++)
                a[k][i] = tg_rng_normal(&g) / sqrt((double)n);
        for (size_t k = 0; k < terms; k++) {
            char         text[96];
            const double m = 0.1 + tg_rng_uniform(&g);
            const char  *format[] = { "{law: constant, value: %g}",
                                      "{law: uniform, min: 0.01, max: %g}",
                                      "{law: truncated_normal, mu: %g, sd: 0.2}" };
            snprintf(text, sizeof text, format[tg_rng_below(&g, 3)], m);
            d[k] = make(text);
            term[k] = (tg_system_term){ d[k], a[k + 1] };
        }
        const tg_system s = { n, a[0], term, terms };
        tg_roots        r = roots_of(&s, -1.5);
        for (size_t i = 0; i < r.count; i++) {
            double complex phase, slope;
            const double   size = tg_system_logdet(&s, r.root[i].s, &phase, &slope);
            assert_true(size == -INFINITY || cabs(1 / slope) < 1e-7);
        }
        tg_roots_free(&r);
        for (size_t k = 0; k < terms; k++) tg_delay_free(d[k]);
    }
}

/* Without delay: eigenvalues. tr(M^-1 M') against differences of log det. */
static void
test_plain_and_slope(void **state)
{
    static const double a[] = { 0, 1, -2, -0.4 };
    const tg_system     s = { 2, a, NULL, 0 };
    double complex      p0, p1, p2, slope, unused;
    (void)state;

    tg_roots r = roots_of(&s, -1);
    assert_int_equal(r.count, 2);
    contains(&r, -0.2 + 1.4 * I, 1e-14);
    tg_roots_free(&r);
    const double complex at = 0.3 + 0.8 * I;
    const double         h = 1e-5, l1 = tg_system_logdet(&s, at + h, &p1, &unused);
    const double         l2 = tg_system_logdet(&s, at - h, &p2, &unused);
    tg_system_logdet(&s, at, &p0, &slope);
    const double complex difference = (l1 - l2 + I * carg(p1 / p2)) / (2 * h);
    assert_true(cabs(difference - slope) < 1e-8);
    assert_true(fabs(cabs(p0) - 1) < 1e-14);
}

/* The walk trusts what it knows at a point as far as it may: with M^-1 M' at hand steps are as
 * long as the phase allows, not as the worst slope does. */
static void
test_few_steps(void **state)
{
    (void)state;
    tg_delay    *d = NULL;
    tg_roots     r;
    const double instant[] = { -1, .5, .2, -2 }, pull[] = { -1, .3, -.4, -1 };
    assert_int_equal(tg_delay_parse("{law: uniform, min: .5, max: 1.5}", &d), TG_OK);
    const tg_system s = { 2, instant, &(tg_system_term){ d, pull }, 1 };
    assert_int_equal(tg_system_roots(&s, -4, &r), TG_OK);
    assert_true(r.certificate.evaluations < 2300); /* 2521 by the slope alone */
    assert_true(r.certificate.moved == 0);
    tg_roots_free(&r);
    tg_delay_free(d);
}

/* A multiple root is one, with its multiplicity, at the mean of what rounding makes of it. */
static void
test_multiple_roots(void **state)
{
    (void)state;
    tg_delay    *d = NULL;
    tg_roots     r;
    const double swing[] = { 0, 1, -1, 0 }, none[4] = { 0 }, e = exp(1);
    const double push[] = { 0, 0, 2 / e, 0 }, pull[] = { -1 / e, 0, 0, -1 / e };
    const double far[] = { 0, 0, 3, 0 };

    assert_int_equal(tg_delay_parse("{law: constant, value: 1}", &d), TG_OK);
    /* s^2 + 1 - (2/e) e^{-s} = (s + 1)^3 (...): value, slope and curvature vanish at -1 */
    tg_system s = { 2, swing, &(tg_system_term){ d, push }, 1 };
    assert_int_equal(tg_system_roots(&s, -2, &r), TG_OK);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.root[0].multiplicity, 3);
    assert_true(cabs(r.root[0].s + 1) < 1e-10);
    assert_int_equal(r.certificate.found, 3);
    tg_roots_free(&r);
    /* twice the double root of s + e^{-s - 1} */
    s = (tg_system){ 2, none, &(tg_system_term){ d, pull }, 1 };
    assert_int_equal(tg_system_roots(&s, -2, &r), TG_OK);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.root[0].multiplicity, 4);
    assert_true(cabs(r.root[0].s + 1) < 1e-10);
    tg_roots_free(&r);
    /* and beside it roots of other equations, one further right, one further left */
    const double beside[16] = { [0] = -.3, [5] = -1.7 };
    const double pulls[16] = { [10] = -1 / e, [15] = -1 / e };
    s = (tg_system){ 4, beside, &(tg_system_term){ d, pulls }, 1 };
    assert_int_equal(tg_system_roots(&s, -2, &r), TG_OK);
    assert_int_equal(r.count, 3);
    assert_true(cabs(r.root[0].s + .3) < 1e-12 && r.root[0].multiplicity == 1);
    assert_true(cabs(r.root[1].s + 1) < 1e-10 && r.root[1].multiplicity == 4);
    assert_true(cabs(r.root[2].s + 1.7) < 1e-12 && r.root[2].multiplicity == 1);
    tg_roots_free(&r);
    /* lines so far to the left that roots cannot be counted */
    s = (tg_system){ 2, swing, &(tg_system_term){ d, far }, 1 };
    tg_delay *ten = NULL;
    assert_int_equal(tg_delay_parse("{law: constant, value: 10}", &ten), TG_OK);
    s.term = &(tg_system_term){ ten, far };
    for (int line = -1; line > -1000; line *= 3) {
        assert_int_equal(tg_system_roots(&s, line, &r), TG_EDOMAIN);
        assert_non_null(strstr(tg_message(), "choose a line further to the right"));
    }
    tg_delay_free(ten);
    tg_delay_free(d);
}

/* s = 0: the determinant of a permutation is its sign, whichever rows are exchanged on the way; with a
 * small number beside each 1, too. */
static void
test_permutations(void **state)
{
    enum { N = 4 };

    (void)state;
    for (int k = 0; k < N * N * N * N; k++) {
        const int to[N] = { k % N, k / N % N, k / N / N % N, k / N / N / N };
        double    a[N * N] = { 0 };
        int       sign = 1;
        for (int i = 0; i < N; i++) {
            a[i * N + to[i]] = 1;
            for (int j = 0; j < i; j++) sign *= to[j] == to[i] ? 0 : to[j] > to[i] ? -1 : 1;
        }
        if (sign == 0) continue;
        for (int small = 0; small < 2; small++) {
            double complex  phase = 0, slope = 0;
            const tg_system s = { N, a, NULL, 0 };
            const double    size = tg_system_logdet(&s, 0, &phase, &slope);
            assert_true(fabs(size) < 1e-9);
            assert_true(cabs(phase - sign) < 1e-9);
            for (int i = 0; i < N; i++) a[i * N + to[N - 1 - i]] += 1e-10 * (i + 1);
        }
    }
}

/* Twice s + (1 - e^{-s})/2: 0 is a double root. */
static void
test_double_at_zero(void **state)
{
    static const double  here[] = { -0.5, 0, 0, -0.5 }, late[] = { 0.5, 0, 0, 0.5 };
    tg_delay            *d = constant(1);
    const tg_system_term term = { d, late };
    const tg_system      s = { 2, here, &term, 1 };
    tg_roots             r = roots_of(&s, -1);

    (void)state;
    assert_int_equal(r.count, 1);
    assert_int_equal(r.root[0].multiplicity, 2);
    assert_true(cabs(r.root[0].s) < 1e-9);
    tg_roots_free(&r);
    tg_delay_free(d);
}

/* Where the disc that holds all roots lies on one side of the line nothing is walked. */
static void
test_beyond_all(void **state)
{
    static const double a[] = { -1, 0.5, 0.25, -2 };
    const tg_system     s = { 2, a, NULL, 0 };
    size_t              count = 77;

    (void)state;
    assert_int_equal(tg_system_count(&s, 100, &count), TG_OK);
    assert_int_equal(count, 0);
    assert_int_equal(tg_system_count(&s, -100, &count), TG_OK);
    assert_int_equal(count, 2);
    assert_int_equal(tg_system_count(&s, -1.5, &count), TG_OK);
    assert_int_equal(count, 1);
}

static void
test_bad_input(void **state)
{
    static const double a[] = { 0, NAN, 1, 2 }, one[] = { 1, 0, 0, 1 };
    (void)state;
    tg_delay            *d = make("{law: gamma, shape: 2.5, mean: 0.5}");
    const tg_system_term term = { d, one }, broken = { d, a };
    tg_system            s = { 2, a, NULL, 0 };
    tg_roots             r = { 0 };

    assert_int_equal(tg_system_roots(&s, -1, &r), TG_EDOMAIN);
    s = (tg_system){ 2, one, &broken, 1 };
    assert_int_equal(tg_system_roots(&s, -1, &r), TG_EDOMAIN);
    s = (tg_system){ 0, one, NULL, 0 };
    assert_int_equal(tg_system_roots(&s, -1, &r), TG_EDOMAIN);
    s = (tg_system){ 2, one, &term, 1 };
    assert_int_equal(tg_system_roots(&s, -6, &r), TG_EDOMAIN);
    assert_non_null(strstr(tg_message(), "-5"));
    assert_int_equal(tg_system_roots(&s, NAN, &r), TG_EDOMAIN);
    assert_null(r.root);
    tg_delay_free(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beyond_all),     cmocka_unit_test(test_double_at_zero),
        cmocka_unit_test(test_permutations),   cmocka_unit_test(test_wu_michiels),
        cmocka_unit_test(test_five_by_five),   cmocka_unit_test(test_scalar),
        cmocka_unit_test(test_heavy_tail),     cmocka_unit_test(test_few_steps),
        cmocka_unit_test(test_many_unknowns),  cmocka_unit_test(test_multiplicity),
        cmocka_unit_test(test_random),         cmocka_unit_test(test_plain_and_slope),
        cmocka_unit_test(test_multiple_roots), cmocka_unit_test(test_bad_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
