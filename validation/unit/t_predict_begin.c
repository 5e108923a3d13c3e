/* When DuDe-ASGD begins, against exact laws and renewals drawn. */
#include "validation/unit/check.h"

#include "asgd/theory/predict_finite.h"

static tg_cluster *
cluster_of(const char *text, size_t count, bool together)
{
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(text, &law));
    assert_ok(tg_cluster_create(1, &count, &law, together, &c));
    tg_delay_free(law);
    return c;
}

/* The wait for the last of n: exponential, however they begin: 1 - (1 - exp(-t/m))^n; evenly
 * spread over a constant time: 1 - (t/T)^n. */
static void
test_exact(void **state)
{
    const double survival[] = { 1 - 1e-6, 0.9, 0.5, 0.1, 1e-3, 1e-6 };
    double       at[6];

    (void)state;
    for (int together = 0; together < 2; together++) {
        tg_cluster *c = cluster_of("{law: exponential, mean: 2}", 5, together);
        assert_ok(tg_predict_begin(c, 1e3, survival, at, 6));
        for (int i = 0; i < 6; i++)
            assert_near(at[i], -2 * log(1 - pow(1 - survival[i], 0.2)), 2e-3 * at[i]);
        tg_cluster_free(c);
    }
    tg_cluster *c = cluster_of("{law: constant, value: 3}", 4, false);
    assert_ok(tg_predict_begin(c, 1e3, survival, at, 6));
    for (int i = 0; i < 6; i++)
        assert_near(at[i], 3 * pow(1 - survival[i], 0.25), 2e-3 * at[i]);
    assert_ok(tg_predict_begin(c, 1, survival, at, 6)); /* not before the horizon */
    assert_true(isfinite(at[0]) && isinf(at[2]));
    tg_cluster_free(c);
}

/* Rare late beginnings under a heavy law, renewed from 20 to 21 means back; the stationary
 * residual would have them half as often again (negative control). */
static void
test_rare_late_ones(void **state)
{
    enum { RUNS = 400000 };
    const double survival[] = { 0.3, 0.1, 0.03, 0.01 };
    double       at[4], later[4] = { 0 };
    tg_cluster  *c = cluster_of("{law: lognormal, mean: 1, cv: 3}", 1, false);
    tg_rng       rng = tg_rng_stream(5, TG_PURPOSE_TEST, 0);

    (void)state;
    assert_ok(tg_predict_begin(c, 1e3, survival, at, 4));
    for (int k = 0; k < RUNS; k++) {
        double t = -20 - tg_rng_uniform(&rng);
        while (t <= 0) t += tg_delay_sample(c->law[0], &rng);
        for (int i = 0; i < 4; i++) later[i] += t > at[i];
    }
    for (int i = 0; i < 4; i++)
        assert_near(later[i] / RUNS, survival[i],
                    4 * sqrt(survival[i] / RUNS) + 0.02 * survival[i]);
    double stationary = 0;
    for (double t = at[3]; t < 1e4; t *= 1.01)
        stationary += 0.01 * t * (1 - tg_delay_cdf(c->law[0], 1.005 * t));
    assert_true(stationary > 1.5 * survival[3]);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_exact), cmocka_unit_test(test_rare_late_ones))
