/* Factorisation: gradients against differences, planted factors found again, every rule. */
#include "validation/unit/rules.h"

#include "asgd/problems/dataset.h"
#include "asgd/problems/factorisation.h"
#include "asgd/rules/rule.h"
#include "core/stats.h"

static tg_problem *
problem(tg_planted what, double test, tg_factorisation plan, const char *split)
{
    tg_ratings  r = { 0 };
    tg_problem *p = NULL;

    plan.seed = 1;
    plan.start = plan.start > 0 ? plan.start : .1;
    assert_ok(tg_choice_find(tg_splits, "split", split, &plan.split));
    if (!strcmp(split, "dirichlet")) plan.split.param[0] = 1;
    assert_ok(tg_ratings_planted(&what, 1, &r));
    assert_ok(tg_ratings_hold_out(&r, test, 1));
    assert_ok(tg_problem_factorisation(&r, &plan, &p));
    return p;
}

static double
loss(const tg_problem *p, const double *x)
{
    return p->kind->loss(p->self, x, NULL);
}

/* Central differences of F, 1e-7 of the largest slope; F is the mean of the workers'. */
static void
test_gradient(void **state)
{
    static const char *const split[] = { "contiguous", "identical", "label", "dirichlet" };
    enum { DIM = (5 + 4) * 3 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        tg_problem *p =
            problem((tg_planted){ 5, 4, 16, 2, .5 }, .25,
                    (tg_factorisation){
                        .rank = 3, .l2 = .1, .centred = i % 2, .start = .7, .workers = 2 },
                    split[i]);
        double x[DIM], g[DIM], share[DIM], mean[DIM] = { 0 }, most = 0, worst = 0;
        assert_int_equal(p->dim, DIM);
        p->kind->start(p->self, x);
        p->kind->slope(p->self, x, NULL, g);
        for (int j = 0; j < DIM; j++) most = fmax(most, fabs(g[j]));
        for (int j = 0; j < DIM; j++) {
            const double at = x[j];
            x[j] = at + 1e-5;
            const double high = loss(p, x);
            x[j] = at - 1e-5;
            worst = fmax(worst, fabs((high - loss(p, x)) / 2e-5 - g[j]));
            x[j] = at;
        }
        assert_near(worst / most, 0, 1e-7);
        assert_true(most > .01);
        for (size_t w = 0; w < 2; w++) {
            p->kind->gradient(p->self, w, x, NULL, NULL, share);
            for (int j = 0; j < DIM; j++) mean[j] += share[j] / 2;
        }
        for (int j = 0; j < DIM; j++) assert_near(mean[j], g[j], 1e-14);
        tg_problem_free(p);
    }
}

/* Two users, one item, by hand: F, its gradient, the mean and the score. */
static void
test_by_hand(void **state)
{
    tg_ratings   r = { .count = 3, .test = 1, .users = 2, .items = 1 };
    tg_problem  *p = NULL;
    const double x[] = { 2, -1, .5 }; /* u_0, u_1, v_0 */
    double       g[3];

    (void)state;
    r.user = calloc(3, sizeof *r.user);
    r.item = calloc(3, sizeof *r.item);
    r.value = calloc(3, sizeof *r.value);
    r.user[1] = 1;
    r.value[0] = 5, r.value[1] = 1,
    r.value[2] = 4; /* mean 3; the last to test, of user 0 */
    const tg_factorisation plan = { .rank = 1,
                                    .l2 = .2,
                                    .start = 1,
                                    .centred = true,
                                    .workers = 1,
                                    .split = tg_choice_of(tg_splits[0]) };
    assert_ok(tg_problem_factorisation(&r, &plan, &p));
    assert_null(r.user);
    /* e = 2 - 1 = 1 and -2 + .5 = -1.5 */
    assert_near(loss(p, x), (1 + .2 * (4 + .25)) / 4 + (2.25 + .2 * (1 + .25)) / 4, 1e-15);
    p->kind->slope(p->self, x, NULL, g);
    assert_near(g[0], (.2 * 2 - 1 * .5) / 2, 1e-15);
    assert_near(g[1], (.2 * -1 + 1.5 * .5) / 2, 1e-15);
    assert_near(g[2], (.2 * .5 - 1 * 2) / 2 + (.2 * .5 - 1.5 * 1) / 2, 1e-15);
    assert_near(p->kind->score(p->self, x, NULL), 1, 0); /* 4 = 3 + 2 / 2 */
    assert_near(p->kind->score(p->self, (double[]){ 0, 0, 0 }, NULL), 0, 0);
    tg_problem_free(p);
}

/* Minibatches are unbiased, and the same job draws the same. */
static void
test_minibatch(void **state)
{
    enum { N = 20000, DIM = (5 + 4) * 2 };
    const tg_planted what = { 5, 4, 16, 2, .5 };
    tg_factorisation plan = { .rank = 2, .l2 = .1, .start = .7, .workers = 2 };
    tg_problem      *all = problem(what, 0, plan, "contiguous");
    double           x[DIM], exact[DIM], g[DIM], again[DIM];
    tg_stats         mean[DIM] = { { 0 } };

    (void)state;
    plan.batch = 3;
    tg_problem *some = problem(what, 0, plan, "contiguous");
    all->kind->start(all->self, x);
    all->kind->gradient(all->self, 1, x, NULL, NULL, exact);
    for (uint32_t i = 0; i < N; i++) {
        tg_rng draws = tg_rng_of(3, TG_PURPOSE_NOISE, 1, i), same = draws;
        some->kind->gradient(some->self, 1, x, &draws, NULL, g);
        some->kind->gradient(some->self, 1, x, &same, NULL, again);
        assert_memory_equal(g, again, sizeof g);
        for (int j = 0; j < DIM; j++) tg_stats_add(&mean[j], g[j]);
    }
    for (int j = 0; j < DIM; j++)
        assert_near(mean[j].mean, exact[j], 4 * tg_stats_error(&mean[j]) + 1e-15);
    tg_problem_free(all);
    tg_problem_free(some);
}

/* The model after so many updates of four exponential workers. */
static void
train(const tg_problem *p, tg_choice rule, double step, uint64_t updates, double *x)
{
    tg_cluster *c = NULL;
    tg_delay   *law = NULL;

    assert_ok(tg_delay_parse("{law: exponential, mean: 1}", &law));
    assert_ok(tg_cluster_create(1, &(size_t){ 4 }, &law, false, &c));
    tg_setup     u = tg_setup_of(p, c, rule, step, 1);
    const tg_lag lag = { .weight = (double[]){ 1, 2 }, .most = 1 };
    if (!strcmp(rule.kind->name, "stale_table")) u.lag = &lag;
    tg_sim *s = simulation(&u, 0);
    for (size_t i = 0; i < 200000 && tg_sim_updates(s) < updates; i++) advance(s);
    assert_true(tg_sim_updates(s) >= updates);
    memcpy(x, tg_sim_model(s), p->dim * sizeof *x);
    tg_sim_free(s);
    tg_cluster_free(c);
    tg_delay_free(law);
}

/* Without noise the training loss goes to 0 and unseen ratings are foretold, also where every update
 * is up to 4 rounds late; with a factor too few neither. */
static void
test_planted(void **state)
{
    const tg_planted what = { 60, 40, 1600, 2, 0 };
    tg_choice        late = rule_with(&tg_rule_stale_uniform, "most", 4);
    double           x[300];

    (void)state;
    for (int few = 0; few < 2; few++) {
        tg_problem *p = problem(
            what, .1, (tg_factorisation){ .rank = few ? 1 : 2, .batch = 32, .workers = 4 },
            "identical");
        for (int stale = 0; stale < 2; stale++) {
            train(p, stale ? late : tg_rule(&tg_rule_asgd), stale ? 1 : 3,
                  stale ? 1500 : 3000, x);
            const double score = p->kind->score(p->self, x, NULL);
            if (few) {
                assert_true(loss(p, x) > .05);
                assert_true(score < .95);
            } else {
                assert_near(loss(p, x), 0, 1e-8);
                assert_near(score, 1, 1e-6);
            }
        }
        tg_problem_free(p);
    }
}

/* It runs under every rule, and none is left where it began. */
static void
test_every_rule(void **state)
{
    tg_problem *p =
        problem((tg_planted){ 20, 10, 150, 1, 0 }, 0,
                (tg_factorisation){ .rank = 1, .batch = 4, .workers = 4 }, "label");
    double x0[30], x[30];

    (void)state;
    p->kind->start(p->self, x0);
    for (size_t i = 0; tg_rules[i]; i++) {
        if (!strcmp(tg_rules[i]->name, "stale_table"))
            continue; /* its weights are a list */
        tg_rng    g = tg_rng_stream(1, TG_PURPOSE_TEST, i);
        tg_choice rule = fitted(tg_rules[i], 4, &g, true);
        train(p, rule, .5, 20, x);
        for (int j = 0; j < 30; j++) assert_true(isfinite(x[j]));
        assert_memory_not_equal(x, x0, sizeof x);
    }
    tg_problem_free(p);
}

static void
test_bad_input(void **state)
{
    static const struct {
        tg_factorisation plan;
        const char      *words;
    } bad[] = {
        { { .rank = 0, .start = 1, .workers = 1 }, "a rank >= 1, l2 >= 0 and a start > 0" },
        { { .rank = 1, .start = 0, .workers = 1 }, "start" },
        { { .rank = 1, .start = 1, .l2 = -1, .workers = 1 }, "l2" },
        { { .rank = 1, .start = 1, .l2 = NAN, .workers = 1 }, "l2" },
        { { .rank = 1, .start = 1, .workers = 5 }, "4 samples cannot be split over 5" },
    };
    tg_ratings  r = { 0 };
    tg_problem *p = NULL;

    (void)state;
    assert_ok(tg_ratings_planted(&(tg_planted){ 2, 2, 4, 1, 0 }, 1, &r));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tg_factorisation plan = bad[i].plan;
        plan.split = tg_choice_of(tg_splits[0]);
        assert_fails(tg_problem_factorisation(&r, &plan, &p), TG_EDOMAIN, bad[i].words);
        assert_null(p);
        assert_non_null(r.user);
    }
    tg_ratings_free(&r);
}

RUN(cmocka_unit_test(test_gradient), cmocka_unit_test(test_by_hand),
    cmocka_unit_test(test_minibatch), cmocka_unit_test(test_planted),
    cmocka_unit_test(test_every_rule), cmocka_unit_test(test_bad_input))
