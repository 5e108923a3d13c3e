#include "validation/unit/check.h"

#include "core/rng.h"
#include "core/stats.h"

/* Known answers of Philox4x32-10, from the file kat_vectors of the Random123 distribution
 * (Salmon, Moraes, Dror, Shaw 2011). */
static void
test_published_vectors(void **state)
{
    static const uint32_t counter[3][4] = { { 0, 0, 0, 0 },
                                            { ~0u, ~0u, ~0u, ~0u },
                                            { 0x243f6a88, 0x85a308d3, 0x13198a2e,
                                              0x03707344 } };
    static const uint32_t key[3][2] = { { 0, 0 },
                                        { ~0u, ~0u },
                                        { 0xa4093822, 0x299f31d0 } };
    static const uint32_t answer[3][4] = {
        { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 },
        { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd },
        { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 }
    };
    uint32_t out[4];

    (void)state;
    for (int i = 0; i < 3; i++) {
        tg_philox(counter[i], key[i], out);
        assert_memory_equal(out, answer[i], sizeof out);
    }
}

static void
test_streams_are_apart(void **state)
{
    tg_rng a = tg_rng_stream(1, TG_PURPOSE_TEST, 0),
           b = tg_rng_stream(1, TG_PURPOSE_TEST, 1);
    tg_rng c = tg_rng_stream(2, TG_PURPOSE_TEST, 0),
           d = tg_rng_stream(1, TG_PURPOSE_PATH, 0);
    tg_rng again = tg_rng_stream(1, TG_PURPOSE_TEST, 0);

    (void)state;
    for (int i = 0; i < 100; i++) {
        const uint64_t x = tg_rng_bits(&a);
        assert_true(x != tg_rng_bits(&b) && x != tg_rng_bits(&c) && x != tg_rng_bits(&d));
        assert_true(x == tg_rng_bits(&again));
    }
}

/* First four moments of n draws within 4 standard errors of the law's. */
static void
check_moments(double (*draw)(tg_rng *), const double moment[4])
{
    enum { N = 400000 };
    tg_rng   g = tg_rng_stream(7, TG_PURPOSE_TEST, 3);
    tg_stats s[4] = { { 0 } };

    for (int i = 0; i < N; i++) {
        const double x = draw(&g);
        double       power = 1;
        for (int k = 0; k < 4; k++) tg_stats_add(&s[k], power *= x);
    }
    for (int k = 0; k < 4; k++)
        assert_near(s[k].mean, moment[k], 4 * tg_stats_error(&s[k]));
}

static double
gamma_third(tg_rng *g)
{
    return tg_rng_gamma(g, 3);
}

static void
test_moments(void **state)
{
    (void)state;
    check_moments(tg_rng_uniform, (double[]){ 1. / 2, 1. / 3, 1. / 4, 1. / 5 });
    check_moments(tg_rng_normal, (double[]){ 0, 1, 0, 3 });
    check_moments(tg_rng_exponential, (double[]){ 1, 2, 6, 24 });
    check_moments(gamma_third, (double[]){ 3, 12, 60, 360 });
}

static void
test_uniform_is_open(void **state)
{
    tg_rng g = tg_rng_stream(0, TG_PURPOSE_TEST, 0);

    (void)state;
    for (int i = 0; i < 100000; i++) {
        const double u = tg_rng_uniform(&g);
        assert_true(u > 0 && u < 1);
    }
}

/* Chi-square of 7 equally likely values: 6 degrees of freedom, mean 6, variance 12. */
static void
test_below_is_even(void **state)
{
    enum { N = 700000, K = 7 };
    tg_rng g = tg_rng_stream(5, TG_PURPOSE_TEST, 0);
    double count[K] = { 0 }, chi = 0;

    (void)state;
    for (int i = 0; i < N; i++) count[tg_rng_below(&g, K)]++;
    for (int k = 0; k < K; k++) chi += (count[k] - N / K) * (count[k] - N / K) / (N / K);
    assert_near(chi, 6, 4 * sqrt(12));
    assert_int_equal(tg_rng_below(&g, 1), 0);
}

RUN(cmocka_unit_test(test_published_vectors), cmocka_unit_test(test_streams_are_apart),
    cmocka_unit_test(test_moments), cmocka_unit_test(test_uniform_is_open),
    cmocka_unit_test(test_below_is_even))
