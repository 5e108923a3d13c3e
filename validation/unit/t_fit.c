#include "validation/unit/check.h"

#include "asgd/traces/fit.h"
#include "asgd/traces/trace.h"
#include "core/stats.h"

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* n draws of a law, rising. */
static double *
draws(const char *text, size_t n, uint64_t seed)
{
    tg_rng    g = tg_rng_stream(seed, TG_PURPOSE_TEST, 0);
    tg_delay *law = NULL;
    double   *t = malloc(n * sizeof *t);

    assert_ok(tg_delay_parse(text, &law));
    tg_delay_samples(law, &g, t, n);
    qsort(t, n, sizeof *t, rising);
    tg_delay_free(law);
    return t;
}

/* The law that made the data comes first, with its parameters within a few per cent, and a
 * Kolmogorov-Smirnov distance that is not significant. */
static void
test_finds_the_law(void **state)
{
    static const struct {
        const char *text, *law;
        double      p[2];
    } made[] = { { "{law: exponential, mean: 2}", "exponential", { 2, 0 } },
                 { "{law: shifted_exponential, shift: 1, mean: 2}",
                   "shifted_exponential",
                   { 1, 2 } },
                 { "{law: gamma, shape: 4, mean: 3}", "gamma", { 4, 3 } },
                 { "{law: uniform, min: 1, max: 3}", "uniform", { 1, 3 } },
                 { "{law: lognormal, mean: 2, cv: 0.7}", "lognormal", { 2, 0.7 } },
                 { "{law: weibull, shape: 2, mean: 1.5}", "weibull", { 2, 1.5 } } };
    enum { N = 20000 };

    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        tg_fit  fit[TG_FIT_LAWS];
        size_t  count = 0;
        double *t = draws(made[i].text, N, i + 1);
        assert_ok(tg_fit_all(t, N, fit, &count));
        /* an exponential is also a gamma, a Weibull or a shifted one: AIC may tie within 2
         */
        size_t k = 0;
        while (k < count && strcmp(fit[k].law, made[i].law)) k++;
        assert_true(k < count && fit[k].aic <= fit[0].aic + 4);
        for (int j = 0; j < 2; j++)
            assert_near(fit[k].parameter[j], made[i].p[j], 0.04 * made[i].p[j] + 1e-12);
        assert_true(fit[k].p > 0.01);
        free(t);
    }
}

/* Maximum likelihood: no nearby parameters do better. */
static void
test_is_a_maximum(void **state)
{
    enum { N = 3000 };
    tg_fit  fit[TG_FIT_LAWS];
    size_t  count = 0;
    double *t = draws("{law: gamma, shape: 2.3, mean: 1.7}", N, 9);

    (void)state;
    assert_ok(tg_fit_all(t, N, fit, &count));
    for (size_t k = 0; k < count; k++) {
        if (!strcmp(fit[k].law, "uniform") || !strcmp(fit[k].law, "erlang") ||
            !strcmp(fit[k].law, "shifted_exponential"))
            continue;
        for (int j = 0; j < 2 * (int)fit[k].parameters; j++) {
            double    p[4], sum = 0;
            tg_delay *law = NULL;
            memcpy(p, fit[k].parameter, sizeof p);
            p[j / 2] *= j % 2 ? 1.01 : 0.99;
            assert_ok(tg_delay_create(fit[k].law, p, &law));
            for (size_t i = 0; i < N; i++) sum += log(tg_delay_pdf(law, t[i]));
            assert_true(sum < fit[k].log_likelihood);
            tg_delay_free(law);
        }
    }
    free(t);
}

/* sup |F_n - F| by looking just below and at every observed time, F_n counted afresh. */
static double
distance(const tg_delay *law, const double *t, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++) {
        double below = 0, at = 0;
        for (size_t k = 0; k < n; k++) {
            below += t[k] < t[i];
            at += t[k] <= t[i];
        }
        most = fmax(most, fabs(below / (double)n - tg_delay_cdf(law, t[i])));
        most = fmax(most, fabs(at / (double)n - tg_delay_cdf(law, t[i])));
    }
    return most;
}

static const tg_fit *
fit_of(const tg_fit *fit, size_t count, const char *law)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(fit[i].law, law)) return &fit[i];
    fail_msg("%s is not fitted", law);
    return NULL;
}

/* Five times: every number of every fit by hand or afresh. First and last time count. */
static void
test_numbers_of_small_samples(void **state)
{
    static const double sample[][5] = { { .5, 1, 1.5, 2.5, 6 }, { 1, 1.01, 1.02, 3, 3.1 } };

    (void)state;
    for (int k = 0; k < 2; k++) {
        const double *t = sample[k];
        tg_fit        fit[TG_FIT_LAWS];
        size_t        count = 0;
        double        mean = 0, logs = 0, square = 0;
        for (int i = 0; i < 5; i++) mean += t[i] / 5;
        for (int i = 0; i < 5; i++) logs += log(t[i]) / 5;
        for (int i = 0; i < 5; i++) square += pow(log(t[i]) - logs, 2) / 5;
        assert_ok(tg_fit_all(t, 5, fit, &count));
        const tg_fit *f = fit_of(fit, count, "exponential");
        assert_near(f->parameter[0], mean, 1e-14);
        assert_near(f->log_likelihood, -5 * (log(mean) + 1), 1e-12);
        f = fit_of(fit, count, "shifted_exponential");
        assert_near(f->parameter[0], t[0], 0);
        assert_near(f->parameter[1], mean - t[0], 1e-14);
        f = fit_of(fit, count, "uniform");
        assert_near(f->parameter[0], t[0], 0);
        assert_near(f->parameter[1], t[4], 0);
        assert_near(f->log_likelihood, -5 * log(t[4] - t[0]), 1e-12);
        f = fit_of(fit, count, "lognormal");
        assert_near(f->parameter[0], exp(logs + square / 2), 1e-12);
        assert_near(f->parameter[1], sqrt(exp(square) - 1), 1e-12);
        f = fit_of(fit, count, "gamma");
        assert_near(f->parameter[1], mean, 1e-14);
        for (size_t i = 0; i < count; i++) {
            tg_delay *law = NULL;
            assert_ok(tg_delay_create(fit[i].law, fit[i].parameter, &law));
            assert_near(fit[i].distance, distance(law, t, 5), 1e-12);
            assert_near(fit[i].p, tg_kolmogorov_p(fit[i].distance, 5), 0);
            assert_near(fit[i].aic,
                        2 * (double)fit[i].parameters - 2 * fit[i].log_likelihood, 1e-12);
            if (i) assert_true(fit[i].aic >= fit[i - 1].aic);
            tg_delay_free(law);
        }
    }
}

/* The two whose shape solves an equation: no shape near it is likelier, at five times too. */
static void
test_shapes_of_small_samples(void **state)
{
    static const double t[] = { .5, 1, 1.5, 2.5, 6 };
    tg_fit              fit[TG_FIT_LAWS];
    size_t              count = 0;

    (void)state;
    assert_ok(tg_fit_all(t, 5, fit, &count));
    for (int which = 0; which < 2; which++)
        for (int j = 0; j < 4; j++) {
            const tg_fit *f = fit_of(fit, count, which ? "weibull" : "gamma");
            double        p[2] = { f->parameter[0], f->parameter[1] }, sum = 0;
            tg_delay     *law = NULL;
            p[j / 2] *= j % 2 ? 1.001 : .999;
            assert_ok(tg_delay_create(f->law, p, &law));
            for (int i = 0; i < 5; i++) sum += log(tg_delay_pdf(law, t[i]));
            assert_true(sum < f->log_likelihood);
            tg_delay_free(law);
        }
}

static void
test_constant_and_bad_times(void **state)
{
    tg_fit       fit[TG_FIT_LAWS];
    size_t       count = 0;
    const double same[] = { 2, 2, 2 }, zero[] = { 0, 1 };

    (void)state;
    assert_ok(tg_fit_all(same, 3, fit, &count));
    assert_int_equal(count, 1);
    assert_string_equal(fit[0].law, "constant");
    assert_fails(tg_fit_all(same, 1, fit, &count), TG_EDOMAIN, "at least 2");
    assert_fails(tg_fit_all(zero, 2, fit, &count), TG_EDOMAIN, "times must be > 0, got 0");
}

/* Workers of two kinds, in any order and with start and end, become two groups. */
static void
test_groups(void **state)
{
    static char text[200000];
    size_t      n = (size_t)sprintf(text, "# made for this test\nworker,start,end\n");
    tg_trace    trace = { 0 };
    double     *seconds = NULL;
    size_t      count = 0, workers = 0;

    (void)state;
    for (uint64_t w = 0; w < 6; w++) {
        double *t = draws(w % 2 ? "{law: gamma, shape: 9, mean: 1}"
                                : "{law: gamma, shape: 9, mean: 3}",
                          300, 100 + w);
        for (int i = 0; i < 300; i++)
            n += (size_t)sprintf(text + n, "w%d,10,%.9f\n", (int)w, 10 + t[i]);
        free(t);
    }
    assert_ok(tg_trace_read(write_temporary("log.csv", text, n), &trace));
    assert_int_equal(trace.workers, 6);
    assert_int_equal(trace.groups, 2);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(trace.worker[i].group, i / 3);
        assert_int_equal((trace.worker[i].name[1] - '0') % 2, i < 3);
    }
    assert_ok(tg_trace_group(&trace, 1, TG_TRACE_JOB, &seconds, &count, &workers));
    assert_int_equal(count, 900);
    assert_int_equal(workers, 3);
    for (size_t i = 1; i < count; i++) assert_true(seconds[i] >= seconds[i - 1]);
    free(seconds);
    tg_trace_free(&trace);
}

RUN(cmocka_unit_test(test_finds_the_law), cmocka_unit_test(test_is_a_maximum),
    cmocka_unit_test(test_numbers_of_small_samples),
    cmocka_unit_test(test_shapes_of_small_samples),
    cmocka_unit_test(test_constant_and_bad_times), cmocka_unit_test(test_groups))
