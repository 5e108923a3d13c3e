/* Rounds by order statistics: means in closed form, of laws whose long times are rare and heavy too; the law has its mean. */
#include "validation/unit/check.h"

#include "asgd/theory/rounds.h"

static tg_cluster *
cluster_of(const char *text, size_t workers)
{
    tg_delay   *d = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(text, &d));
    assert_ok(tg_cluster_create(1, &workers, &d, true, &c));
    tg_delay_free(d);
    return c;
}

/* E of the K-th of P: Pareto x0 Gamma(P + 1) Gamma(P - K + 1 - 1/a)/(Gamma(P - K + 1) Gamma(P + 1 - 1/a)), mean a x0/(a - 1). */
static double
pareto(double a, double P, double K)
{
    const double left = P - K + 1;

    return (a - 1) / a *
           exp(lgamma(P + 1) + lgamma(left - 1 / a) - lgamma(left) - lgamma(P + 1 - 1 / a));
}

static double
exponential(double unused, double P, double K)
{
    double sum = 0;

    (void)unused;
    for (double i = 0; i < K; i++) sum += 1 / (P - i);
    return sum;
}

static double
uniform(double least, double P, double K)
{
    return least + K / (P + 1);
}

static const struct {
    const char *law;
    double (*mean)(double number, double P, double K);
    double number, off;
} cases[] = {
    { "{law: pareto, shape: 2.5, mean: 1}", pareto, 2.5, 1e-6 },
    { "{law: pareto, shape: 1.5, mean: 1}", pareto, 1.5, 1e-5 },
    { "{law: pareto, shape: 1.1, mean: 1}", pareto, 1.1, 1e-3 },
    { "{law: exponential, mean: 1}", exponential, 0, 1e-9 },
    { "{law: uniform, min: 0, max: 1}", uniform, 0, 1e-9 },
    { "{law: uniform, min: 1000, max: 1001}", uniform, 1000, 1e-9 },
};
enum { CASES = sizeof cases / sizeof *cases };

static void
means_are_those_of_order_statistics(void **state)
{
    static const size_t of[][2] = { { 1, 1 }, { 2, 2 }, { 8, 8 },
                                    { 8, 1 }, { 8, 3 }, { 500, 500 } };

    (void)state;
    for (size_t i = 0; i < CASES; i++)
        for (size_t j = 0; j < sizeof of / sizeof *of; j++) {
            tg_cluster     *c = cluster_of(cases[i].law, of[j][0]);
            const tg_rounds r = { .gradients = of[j][1] };
            const double    exact =
                cases[i].mean(cases[i].number, (double)of[j][0], (double)of[j][1]);
            tg_delay *law = NULL;
            double    mean;
            assert_ok(tg_rounds_law(c, &r, &mean, &law));
            assert_near(mean, exact, cases[i].off * exact);
            assert_near(tg_delay_mean(law), mean, 1e-9 * mean);
            tg_delay_free(law);
            tg_cluster_free(c);
        }
}

/* The share of rounds that are over by t is F(t)^P, to the width of a part of the law. */
static void
laws_are_those_of_the_longest(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const size_t    P = 8;
        tg_cluster     *c = cluster_of(cases[i].law, P);
        const tg_rounds r = { .gradients = P };
        tg_delay       *law = NULL;
        double          mean;
        assert_ok(tg_rounds_law(c, &r, &mean, &law));
        for (double share = 0.05; share < 1; share += 0.1) {
            const double t = tg_delay_quantile(c->law[0], pow(share, 1 / (double)P));
            assert_near(tg_delay_cdf(law, t), share, 2. / 1024);
        }
        tg_delay_free(law);
        tg_cluster_free(c);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_are_those_of_order_statistics),
        cmocka_unit_test(laws_are_those_of_the_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
