#include "validation/unit/check.h"

#include "core/stats.h"

static void
test_exact_on_whole_numbers(void **state)
{
    tg_stats s = { 0 };

    (void)state;
    for (int i = 1; i <= 9; i++) tg_stats_add(&s, i);
    assert_near(s.mean, 5, 1e-15);
    assert_near(tg_stats_variance(&s), 7.5, 1e-14);
    assert_near(tg_stats_error(&s), sqrt(7.5 / 9), 1e-15);
}

/* Merging in any grouping gives the same as adding one by one. */
static void
test_merge(void **state)
{
    tg_stats whole = { 0 }, part[3] = { { 0 } }, merged = { 0 };

    (void)state;
    for (int i = 0; i < 100; i++) {
        const double x = 1e6 + sin(i);
        tg_stats_add(&whole, x);
        tg_stats_add(&part[i % 7 ? i % 2 : 2], x);
    }
    for (int k = 0; k < 3; k++) tg_stats_merge(&merged, &part[k]);
    tg_stats_merge(&merged, &(tg_stats){ 0 });
    assert_near(merged.n, whole.n, 0);
    assert_near(merged.mean, whole.mean, 1e-9);
    assert_near(tg_stats_variance(&merged), tg_stats_variance(&whole), 1e-9);
    assert_true(isnan(tg_stats_variance(&(tg_stats){ .n = 1 })));
}

static void
test_all_at_once(void **state)
{
    double   x[100];
    tg_stats whole = { 0 };

    (void)state;
    for (int i = 0; i < 100; i++) tg_stats_add(&whole, x[i] = 1e6 + sin(i));
    const tg_stats s = tg_stats_of(x, 100);
    assert_near(s.n, 100, 0);
    assert_near(s.mean, whole.mean, 1e-9);
    assert_near(s.m2, whole.m2, 1e-7);
    for (int i = 0; i < 100; i++) x[i] = .1;
    assert_near(tg_stats_of(x, 100).mean, .1, 0);
    assert_near(tg_stats_of(x, 100).m2, 0, 0);
}

static void
test_quantile(void **state)
{
    const double x[] = { 1, 2, 4, 8, 16 };

    (void)state;
    assert_near(tg_quantile_sorted(x, 5, 0), 1, 0);
    assert_near(tg_quantile_sorted(x, 5, 1), 16, 0);
    assert_near(tg_quantile_sorted(x, 5, 0.5), 4, 0);
    assert_near(tg_quantile_sorted(x, 5, 0.875), 12, 1e-12);
}

/* Smirnov's table (1948): the limit law has 5 % beyond 1.3581, 1 % beyond 1.6276. */
static void
test_kolmogorov(void **state)
{
    (void)state;
    assert_near(tg_kolmogorov_p(1.3581 / 1e4, 1e8), 0.05, 1e-4);
    assert_near(tg_kolmogorov_p(1.6276 / 1e4, 1e8), 0.01, 1e-4);
    assert_near(tg_kolmogorov_p(0, 100), 1, 0);
    assert_near(tg_kolmogorov_p(1, 100), 0, 1e-12);
}

RUN(cmocka_unit_test(test_exact_on_whole_numbers), cmocka_unit_test(test_merge),
    cmocka_unit_test(test_all_at_once), cmocka_unit_test(test_quantile),
    cmocka_unit_test(test_kolmogorov))
