/* Many at once: draws of many streams side by side, mixtures of many laws. */
#include "validation/unit/one_law.h"

#include <math.h>
#include <stdio.h>

static const char *const laws[] = { "{law: constant, value: 2}",
                                    "{law: exponential, mean: 0.7}",
                                    "{law: shifted_exponential, shift: 0.5, mean: 0.5}",
                                    "{law: gamma, shape: 4, mean: 1.5}",
                                    "{law: gamma, shape: 2.5, mean: 0.5}",
                                    "{law: erlang, stages: 3, mean: 2}",
                                    "{law: erlang, stages: 5, mean: 2}",
                                    "{law: uniform, min: 0.5, max: 1.5}",
                                    "{law: lognormal, mean: 1, cv: 0.25}" };

/* A mixture of many laws whose transforms are dear has one of its own, by panels: the same as theirs,
 * right of the axis, on it and, where they go on, left of it. */
static void
test_mixture_of_many(void **state)
{
    static const char *const format[] = { "{law: lognormal, mean: %g, cv: 0.5}",
                                          "{law: weibull, shape: 2, mean: %g}",
                                          "{law: lognormal, mean: %g, cv: 3}",
                                          "{law: pareto, shape: 2.5, mean: %g}" };
    enum { PARTS = 12 };
    (void)state;
    for (size_t f = 0; f < 4; f++) {
        tg_delay *part[PARTS], *d = NULL;
        double    weight[PARTS], total = 0, mean = 0;
        for (size_t i = 0; i < PARTS; i++) {
            char text[80];
            snprintf(text, sizeof text, format[f], 0.2 + (double)(i * i) / 20);
            assert_int_equal(tg_delay_parse(text, &part[i]), TG_OK);
            total += weight[i] = 1 + (double)(i % 3);
            mean += weight[i] * tg_delay_mean(part[i]);
        }
        assert_int_equal(tg_delay_mixture((const tg_delay *const *)part, weight, PARTS, &d),
                         TG_OK);
        near("mean", tg_delay_mean(d), mean / total, 1e-13);
        for (double x = f == 1 ? -0.4 : 0; x < 2; x += 0.2)
            for (double y = 0; y < 300; y = 1.7 * y + 0.1) {
                const double complex s = x + I * y;
                double complex       slope, phi = 0, want = 0, part_slope;
                const double complex got = tg_delay_laplace(d, s, &slope);
                for (size_t i = 0; i < PARTS; i++) {
                    const double w = weight[i] / total;
                    phi += w * tg_delay_laplace(part[i], s, &part_slope);
                    want += w * part_slope;
                }
                assert_true(cabs(got - phi) < 1e-14 * (1 + cabs(phi)));
                assert_true(cabs(slope - want) < 1e-12 * (1 + cabs(want)));
            }
        tg_delay_free(d);
        for (size_t i = 0; i < PARTS; i++) tg_delay_free(part[i]);
    }
}

/* Draws of many streams side by side are those of each by itself, to the bit. */
static void
test_samples_across(void **state)
{
    enum { STREAMS = 77, DRAWS = 9 };
    size_t fixed = 0;
    double out[STREAMS];

    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        tg_delay *d = NULL;
        tg_rng    g[STREAMS];
        assert_int_equal(tg_delay_parse(laws[i], &d), TG_OK);
        for (size_t k = 0; k < STREAMS; k++)
            g[k] = tg_rng_stream(5, TG_PURPOSE_DELAY, 1000 + k);
        for (uint64_t n = 0; n < DRAWS; n++) {
            const int known =
                tg_delay_samples_across(d, 5, TG_PURPOSE_DELAY, 1000, n, STREAMS, out);
            fixed += n == 0 && known;
            for (size_t k = 0; known && k < STREAMS; k++)
                assert_true(out[k] == tg_delay_sample(d, &g[k]));
        }
        tg_delay_free(d);
    }
    assert_true(fixed >= 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_samples_across),
                                        cmocka_unit_test(test_mixture_of_many) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
