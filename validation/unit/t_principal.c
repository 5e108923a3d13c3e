/* principal.c: the equation itself, Lambert's function one by one, the strip of the branch,
 * and the same bits on every instruction set. */
#include "core/dispatch.h"
#include "core/lambert.h"
#include "roots/principal.h"
#include "roots/principal_kernel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { N = 4001 };

static double k[N], re[N], im[N];

/* From 1e-12 to 1e6, and densely around the branch point. */
static void
gains(void)
{
    for (int i = 0; i < N; i++)
        k[i] = i % 2 ? pow(10, -12 + 18.0 * i / N) : exp(-1) * (1 + 4e-3 * (i - N / 2) / N);
}

static void
test_equation(void **state)
{
    (void)state;
    gains();
    tg_principal_roots(TG_ISA_BEST, k, N, re, im);
    for (int i = 0; i < N; i++) {
        const double complex w = re[i] + I * im[i], one = tg_lambert(0, -k[i]);
        const double         bound = 4e-16 * cabs(w);
        assert_true(cabs(w + k[i] * cexp(-w)) <= bound * (1 + cabs(w)) * 2);
        assert_true(cabs(w - (creal(one) + I * fabs(cimag(one)))) <=
                    3 * bound * (1 + 1 / cabs(w + 1))); /* rounding of f over f' */
        assert_true(im[i] >= 0 && im[i] < 3.14159265358979324);
        assert_true(im[i] > 0 || re[i] >= -1);
        if (fabs(k[i] * exp(1) - 1) > 1e-14) assert_int_equal(im[i] > 0, k[i] > exp(-1));
    }
}

/* Large gains everywhere: the first and the last of a block are done one by one as well. */
static void
test_every_place_of_a_block(void **state)
{
    (void)state;
    for (int i = 0; i < 130; i++) k[i] = 1e5 * (1 + i);
    for (size_t n = 1; n <= 130; n += 43) {
        tg_principal_roots(TG_ISA_BEST, k, n, re, im);
        for (size_t i = 0; i < n; i++) {
            const double complex w = re[i] + I * im[i];
            assert_true(cabs(w + k[i] * cexp(-w)) < 1e-14 * cabs(w) * cabs(w));
        }
    }
}

/* The block's own iteration arrives, from whatever is there before, wherever it is not replaced by
 * Lambert's function one by one: its last step is as small as a start .005 off and one cubic step
 * leave it. Nothing behind the block is written. */
static void
test_block_arrives(void **state)
{
    enum { BEHIND = PRINCIPAL_BLOCK + 16 };
    static double block[PRINCIPAL_BLOCK], x[BEHIND], y[BEHIND], miss[BEHIND];
    (void)state;
    for (int part = 0; part < 20; part++) {
        for (int i = 0; i < PRINCIPAL_BLOCK; i++) {
            const double u = (part + (i + 0.5) / PRINCIPAL_BLOCK) / 20;
            block[i] = i % 2 ? pow(10, -12 + 13.69 * u) : exp(-1) * (1.001 + 3 * u * u);
        }
        for (int i = 0; i < BEHIND; i++) x[i] = y[i] = miss[i] = NAN;
        TG_DISPATCH(TG_ISA_PLAIN, tg_principal_block, block, x, y, miss);
        for (int i = PRINCIPAL_BLOCK; i < BEHIND; i++)
            assert_true(isnan(x[i]) && isnan(y[i]) && isnan(miss[i]));
        for (int i = 0; i < PRINCIPAL_BLOCK; i++) {
            const double complex w = x[i] + I * y[i], one = tg_lambert(0, -block[i]);
            const double         far = cabs(w + 1) * cabs(w + 1);
            if (!(miss[i] < 0))
                fail_msg("k = %g: last step %g", block[i], sqrt(miss[i] / far + 1e-11));
            assert_true(cabs(w - (creal(one) + I * fabs(cimag(one)))) <
                        1e-15 * cabs(w) * (3 + 3 / cabs(w + 1)));
        }
    }
}

static void
test_same_bits(void **state)
{
    static double x[N], y[N];

    (void)state;
    gains();
    tg_principal_roots(TG_ISA_BEST, k, N, re, im);
    for (int isa = TG_ISA_PLAIN; isa < TG_ISA_COUNT; isa++) {
        if (!tg_isa_available((tg_isa)isa)) continue;
        for (size_t n = N; n > 0; n = n / 3) { /* and whatever stands beside them */
            tg_principal_roots((tg_isa)isa, k, n, x, y);
            assert_memory_equal(x, re, n * sizeof *x);
            assert_memory_equal(y, im, n * sizeof *y);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_equation),
                                        cmocka_unit_test(test_every_place_of_a_block),
                                        cmocka_unit_test(test_block_arrives),
                                        cmocka_unit_test(test_same_bits) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
