#include "validation/unit/check.h"

#include "asgd/traces/effects.h"
#include "core/delay.h"

/* A trace of `workers` workers whose mean times are lognormal of log-deviation tau, with
 * `rows` jobs of mean one each by this law; *rate is sum 1/m_i. */
static tg_trace
made(const char *text, size_t workers, size_t rows, double tau, uint64_t seed, double *rate)
{
    tg_rng    g = tg_rng_stream(seed, TG_PURPOSE_TEST, 0);
    tg_delay *law = NULL;
    tg_log    log = { .name = calloc(workers, sizeof(char *)),
                      .workers = workers,
                      .job = calloc(workers * rows, sizeof(tg_log_job)),
                      .jobs = workers * rows };
    tg_trace  t = { 0 };

    assert_ok(tg_delay_parse(text, &law));
    *rate = 0;
    for (size_t w = 0; w < workers; w++) {
        const double mean = exp(tau * tg_rng_normal(&g));
        char         name[32];
        snprintf(name, sizeof name, "c%zu", w);
        log.name[w] = strdup(name);
        *rate += 1 / mean;
        for (size_t j = 0; j < rows; j++)
            log.job[w * rows + j] =
                (tg_log_job){ NAN, mean * tg_delay_sample(law, &g), (uint32_t)w };
    }
    tg_delay_free(law);
    assert_ok(tg_trace_of(&log, &t));
    return t;
}

static const char *const within[] = { "{law: gamma, shape: 4, mean: 1}",
                                      "{law: exponential, mean: 1}",
                                      "{law: weibull, shape: 1.5, mean: 1}",
                                      "{law: lognormal, mean: 1, cv: 0.6}" };

/* 2000 clients of few rows each: the rate that they have lies within what is stated of it,
 * and the error is no excuse. What one takes for all, k/mean t, is far off. */
static void
test_rate_of_few_rows(void **state)
{
    static const size_t rows[] = { 2, 3, 10, 30 };

    (void)state;
    for (size_t l = 0; l < 4; l++)
        for (size_t r = 0; r < 4; r++) {
            double     rate, mean = 0;
            tg_effects e;
            tg_trace   t = made(within[l], 2000, rows[r], .8, 7 + r, &rate);
            assert_int_equal(t.groups, 1);
            assert_ok(tg_effects_of(&t, 0, 0, &e));
            assert_near(e.rate, rate, 4 * e.error);
            assert_true(e.error < .06 * rate);
            assert_true(e.low < e.rate && e.rate < e.high);
            assert_near(e.between, .8, .06);
            assert_int_equal(e.kind, rows[r] < 10 ? TG_EFFECTS_MODEL : TG_EFFECTS_OWN);
            for (size_t i = 0; i < t.rows; i++) mean += t.seconds[i] / (double)t.rows;
            assert_true(2000 / mean < .7 * rate);
            tg_trace_free(&t);
        }
}

/* Times of which no law within has the form, most short and some long, or the other way round: that
 * is seen, and the error covers what it does. Of laws that are known it is not seen. */
static void
test_another_law_within(void **state)
{
    static const char *const other[] = { "{mixture: [{weight: .8, law: gamma, shape: 400, "
                                         "mean: .5}, {weight: .2, law: gamma, "
                                         "shape: 400, mean: 3}]}",
                                         "{mixture: [{weight: .2, law: gamma, shape: 400, "
                                         "mean: .2}, {weight: .8, law: gamma, "
                                         "shape: 400, mean: 1.2}]}" };

    (void)state;
    for (size_t l = 0; l < 6; l++)
        for (size_t rows = 2; rows < 5; rows++) {
            double     rate;
            tg_effects e;
            tg_trace   t = made(l < 2 ? other[l] : within[l - 2], 2000, rows, .8, 7, &rate);
            assert_ok(tg_effects_of(&t, 0, 0, &e));
            assert_int_equal(e.fits < TG_EFFECTS_MISFIT, l < 2);
            assert_near(e.rate, rate, (l < 2 ? 2 : 4) * e.error);
            tg_trace_free(&t);
        }
}

/* The errors are those of the estimates: over 40 logs their ratio has variance 1. */
static void
test_errors_are_honest(void **state)
{
    static const size_t rows[] = { 2, 12 };

    (void)state;
    for (size_t r = 0; r < 2; r++) {
        double square = 0;
        for (uint64_t seed = 0; seed < 40; seed++) {
            double   rate, found = 0, variance = 0;
            tg_trace t = made(within[seed % 4], 400, rows[r], .5, 100 + seed, &rate);
            for (size_t g = 0; g < t.groups; g++) {
                tg_effects e;
                assert_ok(tg_effects_of(&t, g, 0, &e));
                found += e.rate;
                variance += e.error * e.error;
            }
            square += (found - rate) * (found - rate) / variance / 40;
            tg_trace_free(&t);
        }
        assert_near(square, 1, 4 * sqrt(2. / 40));
    }
}

/* One row of each cannot tell: the rate if each keeps its speed, down to that if none
 * does. */
static void
test_one_row_each(void **state)
{
    double     rate, mean = 0;
    tg_effects e;
    tg_trace   t = made("{law: constant, value: 1}", 2000, 1, .8, 3, &rate);

    (void)state;
    for (size_t i = 0; i < t.rows; i++) mean += t.seconds[i] / 2000;
    assert_ok(tg_effects_of(&t, 0, 0, &e));
    assert_int_equal(e.kind, TG_EFFECTS_UNKNOWN);
    assert_near(e.rate, rate, 1e-9 * rate);
    assert_true(e.low < 2000 / mean && e.high > rate);
    assert_near(e.spread, sqrt(expm1(.64)), .1);
    tg_trace_free(&t);
}

/* Workers that do not differ: no spread is made of the randomness of jobs; those that do by
 * a tenth are seen as such. */
static void
test_what_is_no_spread(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++)
        for (int differ = 0; differ < 2; differ++) {
            double     rate;
            tg_effects e;
            tg_trace   t = made("{law: exponential, mean: 1}", 1100, differ ? 60 : 3,
                              differ ? .1 : 0, 50 + seed, &rate);
            assert_ok(tg_effects_of(&t, 0, 0, &e));
            assert_int_equal(e.kind, differ ? TG_EFFECTS_OWN : TG_EFFECTS_NONE);
            if (differ) {
                assert_near(e.between, .1, .02);
                tg_effects_apply(&e, 0, &t);
                double factors = 0;
                for (size_t w = 0; w < t.workers; w++) factors += t.worker[w].factor / 1100;
                assert_near(factors, 1, 1e-12);
            }
            tg_trace_free(&t);
        }
}

RUN(cmocka_unit_test(test_rate_of_few_rows), cmocka_unit_test(test_another_law_within),
    cmocka_unit_test(test_errors_are_honest), cmocka_unit_test(test_one_row_each),
    cmocka_unit_test(test_what_is_no_spread))
