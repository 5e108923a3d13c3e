/* Delays counted with a weight (core/law_weighted.c): closed forms, samples, loops. */
#include "core/loop.h"
#include "core/stats.h"

#include "validation/unit/one_law.h"

/* Exponential T, J given T Poisson(mu T):
 * E[e^{-sT}; J <= q] = sum_{j <= q} (mu m)^j/(1 + (s + mu) m)^{j+1}. */
static void
test_fresh(void **state)
{
    const double m = 0.7, mu = 9 / m;
    (void)state;
    tg_delay *d = make("{law: exponential, mean: 0.7}"), *kept = NULL;
    double    share, power;

    for (size_t q = 0; q < 30; q += 7) {
        assert_int_equal(tg_delay_fresh(d, mu, q, &kept, &share, &power), TG_OK);
        near_complex("weighted", share, 1 - pow(0.9, (double)q + 1),
                     1e-12); /* geometric staleness */
        assert_true(power <= share && power > 0);
        for (double w = 0; w < 50; w = 2 * w + 0.3) {
            const double complex s = 0.2 + I * w;
            double complex       want = 0;
            for (size_t j = 0; j <= q; j++)
                want += pow(mu * m, (double)j) / cpow(1 + (s + mu) * m, (double)j + 1);
            near_complex("weighted", share * tg_delay_laplace(kept, s, NULL), want, 1e-12);
        }
        tg_delay_free(kept);
    }
    tg_delay_free(d);
}

/* Laws whose longest times are a million times their mean: the shares by Simpson's rule in ln t, where J given T is
 * Poisson. */
static void
test_fresh_of_heavy_laws(void **state)
{
    static const char *const law[] = { "{law: pareto, shape: 2.6, mean: 1}",
                                       "{law: pareto, shape: 1.5, mean: 1}",
                                       "{law: lognormal, mean: 1, cv: 20}",
                                       "{law: weibull, shape: .3, mean: 1}" };
    (void)state;
    for (size_t i = 0; i < sizeof law / sizeof *law; i++)
        for (double mu = .3; mu < 400; mu *= 9)
            for (size_t q = 0; q < 40; q = 3 * q + 1) {
                enum { STEPS = 400000 };
                tg_delay *d = make(law[i]), *kept = NULL;
                double    share, power, sum = 0, early = 0;
                assert_int_equal(tg_delay_fresh(d, mu, q, &kept, &share, &power), TG_OK);
                const double low = log(fmax(tg_delay_quantile(d, 1e-9), 1e-9)),
                             each = (log(1e6) - low) / STEPS;
                for (int k = 0; k <= STEPS; k++) {
                    const double t = exp(low + each * k);
                    double       fresh = 0, p = exp(-mu * t);
                    for (size_t j = 0; j <= q && p > 0; p *= mu * t / (double)++j)
                        fresh += p;
                    if (k == 0) early = fresh * tg_delay_cdf(d, t);
                    sum += (k == 0 || k == STEPS ? 1
                            : k % 2              ? 4
                                                 : 2) *
                           t * fresh * tg_delay_pdf(d, t);
                }
                if (!(fabs(share - sum * each / 3 - early) < 2e-5 * share + 1e-9))
                    fail_msg("%s, mu %g, limit %zu: %.9g, by Simpson's rule %.9g", law[i],
                             mu, q, share, sum * each / 3);
                tg_delay_free(kept);
                tg_delay_free(d);
            }
}

/* Of a million workers nobody is within three updates, unless jobs may be as short as one likes. */
static void
test_nothing_counts(void **state)
{
    static const char *const law[] = { "{law: gamma, shape: 1000, mean: 1}",
                                       "{law: uniform, min: .5, max: 1}",
                                       "{law: pareto, shape: 1.1, mean: 1}",
                                       "{law: constant, value: 1}" };
    double                   share, power;

    (void)state;
    for (size_t i = 0; i < sizeof law / sizeof *law; i++) {
        tg_delay *d = make(law[i]), *kept = NULL;
        assert_int_equal(tg_delay_fresh(d, 1e6, 3, &kept, &share, &power), TG_EDOMAIN);
        assert_string_equal(tg_message(), "no delay counts");
        assert_null(kept);
        tg_delay_free(d);
    }
}

static const tg_weights aware = { .reference = 1, .shift = 1, .power = 1 };

/* c = 1/(1 + J): exponential T has geometric J, whose E c, E c^2 and E c e^{-sT} are sums; a constant one
 * Poisson J, E c = (1 - e^{-mu})/mu. With many updates the sums are normal's. */
static void
test_weighed(void **state)
{
    const double m = 0.7;
    tg_delay    *d = make("{law: exponential, mean: 0.7}"), *kept = NULL;
    double       share, power;

    (void)state;
    for (double P = 2; P < 3000; P *= 8) {
        const double mu = (P - 1) / m, sure = P < 10 ? 1e-12 : 1e-6;
        double       one = 0, two = 0, p = 1 / P;
        assert_int_equal(tg_delay_weighed(d, mu, 1, 1, &aware, &kept, &share, &power),
                         TG_OK);
        for (double j = 0; j < 40 * P; j++, p *= 1 - 1 / P)
            one += p / (1 + j), two += p / (1 + j) / (1 + j);
        near_complex("weighed", share, one, sure * one);
        near_complex("weighed", power, two, sure * two);
        for (double w = 0; w < 5; w = 2 * w + 0.3) {
            const double complex s = 0.2 + I * w;
            double complex       want = 0, q = 1 / (1 + (s + mu) * m);
            for (double j = 0; j < 40 * P; j++, q *= mu * m / (1 + (s + mu) * m))
                want += q / (1 + j);
            near_complex("weighed", share * tg_delay_laplace(kept, s, NULL), want,
                         sure * one);
        }
        tg_delay_free(kept);
    }
    tg_delay_free(d);
    d = make("{law: constant, value: 2}");
    for (double mu = 1; mu < 1e4; mu *= 7) {
        assert_int_equal(tg_delay_weighed(d, mu / 2, 1, 1, &aware, &kept, &share, &power),
                         TG_OK);
        near_complex("weighed", share * mu, -expm1(-mu), mu < 100 ? 1e-13 : 1e-6);
        assert_true(power > share * share);
        tg_delay_free(kept);
    }
    tg_delay_free(d);
}

/* Uniform T on (1/2, 3/2), so many updates that J is T's: c = min(1, 1/T) has E c = 1/2 + log(3/2),
 * E c^2 = 1/2 + 1/3. */
static void
test_adaptive(void **state)
{
    const tg_weights w = { .fresh = 1e9, .reference = 1e9, .power = 1 };
    tg_delay        *d = make("{law: uniform, min: 0.5, max: 1.5}"), *kept = NULL;
    double           share, power;

    (void)state;
    assert_int_equal(tg_delay_weighed(d, 1e9, 1, 1, &w, &kept, &share, &power), TG_OK);
    near_complex("weighted", share, 0.5 + log(1.5), 1e-8);
    near_complex("weighted", power, 0.5 + 1.0 / 3, 1e-8);
    near_complex("weighted", tg_delay_mean(kept), (0.375 + 0.5) / share, 1e-8);
    const tg_loop l = { .a = 2,
                        .delay = d,
                        .filter = tg_filter_find("delay_adaptive"),
                        .kept = kept,
                        .share = share,
                        .power = power };
    assert_int_equal(tg_loop_check(&l), TG_OK);
    near_complex("weighted", tg_loop_value(&l, 0, NULL), 2 * share, 1e-13);
    tg_delay_free(kept);
    tg_delay_free(d);
}

/* With little chance in J the weight has an edge for each number of chances: the law's own sums by
 * Simpson's rule between all of them. Beyond a hundred chances J is summed over its own chances. */
static void
test_edges_of_few_chances(void **state)
{
    const tg_weights w = { .fresh = 16, .reference = 16, .power = 1 };
    const double     rate = 31, fano = .08, until = 1;
    tg_delay        *d = make("{law: uniform, min: 0.5, max: 1.5}"), *kept = NULL;
    double           share, power, one = 0, two = 0;

    (void)state;
    assert_int_equal(tg_weights_edge(&w) == 16 && tg_weights_at(&w, 16) == 1, 1);
    assert_int_equal(tg_delay_weighed(d, rate, fano, until, &w, &kept, &share, &power),
                     TG_OK);
    for (unsigned j = 0; j < 60; j++) {
        const double sure =
            fmax(16.0 - j, 0) / (1 - fano) / rate; /* J's edge, t >= until */
        double cut[] = { .5, 1, 1.5, sure > 1 ? sure : sqrt(sure) };
        for (int a = 0; a < 4; a++)
            for (int b = a; b < 4; b++)
                if (cut[b] < cut[a]) {
                    const double t = cut[a];
                    cut[a] = cut[b];
                    cut[b] = t;
                }
        for (int a = 0; a < 3; a++)
            for (int k = 0; k <= 200; k++) {
                const double t = cut[a] + (cut[a + 1] - cut[a]) * k / 200.0,
                             F = fano + (1 - fano) * fmax(1 - t, 0), mu = F * rate * t,
                             c = fmin(1, 16 / ((1 - F) * rate * t + j + 1e-300)),
                             p = exp(j * log(mu) - mu - lgamma(j + 1.0));
                const double each = (cut[a + 1] - cut[a]) / 600.0 *
                                    (k == 0 || k == 200 ? 1
                                     : k % 2            ? 4
                                                        : 2);
                if (cut[a + 1] <= .5) continue;
                one += each * p * c, two += each * p * c * c;
            }
    }
    near_complex("edges", share, one, 1e-9);
    near_complex("edges", power, two, 1e-9);
    tg_delay_free(kept);
    tg_delay_free(d);
    for (double edge = 0; edge < 300; edge += 37) {
        const tg_weights v = {
            .fresh = edge, .reference = edge + 1, .shift = 1, .power = 2
        };
        const double mu = 140;
        double       sum = 0, p = exp(-mu);
        for (double j = 0; j < 400; p *= mu / ++j) sum += p * tg_weights_at(&v, 20 + j);
        near_complex("many", tg_weights_mean(&v, 160, mu / 160, 1), sum, 3e-4);
    }
}

/* Samples against the distribution; mixtures and constants. */
static void
test_parts(void **state)
{
    enum { N = 2000 };
    tg_rng g = tg_rng_stream(8, TG_PURPOSE_TEST, 0);
    double share, power;
    (void)state;
    tg_delay *d = make("{law: lognormal, mean: 1, cv: 0.8}"), *kept = NULL;
    tg_stats  s = { 0 };

    assert_int_equal(tg_delay_weighed(d, 20, 1, 1, &aware, &kept, &share, &power), TG_OK);
    for (int i = 0; i < N; i++) tg_stats_add(&s, tg_delay_sample(kept, &g));
    assert_true(fabs(s.mean - tg_delay_mean(kept)) < 4 * tg_stats_error(&s));
    near_complex("weighted", tg_delay_cdf(kept, tg_delay_quantile(kept, 0.3)), 0.3, 1e-9);
    tg_delay_free(kept);
    tg_delay_free(d);
    const double one = -expm1(-3), four = -expm1(-12) / 4; /* 3 E c at rate 3 */
    d = make("{mixture: [{weight: 1, law: constant, value: 1}, {weight: 3, law: constant, "
             "value: 4}]}");
    assert_int_equal(tg_delay_weighed(d, 3, 1, 1, &aware, &kept, &share, &power), TG_OK);
    near_complex("weighted", 3 * share, 0.25 * one + 0.75 * four, 1e-15);
    near_complex("weighted", tg_delay_mean(kept), (one + 12 * four) / (one + 3 * four),
                 1e-14);
    tg_delay_free(kept);
    tg_delay_free(d);
    const double times[] = { 1, 4, 4, 4 };
    double       again;
    assert_int_equal(tg_delay_empirical(times, 4, &d), TG_OK);
    assert_int_equal(tg_delay_weighed(d, 3, 1, 1, &aware, &kept, &share, &again), TG_OK);
    near_complex("weighted", 3 * share, 0.25 * one + 0.75 * four, 1e-15);
    near_complex("weighted", again, power, 1e-15);
    tg_delay_free(kept);
    kept = NULL;
    assert_int_equal(tg_delay_weighed(d, NAN, 1, 1, &aware, &kept, &share, NULL),
                     TG_EDOMAIN);
    assert_int_equal(tg_delay_weighed(d, 1, 1, 1, &(tg_weights){ 0 }, &kept, &share, NULL),
                     TG_EDOMAIN);
    assert_int_equal(tg_delay_fresh(d, -1, 2, &kept, &share, NULL), TG_EDOMAIN);
    assert_null(kept);
    tg_delay_free(d);
}

/* Panels do not continue through the poles of the law that they weigh: the transform ends
 * at the rightmost of them. */
static void
test_ends_at_the_poles(void **state)
{
    tg_delay *d =
        make("{sum: [{law: exponential, mean: 0.5}, {law: erlang, stages: 2, mean: "
             "0.4}]}");
    tg_delay *kept = NULL;

    (void)state;
    assert_int_equal(tg_delay_weighed(d, 20, 1, 1, &aware, &kept, NULL, NULL), TG_OK);
    near("end", tg_delay_abscissa(kept), -2, 1e-15);
    assert_true(isnan(creal(tg_delay_laplace(kept, -2.1, NULL))));
    assert_true(tg_delay_poles(kept, NULL, 0) == 0);
    tg_delay_free(kept);
    tg_delay_free(d);
}

/* The distribution is the integral of the density. */
static void
test_distribution(void **state)
{
    tg_delay *d = make("{law: gamma, shape: 2.5, mean: 1}"), *kept = NULL;
    double    sum = 0;

    (void)state;
    assert_int_equal(tg_delay_weighed(d, 12, 1, 1, &aware, &kept, NULL, NULL), TG_OK);
    for (int i = 0; i < 3000; i++) {
        sum += 1e-3 * tg_delay_pdf(kept, 1e-3 * (i + 0.5));
        if (i % 300 == 299) near("F", tg_delay_cdf(kept, 1e-3 * (i + 1)), sum, 1e-6);
    }
    tg_delay_free(kept);
    tg_delay_free(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_fresh),
                                        cmocka_unit_test(test_fresh_of_heavy_laws),
                                        cmocka_unit_test(test_nothing_counts),
                                        cmocka_unit_test(test_ends_at_the_poles),
                                        cmocka_unit_test(test_distribution),
                                        cmocka_unit_test(test_weighed),
                                        cmocka_unit_test(test_adaptive),
                                        cmocka_unit_test(test_parts),
                                        cmocka_unit_test(test_edges_of_few_chances) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
