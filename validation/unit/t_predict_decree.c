/* Staleness by decree, predicted and simulated: rules, optimisers, laws of rounds; and what is refused. */
#include "validation/unit/check.h"

#include "asgd/theory/compare.h"
#include "study/scene.h"

static const char frame[] =
    "seed: 5\n"
    "objective: {quadratic: {eigenvalues: [1.0, 0.3], start: [1.0, 2.0], minimum_spread: "
    "%s,\n"
    "  noise: {additive: 0.2}}}\n"
    "workers: [{count: %d, compute: %s}]\n"
    "workers_start: %s\n"
    "algorithm: %s\n"
    "target: {loss: 0.1}\nhorizon: 120\nreplicas: 600\npoints: 61\n";

static tg_study *
study_begun(const char *start, int workers, const char *law, const char *rule,
            const char *spread)
{
    char      text[1000];
    tg_study *s = NULL;

    snprintf(text, sizeof text, frame, spread, workers, law, start, rule);
    assert_ok(tg_study_parse(text, "study", &s));
    return s;
}

static tg_study *
study_of(int workers, const char *law, const char *rule, const char *spread)
{
    return study_begun(workers % 2 ? "staggered" : "together", workers, law, rule, spread);
}

static const char constant[] = "{law: constant, value: 1}",
                  gamma4[] = "{law: gamma, shape: 4, mean: 1}",
                  lognormal[] = "{law: lognormal, mean: 1, cv: 0.7}";

static const struct {
    int         workers;
    const char *law, *rule, *spread;
} cases[] = {
    { 4, constant, "{name: stale_uniform, most: 4, step: 0.1}", "0" },
    { 1, constant, "{name: stale_uniform, most: 4, step: 0.5}", "0" },
    { 4, gamma4, "{name: stale_geometric, mean: 2, step: 0.05}", "0" },
    { 2, "{law: gamma, shape: 1000, mean: 1}", "{name: stale_uniform, most: 3, step: 0.2}",
      "0" },
    { 2, "{law: pareto, shape: 2.5, mean: 1}", "{name: stale_uniform, most: 3, step: 0.2}",
      "0" },
    { 8, "{law: pareto, shape: 2.5, mean: 1}", "{name: stale_uniform, most: 3, step: 0.02}",
      "0" },
    { 8, "{law: lognormal, mean: 1, cv: 3}", "{name: stale_uniform, most: 3, step: 0.02}",
      "0" },
    { 8, "{law: uniform, min: 1, max: 3}", "{name: stale_uniform, most: 3, step: 0.02}",
      "0" },
    { 4, lognormal, "{name: stale_constant, extra: 3, step: 0.06}", "0" },
    { 3, gamma4,
      "{name: stale_constant, extra: 4, step: 0.08, optimiser: {name: heavy_ball, "
      "momentum: 0.3}}",
      "0" },
    { 5, constant, "{name: stale_constant, extra: 4, step: 0.04}", "0" },
    { 3, constant, "{name: stale_table, lag_weights: [0.5, 0, 0.2, 0.3], step: 0.1}",
      "0.7" },
    { 4, constant,
      "{name: stale_uniform, most: 8, step: 0.02, optimiser: {name: heavy_ball, momentum: "
      "0.5}}",
      "0.5" },
    { 4, gamma4,
      "{name: stale_uniform, most: 4, step: 0.04, optimiser: {name: nesterov, momentum: "
      "0.4}}",
      "0" },
};
enum { CASES = sizeof cases / sizeof *cases, ALGORITHM = 0 };

/* Claims of a study's prediction against the simulation of another. */
static tg_tally
held(const tg_study *predicted, const tg_study *simulated)
{
    tg_scene       a, b;
    tg_prediction *p = NULL;
    tg_simulation *s = NULL;
    tg_claim       claim[TG_CLAIMS];
    tg_tally       t = { 0 };

    assert_ok(tg_scene_open(predicted, 0, &a));
    assert_ok(tg_scene_open(simulated, 0, &b));
    assert_ok(tg_scene_predict(&a, ALGORITHM, &p));
    assert_ok(tg_scene_simulate(&b, ALGORITHM, NULL, &s));
    assert_int_equal(p->level, TG_LEVEL_EXACT);
    const size_t n = tg_compare(p, s, "", simulated->target, claim);
    for (size_t i = 0; i < n; i++) tg_tally_add(&t, claim[i].judgement);
    for (size_t i = 0; i < p->points; i++) { /* all of the course */
        const double is = s->loss[i].mean, error = tg_stats_error(&s->loss[i]);
        const double range = error > 0 ? 4 * error : 5 * is / (double)simulated->replicas;
        if (!(is < p->high[i] + range && is > p->low[i] - range)) t.of[TG_FAILS]++;
    }
    tg_prediction_free(p);
    tg_simulation_free(s);
    tg_scene_close(&a);
    tg_scene_close(&b);
    return t;
}

static void
predictions_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        tg_study *s =
            study_of(cases[i].workers, cases[i].law, cases[i].rule, cases[i].spread);
        const tg_tally t = held(s, s);
        if (t.of[TG_FAILS] > 0) print_error("case %zu fails\n", i);
        assert_int_equal(t.of[TG_FAILS], 0);
        assert_true(t.of[TG_HOLDS] >= 1);
        tg_study_free(s);
    }
}

/* Workers that begin within jobs: what that makes of the first round is stated, and before it is over all may be moved. */
static void
another_first_round_is_within_what_is_stated(void **state)
{
    static const char        rule[] = "{name: stale_uniform, most: 3, step: 0.02}";
    static const char *const law[] = { constant, gamma4, "{law: uniform, min: 1, max: 3}",
                                       "{law: shifted_exponential, shift: 1, mean: 0.1}" };

    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (int workers = 1; workers <= 8; workers += 7) {
            tg_study *s = study_begun("staggered", workers, law[i], rule, "0");
            s->horizon = 10;
            assert_int_equal(held(s, s).of[TG_FAILS], 0);
            tg_study_free(s);
        }
}

static double
settling(const char *law, double horizon, double *error)
{
    tg_study *s =
        study_begun("together", 1, law, "{name: stale_uniform, most: 3, step: 0.1}", "0");
    tg_scene       a;
    tg_prediction *p = NULL;

    s->horizon = horizon;
    assert_ok(tg_scene_open(s, 0, &a));
    assert_ok(tg_scene_predict(&a, ALGORITHM, &p));
    const double settle = p->settle;
    *error = p->settle_error;
    tg_prediction_free(p);
    tg_scene_close(&a);
    tg_study_free(s);
    return settle;
}

/* Rounds of nearly one length go down in stairs: the time to target is that of constant ones, within what is stated. */
static void
stairs_are_within_what_is_stated(void **state)
{
    (void)state;
    for (double horizon = 100; horizon < 400; horizon *= 1.13) {
        double       error, unsure;
        const double exact = settling(constant, horizon, &error);
        assert_true(isfinite(exact));
        const double stairs =
            settling("{law: gamma, shape: 1e6, mean: 1}", horizon, &unsure);
        assert_near(stairs, exact, error + unsure + 4e-3 * sqrt(exact));
    }
}

/* One round more of lag, a worker more, or another momentum is seen. */
static void
other_studies_are_told_apart(void **state)
{
    static const char        ball[] = "{name: stale_uniform, most: 4, step: 0.1, "
                                      "optimiser: {name: heavy_ball, momentum: 0.1}}";
    static const char *const other[] = { "{name: stale_uniform, most: 5, step: 0.1}",
                                         "{name: stale_uniform, most: 4, step: 0.11}",
                                         "{name: stale_constant, extra: 2, step: 0.1}",
                                         ball };
    tg_study                *s = study_of(4, constant, cases[0].rule, "0");

    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        tg_study *o = study_of(4, constant, other[i], "0");
        assert_true(held(o, s).of[TG_FAILS] > 0);
        tg_study_free(o);
    }
    tg_study_free(s);
}

/* A round of constant times is as long as the slowest worker's, exactly. */
static void
rounds_of_constant_times_are_exact(void **state)
{
    tg_study      *s = NULL;
    tg_scene       scene;
    tg_prediction *p = NULL;

    (void)state;
    assert_ok(tg_study_parse("objective: {quadratic: {eigenvalues: [1], start: 1}}\n"
                             "workers: [{count: 2, compute: {law: constant, value: 0.7}},\n"
                             "  {count: 1, compute: {law: constant, value: 1.9}}]\n"
                             "workers_start: together\n"
                             "algorithm: {name: stale_constant, extra: 0, step: 0.1}\n"
                             "target: {loss: 0.1}\nhorizon: 19\npoints: 11\n",
                             "study", &s));
    assert_ok(tg_scene_open(s, 0, &scene));
    assert_ok(tg_scene_predict(&scene, 0, &p));
    assert_near(p->delay_mean, 1.9, 1e-15);
    for (size_t i = 0; i < p->points; i++)
        assert_near(p->loss[i] / (pow(0.7, 2 * (double)i) / 2), 1, 1e-9);
    assert_near(p->settle, 3 * 1.9, 1e-9); /* .7^6 / 2 = .059 */
    assert_near(p->step_limit, 2. / 3, 1e-9);
    assert_near(p->rate, -log(0.7) / 1.9, 1e-12);
    tg_prediction_free(p);
    tg_scene_close(&scene);
    tg_study_free(s);
}

/* Beyond the limit: whether single runs settle is known from them. */
static void
verdicts_follow_single_runs(void **state)
{
    static const struct {
        const char *rule;
        tg_outcome  outcome;
    } at[] = { { "{name: stale_uniform, most: 2, step: 0.94}", TG_CONVERGES },
               { "{name: stale_uniform, most: 2, step: 1.0}", TG_UNDECIDED },
               { "{name: stale_uniform, most: 2, step: 1.65}", TG_DIVERGES } };

    (void)state;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        tg_study      *s = study_of(1, constant, at[i].rule, "0");
        tg_scene       scene;
        tg_prediction *p = NULL;
        assert_ok(tg_scene_open(s, 0, &scene));
        assert_ok(tg_scene_predict(&scene, 0, &p));
        assert_int_equal(p->outcome, at[i].outcome);
        assert_near(p->threshold, 1.5, 1e-9);
        tg_prediction_free(p);
        tg_scene_close(&scene);
        tg_study_free(s);
    }
}

static void
what_is_not_known_is_said(void **state)
{
    static const char *const rule[] = {
        "{name: stale_uniform, most: 4, step: 0.1, optimiser: adam}",
        "{name: stale_uniform, most: 4, step: 1, stage_sizes: [1, 1], stage_lags: [0, 2]}",
        "{name: stale_uniform, most: 4, step: 0.1, clip: 1}"
    };

    (void)state;
    for (size_t i = 0; i < sizeof rule / sizeof *rule; i++) {
        tg_study      *s = study_of(2, constant, rule[i], "0");
        tg_scene       scene;
        tg_prediction *p = NULL;
        assert_ok(tg_scene_open(s, 0, &scene));
        assert_fails(tg_scene_predict(&scene, 0, &p), TG_EDOMAIN, "theory does not know");
        tg_scene_close(&scene);
        tg_study_free(s);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predictions_hold),
        cmocka_unit_test(stairs_are_within_what_is_stated),
        cmocka_unit_test(another_first_round_is_within_what_is_stated),
        cmocka_unit_test(other_studies_are_told_apart),
        cmocka_unit_test(rounds_of_constant_times_are_exact),
        cmocka_unit_test(verdicts_follow_single_runs),
        cmocka_unit_test(what_is_not_known_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
