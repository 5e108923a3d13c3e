/* What is done with each coordinate is the plain loop's, to the bit, for every length and on every
 * instruction set; nothing beyond the last coordinate is touched. */
#include "validation/unit/check.h"

#include "core/dispatch.h"
#include "core/normals.h"
#include "core/vectors.h"
#include "core/vectors_kernel.h"

enum { MOST = 70, ROOM = MOST + 8 };

static double h[ROOM], x[ROOM], b[ROOM], sigma[ROOM], g[ROOM];

static void
fill(void)
{
    tg_rng r = tg_rng_stream(3, TG_PURPOSE_TEST, 0);

    tg_rng_normals(&r, h, ROOM);
    tg_rng_normals(&r, x, ROOM);
    tg_rng_normals(&r, b, ROOM);
    tg_rng_normals(&r, sigma, ROOM);
    tg_rng_normals(&r, g, ROOM);
}

static void
lengths(tg_isa isa)
{
    double want[ROOM], got[ROOM];

    for (size_t n = 0; n <= MOST; n++) {
        memcpy(want, g, sizeof g);
        memcpy(got, g, sizeof g);
        for (size_t j = 0; j < n; j++) want[j] = x[j] - 0.3 * h[j];
        TG_DISPATCH(isa, tg_vectors_step, n, 0.3, x, h, got);
        assert_memory_equal(got, want, sizeof g);
        for (int own = 0; own < 2; own++) {
            memcpy(want, g, sizeof g);
            memcpy(got, g, sizeof g);
            for (size_t j = 0; j < n; j++)
                want[j] = h[j] * (own ? x[j] - b[j] : x[j]) + sigma[j] * g[j];
            TG_DISPATCH(isa, tg_vectors_pull, n, h, x, own ? b : NULL, sigma, got);
            assert_memory_equal(got, want, sizeof g);
        }
        memcpy(want, g, sizeof g);
        memcpy(got, g, sizeof g);
        for (size_t j = 1; j + 1 < n; j++)
            want[j] = 0.7 + (2 * x[j] - x[j - 1] - x[j + 1]) / 4;
        TG_DISPATCH(isa, tg_vectors_chain, n, 0.7, x, got);
        assert_memory_equal(got, want, sizeof g);
    }
}

static void
test_lengths(void **state)
{
    (void)state;
    fill();
    for (int isa = 0; isa < TG_ISA_COUNT; isa++)
        if (tg_isa_available((tg_isa)isa)) lengths((tg_isa)isa);
}

/* The functions for few coordinates are those for many; a model may step in place. */
static void
test_few(void **state)
{
    double want[ROOM], got[ROOM];

    (void)state;
    fill();
    for (size_t n = 1; n < 10; n++) {
        memcpy(want, x, sizeof x);
        memcpy(got, x, sizeof x);
        tg_vectors_step_plain(n, 0.1, want, h, want);
        tg_vectors_step(n, 0.1, got, h, got);
        assert_memory_equal(got, want, sizeof x);
        memcpy(want, g, sizeof x);
        memcpy(got, g, sizeof x);
        tg_vectors_pull_plain(n, h, x, b, sigma, want);
        tg_vectors_pull(n, h, x, b, sigma, got);
        assert_memory_equal(got, want, sizeof x);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_lengths),
                                        cmocka_unit_test(test_few) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
