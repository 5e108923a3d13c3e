#include "validation/unit/worklogs.h"

#include "asgd/traces/fitted.h"

#define JOB "{law: gamma, shape: 4, mean: 1}"

/* As much idle as work: the round trip is a job and a gap, each by its law, and the rate of
 * the study is that of the log within a hundredth. Without the gaps it would be twice as
 * high. */
static void
test_gaps(void **state)
{
    static const char *const gap[] = {
        "{law: exponential, mean: 1}", "{law: constant, value: 1}",
        ("{mixture: [{weight: 0.5, law: constant, value: 0}, "
         "{weight: 0.5, law: gamma, shape: 2, mean: 2}]}")
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        tg_fitted f = { 0 };
        tg_trace  t = worklog_of(JOB, gap[i], 8, 1000, 3 + i, NULL);
        assert_ok(tg_fitted_of(&t, 1, &f));
        assert_true(t.gaps);
        assert_int_equal(f.groups, 1);
        assert_near(f.study / f.counted, 1, .01);
        assert_near(f.rate, f.counted, 4 * f.error);
        assert_near(f.counted, 4, .15);
        assert_true(8 / f.group[0].job.mean > 1.9 * f.counted);
        assert_near(f.group[0].gap.mean, 1, .06);
        assert_near((double)f.group[0].gap.zeros, i == 2 ? 4000 : 0, 200);
        assert_non_null(f.group[0].job.law);
        assert_non_null(f.group[0].gap.law);
        tg_fitted_free(&f);
        tg_trace_free(&t);
    }
}

/* What no law fits is taken as it is; its own law is not. Too few times tell nothing. */
static void
test_what_is_taken(void **state)
{
    static const struct {
        const char *law;
        size_t      rows;
        bool        empirical;
    } made[] = {
        { JOB, 500, false },
        { "{law: pareto, shape: 3, mean: 1}", 500, false },
        { "{law: hyperexponential, weights: [.8, .2], means: [.5, 3]}", 500, false },
        { "{law: truncated_normal, mu: 1, sd: .5}", 500, false },
        { "{mixture: [{weight: .5, law: gamma, shape: 100, mean: 1}, {weight: .5, law: "
          "gamma, shape: 100, mean: 3}]}",
          500, true },
        { JOB, 15, true }
    };

    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        tg_fitted f = { 0 };
        tg_trace  t = worklog_of(made[i].law, NULL, 1, made[i].rows, 20 + i, NULL);
        assert_ok(tg_fitted_of(&t, 1, &f));
        const tg_fitted_part *p = &f.group[0].job;
        if ((p->law == NULL) != made[i].empirical)
            fail_msg("%s: took %s, p = %g", made[i].law,
                     p->law ? tg_delay_text(p->law) : "all", p->fit[0].p);
        if (p->law) assert_true(p->fit[p->best].p >= .01);
        tg_fitted_free(&f);
        tg_trace_free(&t);
    }
}

/* P-values of the law that made the times are uniform: their mean over 40 logs is 1/2,
 * which that as if the parameters had been known is not. */
static void
test_p_values(void **state)
{
    double boot = 0, known = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        tg_fit   fit[TG_FIT_LAWS];
        size_t   count = 0, n = 0, workers, i = 0;
        double  *all = NULL;
        tg_trace t = worklog_of(JOB, NULL, 1, 100, 400 + seed, NULL);
        assert_ok(tg_trace_group(&t, 0, TG_TRACE_JOB, &all, &n, &workers));
        assert_ok(tg_fit_all(all, n, fit, &count));
        while (strcmp(fit[i].law, "gamma")) i++;
        known += fit[i].p / 40;
        assert_ok(tg_fit_bootstrap(n, seed, &fit[i], 1));
        boot += fit[i].p / 40;
        free(all);
        tg_trace_free(&t);
    }
    assert_near(boot, .5, 4 * sqrt(1. / 12 / 40));
    assert_true(known > .7);
}

/* No sample of a law is as far from it as that: one in all 200 is, the times themselves. */
static void
test_hopeless_law(void **state)
{
    double t[60];
    tg_fit fit[TG_FIT_LAWS];
    size_t count = 0, seen = 0;

    (void)state;
    for (int i = 0; i < 60; i++) t[i] = -log(1 - (i + .5) / 60);
    assert_ok(tg_fit_all(t, 60, fit, &count));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fit[i].law, "exponential") && strcmp(fit[i].law, "gamma")) continue;
        fit[i].distance = .4;
        assert_ok(tg_fit_bootstrap(60, 7, &fit[i], 1));
        assert_near(fit[i].p, 1. / 200, 1e-12);
        seen++;
    }
    assert_int_equal(seen, 2);
}

/* ---- course -------------------------------------------------------------------------- */

static double
drifting(size_t worker, size_t row)
{
    (void)worker;
    return 1 + .3 * (double)row / 400;
}

static double
tripling(size_t worker, size_t row)
{
    (void)worker;
    return pow(3, (double)row / 400);
}

static double
straggling(size_t worker, size_t row)
{
    return worker == 2 && row >= 100 && row < 140 ? 5 : 1;
}

static double
persistent(size_t worker, size_t row)
{
    (void)worker;
    return (row / 8) % 3 == 0 ? 1.6 : 1;
}

/* Three times as long at the end, and hardly anything else: that is drift, and no correlation. */
static void
test_drift_alone(void **state)
{
    tg_course c = { 0 };
    tg_trace  t =
        worklog_of("{law: gamma, shape: 2500, mean: 1}", NULL, 6, 400, 12, tripling);

    (void)state;
    assert_ok(tg_course_of(&t, &c));
    assert_true(tg_course_drifts(&c));
    assert_near(c.drift, 2, .02);
    assert_false(tg_course_correlated(&c));
    assert_true(c.drift_error < .05);
    tg_trace_free(&t);
}

/* Independent times show nothing, also where begins depend on the times before; each of the
 * others shows what it has. */
static void
test_course(void **state)
{
    static const struct {
        double (*slow)(size_t, size_t);
        bool correlated, drifts, stretches;
    } made[] = { { NULL, false, false, false },
                 { drifting, false, true, false },
                 { straggling, true, false, true },
                 { persistent, true, false, false } };

    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++)
        for (size_t i = 0; i < 4; i++) {
            tg_course c = { 0 };
            tg_trace  t = worklog_of("{law: gamma, shape: 9, mean: 1}", NULL, 6, 400,
                                     90 + seed, made[i].slow);
            assert_ok(tg_course_of(&t, &c));
            assert_int_equal(tg_course_correlated(&c), made[i].correlated);
            assert_int_equal(tg_course_drifts(&c), made[i].drifts);
            assert_int_equal(c.stretches > 0, made[i].stretches);
            if (made[i].drifts) assert_near(c.drift, .3, .08);
            if (made[i].stretches) {
                assert_string_equal(t.worker[c.worst].name, "w2");
                assert_near((double)c.jobs, 40, 6);
                assert_near(c.begin, 100, 15);
            }
            tg_trace_free(&t);
        }
}

/* Few rows of many workers: neither correlation nor drift is made of the workers' own
 * means. */
static void
test_course_of_few_rows(void **state)
{
    tg_course c = { 0 };
    tg_trace  t = worklog_of("{law: exponential, mean: 1}", NULL, 20000, 4, 8, NULL);

    (void)state;
    assert_ok(tg_course_of(&t, &c));
    assert_near(c.correlation, 0, 4 * c.correlation_error);
    assert_near(c.drift, 0, 4 * c.drift_error);
    tg_trace_free(&t);
}

RUN(cmocka_unit_test(test_gaps), cmocka_unit_test(test_what_is_taken),
    cmocka_unit_test(test_p_values), cmocka_unit_test(test_hopeless_law),
    cmocka_unit_test(test_course), cmocka_unit_test(test_course_of_few_rows),
    cmocka_unit_test(test_drift_alone))
