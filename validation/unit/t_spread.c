/* spread: workers that differ for good, which theory is to know */
#include "validation/unit/worklog.h"

#include "asgd/workers/pace.h"

/* Fixed speeds are in the law: 1 and a straggler of 4 as theory sees them. */
static void
test_fixed(void **state)
{
    tg_problem *problem = parabola(3);
    tg_cluster *c = cluster_of(3, "{law: constant, value: 2}", true);
    tg_pace     p;

    (void)state;
    assert_ok(tg_pace_find("straggler", &p));
    assert_fails(tg_cluster_set_pace(c, 0, 3, &p), TG_EDOMAIN, "factor");
    assert_ok(tg_choice_set(&p.choice, "factor", 4));
    assert_ok(tg_choice_set(&p.choice, "worker", 1));
    assert_ok(tg_cluster_set_pace(c, 0, 3, &p));
    assert_null(c->pace_of);
    assert_int_equal(c->groups, 2);
    assert_near(tg_cluster_rate(c), 1.125, 1e-15);
    assert_true(c->of[0] == c->of[2] && tg_delay_mean(c->of[1]) == 8);
    assert_ok(tg_pace_find("constant", &p));
    assert_ok(tg_choice_set(&p.choice, "speed", 2));
    assert_ok(tg_cluster_set_pace(c, 0, 3, &p));
    assert_near(tg_cluster_rate(c), 2.25, 1e-15);
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 8);
    assert_int_equal(run_until(&setup, 0, 8.5), 18);
    for (size_t i = 0; i < worklogs; i++)
        assert_true(worklog[i].now - worklog[i].began == (worklog[i].worker == 1 ? 4 : 1));
    tg_cluster_free(c);
    tg_problem_free(problem);
}

/* Factors by law, known to the rate; the throughput is theirs and not that of the plain law. */
static void
test_spread(void **state)
{
    enum { WORKERS = 60, REPLICAS = 100 };
    tg_problem *problem = parabola(WORKERS);
    tg_cluster *c = cluster_of(WORKERS, "{law: exponential, mean: 0.5}", false);
    tg_cluster *more = cluster_of(WORKERS + 1, "{law: exponential, mean: 0.5}", false);
    tg_delay   *factor = law_of("{law: gamma, shape: 3, mean: 1}"), *delay = NULL;
    double      rate = 0, weight[WORKERS];
    tg_stats    s = { 0 }, share = { 0 };

    (void)state;
    assert_ok(tg_cluster_spread(c, 0, WORKERS, factor, 4));
    assert_ok(tg_cluster_spread(more, 0, WORKERS + 1, factor, 4));
    assert_int_equal(c->groups, WORKERS);
    for (size_t i = 0; i < WORKERS; i++) {
        assert_near(tg_delay_mean(c->of[i]), tg_delay_mean(more->of[i]), 0);
        rate += 1 / tg_delay_mean(c->of[i]);
    }
    assert_near(tg_cluster_rate(c), rate, 1e-12 * rate);
    tg_cluster_weights(c, weight);
    assert_ok(tg_cluster_delay(c, &delay));
    assert_near(tg_delay_mean(delay), WORKERS / rate, 1e-10);
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 3);
    for (size_t r = 0; r < REPLICAS; r++) {
        double own = 0;
        tg_stats_add(&s, (double)run_until(&setup, r, 20) / 20);
        for (size_t i = 0; i < worklogs; i++) own += worklog[i].worker == 7;
        tg_stats_add(&share, own / 20);
    }
    assert_mean(s, rate);
    assert_mean(share, weight[7] * rate);
    assert_true(fabs(s.mean - WORKERS / .5) > 10 * tg_stats_error(&s));
    tg_delay_free(delay);
    tg_delay_free(factor);
    tg_cluster_free(c);
    tg_cluster_free(more);
    tg_problem_free(problem);
}

/* Two factors are two laws, however many workers; their order is that of the workers. */
static void
test_two_factors(void **state)
{
    tg_cluster *c = cluster_of(1000, "{law: uniform, min: 1, max: 3}", true);
    tg_delay   *two = law_of("{mixture: [{weight: 1, law: constant, value: .5}, "
                               "{weight: 1, law: constant, value: 1.5}]}"),
             *wrong = law_of("{law: constant, value: 2}");

    (void)state;
    assert_ok(tg_cluster_spread(c, 200, 800, two, 9));
    assert_int_equal(c->groups, 3);
    assert_int_equal(c->count[0], 200);
    assert_int_equal(c->count[0] + c->count[1] + c->count[2], 1000);
    for (size_t w = 0, next = 0; w < 1000; w++) {
        if (w > 0 && next < 3 && c->of[w] == c->law[next]) next++;
        if (w == 0) assert_true(c->of[0] == c->law[next++]);
        assert_near(tg_delay_mean(c->of[w]) - 2,
                    w < 200                 ? 0
                    : c->of[w] == c->law[1] ? tg_delay_mean(c->law[1]) - 2
                                            : tg_delay_mean(c->law[2]) - 2,
                    0);
    }
    assert_near(fabs(tg_delay_mean(c->law[1]) - 2), 1, 1e-15);
    assert_near(tg_delay_mean(c->law[1]) + tg_delay_mean(c->law[2]), 4, 1e-15);
    assert_fails(tg_cluster_spread(c, 0, 10, wrong, 9), TG_EDOMAIN, "mean 1");
    assert_fails(tg_cluster_spread(c, 999, 2, two, 9), TG_EDOMAIN, "cluster has 1000");
    tg_delay_free(two);
    tg_delay_free(wrong);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_fixed), cmocka_unit_test(test_spread),
    cmocka_unit_test(test_two_factors))
