/* Every element is one chain of fused multiply-adds in the order of the terms, to the bit, for all
 * shapes and steps, in float and in double, on every instruction set; nothing else is touched. */
#include "validation/unit/check.h"

#include "asgd/networks/multiply.h"
#include "asgd/networks/multiply_kernel.h"
#include "core/complexes.h"
#include "core/dispatch.h"
#include "core/rng.h"

enum { MOST = 1 << 16, GUARD = 40 };

static double a[MOST], b[MOST], c[MOST];
static float  fa[MOST], fb[MOST], fc[MOST];

static void
fill(void)
{
    tg_rng g = tg_rng_stream(5, TG_PURPOSE_TEST, 0);

    for (int i = 0; i < MOST; i++) {
        a[i] = fa[i] = (float)tg_rng_normal(&g);
        b[i] = fb[i] = (float)tg_rng_normal(&g);
        c[i] = fc[i] = (float)tg_rng_normal(&g);
    }
}

/* What the header says, literally. */
#define LITERALLY(name, number, fuse)                                                      \
    static void name(const tg_multiply *p)                                                 \
    {                                                                                      \
        for (size_t i = 0; i < p->rows[0] * p->rows[1]; i++)                               \
            for (size_t j = 0; j < p->columns; j++) {                                      \
                const ptrdiff_t i0 = (ptrdiff_t)(i / p->rows[1]),                          \
                                i1 = (ptrdiff_t)(i % p->rows[1]);                          \
                number *sum = (number *)p->c + i0 * p->c_row[0] + i1 * p->c_row[1] + j;    \
                for (size_t k = 0; k < p->terms[0] * p->terms[1]; k++) {                   \
                    const ptrdiff_t k0 = (ptrdiff_t)(k / p->terms[1]),                     \
                                    k1 = (ptrdiff_t)(k % p->terms[1]);                     \
                    *sum = fuse(                                                           \
                        ((const number *)p->a)[i0 * p->a_row[0] + i1 * p->a_row[1] +       \
                                               k0 * p->a_term[0] + k1 * p->a_term[1]],     \
                        ((const number *)p->b)[k * p->b_term + j], *sum);                  \
                }                                                                          \
            }                                                                              \
    }

LITERALLY(by_float, float, fmaf)
LITERALLY(by_double, double, fma)

static void
compare(tg_multiply q)
{
    static double want[MOST], got[MOST];

    for (int isa = 0; isa < TG_ISA_COUNT; isa++) {
        if (!tg_isa_available((tg_isa)isa)) continue;
        q.a = fa;
        q.b = fb;
        memcpy(want, fc, sizeof fc);
        memcpy(got, fc, sizeof fc);
        q.c = want;
        by_float(&q);
        q.c = got;
        tg_multiply_single((tg_isa)isa, &q);
        assert_memory_equal(got, want, sizeof fc);
        q.a = a;
        q.b = b;
        memcpy(want, c, sizeof c);
        memcpy(got, c, sizeof c);
        q.c = want;
        by_double(&q);
        q.c = got;
        tg_multiply_double((tg_isa)isa, &q);
        assert_memory_equal(got, want, sizeof c);
    }
}

/* A product of matrices, the first as it lies or turned round, in wider ones. */
static void
test_matrices(void **state)
{
    static const size_t size[] = { 1, 2, 3, 7, 12, 13, 20, 31 };

    (void)state;
    fill();
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < 8; k += 3)
            for (size_t n = 1; n < 70; n += n < 18 ? 1 : 13) {
                tg_multiply q = { .rows = { 1, size[i] },
                                  .terms = { 1, size[k] },
                                  .columns = n,
                                  .a_row = { 0, 35 },
                                  .a_term = { 0, 1 },
                                  .b_term = n + (i % 2),
                                  .c_row = { 0, (ptrdiff_t)n + 3 } };
                compare(q);
                q.a_row[1] = 1;
                q.a_term[1] = 33;
                compare(q);
            }
}

/* Rows and terms in two steps each, and more terms than are done at a time. */
static void
test_steps(void **state)
{
    (void)state;
    fill();
    for (size_t rows = 0; rows < 4; rows++)
        for (size_t inner = 1; inner < 40; inner += 7) {
            compare((tg_multiply){ .rows = { rows, inner },
                                   .terms = { 3, 3 * rows + 1 },
                                   .columns = 5 + inner,
                                   .a_row = { 97, 2 },
                                   .a_term = { 41, 1 },
                                   .b_term = 5 + inner,
                                   .c_row = { 3000, 50 } });
            compare((tg_multiply){ .rows = { 2, rows },
                                   .terms = { 30, inner },
                                   .columns = 33,
                                   .a_row = { 97, 2 },
                                   .a_term = { 64, 3 },
                                   .b_term = 33,
                                   .c_row = { 3000, 50 } });
        }
}

/* h below all rounding: the value is that of doubles, the derivative that of a product. */
static void
test_dual(void **state)
{
    enum { M = 5, K = 9, N = 6 };
    static double complex x[M * K], y[K * N], z[M * N];
    const double          h = 0x1p-400;

    (void)state;
    fill();
    for (int i = 0; i < M * K; i++) x[i] = complex_of(a[i], h * b[i]);
    for (int i = 0; i < K * N; i++) y[i] = complex_of(c[i], h * a[100 + i]);
    memset(z, 0, sizeof z);
    tg_multiply_dual(TG_ISA_BEST, &(tg_multiply){ .rows = { 1, M },
                                                  .terms = { 1, K },
                                                  .columns = N,
                                                  .a = x,
                                                  .a_row = { 0, K },
                                                  .a_term = { 0, 1 },
                                                  .b = y,
                                                  .b_term = N,
                                                  .c = z,
                                                  .c_row = { 0, N } });
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            double value = 0, slope = 0;
            for (int k = 0; k < K; k++) {
                value = fma(a[i * K + k], c[k * N + j], value);
                slope += a[i * K + k] * a[100 + k * N + j] + b[i * K + k] * c[k * N + j];
            }
            assert_true(creal(z[i * N + j]) == value);
            assert_near(cimag(z[i * N + j]) / h, slope, 1e-14 * K);
        }
}

RUN(cmocka_unit_test(test_matrices), cmocka_unit_test(test_steps),
    cmocka_unit_test(test_dual))
