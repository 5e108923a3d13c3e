/* Where the mean settles when groups of workers pull apart: predicted, against long simulated runs. */
#include "validation/unit/check.h"

#include "asgd/sim/simulate.h"
#include "asgd/theory/predict.h"
#include "core/stats.h"

enum { FAST = 5, N = 10 };

typedef struct scene {
    tg_cluster *cluster;
    tg_problem *problem;
} scene;

/* Five workers each; h = 1, minima -1 of the first group and +1 of the second, F's is 0. */
static scene
scene_of(const char *fast, const char *slow)
{
    const double one = 1, none = 0;
    const size_t count[] = { FAST, N - FAST };
    tg_delay    *law[2] = { NULL, NULL };
    double       minima[N];
    scene        s = { 0 };

    assert_ok(tg_delay_parse(fast, &law[0]));
    assert_ok(tg_delay_parse(slow, &law[1]));
    assert_ok(tg_cluster_create(2, count, law, false, &s.cluster));
    for (int i = 0; i < N; i++) minima[i] = i < FAST ? -1 : 1;
    assert_ok(tg_problem_quadratic(1, &one, &one, &none, N, minima, &s.problem));
    for (int g = 0; g < 2; g++) tg_delay_free(law[g]);
    return s;
}

static void
close_scene(scene *s)
{
    tg_cluster_free(s->cluster);
    tg_problem_free(s->problem);
}

static tg_prediction *
predict(const scene *s, const tg_algorithm *rule, double step)
{
    const tg_predict_plan plan = { .target = NAN };
    double                weight[N];
    tg_modes              m;
    tg_prediction        *p = NULL;

    tg_cluster_weights(s->cluster, weight);
    assert_ok(tg_problem_modes(s->problem, weight, &m));
    assert_ok(tg_predict(&m, s->cluster, rule, step, &plan, &p));
    tg_modes_free(&m);
    return p;
}

/* Time averages of x over the blocks of one long run, after as much as a block. */
static tg_stats
averages(const scene *s, const tg_rule_kind *rule, double step)
{
    enum { BLOCKS = 60 };
    const double   length = 400;
    const tg_setup u = tg_setup_of(s->problem, s->cluster, tg_rule(rule), step, 11);
    tg_sim        *sim = NULL;
    tg_happening   h;
    tg_stats       mean = { 0 };

    assert_ok(tg_sim_create(&u, 0, &sim));
    for (int b = 0; b <= BLOCKS; b++) {
        const double end = (b + 1) * length;
        double       sum = 0, now = b * length;
        while (now < end) {
            const double next = fmin(tg_sim_next(sim), end);
            sum += (next - now) * tg_sim_model(sim)[0];
            now = next;
            if (now < end) assert_ok(tg_sim_advance(sim, &h));
        }
        if (b > 0) tg_stats_add(&mean, sum / length);
    }
    tg_sim_free(sim);
    return mean;
}

/* Exponential jobs: arrivals weigh by their rates exactly, (5/.5 (-1) + 5/2)/(5/.5 + 5/2) = -.6. */
static void
test_exponential(void **state)
{
    scene s = scene_of("{law: exponential, mean: .5}", "{law: exponential, mean: 2}");
    tg_prediction *p = predict(&s, &tg_asgd, .05);
    const tg_stats x = averages(&s, &tg_rule_asgd, .05);

    (void)state;
    assert_near(p->mode[0].bias, -.6, 1e-10);
    assert_near(p->bias_loss, .18, 1e-10);
    assert_near(x.mean, p->mode[0].bias, 4 * tg_stats_error(&x));
    assert_true(tg_stats_error(&x) < .004);
    tg_prediction_free(p);
    close_scene(&s);
}

/* More regular ones: off by a share of 1/P, within the error that is told. */
static void
test_gamma(void **state)
{
    scene s = scene_of("{law: gamma, shape: 4, mean: .5}", "{law: exponential, mean: 2}");
    tg_prediction *p = predict(&s, &tg_asgd, .05);
    const tg_stats x = averages(&s, &tg_rule_asgd, .05);
    const double   bias = p->mode[0].bias, error = p->mode[0].bias_error;

    (void)state;
    assert_true(fabs(bias + .6) > 1e-4 && error > 0 && error < .02);
    assert_near(x.mean, bias, error + 4 * tg_stats_error(&x));
    assert_true(fabs(x.mean + .6) > 4 * tg_stats_error(&x)); /* not by their rates alone */
    tg_prediction_free(p);
    close_scene(&s);
}

/* At a loop gain of 1.2 both groups being gamma(4): off by a third of a percent of the way between
 * minima, .1812 of loss and not the .18 of the rates. */
static void
test_large_steps(void **state)
{
    scene s =
        scene_of("{law: gamma, shape: 4, mean: .5}", "{law: gamma, shape: 4, mean: 2}");
    tg_prediction *p = predict(&s, &tg_asgd, .12);
    const tg_stats x = averages(&s, &tg_rule_asgd, .12);
    const double   bias = p->mode[0].bias, error = p->mode[0].bias_error;

    (void)state;
    assert_near(x.mean, bias, error + 4 * tg_stats_error(&x));
    assert_near(p->bias_loss, bias * bias / 2, 1e-12);
    assert_true(fabs(bias + .6) > error && error < .002);
    tg_prediction_free(p);
    close_scene(&s);
}

/* DuDe-ASGD has none. */
static void
test_dude(void **state)
{
    scene s = scene_of("{law: exponential, mean: .5}", "{law: exponential, mean: 2}");
    tg_prediction *p = predict(&s, &tg_dude, .05);
    const tg_stats x = averages(&s, &tg_rule_dude, .05);

    (void)state;
    assert_near(p->mode[0].bias, 0, 1e-10);
    assert_near(p->bias_loss, 0, 1e-10);
    assert_near(x.mean, 0, 4 * tg_stats_error(&x) + 1e-12);
    assert_true(tg_stats_error(&x) < .004);
    tg_prediction_free(p);
    close_scene(&s);
}

RUN(cmocka_unit_test(test_exponential), cmocka_unit_test(test_gamma),
    cmocka_unit_test(test_large_steps), cmocka_unit_test(test_dude))
