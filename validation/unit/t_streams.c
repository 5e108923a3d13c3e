/* Streams whose beginnings are made side by side are those that are made one by one, to the bit, in
 * any order of asking and on every instruction set. */
#include "validation/unit/check.h"

#include "core/normals.h"
#include "core/streams.h"

enum { WORKERS = 5, ASKED = 3000 };

/* What comes after it, too: words beyond the first block, and normals between them. */
static void
same(tg_rng a, tg_rng b, int how)
{
    double x[8], y[8];

    if (how & 1) {
        const size_t n = 1 + (size_t)how / 2 % 8;
        tg_rng_few_normals(&a, x, n);
        tg_rng_few_normals(&b, y, n);
        assert_memory_equal(x, y, n * sizeof *x);
    }
    for (int i = 0; i < 5; i++) assert_true(tg_rng_bits(&a) == tg_rng_bits(&b));
    assert_true(tg_rng_normal(&a) == tg_rng_normal(&b));
}

static void
walk(tg_isa isa, tg_purpose purpose, size_t workers, bool normals)
{
    const uint64_t seed = tg_rng_mix(7, 3);
    tg_rng         dice = tg_rng_stream(1, TG_PURPOSE_TEST, 0);
    uint32_t       at[WORKERS] = { 0, 6, 7, UINT32_MAX - 40, 1u << 31 };
    tg_streams     s;

    assert_ok(tg_streams_create(isa, seed, purpose, workers, normals, &s));
    for (int i = 0; i < ASKED; i++) {
        const uint32_t w = (uint32_t)tg_rng_below(&dice, WORKERS);
        const uint32_t way = (uint32_t)tg_rng_below(&dice, 20);
        /* mostly the next one; sometimes the same, one before, or far on */
        at[w] += way < 16 ? 1 : way == 16 ? 0 : way == 17 ? -1u : way == 18 ? 9 : 1000003;
        same(tg_streams_of(&s, w, at[w]), tg_rng_of(seed, purpose, w, at[w]), i);
    }
    tg_streams_clear(&s);
}

static void
test_same(void **state)
{
    (void)state;
    for (int isa = 0; isa < TG_ISA_COUNT; isa++) {
        if (!tg_isa_available((tg_isa)isa)) continue;
        walk((tg_isa)isa, TG_PURPOSE_DELAY, WORKERS, false);
        walk((tg_isa)isa, TG_PURPOSE_NOISE, WORKERS, true);
    }
    walk(TG_ISA_BEST, TG_PURPOSE_NOISE, 1000000, true); /* one by one */
}

/* A few normals are normal: mean, variance, fourth moment, and pairs are independent. */
static void
test_law(void **state)
{
    enum { N = 400000 };
    double     mean = 0, square = 0, fourth = 0, product = 0;
    tg_streams s;

    (void)state;
    assert_ok(tg_streams_create(TG_ISA_BEST, 5, TG_PURPOSE_NOISE, 1, true, &s));
    for (uint32_t i = 0; i < N; i++) {
        double z[2];
        tg_rng g = tg_streams_of(&s, 0, i);
        tg_rng_few_normals(&g, z, 2);
        for (int k = 0; k < 2; k++) {
            mean += z[k] / (2. * N);
            square += z[k] * z[k] / (2. * N);
            fourth += z[k] * z[k] * z[k] * z[k] / (2. * N);
        }
        product += z[0] * z[1] / N;
    }
    assert_near(mean, 0, 4 / sqrt(2. * N));
    assert_near(square, 1, 4 * sqrt(2 / (2. * N)));
    assert_near(fourth, 3, 4 * sqrt(96 / (2. * N)));
    assert_near(product, 0, 4 / sqrt(N));
    tg_streams_clear(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_same),
                                        cmocka_unit_test(test_law) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
