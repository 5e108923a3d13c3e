#include "validation/unit/check.h"

#include "asgd/theory/waiting.h"

#include "core/rng.h"
#include "core/stats.h"

/* 1, 2, ..., 99, and one that does not come: quantiles are those of the steps, the mean that
 * of min(time, horizon). */
static void
test_numbers(void **state)
{
    double     t[100];
    tg_waiting w;

    (void)state;
    for (int i = 0; i < 99; i++) t[i] = i + 1;
    t[99] = INFINITY;
    assert_ok(tg_waiting_of(t, 100, 200, &w));
    assert_near(w.value[TG_WAITING_MEAN], (99 * 50 + 200) / 100.0, 1e-12);
    assert_near(w.value[TG_WAITING_EARLY], 10, 0);
    assert_near(w.value[TG_WAITING_MEDIAN], 50, 0);
    assert_near(w.value[TG_WAITING_LATE], 90, 0);
    assert_near(w.error[TG_WAITING_MEDIAN], 5, .15); /* 100 sqrt(.25 / 100) */
    assert_true(isinf(w.error[TG_WAITING_LATE]));    /* the last one may be 90 % */
    assert_fails(tg_waiting_of(t, 0, 200, &w), TG_EDOMAIN, "");
}

/* What no run reaches is sure not to be; a median just beyond is not. */
static void
test_beyond(void **state)
{
    double     t[100];
    tg_waiting w;

    (void)state;
    for (int i = 0; i < 100; i++) t[i] = INFINITY;
    assert_ok(tg_waiting_of(t, 100, 7, &w));
    assert_near(w.value[TG_WAITING_MEAN], 7, 0);
    for (int i = 1; i < TG_WAITINGS; i++) {
        assert_true(isinf(w.value[i]));
        assert_near(w.error[i], 0, 0);
    }
    for (int i = 0; i < 45; i++) t[i] = 1 + i;
    assert_ok(tg_waiting_of(t, 100, 70, &w));
    assert_true(isinf(w.value[TG_WAITING_MEDIAN]) && isinf(w.error[TG_WAITING_MEDIAN]));
    assert_near(w.value[TG_WAITING_EARLY], 10, 0);
}

/* Of 200 runs 181 come about 5 and the others about 7: 90 % may be either, and four errors reach from the one to
 * the other. */
static void
test_two_humps(void **state)
{
    double     t[200];
    tg_waiting w;

    (void)state;
    for (int i = 0; i < 200; i++) t[i] = (i < 181 ? 5 : 7) + 1e-4 * i;
    assert_ok(tg_waiting_of(t, 200, 10, &w));
    assert_near(w.value[TG_WAITING_LATE], 5, 0.02);
    assert_true(w.value[TG_WAITING_LATE] + 4 * w.error[TG_WAITING_LATE] >= 7);
    assert_true(w.value[TG_WAITING_MEDIAN] + 4 * w.error[TG_WAITING_MEDIAN] < 5.1);
}

/* The stated error of a median is its spread over samples, for a smooth law. */
static void
test_error(void **state)
{
    enum { SAMPLES = 400, N = 400 };
    tg_stats median = { 0 }, error = { 0 };
    double   t[N];

    (void)state;
    for (uint64_t k = 0; k < SAMPLES; k++) {
        tg_rng     g = tg_rng_stream(3, TG_PURPOSE_TEST, k);
        tg_waiting w;
        for (int i = 0; i < N; i++) t[i] = tg_rng_exponential(&g);
        assert_ok(tg_waiting_of(t, N, 100, &w));
        tg_stats_add(&median, w.value[TG_WAITING_MEDIAN]);
        tg_stats_add(&error, w.error[TG_WAITING_MEDIAN]);
    }
    assert_near(median.mean, log(2), 4 * tg_stats_error(&median) + 1.0 / N);
    assert_near(error.mean / sqrt(tg_stats_variance(&median)), 1, .15);
}

RUN(cmocka_unit_test(test_numbers), cmocka_unit_test(test_beyond),
    cmocka_unit_test(test_two_humps), cmocka_unit_test(test_error))
