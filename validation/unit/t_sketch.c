#include "solver/sketch.h"

#include "core/normals.h"
#include "core/stats.h"

#include "validation/unit/check.h"

static tg_sketch forwards, backwards, half[2];

static int
rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Against the sorted sample: within the stated 1.6 %, and on the body of a smooth law far
 * nearer; counts do not know the order. */
static void
test_normal_sample(void **state)
{
    enum { n = 100000 };
    static double x[n];
    tg_rng        g = tg_rng_stream(3, TG_PURPOSE_TEST, 0);

    (void)state;
    tg_rng_normals(&g, x, n);
    for (size_t i = 0; i < n; i++) tg_sketch_add(&forwards, x[i]);
    for (size_t i = n; i-- > 0;) tg_sketch_add(&backwards, x[i]);
    for (size_t i = 0; i < n; i++) tg_sketch_add(&half[i % 3 > 0], x[i]);
    tg_sketch_merge(&half[1], &half[0]);
    assert_memory_equal(&forwards, &backwards, sizeof forwards);
    assert_memory_equal(&forwards, &half[1], sizeof forwards);
    qsort(x, n, sizeof *x, rising);
    for (double p = .001; p < 1; p += .007) {
        const double exact = tg_quantile_sorted(x, n, p);
        assert_near(tg_sketch_quantile(&forwards, p), exact, fabs(exact) / 64 + 1e-4);
        if (p > .02 && p < .98) assert_near(tg_sketch_quantile(&forwards, p), exact, 3e-3);
    }
}

static void
test_extremes(void **state)
{
    static const double values[] = { 0, 1e-300, -1e-300, 1e300, -1e300, 1, -1 };
    static tg_sketch    c, same;

    (void)state;
    assert_true(isnan(tg_sketch_quantile(&c, .5)));
    for (size_t i = 0; i < 7; i++) tg_sketch_add(&c, values[i]);
    assert_near(tg_sketch_quantile(&c, .5), 0, 1e-307);
    assert_near(tg_sketch_quantile(&c, 5. / 6), 1, 1. / 64);
    assert_near(tg_sketch_quantile(&c, 1. / 6), -1, 1. / 64);
    assert_near(tg_sketch_quantile(&c, 1), 1e300, 1e300 / 8);
    assert_near(tg_sketch_quantile(&c, 0), -1e300, 1e300 / 8);
    /* zeros of both signs at an end, in any order, and in a merged part */
    for (int order = 0; order < 4; order++) {
        static tg_sketch zeros, all;
        const double     side = order & 2 ? 1 : -1;
        zeros = all = (tg_sketch){ 0 };
        for (int i = 0; i < 60; i++) tg_sketch_add(&zeros, (i + order) % 2 ? 0. : -0.);
        for (int i = 0; i < 40; i++) tg_sketch_add(&zeros, side);
        tg_sketch_merge(&all, &zeros);
        assert_near(tg_sketch_quantile(&all, 0.5), 0, 1e-300);
        assert_near(tg_sketch_quantile(&all, side > 0 ? .7 : .3), side, 1. / 64);
        assert_memory_equal(&all, &zeros, sizeof all);
    }
    for (size_t i = 0; i < 9; i++) tg_sketch_add(&same, 1.005);
    assert_true(tg_sketch_quantile(&same, .3) == 1.005);
}

/* Uniform in the logarithm over a factor of e about 10^k, at both ends of the doubles and at
 * the edges where buckets change width: a quantile is its share of the way, to the stated
 * part of itself, and an infinite value is the last of all. */
static void
test_every_size(void **state)
{
    static tg_sketch c;
    const int        powers[] = { -305, -150, -20, -19, 0, 19, 20, 40, 150, 305 };

    (void)state;
    for (size_t k = 0; k < 20; k++) {
        const double size = pow(10, powers[k / 2]), sign = k % 2 ? -1 : 1;
        const double width = fabs(log2(size)) > 62 ? 1. / 8 : 1. / 64;
        c = (tg_sketch){ 0 };
        for (int i = 0; i <= 1000; i++) tg_sketch_add(&c, sign * size * exp(1e-3 * i));
        for (int i = 0; i <= 1000; i += 50) {
            const double exact = size * exp(sign > 0 ? 1e-3 * i : 1 - 1e-3 * i);
            assert_near(sign * tg_sketch_quantile(&c, 1e-3 * i), exact, width * exact);
        }
        for (int i = 0; i <= 1000; i++) tg_sketch_add(&c, sign * INFINITY);
        assert_true(tg_sketch_quantile(&c, sign > 0 ? .9 : .1) == sign * INFINITY);
    }
}

RUN(cmocka_unit_test(test_every_size), cmocka_unit_test(test_normal_sample),
    cmocka_unit_test(test_extremes))
