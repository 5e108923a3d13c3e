#include "solver/stationary.h"

#include "validation/unit/check.h"
#include "validation/unit/laws.h"
#include "validation/unit/one_law.h"

static const double PI = 3.14159265358979323846;

static double
variance(const char *text, double a, double b)
{
    tg_delay     *d = make(text);
    const tg_mode m = { .loop = { .a = a, .b = b, .delay = d }, .noise = 1 };
    double        v = NAN;

    assert_ok(tg_stationary_variance(&m, &v));
    tg_delay_free(d);
    return v;
}

/* Kuchler, Mensch 1992: (1 + sin a tau)/(2 a cos a tau), and its like for b != 0. */
static void
test_constant_delay(void **state)
{
    (void)state;
    assert_near(variance("{law: constant, value: 0.5}", 1, 0), .842898208584169818, 1e-15);
    assert_near(variance("{law: constant, value: 1}", 1, 0), 1.70411172116791392, 1e-14);
    assert_near(variance("{law: constant, value: 1.5}", 1, 0), 14.1191264250708112, 1e-12);
    assert_near(variance("{law: constant, value: 0.5}", 2, 0), .852055860583956962, 1e-15);
    assert_near(variance("{law: constant, value: 0.1}", 1, 0), .552677795242953, 1e-15);
    assert_near(variance("{law: constant, value: 0.5}", 2, 1), .409371729447120913, 1e-15);
    assert_near(variance("{law: constant, value: 2}", .5, 1), .525088188146301796, 1e-15);
    assert_near(variance("{law: constant, value: 1}", 1, 1), .5, 1e-15);
    assert_near(variance("{law: constant, value: 0}", 1, 0.5), 1 / 3., 1e-15);
}

static void
test_distributed_delay(void **state)
{
    (void)state;
    assert_near(variance("{law: uniform, min: 0, max: 1}", 1, 0), .80211506055, 2e-11);
    assert_near(variance("{law: exponential, mean: 0.5}", 1, 0), .75, 1e-14);
    assert_near(variance("{law: gamma, shape: 3, mean: 0.5}", 1, 0), .801282051282, 1e-12);
    assert_near(variance("{law: gamma, shape: 2.5, mean: 0.5}", 1, 0), .794757271589,
                1e-12);
}

/* A law the closed form does not know, arbitrarily near one that it does. */
static void
test_quadrature_against_closed_form(void **state)
{
    (void)state;
    for (double b = -0.2; b < 1; b += 0.3) {
        for (double a = 0.5; a < 1.9; a += 0.3)
            assert_near(variance("{law: gamma, shape: 3.00000000001, mean: 1}", a, b) /
                            variance("{law: gamma, shape: 3, mean: 1}", a, b),
                        1, 1e-9);
        assert_near(variance("{law: uniform, min: 0.999999, max: 1.000001}", 1, b) /
                        variance("{law: constant, value: 1}", 1, b),
                    1, 1e-9);
    }
}

/* E C(T) over a part of the law, by double-exponential nodes in its probability. */
static double
mean_covariance(const tg_mode *m, const tg_delay *part)
{
    const double step = 0.05;
    double       sum = 0;

    for (double t = -3.4; t < 3.4; t += step) {
        const double x = PI / 2 * sinh(t), p = 1 / (1 + exp(-2 * x)),
                     q = 1 / (1 + exp(2 * x));
        const double lag = tg_delay_quantile(part, fmin(p, 1 - 1e-13));
        double       c;
        assert_ok(tg_stationary_covariance(m, &lag, 1, &c));
        sum += step * PI * cosh(t) * p * q * c;
    }
    return sum;
}

/* E_T C(T) = q / (2 a) for every law (b = 0): the power the loop takes out is what the
 * noise brings in. */
static void
test_covariance_at_the_delay(void **state)
{
    tg_delay *gamma = make("{law: gamma, shape: 4, mean: 0.4}"),
             *atom = make("{law: constant, value: 1.4}");

    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        tg_delay     *d = make(laws[i]);
        const tg_mode m = { .loop = { .a = 1.2, .delay = d }, .noise = 0.7 };
        const double  mean =
            strcmp(tg_delay_name(d), "mixture")
                 ? mean_covariance(&m, d)
                 : 0.9 * mean_covariance(&m, gamma) + 0.1 * mean_covariance(&m, atom);
        assert_near(mean, 0.7 / 2.4, 1e-8);
        tg_delay_free(d);
    }
    tg_delay_free(gamma);
    tg_delay_free(atom);
}

/* Constant delay: C on [0, T] is V cos(a u) - sin(a u)/(2 a), and C' = -a C(u - T) takes it
 * on. Exponential, a m = 1/2: r = e^{-t}(cos t + sin t), so C(u) = e^{-u}(3 cos u + sin
 * u)/4. No lag is too long. */
static void
test_covariance_at_long_lags(void **state)
{
    const double T = 0.5, V = .842898208584169818;
    tg_delay    *d = make("{law: constant, value: 0.5}"),
             *e = make("{law: exponential, mean: 0.5}");
    tg_mode m = { .loop = { .a = 1, .delay = d }, .noise = 1 }, n = m;
    double  c;

    (void)state;
    n.loop.delay = e;
    for (double u = T; u <= 2 * T; u += 0.1) {
        assert_ok(tg_stationary_covariance(&m, &u, 1, &c));
        assert_near(c, 0.5 - V * sin(u - T) + (1 - cos(u - T)) / 2, 1e-8);
    }
    for (double u = 1; u < 300; u *= 1.3) {
        assert_ok(tg_stationary_covariance(&n, &u, 1, &c));
        assert_near(c, exp(-u) * (3 * cos(u) + sin(u)) / 4, 1e-8);
    }
    for (size_t i = 0; i < LAWS; i++) {
        tg_delay *f = make(laws[i]);
        m.loop.delay = f;
        for (double u = 1; u < 300; u *= 1.7)
            assert_ok(tg_stationary_covariance(&m, &u, 1, &c));
        tg_delay_free(f);
    }
    tg_delay_free(d);
    tg_delay_free(e);
}

static void
test_covariance_function(void **state)
{
    const double lag[] = { 0, 0.25, 0.5 };
    tg_delay    *d = make("{law: constant, value: 0.5}"),
             *e = make("{law: exponential, mean: 0.5}");
    tg_mode m = { .loop = { .a = 1, .delay = d }, .noise = 1 };
    double  c[3];

    (void)state;
    assert_ok(tg_stationary_covariance(&m, lag, 3, c));
    assert_near(c[0], .842898208584169818, 1e-14);
    assert_near(c[1], .692992564907591, 1e-14);
    assert_near(c[2], 0.5, 1e-14);
    /* exponential, a m = 1/2: r = e^{-t}(cos t + sin t), so C(u) = e^{-u}(3 cos u + sin
     * u)/4 */
    m.loop.delay = e;
    assert_ok(tg_stationary_covariance(&m, lag, 3, c));
    for (int i = 0; i < 3; i++)
        assert_near(c[i], exp(-lag[i]) * (3 * cos(lag[i]) + sin(lag[i])) / 4, 1e-8);
    tg_delay_free(d);
    tg_delay_free(e);
}

/* Time scales out: (a, b, T) -> (a s, b s, T/s) divides I by s. */
static void
test_scaling(void **state)
{
    (void)state;
    assert_near(variance("{law: lognormal, mean: 0.005, cv: 0.5}", 200, 20) * 200,
                variance("{law: lognormal, mean: 1, cv: 0.5}", 1, 0.1), 1e-9);
    assert_near(variance("{law: lognormal, mean: 1e6, cv: 0.5}", 1e-6, 1e-7) * 1e-6,
                variance("{law: lognormal, mean: 1, cv: 0.5}", 1, 0.1), 1e-9);
}

/* Thresholds of theory 3.1: just below all roots are stable, just above two are not. */
static void
test_winding_at_the_thresholds(void **state)
{
    static const struct {
        const char *text;
        double      k;
    } cases[] = { { "{law: constant, value: 1}", 1.5707963267948966 },
                  { "{law: gamma, shape: 2, mean: 1}", 4 },
                  { "{law: gamma, shape: 3, mean: 1}", 8. / 3 },
                  { "{law: gamma, shape: 4, mean: 1}", 2.27418 },
                  { "{law: uniform, min: 0, max: 2}", 2.4674011002723395 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tg_delay *d = make(cases[i].text);
        size_t    below = 9, above = 9;
        assert_ok(tg_stationary_unstable_roots(
            &(tg_loop){ .a = cases[i].k * (1 - 1e-5), .delay = d }, &below));
        assert_ok(tg_stationary_unstable_roots(
            &(tg_loop){ .a = cases[i].k * (1 + 1e-5), .delay = d }, &above));
        assert_int_equal(below, 0);
        assert_int_equal(above, 2);
        tg_delay_free(d);
    }
}

/* Roots of s + a e^{-s}: the pairs beyond a = pi/2 + 2 pi n; of a < 0: one real, then
 * pairs. */
static void
test_winding_counts(void **state)
{
    tg_delay *d = make("{law: constant, value: 1}");
    size_t    n;

    (void)state;
    for (int pairs = 0; pairs < 5; pairs++) {
        assert_ok(tg_stationary_unstable_roots(
            &(tg_loop){ .a = 6.283185307 * pairs, .b = 1e-9, .delay = d }, &n));
        assert_int_equal(n, 2 * pairs);
        assert_ok(tg_stationary_unstable_roots(
            &(tg_loop){ .a = -6.283185307 * pairs - 1, .delay = d }, &n));
        assert_int_equal(n, 1 + 2 * pairs);
    }
    tg_delay_free(d);
}

/* theory 3.2: V = q I / (1 - c I), stable iff c I < 1; checked there by event simulation.
 */
static void
test_jump_form(void **state)
{
    tg_delay *d = make("{law: constant, value: 1}");
    double    v = NAN;

    (void)state;
    tg_mode m = tg_mode_asgd(.02, 1, 1, 50, d, 1);
    assert_near(m.loop.a, 1, 1e-15);
    assert_ok(tg_stationary_variance(&m, &v));
    assert_near(v, .02 * 1.70411172116791392 / (1 - .02 * 1.70411172116791392), 1e-14);
    m.jump = 1 / 1.7;
    assert_fails(tg_stationary_variance(&m, &v), TG_EDOMAIN, "variance diverges");
    m.loop.a = 1.6;
    assert_fails(tg_stationary_variance(&m, &v), TG_EDOMAIN, "mean diverges");
    m.loop.a = NAN;
    assert_fails(tg_stationary_variance(&m, &v), TG_EDOMAIN, "finite");
    m = tg_mode_asgd(.02, 1, -NAN, 50, d, 1);
    assert_fails(tg_stationary_variance(&m, &v), TG_EDOMAIN, "noise");
    tg_delay_free(d);
}

/* theory 4, DuDe-ASGD at P = 40, k = .8: floors .0432, .0467, .0433 (three figures). */
static void
test_dude_floor(void **state)
{
    static const struct {
        const char *text;
        double      floor;
    } cases[] = { { "{law: constant, value: 1}", .0432 },
                  { "{law: exponential, mean: 1}", .0467 },
                  { "{law: gamma, shape: 4, mean: 1}", .0433 } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        tg_delay *d = make(cases[i].text);
        tg_mode   m = tg_mode_asgd(.02, 1, 1, 40, d, 0);
        double    v = NAN;
        m.loop.filter = tg_filter_find("dude");
        assert_ok(tg_stationary_variance(&m, &v));
        assert_near(v, cases[i].floor, 6e-5);
        tg_delay_free(d);
    }
}

/* V = (1/pi) int S dw by the trapezoidal rule on w = tan(x). */
static void
test_spectrum_integrates_to_variance(void **state)
{
    enum { n = 20000 };
    tg_delay *d = make("{law: gamma, shape: 2.5, mean: 0.5}");
    tg_mode   m = { .loop = { .a = 1, .delay = d }, .noise = 2, .jump = .1 };
    double    sum = 0, v = NAN;

    (void)state;
    for (int i = 0; i < n; i++) {
        const double x = (i + 0.5) / n * acos(-1) / 2, w = tan(x);
        double       s = NAN;
        assert_ok(tg_stationary_spectrum(&m, &w, 1, &s));
        sum += s * (1 + w * w) / (2 * n);
    }
    assert_ok(tg_stationary_variance(&m, &v));
    assert_near(sum, v, 1e-7);
    tg_delay_free(d);
}

/* Of every filter, with a law that has edges: the same rule, its tail N(infinity)/w^2 by 2/(pi w). */
static void
test_gain_of_every_filter(void **state)
{
    static const struct {
        const char *name;
        double      param;
    } cases[] = { { "asgd", 0 },        { "dude", 0 },      { "fedbuff", 6 },
                  { "heavy_ball", .7 }, { "nesterov", .7 }, { "delay_adaptive", 0 } };
    enum { n = 100000 };
    tg_delay        *d = make("{law: uniform, min: 0.5, max: 1.5}"), *kept = NULL;
    const tg_weights w = { .fresh = 16, .reference = 16, .power = 1 };
    double           share, power;

    (void)state;
    assert_ok(tg_delay_weighed(d, 31, .1, 1, &w, &kept, &share, &power));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const tg_loop l = { .a = .3,
                            .delay = d,
                            .filter = tg_filter_find(cases[i].name),
                            .lambda = 32,
                            .param = cases[i].param,
                            .kept = kept,
                            .share = share,
                            .power = power };
        const double  end = 2000, step = end / n;
        double        sum = 0, energy = NAN, gain = NAN, only = NAN;
        int           whole;
        for (int k = 0; k <= n; k++)
            sum += tg_loop_density(&l, step * k) *
                   (k == 0 || k == n ? 1
                    : k % 2          ? 4
                                     : 2) /
                   3;
        sum = (step * sum + tg_loop_white(&l, &whole) / end) / acos(-1);
        assert_ok(tg_stationary_energy(&l, &energy, &gain));
        assert_near(gain / sum, 1, 5e-9);
        assert_ok(tg_stationary_energy(&l, NULL, &only));
        assert_near(only, gain, 1e-15 * gain);
        assert_int_equal(whole, i == 0 || i == 5);
        if (i == 5) assert_near(gain, power * energy, 1e-15 * gain);
    }
    tg_delay_free(kept);
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_constant_delay), cmocka_unit_test(test_distributed_delay),
    cmocka_unit_test(test_quadrature_against_closed_form),
    cmocka_unit_test(test_covariance_at_the_delay),
    cmocka_unit_test(test_covariance_at_long_lags),
    cmocka_unit_test(test_covariance_function), cmocka_unit_test(test_scaling),
    cmocka_unit_test(test_winding_at_the_thresholds), cmocka_unit_test(test_winding_counts),
    cmocka_unit_test(test_jump_form), cmocka_unit_test(test_dude_floor),
    cmocka_unit_test(test_spectrum_integrates_to_variance),
    cmocka_unit_test(test_gain_of_every_filter))
