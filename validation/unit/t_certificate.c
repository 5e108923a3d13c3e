/* Numbers of quality by their value, and the branches that a good day does not take. */
#include "core/rng.h"
#include "roots/rational.h"
#include "roots/system.h"

#include "validation/unit/some_roots.h"

/* The residual of a certificate is the largest of those at its roots, recomputed here. */
static void
test_residual_is_the_largest(void **state)
{
    (void)state;
    tg_delay     *d = make("{law: uniform, min: 0.5, max: 1.5}");
    const tg_loop l = { .a = 30, .b = 0.3, .delay = d };
    tg_roots      r;
    double        most = 0, backward = 0;

    assert_int_equal(tg_roots_right_of(&l, -1, &r), TG_OK);
    assert_true(r.count > 4);
    for (size_t i = 0; i < r.count; i++) {
        const double complex s = r.root[i].s, f = tg_loop_value(&l, s, NULL);
        near("residual", r.root[i].residual, cabs(f), 0);
        most = fmax(most, cabs(f));
        backward = fmax(backward, cabs(f) / (cabs(s) + l.b + cabs(f - s - l.b)));
    }
    assert_true(most > 0);
    near("largest", r.certificate.residual, most, 0);
    near("backward", r.certificate.backward, backward, 1e-25);
    tg_roots_free(&r);
    tg_delay_free(d);
}

static void
test_count_gives_up(void **state)
{
    (void)state;
    tg_delay     *d = make("{law: uniform, min: 0.5, max: 1.5}");
    const tg_loop l = { .a = 30, .delay = d };
    size_t        count = 77, steps = 77;

    says(tg_count_within(&l, 0, 10, &count, &steps), TG_ENOCONV, "gave up after 10 steps");
    assert_true(count == 77 && steps == 77);
    assert_int_equal(tg_count_within(&l, 0, 100000, &count, &steps), TG_OK);
    assert_true(steps > 10 && steps < 100000);
    tg_delay_free(d);
}

/* (x + b m) Q + a m N in x = s m has the loop's zeros; a part without a rational transform is
 * no polynomial, in whichever place it stands. */
static void
test_polynomial(void **state)
{
    (void)state;
    double    c[RATIONAL_DEGREE + 1];
    tg_delay *d =
        make("{mixture: [{weight: 1, law: erlang, stages: 2, mean: 1}, {weight: 3, law: "
             "exponential, mean: 2}]}");
    tg_loop  l = { .a = 0.7, .b = 0.2, .delay = d };
    tg_roots r;

    assert_int_equal(tg_rational_polynomial(&l, c), 4);
    assert_int_equal(tg_roots_right_of(&l, -100, &r), TG_OK);
    assert_int_equal(r.count, 4);
    for (size_t i = 0; i < r.count; i++)
        near_complex("zero", tg_loop_value(&l, r.root[i].s, NULL), 0, 1e-13);
    tg_roots_free(&r);
    tg_delay_free(d);
    static const char *const others[] = {
        "{mixture: [{weight: 1, law: lognormal, mean: 1, cv: 1}, {weight: 1, law: "
        "exponential, "
        "mean: 1}]}",
        "{mixture: [{weight: 1, law: exponential, mean: 1}, {weight: 1, law: uniform, min: "
        "0, "
        "max: 1}]}",
        "{sum: [{law: exponential, mean: 1}, {law: weibull, shape: 2, mean: 1}]}",
        "{law: gamma, shape: 2.5, mean: 1}"
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        l.delay = d = make(others[i]);
        assert_int_equal(tg_rational_polynomial(&l, c), 0);
        tg_delay_free(d);
    }
}

/* A line through a root is moved to its left, and says by how much. */
static void
test_line_through_a_root(void **state)
{
    (void)state;
    const double instant[] = { -2, 0, 0, -3 }, none[4] = { 0 };
    tg_delay    *d = make("{law: constant, value: 1}");
    tg_system    s = { 2, instant, &(tg_system_term){ d, none }, 1 };
    tg_roots     r;

    assert_int_equal(tg_system_roots(&s, -2, &r), TG_OK);
    assert_int_equal(r.count, 1);
    near_complex("root", r.root[0].s, -2, 1e-14);
    assert_true(r.certificate.moved > 0 && r.certificate.moved < 1e-5);
    near("contour", r.certificate.contour.left, -2 - r.certificate.moved, 1e-15);
    tg_roots_free(&r);
    tg_delay_free(d);
}

/* Many unknowns: det M of decoupled loops behind a change of basis is the product of theirs. */
static void
test_many_unknowns(void **state)
{
    enum { N = 30 };
    static double b[N * N], none[N * N], q[N * N];
    tg_delay     *d = make("{law: gamma, shape: 2, mean: 1}");
    tg_rng        g = tg_rng_stream(3, TG_PURPOSE_TEST, 0);
    const double  spread = 0.1;

    (void)state;
    for (int i = 0; i < N; i++) /* a reflection: symmetric, its own inverse */
        q[i] = tg_rng_normal(&g);
    double v[N], length = 0;
    for (int i = 0; i < N; i++) length += q[i] * q[i];
    for (int i = 0; i < N; i++) v[i] = q[i] / sqrt(length);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) q[i * N + j] = (i == j) - 2 * v[i] * v[j];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            b[i * N + j] = 0;
            for (int k = 0; k < N; k++)
                b[i * N + j] -= q[i * N + k] * spread * (k + 1) * q[k * N + j];
        }
    tg_system            s = { N, none, &(tg_system_term){ d, b }, 1 };
    const double complex at = 0.3 + 0.8 * I;
    double complex       phase, slope, product = 1, sum = 0, dphi;
    const double complex phi = tg_delay_laplace(d, at, &dphi);
    const double         size = tg_system_logdet(&s, at, &phase, &slope);
    double               log_size = 0;
    for (int k = 0; k < N; k++) {
        const double complex f = at + spread * (k + 1) * phi;
        product *= f / cabs(f);
        log_size += log(cabs(f));
        sum += (1 + spread * (k + 1) * dphi) / f;
    }
    near("log |det M|", size, log_size, 1e-11);
    near_complex("phase", phase, product, 1e-11);
    near_complex("slope", slope, sum, 1e-10);
    tg_delay_free(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_residual_is_the_largest),
                                        cmocka_unit_test(test_count_gives_up),
                                        cmocka_unit_test(test_polynomial),
                                        cmocka_unit_test(test_line_through_a_root),
                                        cmocka_unit_test(test_many_unknowns) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
