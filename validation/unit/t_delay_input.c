/* Laws from traces and from descriptions, good and bad. */
#include "core/law.h"
#include "core/rng.h"

#include "validation/unit/one_law.h"

#include <complex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/tg_delay_XXXXXX";

static void
write_file(const char *name, const char *text)
{
    char  path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_non_null(f = fopen(path, "w"));
    fputs(text, f);
    fclose(f);
}

static tg_status
read_trace(const char *name, const char *column, tg_delay **out)
{
    char text[256];

    snprintf(text, sizeof text, "{law: empirical, file: \"%s/%s\", column: %s}", folder,
             name, column);
    return tg_delay_parse(text, out);
}

static void
test_empirical(void **state)
{
    (void)state;
    tg_delay *d = NULL;

    write_file("log.csv", "# made by hand\nworker, seconds\n0,1.5\n1, 0.5\n\n0,1.0\n");
    assert_int_equal(read_trace("log.csv", "seconds", &d), TG_OK);
    near("mean", tg_delay_mean(d), 1, 1e-15);
    near("variance", tg_delay_variance(d), 1.0 / 6, 1e-15);
    near("median", tg_delay_quantile(d, 0.5), 1, 0);
    near("cdf", tg_delay_cdf(d, 1), 2.0 / 3, 1e-15);
    near_complex("phi", tg_delay_laplace(d, I, NULL),
                 (cexp(-1.5 * I) + cexp(-I) + cexp(-0.5 * I)) / 3, 1e-15);
    tg_delay *e = make(tg_delay_text(d));
    near("text", tg_delay_mean(e), 1, 1e-15);
    tg_delay_free(e);
    tg_delay_free(d);
}

/* A long trace goes through panels; it must not show. */
static void
test_long_trace(void **state)
{
    enum { N = 5000 };
    static double t[N];
    (void)state;
    tg_delay *source = make("{law: lognormal, mean: 1, cv: 1}"), *d = NULL;
    tg_rng    g = tg_rng_stream(3, TG_PURPOSE_TEST, 0);

    tg_delay_samples(source, &g, t, N);
    assert_int_equal(tg_delay_empirical(t, N, &d), TG_OK);
    assert_true(tg_law_measured(d));
    for (double w = 0; w < 300; w = 1.7 * w + 0.01) {
        const double complex s = 0.1 + I * w;
        double complex       want = 0, slope = 0, got_slope;
        for (int i = 0; i < N; i++) {
            want += cexp(-s * t[i]) / N;
            slope -= t[i] * cexp(-s * t[i]) / N;
        }
        near_complex("long trace", tg_delay_laplace(d, s, &got_slope), want, 1e-14);
        near_complex("long trace", got_slope, slope, 3e-14);
    }
    tg_delay_free(source);
    tg_delay_free(d);
}

static void
says(tg_status status, tg_status want, const char *text, const char *fragment)
{
    if (status != want) fail_msg("%s: status %s", text, tg_status_text(status));
    if (!strstr(tg_message(), fragment))
        fail_msg("%s: \"%s\" does not say \"%s\"", text, tg_message(), fragment);
}

/* Other words for a law are understood, though not accepted. */
static void
test_other_words(void **state)
{
    static const char *const words[][2] = {
        { "normal", "truncated_normal" },
        { "Gaussian", "truncated_normal" },
        { "deterministic", "constant" },
        { "fixed", "constant" },
        { "exp", "exponential" },
        { "poisson", "exponential" },
        { "power_law", "pareto" },
        { "log_normal", "lognormal" },
        { "flat", "uniform" },
        { "hyperexp", "hyperexponential" },
        { "trace", "empirical" },
        { "halfnorm", "half_normal" },
        { "GAMMA", "gamma" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char      text[80], expected[80];
        tg_delay *d = NULL;
        snprintf(text, sizeof text, "{law: %s, mean: 1}", words[i][0]);
        snprintf(expected, sizeof expected, "did you mean \"%s\"?", words[i][1]);
        assert_int_equal(tg_delay_parse(text, &d), TG_EINPUT);
        assert_non_null(strstr(tg_message(), expected));
        assert_null(d);
    }
}

static void
test_bad_descriptions(void **state)
{
    static const struct {
        const char *text, *fragment;
    } bad[] = {
        { "{law: gama, shape: 4, mean: 1}",
          "law:1:7: there is no law \"gama\", did you mean \"gamma\"?" },
        { "{law: gamma, shap: 4, mean: 1}",
          "law:1:14: the law \"gamma\" has no key \"shap\", did you mean \"shape\"?" },
        { "{law: gamma, mean: 1}", "needs the key \"shape\"" },
        { "{law: exponential, mean: -1}",
          "law:1:26: mean must be >= 1e-60 and <= 1e+60, got -1" },
        { "{law: exponential, mean: 2x}", "law:1:26" },
        { "{law: exponential, mean: .nan}", "law:1:26" },
        { "{law: exponential, mean: nan}", "law:1:26" },
        { "{law: exponential, mean: [1]}", "law:1:26" },
        { "{law: uniform, min: 2, max: 1}", "max must be > min" },
        { "{law: erlang, stages: 2.5, mean: 1}", "whole number" },
        { "{law: weibull, shape: 0, mean: 1}", "shape" },
        { "{law: lognormal, mean: 1, cv: 0}", "cv must be" },
        { "{law: hyperexponential, weights: [1], means: [1, 2]}", "same length" },
        { "{law: hyperexponential, weights: [1, -1], means: [1, 2]}", "weight" },
        { "{mixture: [{law: constant, value: 1}]}", "weight" },
        { "{mixture: [{weight: 0, law: constant, value: 1}]}", "weight must be" },
        { "{law: constant, value: 1, weight: 2}", "no key \"weight\"" },
        { "{sum: []}", "list of laws" },
        { "{law: constant, value: 3, at_most: 2}", "no delay is at most 2" },
        { "{law: exponential, mean: 1, at_most: -2}", "at_most must be" },
        { "{law: exponential, mean: 1, at_most: 0}", "at_most must be" },
        { "{value: 2}", "law, mixture, sum" },
        { "gamma", "expected a law" },
        { "{law: at_most, at_most: 1}", "a key of its own" },
        { "{law: mixture, of: 1}", "mixture: [{weight" },
        { "{law: sum}", "a key of its own" },
        { "{law: truncated_normal, mu: 0, sd: 1, min: 50}", "no probability" },
    };
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tg_delay *d = NULL;
        says(tg_delay_parse(bad[i].text, &d), TG_EINPUT, bad[i].text, bad[i].fragment);
        assert_null(d);
    }
}

static void
test_bad_traces(void **state)
{
    tg_delay *d = NULL;
    (void)state;

    says(read_trace("none.csv", "seconds", &d), TG_EIO, "none", "none.csv");
    write_file("empty.csv", "");
    says(read_trace("empty.csv", "seconds", &d), TG_EINPUT, "empty", "empty");
    write_file("bare.csv", "worker,seconds\n");
    says(read_trace("bare.csv", "seconds", &d), TG_EINPUT, "bare", "no rows");
    says(read_trace("bare.csv", "second", &d), TG_EINPUT, "bare", "no column \"second\"");
    write_file("broken.csv", "# c\nworker,seconds\n0,1\n0,2x\n");
    says(read_trace("broken.csv", "seconds", &d), TG_EINPUT, "broken", "broken.csv:4: ");
    write_file("short.csv", "worker,seconds\n0,1\n0\n");
    says(read_trace("short.csv", "seconds", &d), TG_EINPUT, "short", "short.csv:3: ");
    write_file("negative.csv", "worker,seconds\n0,-1\n");
    says(read_trace("negative.csv", "seconds", &d), TG_EINPUT, "negative",
         "negative.csv:2: ");
    assert_null(d);
}

static void
test_bad_parameters(void **state)
{
    tg_delay *d = NULL, *c = make("{law: constant, value: 1}");
    (void)state;

    says(tg_delay_create("nosuch", (double[]){ 1 }, &d), TG_EINPUT, "nosuch", "nosuch");
    says(tg_delay_create("gamma", (double[]){ NAN, 1 }, &d), TG_EDOMAIN, "nan", "shape");
    says(tg_delay_create("constant", (double[]){ -1 }, &d), TG_EDOMAIN, "-1", "value");
    says(tg_delay_create("constant", (double[]){ INFINITY }, &d), TG_EDOMAIN, "inf",
         "value");
    says(tg_delay_empirical((double[]){ 1, NAN }, 2, &d), TG_EDOMAIN, "nan", "time");
    says(tg_delay_empirical(NULL, 0, &d), TG_EDOMAIN, "none", "at least one");
    says(tg_delay_sum(NULL, 0, &d), TG_EDOMAIN, "none", "at least one");
    says(tg_delay_mixture((const tg_delay *[]){ c }, (double[]){ NAN }, 1, &d), TG_EDOMAIN,
         "nan", "weight");
    says(tg_delay_at_most(c, NAN, &d), TG_EDOMAIN, "nan", "at_most");
    assert_null(d);
    tg_delay_free(c);
    tg_delay_free(NULL);
}

static int
set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int
tear_down(void **state)
{
    static const char *const name[] = { "log.csv",    "empty.csv", "bare.csv",
                                        "broken.csv", "short.csv", "negative.csv" };
    (void)state;

    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        unlink(path);
    }
    return rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empirical),   cmocka_unit_test(test_long_trace),
        cmocka_unit_test(test_other_words), cmocka_unit_test(test_bad_descriptions),
        cmocka_unit_test(test_bad_traces),  cmocka_unit_test(test_bad_parameters),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
