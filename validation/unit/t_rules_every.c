/* What holds for every rule of the registry, on random clusters. */
#include "validation/unit/rules.h"

static bool
among(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(name, *list)) return true;
    return false;
}

/* Whoever delivers reads again at once, and nothing is aborted. */
static const char *const busy[] = {
    "asgd",       "delay_adaptive", "koloskova", "staleness_aware",
    "polynomial", "fedasync",       "dc_asgd",   "dc_asgd_adaptive",
    "drop",       "fedbuff",        "dude",      "rennala",
    "malenia",    "ringleader",     "local",     NULL
};

static void
test_ledger(void **state)
{
    (void)state;
    for (size_t i = 0; tg_rules[i]; i++)
        for (uint64_t seed = 0; seed < 12; seed++) {
            tg_rng       g = tg_rng_stream(seed, TG_PURPOSE_TEST, 100 + i);
            const size_t n = 1 + tg_rng_below(&g, 12);
            tg_cluster  *c = random_cluster(seed, n, seed % 2);
            tg_problem  *p = random_problem(seed, n, 0.5);
            tg_setup u = tg_setup_of(p, c, fitted(tg_rules[i], n, &g, false), .01, seed);
            if (seed >= 4 &&
                strncmp(tg_rules[i]->name, "stale_", 6)) /* plain workers only */
                u.behaviour = fitted(tg_behaviours[seed % 4], n, &g, false);
            if (!ledger_holds(&u, 2000))
                fail_msg("%s, seed %d", tg_rules[i]->name, (int)seed);
            tg_problem_free(p);
            tg_cluster_free(c);
        }
}

/* Also: what another rule does leaves everybody's draws as they were. The first job of a
 * staggered worker that has to wait is no longer under way at t = 0. */
static void
test_busy_workers(void **state)
{
    enum { N = 9 };
    static durations asgd, other;

    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        tg_rng      g = tg_rng_stream(seed, TG_PURPOSE_TEST, 99);
        tg_cluster *c = random_cluster(seed, N, seed % 2);
        tg_problem *p = random_problem(seed, N, 0.5);
        tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .01, seed);
        measure_durations(u, 3000, &asgd);
        for (size_t i = 0; tg_rules[i]; i++) {
            const bool is_busy = among(tg_rules[i]->name, busy);
            u.rule = fitted(tg_rules[i], N, &g, false);
            if (!strcmp(tg_rules[i]->name, "local")) u.rule.param[0] = 0; /* nobody waits */
            measure_durations(u, 3000, &other);
            if (!same_durations(&asgd, &other, N, seed % 2 ? 0 : 1))
                fail_msg("%s", tg_rules[i]->name);
            if (is_busy && !throughput_holds(&u, 4000)) fail_msg("%s", tg_rules[i]->name);
            if (is_busy && strcmp(tg_rules[i]->name, "ringleader") &&
                !staleness_adds_up(&u, 5000))
                fail_msg("%s", tg_rules[i]->name);
        }
        tg_problem_free(p);
        tg_cluster_free(c);
    }
}

/* One worker more leaves the others' draws as they were, staggered or not. */
static void
test_one_worker_more(void **state)
{
    enum { N = 6 };
    static durations few, more;

    (void)state;
    for (size_t i = 0; tg_rules[i]; i++)
        for (int together = 0; together < 2; together++) {
            tg_rng    g = tg_rng_stream(7, TG_PURPOSE_TEST, i);
            tg_choice rule =
                fitted(tg_rules[i], N, &g, !strcmp(tg_rules[i]->name, "local"));
            tg_cluster *c[] = { random_cluster(3, N, together),
                                random_cluster(3, N + 1, together) };
            tg_problem *p[] = { random_problem(3, N, 0.5), random_problem(3, N + 1, 0.5) };
            measure_durations(tg_setup_of(p[0], c[0], rule, .01, 5), 2000, &few);
            measure_durations(tg_setup_of(p[1], c[1], rule, .01, 5), 2000, &more);
            if (!same_durations(&few, &more, N, together ? 0 : 1))
                fail_msg("%s", tg_rules[i]->name);
            for (int k = 0; k < 2; k++) {
                tg_problem_free(p[k]);
                tg_cluster_free(c[k]);
            }
        }
}

/* Queues at workers: P jobs are on their way at any time, so mean staleness is P - 1. */
static void
test_staleness_with_queues(void **state)
{
    enum { N = 8, EVENTS = 400000 };
    static const tg_rule_kind *const queued[] = { &tg_rule_uniform, &tg_rule_shuffled };
    tg_cluster                      *c = random_cluster(2, N, false);
    tg_problem                      *p = random_problem(2, N, 0);

    (void)state;
    for (int i = 0; i < 2; i++) {
        const tg_setup u = tg_setup_of(p, c, tg_rule(queued[i]), 1e-4, 1);
        tg_sim        *s = simulation(&u, 0);
        double         sum = 0;
        for (int k = 0; k < EVENTS; k++) {
            sum += (double)advance(s).staleness;
            assert_int_equal(tg_sim_jobs(s), N);
        }
        assert_near(sum / EVENTS, N - 1, 0.01);
        tg_sim_free(s);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Without noise one worker is gradient descent, exactly but where means are kept. */
static void
test_one_worker(void **state)
{
    static const char *const means[] = { "dude", "mifa", NULL };

    (void)state;
    for (size_t i = 0; tg_rules[i]; i++)
        for (uint64_t seed = 0; seed < 3; seed++) {
            tg_rng      g = tg_rng_stream(seed, TG_PURPOSE_TEST, i);
            tg_cluster *c = random_cluster(seed, 1, seed % 2);
            tg_problem *p = random_problem(seed, 1, 0);
            tg_setup    u = tg_setup_of(p, c, fitted(tg_rules[i], 1, &g, true), .3, seed);
            if (!is_gradient_descent(&u, 60, among(tg_rules[i]->name, means) ? 1e-15 : 0))
                fail_msg("%s", tg_rules[i]->name);
            tg_problem_free(p);
            tg_cluster_free(c);
        }
}

/* Rounds of everybody are gradient descent on F, whatever the laws. */
static void
test_rounds(void **state)
{
    enum { N = 7 };
    const tg_choice rule[] = { tg_rule(&tg_rule_sync), rule_with(&tg_rule_k_sync, "k", N),
                               rule_with(&tg_rule_k_async, "k", N),
                               tg_rule(&tg_rule_mifa) };

    (void)state;
    for (int i = 0; i < 4; i++)
        for (uint64_t seed = 0; seed < 4; seed++) {
            tg_cluster    *c = random_cluster(seed, N, seed % 2);
            tg_problem    *p = random_problem(seed, N, 0);
            const tg_setup u = tg_setup_of(p, c, rule[i], .3, seed);
            if (!is_gradient_descent(&u, 60, 1e-14)) fail_msg("%s", rule[i].kind->name);
            tg_problem_free(p);
            tg_cluster_free(c);
        }
}

/* Of a limit: nothing staler is used, and the limit is met. */
static void
test_limits(void **state)
{
    enum { N = 9, EVENTS = 20000 };

    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++)
        for (double q = 1; q < 12; q += 3) {
            tg_cluster *c = random_cluster(seed, N, seed % 2);
            tg_problem *p = random_problem(seed, N, 0.5);
            tg_setup u = tg_setup_of(p, c, rule_with(&tg_rule_drop, "limit", q), .01, seed);
            assert_int_equal(stalest(&u, EVENTS, true), q);
            assert_true(stalest(&u, EVENTS, false) > q);
            u.rule = rule_with(&tg_rule_wait, "limit", q);
            assert_int_equal(stalest(&u, EVENTS, false), q);
            u.rule = rule_with(&tg_rule_ringmaster, "r", q);
            assert_int_equal(stalest(&u, EVENTS, false), q - 1);
            tg_problem_free(p);
            tg_cluster_free(c);
        }
}

RUN(cmocka_unit_test(test_ledger), cmocka_unit_test(test_busy_workers),
    cmocka_unit_test(test_one_worker_more), cmocka_unit_test(test_staleness_with_queues),
    cmocka_unit_test(test_one_worker), cmocka_unit_test(test_rounds),
    cmocka_unit_test(test_limits))
