/* What level sde misses of a rule is stated: for workers that are not exponential its numbers are within
 * their error of long simulated runs, which without the twin they are not. */
#include "validation/unit/rules.h"

#include "asgd/sim/replicas.h"
#include "asgd/theory/predict_twin.h"

enum { P = 6 };

static void
hold(const char *rule, double number, tg_choice server, tg_choice optimiser, double step,
     bool *bare_holds)
{
    const double h = 1, x0 = 1, sigma = .1,
                 weight[P] = { 1. / P, 1. / P, 1. / P, 1. / P, 1. / P, 1. / P };
    const tg_predict_plan plan = { .horizon = 40, .points = 81, .target = .02 };
    tg_delay             *law = NULL;
    tg_cluster           *c = NULL;
    tg_problem           *p = NULL;
    tg_modes              m = { 0 };
    tg_prediction        *stated = NULL, *bare = NULL;
    tg_simulation        *s = NULL;
    size_t                count = P;

    assert_ok(tg_delay_parse("{law: gamma, shape: 3, mean: 1}", &law));
    assert_ok(tg_cluster_create(1, &count, &law, false, &c));
    assert_ok(tg_problem_quadratic(1, &h, &x0, &sigma, P, NULL, &p));
    assert_ok(tg_problem_modes(p, weight, &m));
    assert_ok(tg_predict_rule(&m, c, rule, number, step, &plan, &stated));
    assert_ok(tg_predict_undoubted(&m, c, rule, number, step, &plan, &bare));
    tg_setup u = tg_setup_of(p, c, server, step, 7);
    u.optimiser = optimiser;
    const tg_replicas_plan runs = {
        .horizon = 40, .points = 81, .target = .02, .replicas = 2000, .threads = 1
    };
    assert_ok(tg_replicas_run(&u, &runs, &s));
    assert_int_equal(stated->level, TG_LEVEL_SDE);
    assert_true(stated->settle == bare->settle);
    const double off = fabs(s->settle - stated->settle), noise = 4 * s->settle_error;
    assert_true(off <= stated->settle_error + noise);
    assert_true(stated->settle_error < 4 * off + .2 * s->settle); /* nor is it too wide */
    *bare_holds = *bare_holds && off <= bare->settle_error + noise;
    tg_prediction_free(stated);
    tg_prediction_free(bare);
    tg_simulation_free(s);
    tg_modes_free(&m);
    tg_problem_free(p);
    tg_cluster_free(c);
    tg_delay_free(law);
}

static void
test_errors(void **state)
{
    const tg_choice sgd = tg_choice_of(&tg_optimiser_sgd.is);
    tg_choice       ball = tg_choice_of(&tg_optimiser_heavy_ball.is);
    bool            bare = true;

    (void)state;
    ball.param[0] = .8;
    hold("heavy_ball", .8, tg_rule(&tg_rule_asgd), ball, .01, &bare);
    ball = tg_choice_of(&tg_optimiser_nesterov.is);
    ball.param[0] = .8;
    hold("nesterov", .8, tg_rule(&tg_rule_asgd), ball, .01, &bare);
    hold("drop", 4, rule_with(&tg_rule_drop, "limit", 4), sgd, .1, &bare);
    hold("fedbuff", 3, rule_with(&tg_rule_fedbuff, "k", 3), sgd, .1, &bare);
    assert_false(bare); /* without the twin one of them is false */
}

/* Where the twin has too many states to be solved, nothing is known of what is missed, and the
 * error is as large as the value. */
static void
test_without_a_twin(void **state)
{
    const double          h = 1, x0 = 1, sigma = .1;
    const size_t          count = 400;
    const tg_predict_plan plan = { .horizon = 40, .points = 9, .target = .02 };
    double                weight[400];
    tg_delay             *law = NULL;
    tg_cluster           *c = NULL;
    tg_problem           *problem = NULL;
    tg_modes              m = { 0 };
    tg_prediction        *p = NULL;

    (void)state;
    for (size_t i = 0; i < count; i++) weight[i] = 1 / (double)count;
    assert_ok(tg_delay_parse("{law: gamma, shape: 3, mean: 1}", &law));
    assert_ok(tg_cluster_create(1, &count, &law, false, &c));
    assert_ok(tg_problem_quadratic(1, &h, &x0, &sigma, count, NULL, &problem));
    assert_ok(tg_problem_modes(problem, weight, &m));
    assert_ok(tg_predict_rule(&m, c, "drop", 600, .001, &plan, &p));
    assert_true(p->floor > 0 && p->floor_error == p->floor);
    assert_true(p->rate > 0 && p->rate_error == p->rate);
    assert_true(p->settle > 0 && p->settle_error == p->settle);
    assert_true(p->threshold_error == p->threshold_square);
    assert_int_equal(p->outcome, TG_UNDECIDED);
    for (size_t i = 0; i < p->points; i++)
        assert_true(p->low[i] == 0 && p->high[i] >= 2 * p->loss[i]);
    tg_prediction_free(p);
    tg_modes_free(&m);
    tg_problem_free(problem);
    tg_cluster_free(c);
    tg_delay_free(law);
}

RUN(cmocka_unit_test(test_without_a_twin), cmocka_unit_test(test_errors))
