/* Jobs that the server assigns, as workers that renew (THEORY.md 4): product form, Pollaczek and Khinchine, the
 * simulator, and what is refused. */
#include "validation/unit/clusters.h"
#include "validation/unit/rules.h"

#include "asgd/sim/replicas.h"
#include "asgd/theory/setting.h"

static double
rate_of(const char *text, size_t count, bool shuffled, tg_assigned *out)
{
    tg_cluster *c = cluster_of(text, count), *jobs = NULL;

    assert_ok(tg_assigned_cluster(c, shuffled, &jobs, out));
    assert_int_equal(jobs->workers, count);
    assert_near(tg_cluster_rate(jobs), out->rate, 1e-12 * out->rate);
    tg_cluster_free(jobs);
    tg_cluster_free(c);
    return out->rate;
}

/* n jobs at n exponential workers: n of the 2n - 1 places are busy, lambda = n^2/((2n - 1) m). */
static void
test_product_form(void **state)
{
    tg_assigned a;

    (void)state;
    for (size_t n = 2; n < 2000; n = 3 * n + 1) {
        const double P = (double)n, exact = P * P / (2 * P - 1) / 2;
        assert_near(rate_of("{law: exponential, mean: 2}", n, false, &a), exact,
                    2e-5 * exact);
        /* negative control: permutations keep queues shorter */
        assert_true(rate_of("{law: exponential, mean: 2}", n, true, &a) > 1.05 * exact);
    }
}

/* Of many workers each is a queue with Poisson arrivals: rho + rho^2 (1 + CV^2)/(2 (1 - rho)) = 1 job, and of
 * exponential times a job takes an exponential time of twice their mean. */
static void
test_many_workers(void **state)
{
    static const char *const law[] = { "{law: exponential, mean: 1}",
                                       "{law: constant, value: 1}",
                                       "{law: gamma, shape: 4, mean: 1}",
                                       "{law: uniform, min: .5, max: 1.5}" };
    static const double      cv2[] = { 1, 0, .25, 1. / 12 };
    tg_assigned              a;

    (void)state;
    for (int i = 0; i < 4; i++) {
        double low = 0, high = 1;
        for (int k = 0; k < 60; k++) {
            const double r = (low + high) / 2;
            *(r + r * r * (1 + cv2[i]) / (2 * (1 - r)) < 1 ? &low : &high) = r;
        }
        assert_near(rate_of(law[i], 1000, false, &a) / 1000, low, .006 * low);
    }
    tg_cluster *c = cluster_of(law[0], 1000), *jobs = NULL;
    assert_ok(tg_assigned_cluster(c, false, &jobs, &a));
    for (double t = .25; t < 8; t *= 2)
        assert_near(tg_delay_cdf(jobs->law[0], t), -expm1(-t / 2), 4e-3);
    tg_cluster_free(jobs);
    tg_cluster_free(c);
}

/* Begun with a job each, they are ahead of what they are at rest by what was delivered meanwhile, as is simulated
 * of 300 workers; at first all work, so by t (m/(lambda/n) - 1). */
static void
test_begin(void **state)
{
    enum { N = 300, RUNS = 20 };
    static const tg_rule_kind *const rule[] = { &tg_rule_uniform, &tg_rule_shuffled };
    const double                     zero[1] = { 0 }, one[1] = { 1 };
    tg_problem                      *p = NULL;

    (void)state;
    assert_ok(tg_problem_quadratic(1, one, zero, zero, N, NULL, &p));
    for (int i = 0; i < 2; i++) {
        tg_cluster            *c = cluster_of("{law: gamma, shape: 2, mean: 1}", N);
        tg_setting             s;
        const tg_replicas_plan runs = {
            .horizon = 6, .points = 2, .replicas = RUNS, .threads = 1
        };
        tg_simulation *r = NULL;
        const tg_setup u = tg_setup_of(p, c, tg_rule(rule[i]), 1e-6, 3);
        assert_ok(tg_replicas_run(&u, &runs, &r));
        const double seen = (double)r->ledger.delivered / RUNS;
        assert_ok(tg_setting_assigned(c, i == 1, &s));
        const double rate = tg_cluster_rate(s.cluster),
                     want = rate * tg_setting_clock(&s, 6);
        const double few =
            .2 * (want - rate * 6) + 4 * sqrt(want / RUNS); /* as stated, and noise */
        assert_near(seen, want, few);
        assert_true(fabs(seen - rate * 6) > few); /* without the beginning it is false */
        assert_near(tg_setting_clock(&s, 0), 0, 1e-12);
        assert_near(tg_setting_clock(&s, .1), .1 * N / rate, .03 * N / rate);
        assert_true(s.assigned && s.shuffled == (i == 1) && s.doubt > 0 && s.doubt < .05);
        tg_simulation_free(r);
        tg_setting_free(&s);
    }
    tg_problem_free(p);
}

/* Groups of two speeds: deliveries as simulated, and x settles at the mean of the workers' minima, whose spread is
 * noise. */
static void
test_groups(void **state)
{
    const size_t count[2] = { 10, 5 };
    const double one[1] = { 1 }, zero[1] = { 0 };
    double       minimum[15], weight[15];
    tg_delay    *law[2] = { NULL, NULL };
    tg_cluster  *c = NULL;
    tg_problem  *p = NULL;
    tg_modes     m = { 0 }, of = { 0 };
    tg_setting   s;

    (void)state;
    assert_ok(tg_delay_parse("{law: exponential, mean: 1}", &law[0]));
    assert_ok(tg_delay_parse("{law: gamma, shape: 4, mean: 2}", &law[1]));
    assert_ok(tg_cluster_create(2, count, law, false, &c));
    for (int i = 0; i < 15; i++) minimum[i] = i < 10 ? -1 : 2;
    assert_ok(tg_problem_quadratic(1, one, one, zero, 15, minimum, &p));
    const tg_replicas_plan runs = {
        .horizon = 400, .points = 2, .replicas = 40, .threads = 1
    };
    tg_simulation *r = NULL;
    const tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_uniform), .01, 3);
    assert_ok(tg_replicas_run(&u, &runs, &r));
    tg_cluster_weights(c, weight);
    assert_ok(tg_problem_modes(p, weight, &m));
    assert_true(fabs(m.shift[0]) > .1); /* ASGD is biased */
    assert_ok(tg_setting_assigned(c, false, &s));
    const double want = tg_cluster_rate(s.cluster) * tg_setting_clock(&s, 400);
    assert_near((double)r->ledger.delivered / 40, want, .02 * want);
    assert_ok(tg_setting_modes(&s, &m, &of));
    assert_near(of.shift[0], 0, 0);
    assert_near(of.sigma2[0], 2, 1e-12); /* h^2 (2/3 + 4/3) */
    assert_null(of.minimum);
    tg_modes_free(&of);
    s.shuffled = true;
    assert_fails(tg_setting_modes(&s, &m, &of), TG_EDOMAIN, "permutations");
    tg_setting_free(&s);
    tg_modes_free(&m);
    tg_simulation_free(r);
    tg_problem_free(p);
    for (int i = 0; i < 2; i++) tg_delay_free(law[i]);
}

/* One worker has nobody to be chosen instead: ASGD itself. */
static void
test_one_worker(void **state)
{
    tg_setting s;

    (void)state;
    assert_ok(
        tg_setting_assigned(cluster_of("{law: gamma, shape: 3, mean: 1}", 1), true, &s));
    assert_false(s.assigned);
    assert_string_equal(s.rule, "asgd");
    assert_string_equal(tg_delay_name(s.cluster->law[0]), "gamma");
    assert_near(tg_setting_clock(&s, 3), 3, 0);
    tg_setting_free(&s);
}

/* The floor and the time to target of 10 workers are as simulated within what is stated; by the law of the jobs
 * alone, as if workers did not queue, they are not. */
static void
test_predictions(void **state)
{
    enum { P = 10 };
    static const tg_rule_kind *const rule[] = { &tg_rule_uniform, &tg_rule_shuffled };
    static const char *const         law[] = { "{law: exponential, mean: 1}",
                                               "{law: gamma, shape: 4, mean: 1}" };
    const double                     h = 1, x0 = 1, sigma = .1;
    const tg_predict_plan            plan = { .horizon = 30, .points = 121, .target = .02 };
    double                           weight[P];
    tg_problem                      *p = NULL;

    (void)state;
    for (int i = 0; i < P; i++) weight[i] = 1. / P;
    assert_ok(tg_problem_quadratic(1, &h, &x0, &sigma, P, NULL, &p));
    for (int i = 0; i < 4; i++) {
        tg_cluster            *c = cluster_of(law[i / 2], P);
        tg_modes               m = { 0 };
        tg_setting             s;
        tg_prediction         *of = NULL, *bare = NULL;
        tg_simulation         *r = NULL;
        const tg_replicas_plan runs = {
            .horizon = 30, .points = 121, .target = .02, .replicas = 1500, .threads = 1
        };
        const tg_setup u = tg_setup_of(p, c, tg_rule(rule[i % 2]), .04, 11);
        assert_ok(tg_replicas_run(&u, &runs, &r));
        assert_ok(tg_problem_modes(p, weight, &m));
        assert_ok(tg_predict(&m, c, &tg_asgd, .04, &plan, &bare));
        assert_ok(tg_setting_assigned(c, i % 2, &s));
        assert_ok(tg_setting_predict(&s, &m, .04, &plan, &of));
        const double noise = 4 * r->settle_error, last = r->loss[120].mean;
        assert_int_equal(of->points, 121);
        assert_true(fabs(of->settle - r->settle) <= of->settle_error + noise);
        assert_true(of->settle_error < .25 * of->settle); /* or it would be undecided */
        assert_true(fabs(bare->settle - r->settle) > 2 * (bare->settle_error + noise));
        assert_true(fabs(of->loss[120] - last) <=
                    (of->high[120] - of->low[120]) / 2 + 4 * tg_stats_error(&r->loss[120]));
        tg_prediction_free(of);
        tg_prediction_free(bare);
        tg_simulation_free(r);
        tg_setting_free(&s);
        tg_modes_free(&m);
    }
    tg_problem_free(p);
}

static void
test_refused(void **state)
{
    tg_cluster *jobs = NULL, *c = cluster_of("{law: pareto, shape: 1.5, mean: 1}", 5);
    tg_assigned a;

    (void)state;
    assert_fails(tg_assigned_cluster(c, false, &jobs, &a), TG_EDOMAIN, "variance");
    tg_cluster_free(c);
    c = cluster_of("{law: exponential, mean: 1}", 5000);
    assert_fails(tg_assigned_cluster(c, false, &jobs, &a), TG_EDOMAIN, "4096");
    tg_cluster_free(c);
    const double fast = 1, slow = 100;
    const size_t count[2] = { 400, 1 };
    tg_delay    *law[2] = { NULL, NULL };
    assert_ok(tg_delay_create("exponential", &fast, &law[0]));
    assert_ok(tg_delay_create("exponential", &slow, &law[1]));
    assert_ok(tg_cluster_create(2, count, law, false, &c));
    assert_fails(tg_assigned_cluster(c, false, &jobs, &a), TG_EDOMAIN, "pile up");
    assert_null(jobs);
    tg_cluster_free(c);
    for (int i = 0; i < 2; i++) tg_delay_free(law[i]);
}

RUN(cmocka_unit_test(test_product_form), cmocka_unit_test(test_many_workers),
    cmocka_unit_test(test_begin), cmocka_unit_test(test_groups),
    cmocka_unit_test(test_one_worker), cmocka_unit_test(test_predictions),
    cmocka_unit_test(test_refused))
