/* A tuned step is as good as the best of a fine grid, whatever the units; where the target cannot be
 * reached it still comes closest; and the same seed gives the same step. */
#include "validation/unit/check.h"

#include "asgd/sim/replicas.h"
#include "study/tune.h"

static tg_study *
parsed(const char *format, ...)
{
    char      text[1000];
    tg_study *s = NULL;
    va_list   rest;

    va_start(rest, format);
    vsnprintf(text, sizeof text, format, rest);
    va_end(rest);
    assert_ok(tg_study_parse(text, "test", &s));
    return s;
}

/* What the study's only algorithm makes least, at this step. */
static double
value_at(const tg_study *study, double step)
{
    tg_cluster    *cluster = NULL;
    tg_problem    *problem = NULL;
    tg_simulation *r = NULL;

    assert_ok(tg_study_cluster(study, 0, &cluster));
    assert_ok(tg_study_problem(study, cluster, &problem));
    tg_setup setup = tg_study_setup(study, 0, problem, cluster);
    setup.step = step;
    const tg_replicas_plan plan = { .horizon = study->horizon,
                                    .points = 2,
                                    .target = study->target,
                                    .replicas = TG_TUNE_REPLICAS };
    assert_ok(tg_replicas_run(&setup, &plan, &r));
    const double value = isnan(study->target) ? r->floor.mean : r->settle;
    tg_simulation_free(r);
    tg_problem_free(problem);
    tg_cluster_free(cluster);
    return value;
}

static const char timed[] =
    "objective: {quadratic: {eigenvalues: [1, .2], noise: {additive: .1}}}\n"
    "workers: [{count: 8, compute: {law: gamma, shape: 4, mean: 1}}]\n"
    "algorithm: {name: %s, step: tune}\ntarget: {loss: .02}\nhorizon: 60\n";

static void
against_a_grid(const tg_study *study)
{
    tg_tuning t;
    double    best = INFINITY, at = NAN;

    assert_true(isnan(study->algorithm[0].step));
    assert_ok(tg_study_tune(study, 0, NULL, &t));
    assert_true(t.reached);
    assert_true(value_at(study, t.step) == t.value);
    for (double s = t.step / 8; s < t.step * 8; s *= 1.04) {
        const double value = value_at(study, s);
        if (value < best) at = s;
        best = fmin(best, value);
    }
    assert_true(t.value <= 1.02 * best);
    assert_true(t.low <= 1.1 * at && at <= 1.1 * t.high);
    assert_true(t.low <= t.step && t.step <= t.high && t.high <= 1.2 * t.low);
    assert_true(t.tries <= TG_TUNE_TRIES);
}

static void
test_grid(void **state)
{
    static const char *rule[] = { "asgd", "dude", "sync" };

    (void)state;
    for (int i = 0; i < 3; i++) {
        tg_study *study = parsed(timed, rule[i]);
        against_a_grid(study);
        tg_study_free(study);
    }
}

/* Without a target: the best loss after a time too short for the floor of a small step. */
static void
test_floor(void **state)
{
    tg_study *study =
        parsed("objective: {quadratic: {eigenvalues: [1, .05], noise: {additive: .3}}}\n"
               "workers: [{count: 4, compute: {law: exponential, mean: 1}}]\n"
               "algorithm: {name: asgd, step: tune}\nhorizon: 40\n");

    (void)state;
    against_a_grid(study);
    tg_study_free(study);
}

/* Loss in another unit: the step in another one, by the same simulations. */
static void
test_units(void **state)
{
    static const char format[] =
        "objective: {quadratic: {eigenvalues: [%.17g, %.17g], noise: {additive: %.17g}}}\n"
        "workers: [{count: 8, compute: {law: gamma, shape: 4, mean: 1}}]\n"
        "algorithm: {name: asgd, step: tune}\ntarget: {loss: %.17g}\nhorizon: 60\n";
    tg_study *one = parsed(format, 1., .2, .1, .02);
    tg_study *many = parsed(format, 0x1p40, .2 * 0x1p40, .1 * 0x1p40, .02 * 0x1p40);
    tg_tuning a, b, again;

    (void)state;
    assert_ok(tg_study_tune(one, 0, NULL, &a));
    assert_ok(tg_study_tune(many, 0, NULL, &b));
    assert_ok(tg_study_tune(one, 0, NULL, &again));
    assert_near(b.step * 0x1p40, a.step, 1e-9 * a.step);
    assert_near(b.value, a.value, 1e-6 * a.value);
    assert_int_equal(a.tries, b.tries);
    assert_true(a.step == again.step && a.value == again.value);
    tg_study_free(one);
    tg_study_free(many);
}

/* A target below every floor: said, and the step is the one that comes closest, which is small. */
static void
test_out_of_reach(void **state)
{
    tg_study *study =
        parsed("objective: {quadratic: {eigenvalues: [1], noise: {additive: 1}}}\n"
               "workers: [{count: 4, compute: {law: exponential, mean: 1}}]\n"
               "algorithm: {name: asgd, step: tune}\ntarget: {loss: 1e-9}\nhorizon: 30\n");
    tg_tuning t;

    (void)state;
    assert_ok(tg_study_tune(study, 0, NULL, &t));
    assert_false(t.reached);
    assert_true(t.value > 2 * 30 && isfinite(t.value));
    assert_true(t.step > 0.01 && t.step < 0.3);
    tg_study_free(study);
}

/* Where noise is all that a step adds, none is better than to stay. */
static void
test_nothing_helps(void **state)
{
    tg_study *study =
        parsed("objective: {quadratic: {eigenvalues: [1, .2], noise: {additive: 1e3}}}\n"
               "workers: {count: 4, compute: {law: gamma, shape: 4, mean: 1}}\n"
               "algorithm: {name: asgd, step: tune}\ntarget: {loss: .02}\nhorizon: 40\n");
    tg_tuning t;

    (void)state;
    assert_fails(tg_study_tune(study, 0, NULL, &t), TG_EDIVERGED, "no step improves");
    tg_study_free(study);
}

static void
test_words(void **state)
{
    tg_study *study = NULL;

    (void)state;
    assert_fails(
        tg_study_parse("objective: {quadratic: {eigenvalues: 1}}\n"
                       "workers: {count: 1, compute: {law: exponential, mean: 1}}\n"
                       "algorithm: {name: asgd, step: tuned}\nhorizon: 1\n",
                       "test", &study),
        TG_EINPUT, "tuned");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid),  cmocka_unit_test(test_floor),
        cmocka_unit_test(test_units), cmocka_unit_test(test_out_of_reach),
        cmocka_unit_test(test_words), cmocka_unit_test(test_nothing_helps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
