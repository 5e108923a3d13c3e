#include "core/normals.h"
#include "core/stats.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N 1003 /* not a multiple of any width */

/* The definition of normals.h in long double, from the bits of the stream. */
static void
test_exact_function_of_bits(void **state)
{
    static double z[4 * N];

    (void)state;
    tg_normals_across(TG_ISA_BEST, 7, TG_PURPOSE_TEST, 5, 3, 1, N, N, z);
    for (size_t i = 0; i < N; i++) {
        tg_rng g = tg_rng_stream(7, TG_PURPOSE_TEST, 5 + i);
        g.block = 3;
        for (size_t half = 0; half < 2; half++) {
            const uint64_t    w = tg_rng_bits(&g);
            const long double u = ((long double)(w >> 27 & 0xfffffffff) + 0.5L) * 0x1p-36L;
            const long double v =
                ((long double)(w >> 1 & 0x3ffffff) + 0.5L) * 0x1p-26L - 0.5L;
            const long double r = sqrtl(-2 * logl(u)) * (w >> 63 ? -1 : 1);
            const long double pi = acosl(-1);
            const long double turn = w & 1 ? pi * (1 - v) / 2 : pi * v / 2;
            assert_true(fabsl(z[2 * half * N + i] - r * cosl(turn)) < 4e-10L);
            assert_true(fabsl(z[(2 * half + 1) * N + i] - r * sinl(turn)) < 4e-10L);
        }
    }
}

/* A few at a time, of any number: two of each word, the last one alone if they are odd. */
static void
test_few_are_all(void **state)
{
    (void)state;
    for (size_t n = 1; n < 12; n++) {
        tg_rng g = tg_rng_stream(7, TG_PURPOSE_TEST, n), same = g;
        double x[12], pair[2];
        for (size_t i = 0; i < 12; i++) x[i] = NAN;
        tg_rng_few_normals(&g, x, n);
        for (size_t i = 0; i < n; i++) {
            if (i % 2 == 0) tg_rng_few_normals(&same, pair, 2);
            assert_true(x[i] == pair[i % 2]);
        }
        assert_true(isnan(x[n]));
        assert_int_equal(tg_rng_bits(&g), tg_rng_bits(&same));
    }
}

static void
test_same_bits_on_every_instruction_set(void **state)
{
    static double plain[4 * N], other[4 * N];

    (void)state;
    tg_normals_across(TG_ISA_PLAIN, 1, TG_PURPOSE_TEST, 0, 9, 1, N, N, plain);
    for (int isa = TG_ISA_BEST; isa < TG_ISA_COUNT; isa++) {
        tg_normals_across((tg_isa)isa, 1, TG_PURPOSE_TEST, 0, 9, 1, N, N, other);
        assert_memory_equal(plain, other, sizeof plain);
    }
}

/* A lane does not know how many lanes there are. */
static void
test_lanes_are_independent_of_the_batch(void **state)
{
    static double all[4 * N], part[4 * 10];

    (void)state;
    tg_normals_across(TG_ISA_BEST, 1, TG_PURPOSE_TEST, 0, 2, 1, N, N, all);
    tg_normals_across(TG_ISA_BEST, 1, TG_PURPOSE_TEST, 490, 2, 1, 10, 10, part);
    for (size_t q = 0; q < 4; q++)
        assert_memory_equal(all + q * N + 490, part + 10 * q, 10 * sizeof *part);
}

static void
test_stream_goes_on_where_it_stopped(void **state)
{
    double whole[96], parts[96];
    tg_rng a = tg_rng_stream(3, TG_PURPOSE_TEST, 1), b = a;

    (void)state;
    tg_rng_normals(&a, whole, 96);
    tg_rng_normals(&b, parts, 64);
    tg_rng_normals(&b, parts + 64, 3); /* rounds up to its group */
    assert_memory_equal(whole, parts, 67 * sizeof *whole);
    assert_int_equal(a.block, b.block);
}

static int
ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Kolmogorov's distance from the normal law, and its first four moments: 0, 1, 0, 3. */
static void
test_law_is_normal(void **state)
{
    enum { n = 1 << 20 };
    double *z = malloc(n * sizeof *z), moment[5] = { 0 }, distance = 0;
    tg_rng  g = tg_rng_stream(11, TG_PURPOSE_TEST, 0);

    (void)state;
    assert_non_null(z);
    tg_rng_normals(&g, z, n);
    for (size_t i = 0; i < n; i++)
        for (int k = 1; k <= 4; k++) moment[k] += pow(z[i], k) / n;
    assert_true(fabs(moment[1]) < 4 * sqrt(1.0 / n));
    assert_true(fabs(moment[2] - 1) < 4 * sqrt(2.0 / n));
    assert_true(fabs(moment[3]) < 4 * sqrt(15.0 / n));
    assert_true(fabs(moment[4] - 3) < 4 * sqrt(96.0 / n));
    qsort(z, n, sizeof *z, ascending);
    for (size_t i = 0; i < n; i++) {
        const double d = gsl_cdf_ugaussian_P(z[i]) - (double)i / n;
        distance = fmax(distance, fmax(d, 1.0 / n - d));
    }
    assert_true(tg_kolmogorov_p(distance, n) > 1e-4);
    free(z);
}

/* Neighbouring streams, blocks and the four of one block are uncorrelated. */
static void
test_no_correlation(void **state)
{
    enum { n = 1 << 16 };
    static double a[4 * n], b[4 * n];

    (void)state;
    tg_normals_across(TG_ISA_BEST, 5, TG_PURPOSE_TEST, 0, 0, 1, n, n, a);
    tg_normals_across(TG_ISA_BEST, 5, TG_PURPOSE_TEST, 0, 1, 1, n, n, b);
    for (size_t p = 0; p < 4; p++)
        for (size_t q = 0; q < 4; q++) {
            double block = 0, stream = 0, inside = 0;
            for (size_t i = 0; i + 1 < n; i++) {
                block += a[p * n + i] * b[q * n + i] / n;
                stream += a[p * n + i] * a[q * n + i + 1] / n;
                inside += p == q ? 0 : a[p * n + i] * a[q * n + i] / n;
            }
            assert_true(fabs(block) < 4 / sqrt(n) && fabs(stream) < 4 / sqrt(n));
            assert_true(fabs(inside) < 4 / sqrt(n));
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_function_of_bits),
        cmocka_unit_test(test_few_are_all),
        cmocka_unit_test(test_same_bits_on_every_instruction_set),
        cmocka_unit_test(test_lanes_are_independent_of_the_batch),
        cmocka_unit_test(test_stream_goes_on_where_it_stopped),
        cmocka_unit_test(test_law_is_normal),
        cmocka_unit_test(test_no_correlation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
