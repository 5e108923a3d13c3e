#include "solver/lags.h"

#include "validation/unit/check.h"
#include "validation/unit/laws.h"

/* For any law, at long steps and short: weights of a law, its mean, and its transform times
 * that of the hat, which is what linear interpolation makes of it. */
static void
test_moments_of_the_weights(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++)
        for (double dt = .1; dt > 1e-4; dt /= 10) {
            tg_delay *d = NULL;
            double    sum = 0, mean = 0, transform = 0;
            assert_ok(tg_delay_parse(laws[i], &d));
            const tg_lags l = tg_lags_make(d, dt, 20 / dt);
            const double  exact = creal(tg_delay_laplace(d, 1, NULL));
            for (size_t q = 0; q < l.count; q++) {
                assert_true(l.weight[q] > -1e-8 && l.lag[q] == floor(l.lag[q]));
                sum += l.weight[q];
                mean += l.weight[q] * l.lag[q] * dt;
                transform += l.weight[q] * exp(-l.lag[q] * dt);
            }
            assert_true(l.count <= TG_LAGS_MOST);
            assert_near(sum, 1, 1e-12);
            /* the mean is missed by what is beyond, the transform by curvature */
            assert_near(mean, tg_delay_mean(d), 2e-6);
            assert_near(transform, exact, dt * dt / 8 + 2e-5);
            tg_delay_free(d);
        }
}

/* Atoms lie where they are, between two lags or on one. */
static void
test_atoms(void **state)
{
    tg_delay *d = NULL;

    (void)state;
    for (int i = 0; i < 2; i++) {
        const double value = i ? .5 : .437;
        assert_ok(tg_delay_create("constant", &value, &d));
        const tg_lags l = tg_lags_make(d, .05, 1000);
        double        share = value / .05 - floor(value / .05 + 1e-9);
        for (size_t q = 0; q < l.count; q++)
            assert_near(l.weight[q],
                        l.lag[q] == floor(value / .05 + 1e-9)       ? 1 - share
                        : l.lag[q] == floor(value / .05 + 1e-9) + 1 ? share
                                                                    : 0,
                        1e-9);
        tg_delay_free(d);
    }
    const double none = 0;
    assert_ok(tg_delay_create("constant", &none, &d));
    assert_near(tg_lags_make(d, .1, 1000).weight[0], 1, 1e-12);
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_moments_of_the_weights), cmocka_unit_test(test_atoms))
