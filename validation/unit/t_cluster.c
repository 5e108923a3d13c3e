#include "validation/unit/check.h"

#include "study/study.h"

static tg_status
cluster_of(const char *workers, const char *start, size_t total, tg_cluster **out)
{
    char      text[1024];
    tg_study *study = NULL;

    snprintf(text, sizeof text,
             "objective: {quadratic: {eigenvalues: 1}}\nworkers:\n%s%s"
             "algorithm: {name: asgd, step: 0.1}\nhorizon: 1\n",
             workers, start);
    TG_TRY(tg_study_parse(text, "test", &study));
    const tg_status status = tg_study_cluster(study, total, out);
    tg_study_free(study);
    return status;
}

static const char three[] = "  - {count: 1, compute: {law: constant, value: 1}}\n"
                            "  - {count: 2, compute: {law: exponential, mean: 2}}\n"
                            "  - {count: 5, compute: {law: gamma, shape: 3, mean: 4}}\n";

/* lambda = 1/1 + 2/2 + 5/4; shares of arrivals (1/m)/lambda; the law of an arriving
 * gradient's delay is their mixture, of mean P/lambda. */
static void
test_rates_and_shares(void **state)
{
    double      weight[8];
    tg_cluster *c = NULL;
    tg_delay   *delay = NULL;

    (void)state;
    assert_ok(cluster_of(three, "", 0, &c));
    assert_int_equal(c->workers, 8);
    assert_near(tg_cluster_rate(c), 3.25, 1e-14);
    tg_cluster_weights(c, weight);
    for (int i = 0; i < 8; i++)
        assert_near(weight[i], (i < 1 ? 1 : i < 3 ? .5 : .25) / 3.25, 1e-15);
    assert_ok(tg_cluster_delay(c, &delay));
    assert_near(tg_delay_mean(delay), 8 / 3.25, 1e-12);
    const double t = 1.7,
                 cdf = (1 * 1 + 1 * (1 - exp(-t / 2)) + 1.25 * tg_delay_cdf(c->law[2], t)) /
                       3.25;
    assert_near(tg_delay_cdf(delay, t), cdf, 1e-12);
    tg_delay_free(delay);
    tg_cluster_free(c);
}

/* Every total is met exactly, groups stay within one worker of their proportion, and none at
 * all is refused. */
static void
test_scaling(void **state)
{
    static const double share[] = { 1. / 8, 2. / 8, 5. / 8 };
    const size_t        none[] = { 0, 0 };
    tg_delay           *law[2] = { NULL, NULL };
    tg_cluster         *c = NULL;

    (void)state;
    for (size_t n = 1; n < 40; n++) {
        assert_ok(cluster_of(three, "", n, &c));
        assert_int_equal(c->workers, n);
        assert_int_equal(c->count[0] + c->count[1] + c->count[2], n);
        for (size_t g = 0, w = 0; g < 3; g++) {
            assert_true(fabs((double)c->count[g] - share[g] * (double)n) <= 1);
            for (size_t i = 0; i < c->count[g]; i++)
                assert_ptr_equal(c->of[w++], c->law[g]);
        }
        tg_cluster_free(c);
    }
    c = NULL;
    assert_fails(tg_cluster_create(2, none, law, false, &c), TG_EDOMAIN, "at least one");
    assert_null(c);
}

static void
test_start(void **state)
{
    tg_cluster *c = NULL;

    (void)state;
    assert_ok(cluster_of(three, "workers_start: together\n", 0, &c));
    assert_true(c->together);
    tg_cluster_free(c);
    assert_ok(cluster_of(three, "workers_start: staggered\n", 0, &c));
    assert_false(c->together);
    tg_cluster_free(c);
    assert_ok(cluster_of(three, "", 0, &c));
    assert_false(c->together);
    tg_cluster_free(c);
    c = NULL;
    assert_fails(cluster_of(three, "workers_start: apart\n", 0, &c), TG_EINPUT,
                 "expected staggered or together");
    assert_null(c);
}

RUN(cmocka_unit_test(test_rates_and_shares), cmocka_unit_test(test_scaling),
    cmocka_unit_test(test_start))
