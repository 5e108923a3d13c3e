#include "solver/gauss.h"

#include "validation/unit/check.h"

/* The quadrature is exact for degree 2 s - 1, A and B for degree s - 1 from 0 to c_i,
 * theta. */
static void
test_order_conditions(void **state)
{
    (void)state;
    for (int s = 1; s <= TG_GAUSS_MAX; s++) {
        const tg_gauss g = tg_gauss_make(s);
        double         B[TG_GAUSS_MAX];
        for (int k = 0; k < 2 * s; k++) {
            double sum = 0;
            for (int j = 0; j < s; j++) sum += g.b[j] * pow(g.c[j], k);
            assert_near(sum, 1. / (k + 1), 1e-14);
        }
        tg_gauss_dense(&g, 0.3, B);
        for (int k = 0; k < s; k++) {
            double dense = 0, stage = 0;
            for (int j = 0; j < s; j++) {
                dense += B[j] * pow(g.c[j], k);
                stage += g.A[s - 1][j] * pow(g.c[j], k);
            }
            assert_near(dense, pow(0.3, k + 1) / (k + 1), 1e-13);
            assert_near(stage, pow(g.c[s - 1], k + 1) / (k + 1), 1e-13);
        }
    }
}

static void
test_inverse(void **state)
{
    double m[TG_GAUSS_MAX][TG_GAUSS_MAX] = { { 0, 2, 1 }, { 1, 0, 3 }, { 4, 1, 0 } };
    double kept[TG_GAUSS_MAX][TG_GAUSS_MAX], zero[TG_GAUSS_MAX][TG_GAUSS_MAX] = { { 0 } };

    (void)state;
    memcpy(kept, m, sizeof m);
    assert_true(tg_gauss_invert(3, m));
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            double sum = 0;
            for (int k = 0; k < 3; k++) sum += kept[i][k] * m[k][j];
            assert_near(sum, i == j, 1e-15);
        }
    assert_false(tg_gauss_invert(2, zero));
}

RUN(cmocka_unit_test(test_order_conditions), cmocka_unit_test(test_inverse))
