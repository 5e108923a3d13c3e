/* paces: each kind of changing speed by hand or by what is known of it */
#include "validation/unit/worklog.h"

#include "asgd/sim/replicas.h"
#include "asgd/workers/pace.h"

/* A job that is lost with its machine: (1/f + r)(e^{f W} - 1); one that goes on: W (1 + f r). */
static void
test_failure(void **state)
{
    tg_problem *problem = parabola(1);

    (void)state;
    for (int lost = 0; lost < 2; lost++) {
        tg_cluster *c = cluster_of(1, "{law: constant, value: 1.2}", true);
        tg_pace     p = { .choice = tg_choice_of(&tg_pace_failure.is) };
        tg_stats    s = { 0 };
        assert_ok(tg_choice_set(&p.choice, "working", 1.5));
        assert_ok(tg_choice_set(&p.choice, "repair", .7));
        assert_ok(tg_choice_set(&p.choice, "lost", lost));
        assert_ok(tg_cluster_set_pace(c, 0, 1, &p));
        assert_true(lost ? isnan(tg_cluster_rate(c))
                         : fabs(tg_cluster_rate(c) - 1.5 / 2.2 / 1.2) < 1e-15);
        const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 8);
        run_until(&setup, 0, 60000);
        for (size_t i = 0; i < worklogs; i++)
            tg_stats_add(&s, worklog[i].now - worklog[i].began);
        const double kept = 1.2 * (1 + .7 / 1.5), gone = (1.5 + .7) * (exp(.8) - 1);
        assert_mean(s, lost ? gone : kept);
        assert_true(fabs(s.mean - (lost ? kept : gone)) > 10 * tg_stats_error(&s));
        tg_cluster_free(c);
    }
    tg_problem_free(problem);
}

/* Windows of 3 out of 10: jobs of 2, by hand; the second worker half a period before. */
static void
test_windows(void **state)
{
    const double first[] = { 2, 11, 13, 22, 31, 33 }, second[] = { 7, 16, 18, 27, 36 };
    tg_problem  *problem = parabola(2);
    tg_cluster  *c = cluster_of(2, "{law: constant, value: 2}", true);
    tg_pace      p = { .choice = tg_choice_of(&tg_pace_windows.is) };

    (void)state;
    assert_ok(tg_choice_set(&p.choice, "period", 10));
    assert_ok(tg_choice_set(&p.choice, "open", .3));
    assert_ok(tg_choice_set(&p.choice, "shift", .5));
    assert_ok(tg_cluster_set_pace(c, 0, 2, &p));
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 8);
    tg_sim        *s = NULL;
    tg_happening   h;
    assert_ok(tg_sim_create(&setup, 0, &s));
    assert_true(tg_sim_available(s, 0) && !tg_sim_available(s, 1));
    for (size_t i[2] = { 0 }; i[0] + i[1] < 11;) {
        const double t = tg_sim_next(s);
        assert_ok(tg_sim_advance(s, &h));
        assert_near(t, h.worker ? second[i[1]] : first[i[0]], 1e-12);
        i[h.worker]++;
        assert_true(tg_sim_available(s, h.worker) == (fmod(t, 5) != 3));
    }
    tg_sim_free(s);
    tg_cluster_free(c);
    tg_problem_free(problem);
}

/* Speed 1 to 1.5, 1/4 to 4, 2 to 20, 3/4 from then on: jobs of 3. */
static void
test_schedule(void **state)
{
    const double  at[] = { 4.4375, 5.9375, 7.4375 };
    tg_problem   *problem = parabola(1);
    tg_cluster   *c = cluster_of(1, "{law: constant, value: 3}", true);
    const double  times[] = { 1.5, 4, 20 }, speeds[] = { .25, 2, .75 };
    const tg_pace p = { tg_choice_of(&tg_pace_schedule.is), times, speeds, 3 };

    (void)state;
    assert_ok(tg_cluster_set_pace(c, 0, 1, &p));
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 8);
    run_until(&setup, 0, 50);
    for (size_t i = 0; i < 3; i++) assert_near(worklog[i].now, at[i], 1e-14);
    assert_near(worklog[worklogs - 1].now - worklog[worklogs - 2].now, 4, 1e-13);
    tg_cluster_free(c);
    tg_problem_free(problem);
}

/* Covariance exp(s^2 rho^k) - 1 of the speeds and mean 1, by blocks long against the memory. */
static void
test_drift(void **state)
{
    enum { BLOCKS = 200, LENGTH = 4000, LAGS = 40 };
    const tg_pace p = { .choice = { &tg_pace_drift.is, { 2, .5, .25 } } };
    const double  rho = exp(-.125);
    static double v[BLOCKS * LENGTH + LAGS];
    const size_t  lags[] = { 0, 1, 4, 12, LAGS };
    tg_stretch    at = { 0 };
    tg_stats      mean = { 0 };

    (void)state;
    for (size_t i = 0; i < BLOCKS * LENGTH + LAGS; i++) {
        tg_rng g = tg_rng_of(77, TG_PURPOSE_PACE, 3, at.n);
        tg_pace_drift.next(&p, 0, &g, &at);
        assert_near(at.end, .25 * (double)++at.n, 1e-9);
        v[i] = at.speed;
    }
    for (size_t k = 0; k < sizeof lags / sizeof *lags; k++) {
        tg_stats cov = { 0 };
        for (size_t b = 0; b < BLOCKS; b++) {
            double sum = 0, product = 0;
            for (size_t i = b * LENGTH; i < (b + 1) * LENGTH; i++) {
                sum += v[i];
                product += (v[i] - 1) * (v[i + lags[k]] - 1);
            }
            if (k == 0) tg_stats_add(&mean, sum / LENGTH);
            tg_stats_add(&cov, product / LENGTH);
        }
        const double expected = exp(.25 * pow(rho, (double)lags[k])) - 1;
        assert_mean(cov, expected);
        assert_true(fabs(cov.mean - exp(.25 * pow(rho, lags[k] + 4.)) + 1) >
                        4 * tg_stats_error(&cov) ||
                    lags[k] == LAGS);
    }
    assert_mean(mean, 1);
}

/* Replicas of machines whose rate no law knows: failures that do not come within the horizon change
 * nothing, the crossing neither; those that never end leave what was there before them. */
static void
test_replicas(void **state)
{
    const tg_replicas_plan plan = {
        .horizon = 60, .points = 7, .target = .01, .replicas = 16, .threads = 1
    };
    const double   working[] = { INFINITY, 1e300, 1e-300 }, repair[] = { 1, 1, INFINITY };
    tg_problem    *problem = parabola(4);
    tg_simulation *s[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        tg_cluster *c = cluster_of(4, "{law: gamma, shape: 4, mean: 1}", false);
        tg_pace     p = { .choice = tg_choice_of(&tg_pace_failure.is) };
        assert_ok(tg_choice_set(&p.choice, "working", working[i]));
        assert_ok(tg_choice_set(&p.choice, "repair", repair[i]));
        assert_ok(tg_cluster_set_pace(c, 0, 4, &p));
        assert_true(i == 1 ? isnan(tg_cluster_rate(c)) : tg_cluster_rate(c) == (i ? 0 : 4));
        assert_near(tg_cluster_pulse(c), 4, 1e-15);
        const tg_setup setup = tg_setup_of(problem, c, tg_rule(&tg_rule_asgd), .03, 8);
        assert_ok(tg_replicas_run(&setup, &plan, &s[i]));
        tg_cluster_free(c);
    }
    for (size_t i = 0; i < plan.points; i++) {
        assert_true(s[1]->loss[i].mean == s[0]->loss[i].mean);
        assert_true(s[2]->loss[i].mean == s[0]->loss[0].mean);
    }
    assert_true(isfinite(s[0]->settle) && s[1]->settle == s[0]->settle);
    assert_true(isinf(s[2]->settle) && s[2]->ledger.delivered == 0);
    for (int i = 0; i < 3; i++) tg_simulation_free(s[i]);
    tg_problem_free(problem);
}

RUN(cmocka_unit_test(test_replicas), cmocka_unit_test(test_failure),
    cmocka_unit_test(test_windows), cmocka_unit_test(test_schedule),
    cmocka_unit_test(test_drift))
