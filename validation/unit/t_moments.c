#include "solver/moments.h"
#include "solver/stationary.h"

#include "validation/unit/check.h"
#include "validation/unit/laws.h"
#include "validation/unit/one_law.h"

/* a = 1, tau = .5, history 1, by the method of steps. */
static void
test_exact_transient(void **state)
{
    static const double exact[][3] = { { .5, .5, .5 },
                                       { 1, .125, .791666666666667 },
                                       { 2, -.0390625, .841654265873016 },
                                       { 3, -.00570746527777778, .842803064162521 },
                                       { 5, 2.5775808505911e-4, .84289803320092 } };
    tg_delay           *d = make("{law: constant, value: 0.5}");
    const tg_mode       m = { .loop = { .a = 1, .delay = d }, .noise = 1 };
    double              mean[51], second[51];

    (void)state;
    assert_ok(tg_moments_follow(&m, 1, 5, 51, 0, NULL, mean, second));
    for (size_t i = 0; i < 5; i++) {
        const size_t at = (size_t)lround(exact[i][0] * 10);
        assert_near(mean[at], exact[i][1], 1e-13);
        assert_near(second[at] - mean[at] * mean[at], exact[i][2], 1e-13);
    }
    tg_delay_free(d);
}

/* x' = -x(t-1), history 1: x(10), x(20), x(50) of the deterministic cases. */
static void
test_method_of_steps(void **state)
{
    tg_delay *d = make("{law: constant, value: 1}");
    double    y[51];

    (void)state;
    assert_ok(tg_moments_mean(&(tg_loop){ .a = 1, .delay = d }, 1, 50, 51, y));
    assert_near(y[2], -.5, 1e-13);
    assert_near(y[3], -1 / 6., 1e-13);
    assert_near(y[10], .020241126543209876543, 1e-13);
    assert_near(y[20], -4.6069559905636845912e-4, 1e-14);
    assert_near(y[50], -5.1497540439628367615e-8, 1e-13);
    tg_delay_free(d);
}

/* Exponential law, a m = 1/2, m = 1/2: y'' + 2 y' + 2 y = 0, y'(0) = -x0. */
static void
test_exponential_law(void **state)
{
    tg_delay     *d = make("{law: exponential, mean: 0.5}");
    const tg_loop l = { .a = 1, .delay = d };
    double        y[101], r[101];

    (void)state;
    assert_ok(tg_moments_mean(&l, 3, 10, 101, y));
    assert_ok(tg_moments_follow(&(tg_mode){ .loop = l }, 1, 10, 101, 0, r, NULL, NULL));
    for (int i = 0; i <= 100; i++) {
        const double t = i / 10.;
        assert_near(y[i], 3 * exp(-t) * cos(t), 3e-9);
        assert_near(r[i], exp(-t) * (cos(t) + sin(t)), 1e-9);
    }
    tg_delay_free(d);
}

/* Two algorithms: the end of the transient and the integral over frequency, law by law. */
static void
test_settles_to_the_stationary_variance(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        tg_delay *d = make(laws[i]);
        tg_mode   m = { .loop = { .a = 1, .b = 0.1, .delay = d }, .noise = .3 };
        double    mean[401], second[401], v = NAN;
        assert_ok(tg_stationary_variance(&m, &v));
        assert_ok(tg_moments_follow(&m, 1, 40, 401, 0, NULL, mean, second));
        assert_near((second[400] - mean[400] * mean[400]) / v, 1, 1e-8);
        m.jump = .2;
        assert_ok(tg_stationary_variance(&m, &v));
        assert_ok(tg_moments_follow(&m, 1, 40, 401, 0, NULL, mean, second));
        assert_near(second[400] / v, 1, 1e-5);
        tg_delay_free(d);
    }
}

/* The same under every filter that settles; those with a kept law need more than a name. */
static void
test_filters_settle_too(void **state)
{
    static const char *const names[] = { "asgd", "dude", "fedbuff", "heavy_ball",
                                         "nesterov" };
    tg_delay                *d = make("{law: gamma, shape: 4, mean: 1}");

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const tg_filter *f = tg_filter_find(names[i]);
        if (!f) continue;
        const tg_mode m = { .loop = { .a = .4,
                                      .delay = d,
                                      .filter = f,
                                      .lambda = 10,
                                      .param = i >= 3 ? .5 : 5 },
                            .noise = 1 };
        double        mean[201], second[201], v = NAN;
        assert_ok(tg_stationary_variance(&m, &v));
        assert_ok(tg_moments_follow(&m, 1, 100, 201, 0, NULL, mean, second));
        assert_near((second[200] - mean[200] * mean[200]) / v, 1, 1e-4);
        assert_near(mean[200], 0, 1e-3);
    }
    tg_delay_free(d);
}

/* Exponential law in the jump form: the moments of (x, held copy) close,
 *     d E x^2 = -2 a E x y + c E y^2 + q,  d E x y = (E x^2 - E x y)/m - a E y y', ...
 * For T ~ exponential and independent draws E_T x(t-T) = z, z' = (x - z)/m, and
 * w = E_T E x(t-T)^2, w' = (E x^2 - w)/m:
 *     S = E x^2, C = E x z, Z = E z^2:
 *     S' = -2 a C + q + c w,  C' = -a Z + (S - C)/m,  Z' = 2 (C - Z)/m.
 * Integrated by Runge-Kutta 4 in steps of 1/1000. */
static void
slope(const double u[4], double c, double d[4])
{
    const double a = 1, m = .5, q = .1;

    d[0] = -2 * a * u[1] + q + c * u[3];
    d[1] = -a * u[2] + (u[0] - u[1]) / m;
    d[2] = 2 * (u[1] - u[2]) / m;
    d[3] = (u[0] - u[3]) / m;
}

static void
check_jump_form(double c, double allowed)
{
    tg_delay     *law_ = make("{law: exponential, mean: 0.5}");
    const tg_mode m = { .loop = { .a = 1, .delay = law_ }, .noise = .1, .jump = c };
    double        second[101], u[4] = { 4, 4, 4, 4 }, k[4][4], v[4], h = 1e-3;

    assert_ok(tg_moments_follow(&m, 2, 10, 101, 0, NULL, NULL, second));
    for (int n = 0; n <= 10000; n++) {
        if (n % 100 == 0) assert_near(second[n / 100], u[0], allowed * fmax(u[0], 1));
        slope(u, c, k[0]);
        for (int s = 1; s < 4; s++) {
            for (int i = 0; i < 4; i++) v[i] = u[i] + h * (s == 3 ? 1 : .5) * k[s - 1][i];
            slope(v, c, k[s]);
        }
        for (int i = 0; i < 4; i++)
            u[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
    }
    tg_delay_free(law_);
}

/* Also where c I > 1, I = 3/4, and the mean square grows though the mean settles. */
static void
test_second_moment_of_the_jump_form(void **state)
{
    (void)state;
    check_jump_form(.3, 4e-5);
    check_jump_form(2.2, 4e-4);
    check_jump_form(6, 4e-3);
}

/* A mean that grows obeys its equation all the same: y' by central differences against
 * -a E y(t - T) by Simpson's rule over a uniform law. */
static void
test_unstable_mean(void **state)
{
    enum { N = 4001, LOW = 90, HIGH = 110 };
    const double  a = 3, dt = 0.01;
    tg_delay     *d = make("{law: uniform, min: 0.9, max: 1.1}");
    const tg_loop l = { .a = a, .delay = d };
    double       *y = malloc(N * sizeof *y), most = 0;

    (void)state;
    assert_non_null(y);
    assert_ok(tg_moments_mean(&l, 1, dt * (N - 1), N, y));
    for (int i = HIGH + 1; i + 1 < N; i++) {
        double mean = 0;
        for (int k = LOW; k <= HIGH; k++)
            mean += y[i - k] * (k == LOW || k == HIGH ? 1 : k % 2 ? 4 : 2) / 60;
        most = fmax(most, fabs(y[i]));
        assert_near((y[i + 1] - y[i - 1]) / (2 * dt), -a * mean, 4e-4 * most);
    }
    assert_true(most > 1e6);
    free(y);
    tg_delay_free(d);
}

static void
test_errors(void **state)
{
    tg_delay *d = make("{law: constant, value: 1}");
    tg_loop   l = { .a = 1, .delay = d };
    double    y[3] = { 7, 7, 7 };

    (void)state;
    assert_fails(tg_moments_mean(&l, 1, -1, 3, y), TG_EDOMAIN, "horizon");
    assert_fails(tg_moments_mean(&l, 1, NAN, 3, y), TG_EDOMAIN, "horizon");
    assert_fails(tg_moments_mean(&l, 1, 1, 1, y), TG_EDOMAIN, "times");
    assert_fails(tg_moments_mean(&l, NAN, 1, 3, y), TG_EDOMAIN, "start");
    l.a = 1e4;
    assert_fails(tg_moments_mean(&l, 1, 1e5, 3, y), TG_EDOMAIN,
                 "more than can be followed");
    l.a = 5;
    assert_fails(tg_moments_mean(&l, 1, 3000, 3, y), TG_EDIVERGED, "finite range");
    assert_true(y[0] == 7 && y[2] == 7);
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_exact_transient), cmocka_unit_test(test_method_of_steps),
    cmocka_unit_test(test_exponential_law),
    cmocka_unit_test(test_settles_to_the_stationary_variance),
    cmocka_unit_test(test_filters_settle_too),
    cmocka_unit_test(test_second_moment_of_the_jump_form),
    cmocka_unit_test(test_unstable_mean), cmocka_unit_test(test_errors))
