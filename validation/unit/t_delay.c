/* Whatever its name, a law must be one law in all its views: sample, density, distribution,
 * quantile, transform, moments. */
#include "core/stats.h"

#include "validation/unit/one_law.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const laws[] = {
    "{law: constant, value: 2}",
    "{law: exponential, mean: 0.7}",
    "{law: shifted_exponential, shift: 0.5, mean: 0.5}",
    "{law: gamma, shape: 4, mean: 1.5}",
    "{law: gamma, shape: 2.5, mean: 0.5}",
    "{law: gamma, shape: 0.6, mean: 1}",
    "{law: erlang, stages: 3, mean: 2}",
    "{law: hyperexponential, weights: [0.9, 0.1], means: [0.5, 4]}",
    "{law: uniform, min: 0.5, max: 1.5}",
    "{law: lognormal, mean: 1, cv: 0.25}",
    "{law: lognormal, mean: 1, cv: 0.9}",
    "{law: weibull, shape: 2, mean: 1}",
    "{law: weibull, shape: 0.8, mean: 1}",
    "{law: weibull, shape: 6, mean: 3}",
    "{law: pareto, shape: 4.5, mean: 1}",
    "{law: pareto, shape: 40, mean: 1}",
    "{law: pareto, shape: 300, mean: 2}",
    "{law: truncated_normal, mu: 1, sd: 0.5}",
    "{law: truncated_normal, mu: 1, sd: 0.5, min: 0.8, max: 2.5}",
    "{law: truncated_normal, mu: -2, sd: 1, min: 0.5}",
    "{law: truncated_normal, mu: 1, sd: 2, min: 0.9, max: 1.3}",
    "{law: half_normal, sd: 1.3}",
    ("{mixture: [{weight: 0.75, law: exponential, mean: 1}, {weight: 0.25, law: uniform, "
     "min: 1, max: 4}]}"),
    "{sum: [{law: gamma, shape: 4, mean: 1}, {law: exponential, mean: 0.2}]}",
    ("{sum: [{law: uniform, min: 0, max: 1}, {law: uniform, min: 1, max: 3}, {law: "
     "constant, value: 0.5}]}"),
    "{law: gamma, shape: 2.5, mean: 1, at_most: 1.2}",
    "{law: lognormal, mean: 1, cv: 0.5, at_most: 2}",
    "{law: exponential, mean: 1, at_most: 0.1}",
    ("{mixture: [{weight: 1, law: exponential, mean: 1}, {weight: 1, law: weibull, shape: "
     "2, mean: 3}], at_most: 3}"),
};
enum { LAWS = sizeof laws / sizeof *laws };

static void
test_transform_at_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        tg_delay      *d = make(laws[i]);
        double complex slope, phi = tg_delay_laplace(d, 0, &slope);
        near_complex(laws[i], phi, 1, 1e-13);
        near_complex(laws[i], -slope, tg_delay_mean(d), 2e-13 * (1 + tg_delay_mean(d)));
        tg_delay_free(d);
    }
}

/* E g(T) by panels of Gauss-Legendre in log(t - low), finer above the mean than below:
 * independent of every law's own method. */
typedef struct point {
    double t, w;
} point;
enum { LEFT = 60, CELLS = 300, RULE = 40, NODES = CELLS * RULE };

static void
quadrature(const tg_delay *d, point *out)
{
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(RULE);
    double                         low, high;

    tg_delay_support(d, &low, &high);
    if (!isfinite(high)) high = low + (tg_delay_mean(d) - low) * 1e6;
    const double scale = (tg_delay_mean(d) - low) / 4;
    const double left = log(1e-40) / LEFT,
                 right = log((high - low) / scale) / (CELLS - LEFT);
    for (int c = 0; c < CELLS; c++)
        for (size_t i = 0; i < RULE; i++) {
            const double a = c < LEFT ? left * (LEFT - c) : right * (c - LEFT);
            const double b = c < LEFT ? left * (LEFT - c - 1) : right * (c + 1 - LEFT);
            double       x, w;
            gsl_integration_glfixed_point(a, b, i, &x, &w, rule);
            const double t = fmin(high, low + scale * exp(x));
            out[c * RULE + (int)i] = (point){ t, w * scale * exp(x) * tg_delay_pdf(d, t) };
        }
    gsl_integration_glfixed_table_free(rule);
}

/* Smooth densities only: jumps inside the mesh would spoil the reference. */
static int
smooth(const char *text)
{
    return !strstr(text, "mixture") && !strstr(text, "uniform") &&
           !strstr(text, "constant");
}

static void
test_transform_against_quadrature(void **state)
{
    static const double complex s[] = { 0.3, 1, 5, I, 2 + I, 5 * I, 0.5 + 7 * I, 10 * I };
    static point                node[NODES];
    (void)state;

    for (size_t i = 0; i < LAWS; i++) {
        if (!smooth(laws[i])) continue;
        tg_delay *d = make(laws[i]);
        quadrature(d, node);
        for (size_t k = 0; k < sizeof s / sizeof *s; k++) {
            double complex want = 0, slope = 0, got_slope;
            for (int j = 0; j < NODES; j++) {
                const double complex term = node[j].w * cexp(-s[k] * node[j].t);
                want += term;
                slope -= node[j].t * term;
            }
            const double complex got = tg_delay_laplace(d, s[k], &got_slope);
            near_complex(laws[i], got, want, 3e-11);
            near_complex(laws[i], got_slope, slope, 1e-10);
        }
        tg_delay_free(d);
    }
}

static void
test_moments_against_quadrature(void **state)
{
    static point node[NODES];
    (void)state;

    for (size_t i = 0; i < LAWS; i++) {
        if (!smooth(laws[i])) continue;
        tg_delay    *d = make(laws[i]);
        const double m = tg_delay_mean(d), v = tg_delay_variance(d);
        double       m1 = 0, m2 = 0, m3 = 0;
        quadrature(d, node);
        for (int j = 0; j < NODES; j++) {
            m1 += node[j].w * node[j].t;
            m2 += node[j].w * pow(node[j].t - m, 2);
            m3 += node[j].w * pow(node[j].t - m, 3);
        }
        near(laws[i], m, m1, 1e-9 * m);
        near(laws[i], v, m2, 1e-9 * v);
        near(laws[i], tg_delay_third(d), m3, 1e-6 * pow(v, 1.5));
        near(laws[i], tg_delay_cv(d), sqrt(v) / m, 1e-15 * sqrt(v) / m);
        tg_delay_free(d);
    }
}

/* (phi(s+h) - phi(s-h))/2h with h = 1e-4 times directions 1 and i, extrapolated. */
static void
test_derivative(void **state)
{
    static const double complex s[] = { 0.5, 0.01 + 1.5 * I, 3 + 4 * I, 0.1 + 9 * I };
    (void)state;

    for (size_t i = 0; i < LAWS; i++) {
        tg_delay *d = make(laws[i]);
        for (size_t k = 0; k < sizeof s / sizeof *s; k++) {
            const double   h = 1e-3;
            double complex slope;
            tg_delay_laplace(d, s[k], &slope);
            const double complex real = (tg_delay_laplace(d, s[k] + h, NULL) -
                                         tg_delay_laplace(d, s[k] - h, NULL)) /
                                        (2 * h);
            const double complex imag = (tg_delay_laplace(d, s[k] + I * h, NULL) -
                                         tg_delay_laplace(d, s[k] - I * h, NULL)) /
                                        (2 * I * h);
            /* analytic: the h^2 terms of the two directions cancel */
            near_complex(laws[i], slope, (real + imag) / 2, 1e-10);
        }
        tg_delay_free(d);
    }
}

static void
test_conjugate(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        tg_delay            *d = make(laws[i]);
        const double complex s[] = { 0.2 + 3 * I, 0.2 - 3 * I };
        double complex       phi[2], slope[2];
        tg_delay_laplaces(d, s, 2, phi, slope);
        near_complex(laws[i], phi[1], conj(phi[0]), 1e-15);
        near_complex(laws[i], slope[1], conj(slope[0]), 1e-14);
        tg_delay_free(d);
    }
}

static void
test_bounded_laws_left_of_the_axis(void **state)
{
    static const char *const bounded[] = {
        "{law: gamma, shape: 2.5, mean: 1, at_most: 1.2}", "{law: half_normal, sd: 1.3}",
        "{law: weibull, shape: 2, mean: 1}",
        "{law: truncated_normal, mu: 1, sd: 2, min: 0.9, max: 1.3}"
    };
    static point node[NODES];
    (void)state;

    for (size_t i = 0; i < sizeof bounded / sizeof *bounded; i++) {
        tg_delay            *d = make(bounded[i]);
        const double complex s = -2 + 3 * I;
        double complex       want = 0;
        assert_true(tg_delay_abscissa(d) == -INFINITY);
        quadrature(d, node);
        for (int j = 0; j < NODES; j++)
            if (node[j].w > 0) want += node[j].w * cexp(-s * node[j].t);
        near_complex(bounded[i], tg_delay_laplace(d, s, NULL), want, 1e-10 * cabs(want));
        tg_delay_free(d);
    }
}

static int
ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Samples against the distribution (Kolmogorov-Smirnov) and against the mean (4 errors). */
static void
test_samples(void **state)
{
    enum { N = 4000 };
    static double t[N];
    (void)state;

    for (size_t i = 0; i < LAWS; i++) {
        tg_delay *d = make(laws[i]);
        tg_rng    g = tg_rng_stream(11, TG_PURPOSE_TEST, i), h = g;
        tg_stats  s = { 0 };
        double    gap = 0;
        tg_delay_samples(d, &g, t, N);
        for (int j = 0; j < N; j++) {
            assert_true(t[j] == tg_delay_sample(d, &h));
            tg_stats_add(&s, t[j]);
        }
        near(laws[i], s.mean, tg_delay_mean(d), 4 * sqrt(tg_delay_variance(d) / N) + 1e-12);
        qsort(t, N, sizeof *t, ascending);
        for (int j = 0; j < N; j++) {
            const double F = tg_delay_cdf(d, t[j]);
            gap = fmax(gap, fmax(F - (double)j / N, (double)(j + 1) / N - F));
        }
        if (strstr(laws[i], "law: constant, value: 2}") != NULL && i == 0) gap = 0;
        if (!(tg_kolmogorov_p(gap, N) > 1e-4)) fail_msg("%s: distance %g", laws[i], gap);
        tg_delay_free(d);
    }
}

static void
test_quantile_inverts_the_distribution(void **state)
{
    static const double p[] = { 1e-4, 0.01, 0.3, 0.5, 0.77, 0.99, 0.9999 };
    (void)state;

    for (size_t i = 0; i < LAWS; i++) {
        tg_delay *d = make(laws[i]);
        double    low, high;
        tg_delay_support(d, &low, &high);
        assert_true(tg_delay_quantile(d, 0) == low && tg_delay_quantile(d, 1) == high);
        assert_true(isnan(tg_delay_quantile(d, 1.1)) && isnan(tg_delay_quantile(d, NAN)));
        for (size_t k = 0; i > 0 && k < sizeof p / sizeof *p; k++)
            near(laws[i], tg_delay_cdf(d, tg_delay_quantile(d, p[k])), p[k], 1e-10);
        tg_delay_free(d);
    }
}

/* Where each kind of law's transform ends; poles are not ends. */
static void
test_every_abscissa(void **state)
{
    static const struct {
        const char *law;
        double      end;
    } all[] = {
        { "{law: constant, value: 2}", -INFINITY },
        { "{law: exponential, mean: 2}", -INFINITY },
        { "{law: gamma, shape: 4, mean: 2}", -INFINITY },
        { "{law: gamma, shape: 2.5, mean: 2}", -1.25 },
        { "{law: uniform, min: 1, max: 3}", -INFINITY },
        { "{law: half_normal, sd: 2}", -INFINITY },
        { "{law: truncated_normal, mu: 1, sd: 2}", -INFINITY },
        { "{law: lognormal, mean: 2, cv: 1}", 0 },
        { "{law: pareto, shape: 3, mean: 2}", 0 },
        { "{law: weibull, shape: 0.8, mean: 2}", 0 },
        { "{law: weibull, shape: 1, mean: 2}", -0.5 },
        { "{law: weibull, shape: 1.5, mean: 2}", -INFINITY },
        { "{law: pareto, shape: 3, mean: 2, at_most: 9}", -INFINITY },
        { "{sum: [{law: gamma, shape: 2.5, mean: 2}, {law: uniform, min: 1, max: 3}]}",
          -1.25 },
        { "{mixture: [{weight: 1, law: gamma, shape: 2.5, mean: 2}, {weight: 1, law: "
          "gamma, "
          "shape: 2.5, mean: 1}]}",
          -1.25 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        tg_delay    *d = make(all[i].law);
        const double end = tg_delay_abscissa(d);
        if (!(end == all[i].end || fabs(end - all[i].end) < 1e-14))
            fail_msg("%s: %g", all[i].law, end);
        tg_delay_free(d);
    }
}

/* The text of a law makes the same law. */
static void
test_text_reads_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        tg_delay *d = make(laws[i]), *e = make(tg_delay_text(d));
        assert_string_equal(tg_delay_text(d), tg_delay_text(e));
        assert_string_equal(tg_delay_name(d), tg_delay_name(e));
        near(laws[i], tg_delay_mean(e), tg_delay_mean(d), 0);
        tg_delay_free(d);
        tg_delay_free(e);
    }
}

static void
test_abscissa(void **state)
{
    (void)state;
    tg_delay      *d = make("{law: gamma, shape: 2.5, mean: 0.5}");
    double complex slope;

    near("branch point", tg_delay_abscissa(d), -5, 1e-14);
    assert_true(isnan(creal(tg_delay_laplace(d, -6, &slope))) && isnan(creal(slope)));
    tg_delay_free(d);
    d = make("{law: lognormal, mean: 1, cv: 1}");
    near("heavy tail", tg_delay_abscissa(d), 0, 0);
    tg_delay_free(d);
    d = make("{sum: [{law: erlang, stages: 3, mean: 1.5}, {law: exponential, mean: 0.5}]}");
    tg_delay_pole pole[4];
    assert_int_equal(tg_delay_poles(d, pole, 4), 1);
    near("pole", pole[0].at, -2, 0);
    assert_int_equal(pole[0].order, 4);
    tg_delay_free(d);
}

/* (n-1)!: the transform of a whole-shape gamma left of its pole is the rational function.
 */
static void
test_continuation_through_the_pole(void **state)
{
    (void)state;
    tg_delay            *d = make("{law: erlang, stages: 3, mean: 0.5}");
    const double complex s = -7.7459666349617127 + 2.4219420327598407 * I;

    near_complex("root of s + phi(s), cases.md", s + tg_delay_laplace(d, s, NULL), 0,
                 1e-12);
    tg_delay_free(d);
}

static void
test_registry(void **state)
{
    (void)state;
    for (const tg_delay_kind *const *k = tg_delay_kinds; *k; k++) {
        size_t                count;
        const tg_delay_param *p = tg_delay_kind_params(*k, &count);
        assert_true(strlen(tg_delay_kind_name(*k)) > 0 &&
                    strlen(tg_delay_kind_doc(*k)) > 0);
        for (size_t i = 0; i < count; i++) assert_non_null(p[i].doc);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_transform_at_zero),
        cmocka_unit_test(test_transform_against_quadrature),
        cmocka_unit_test(test_moments_against_quadrature),
        cmocka_unit_test(test_derivative),
        cmocka_unit_test(test_conjugate),
        cmocka_unit_test(test_bounded_laws_left_of_the_axis),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_quantile_inverts_the_distribution),
        cmocka_unit_test(test_text_reads_back),
        cmocka_unit_test(test_abscissa),
        cmocka_unit_test(test_every_abscissa),
        cmocka_unit_test(test_continuation_through_the_pole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
