/* Steps that shrink with staleness: predictions against the simulator, within what is stated; and the rules that
 * numbers make ASGD. */
#include "validation/unit/rules.h"

#include "asgd/sim/replicas.h"
#include "asgd/theory/predict.h"

enum { P = 8 };
static const double h = 1, x0 = 1, sigma = .1;

typedef struct world {
    tg_delay   *law;
    tg_cluster *c;
    tg_problem *p;
    tg_modes    m;
} world;

static world
open_world(const char *text)
{
    const size_t count = P;
    double       weight[P];
    world        w = { 0 };

    for (int i = 0; i < P; i++) weight[i] = 1. / P;
    assert_ok(tg_delay_parse(text, &w.law));
    assert_ok(tg_cluster_create(1, &count, &w.law, false, &w.c));
    assert_ok(tg_problem_quadratic(1, &h, &x0, &sigma, P, NULL, &w.p));
    assert_ok(tg_problem_modes(w.p, weight, &w.m));
    return w;
}

static void
close_world(world *w)
{
    tg_modes_free(&w->m);
    tg_problem_free(w->p);
    tg_cluster_free(w->c);
    tg_delay_free(w->law);
}

/* The rule as simulated: time to target and loss at the end within the stated error; nor is that a third of the
 * time; and by ASGD's prediction, the weights left out, the time is false. */
static void
hold(const char *law, const char *rule, double number, tg_choice server, double step)
{
    const tg_predict_plan  plan = { .horizon = 40, .points = 161, .target = .02 };
    const tg_replicas_plan runs = {
        .horizon = 40, .points = 161, .target = .02, .replicas = 1500, .threads = 1
    };
    world          w = open_world(law);
    tg_prediction *of = NULL, *plain = NULL;
    tg_simulation *r = NULL;

    const tg_setup u = tg_setup_of(w.p, w.c, server, step, 5);
    assert_ok(tg_replicas_run(&u, &runs, &r));
    assert_ok(tg_predict_rule(&w.m, w.c, rule, number, step, &plan, &of));
    assert_ok(tg_predict_rule(&w.m, w.c, "asgd", 0, step, &plan, &plain));
    const double noise = 4 * r->settle_error, end = r->loss[160].mean;
    if (!(fabs(of->settle - r->settle) <= of->settle_error + noise))
        fail_msg("%s, %s: %g +- %g, simulated %g +- %g", rule, law, of->settle,
                 of->settle_error, r->settle, noise / 4);
    assert_true(of->settle_error < r->settle / 2);
    assert_true(fabs(of->loss[160] - end) <=
                (of->high[160] - of->low[160]) / 2 + 4 * tg_stats_error(&r->loss[160]));
    assert_true(fabs(plain->settle - r->settle) > plain->settle_error + 2 * noise);
    assert_int_equal(of->outcome, TG_CONVERGES);
    tg_prediction_free(of);
    tg_prediction_free(plain);
    tg_simulation_free(r);
    close_world(&w);
}

static void
test_simulated(void **state)
{
    static const char *const law[] = { "{law: exponential, mean: 1}",
                                       "{law: gamma, shape: 4, mean: 1}",
                                       "{law: constant, value: 1}",
                                       "{law: pareto, shape: 2.6, mean: 1}",
                                       "{law: uniform, min: .2, max: 1.8}" };
    tg_choice                polynomial = tg_choice_of(&tg_rule_polynomial.is);

    (void)state;
    for (size_t i = 0; i < sizeof law / sizeof *law; i++) {
        polynomial.param[0] = .5;
        hold(law[i], "polynomial", .5, polynomial, .05);
        hold(law[i], "staleness_aware", 0, tg_rule(&tg_rule_staleness_aware), .1);
    }
}

/* To the last digit, at every level: K = 1, no momentum, no exponent; and negative controls. */
static void
test_asgd(void **state)
{
    static const struct {
        const char *name;
        double      same, other;
    } rule[] = { { "polynomial", 0, .2 },
                 { "heavy_ball", 0, .2 },
                 { "nesterov", 0, .2 },
                 { "fedbuff", 1, 2 } };
    static const char *const law[] = { "{law: exponential, mean: 1}",
                                       "{law: gamma, shape: 2.5, mean: 1}" };
    const tg_predict_plan    plan = { .horizon = 10, .points = 21, .target = .05 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        world          w = open_world(law[i]);
        tg_prediction *asgd = NULL;
        assert_ok(tg_predict_rule(&w.m, w.c, "asgd", 0, .06, &plan, &asgd));
        for (size_t k = 0; k < sizeof rule / sizeof *rule; k++) {
            tg_prediction *same = NULL, *other = NULL;
            assert_ok(
                tg_predict_rule(&w.m, w.c, rule[k].name, rule[k].same, .06, &plan, &same));
            assert_ok(tg_predict_rule(&w.m, w.c, rule[k].name, rule[k].other, .06, &plan,
                                      &other));
            assert_int_equal(same->level, asgd->level);
            assert_near(same->floor, asgd->floor, 1e-10 * asgd->floor);
            assert_near(same->rate, asgd->rate, 1e-10 * asgd->rate);
            assert_near(same->step_limit, asgd->step_limit, 1e-10 * asgd->step_limit);
            assert_near(same->settle, asgd->settle, 1e-10 * asgd->settle);
            for (int t = 0; t < 21; t++)
                assert_near(same->loss[t], asgd->loss[t], 1e-10 * asgd->loss[t]);
            assert_true(fabs(other->settle / asgd->settle - 1) > 1e-3);
            tg_prediction_free(same);
            tg_prediction_free(other);
        }
        tg_prediction_free(asgd);
        close_world(&w);
    }
}

/* Where L is so small that no step is bounded the rule is ASGD, exactly; where it binds it is not. */
static void
test_koloskova(void **state)
{
    const tg_predict_plan plan = { .target = NAN };
    world                 w = open_world("{law: exponential, mean: 1}");
    tg_prediction        *asgd = NULL, *loose = NULL, *tight = NULL;

    (void)state;
    assert_ok(tg_predict_rule(&w.m, w.c, "asgd", 0, .1, &plan, &asgd));
    assert_ok(tg_predict_rule(&w.m, w.c, "koloskova", 1e-9, .1, &plan, &loose));
    assert_ok(tg_predict_rule(&w.m, w.c, "koloskova", 1, .1, &plan, &tight));
    assert_int_equal(tight->level, TG_LEVEL_EXACT);
    assert_near(loose->floor, asgd->floor, 1e-10 * asgd->floor);
    assert_true(tight->floor < .99 * asgd->floor);
    assert_true(tight->step_limit > 1.05 * asgd->step_limit);
    tg_prediction_free(asgd);
    tg_prediction_free(loose);
    tg_prediction_free(tight);
    close_world(&w);
}

/* Groups of two speeds with minima of their own do not settle where arrivals weigh equally. */
static void
test_refused(void **state)
{
    const size_t          count[2] = { 2, 2 };
    const double          two = 2, minimum[4] = { 1, 1, -1, -1 }, zero[1] = { 0 }, one = 1;
    const tg_predict_plan plan = { .target = NAN };
    double                weight[4];
    tg_delay             *law[2] = { NULL, NULL };
    tg_cluster           *c = NULL;
    tg_problem           *p = NULL;
    tg_modes              m = { 0 };
    tg_prediction        *of = NULL;

    (void)state;
    assert_ok(tg_delay_create("exponential", &one, &law[0]));
    assert_ok(tg_delay_create("exponential", &two, &law[1]));
    assert_ok(tg_cluster_create(2, count, law, false, &c));
    assert_ok(tg_problem_quadratic(1, &one, &one, zero, 4, minimum, &p));
    tg_cluster_weights(c, weight);
    assert_ok(tg_problem_modes(p, weight, &m));
    assert_fails(tg_predict_rule(&m, c, "staleness_aware", 0, .1, &plan, &of), TG_EDOMAIN,
                 "are simulated");
    assert_ok(tg_predict_rule(&m, c, "asgd", 0, .1, &plan, &of));
    tg_prediction_free(of);
    tg_modes_free(&m);
    tg_problem_free(p);
    tg_cluster_free(c);
    for (int i = 0; i < 2; i++) tg_delay_free(law[i]);
}

RUN(cmocka_unit_test(test_simulated), cmocka_unit_test(test_asgd),
    cmocka_unit_test(test_koloskova), cmocka_unit_test(test_refused))
