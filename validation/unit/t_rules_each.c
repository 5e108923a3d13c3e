/* What each rule does with a gradient, by its formula written again here. */
#include "validation/unit/rules.h"

enum { N = 6 };
static const double ETA = 0.1;

/* ---- the step of one arrival --------------------------------------------------------- */

typedef double (*formula)(double g, double x, double read, double late, double *square);

/* Where the next step must lead. */
typedef struct expected {
    const tg_problem *problem;
    formula           of;
    double            square[2], x[2];
    uint64_t          latest; /* staleness seen */
} expected;

static void
expect(tg_sim *s, const tg_job *job, void *context)
{
    expected     *e = context;
    const double *x = tg_sim_model(s), *read = tg_sim_read(s, job);
    const double  late = (double)(tg_sim_updates(s) - job->read);
    tg_rng        none = tg_rng_stream(0, TG_PURPOSE_TEST, 0);
    double        g[2];

    e->problem->kind->gradient(e->problem->self, job->worker, read, &none, NULL, g);
    for (int j = 0; j < 2; j++) e->x[j] = e->of(g[j], x[j], read[j], late, &e->square[j]);
    if (tg_sim_staleness(s, job) > e->latest) e->latest = tg_sim_staleness(s, job);
}

#define FORMULA(name)                                                                      \
    static double name(double g, double x, double read, double late, double *square)

FORMULA(plain)
{
    (void)read;
    (void)late;
    (void)square;
    return x - ETA * g;
}

FORMULA(delay_adaptive)
{
    (void)read;
    (void)square;
    return x - ETA * N / fmax(N, late) * g;
}

FORMULA(koloskova) /* L = 2 */
{
    (void)read;
    (void)square;
    return x - (late <= N ? ETA : fmin(ETA, 1 / (8 * late))) * g;
}

FORMULA(staleness_aware)
{
    (void)read;
    (void)square;
    return x - ETA / (1 + late) * g;
}

FORMULA(polynomial) /* a = 1/2 */
{
    (void)read;
    (void)square;
    return x - ETA / sqrt(1 + late) * g;
}

FORMULA(fedasync) /* alpha = .6, a = 1/2 */
{
    const double alpha = .6 / sqrt(1 + late);

    (void)square;
    return (1 - alpha) * x + alpha * (read - ETA * g);
}

FORMULA(dc_asgd) /* lambda = .04 */
{
    (void)late;
    (void)square;
    return x - ETA * (g + .04 * g * g * (x - read));
}

FORMULA(dc_asgd_adaptive) /* lambda_0 = 2, m = .95 */
{
    (void)late;
    *square = .95 * *square + .05 * g * g;
    return x - ETA * (g + 2 / sqrt(*square + 1e-7) * g * g * (x - read));
}

static void
test_steps(void **state)
{
    static const struct {
        const tg_rule_kind *rule;
        formula             of;
    } each[] = { { &tg_rule_asgd, plain },
                 { &tg_rule_uniform, plain },
                 { &tg_rule_shuffled, plain },
                 { &tg_rule_local, plain },
                 { &tg_rule_delay_adaptive, delay_adaptive },
                 { &tg_rule_koloskova, koloskova },
                 { &tg_rule_staleness_aware, staleness_aware },
                 { &tg_rule_polynomial, polynomial },
                 { &tg_rule_fedasync, fedasync },
                 { &tg_rule_dc_asgd, dc_asgd },
                 { &tg_rule_dc_asgd_adaptive, dc_asgd_adaptive } };
    tg_cluster *c = random_cluster(4, N, true);
    tg_problem *p = random_problem(4, N, 0);

    (void)state;
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        expected  e = { .problem = p, .of = each[i].of };
        tg_choice rule = tg_rule(each[i].rule);
        if (each[i].rule == &tg_rule_koloskova)
            assert_ok(tg_choice_set(&rule, "smoothness", 2));
        const tg_setup u = tg_setup_of(p, c, watch(rule, expect, &e), ETA, 1);
        tg_sim        *s = simulation(&u, 0);
        for (int k = 0; k < 2000; k++)
            if (advance(s).what == TG_DELIVERS)
                for (int j = 0; j < 2; j++)
                    assert_near(tg_sim_model(s)[j], e.x[j], 1e-14 * (1 + fabs(e.x[j])));
        assert_true(e.latest > 2 * N); /* late ones were among them */
        tg_sim_free(s);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* ---- steps by several gradients ------------------------------------------------------ */

/* Where all work is done at the point at which the step is made, zero noise makes it
 * gradient descent: on one f for rules of the first gradients, on F for those that weigh
 * all alike. */
static void
test_steps_at_one_point(void **state)
{
    const tg_choice any[] = { rule_with(&tg_rule_k_sync, "k", 3),
                              rule_with(&tg_rule_k_batch_sync, "k", 8),
                              rule_with(&tg_rule_rennala, "batch", 5) };
    tg_cluster     *c = random_cluster(5, N, false);
    tg_problem     *p = random_problem(5, N, 0), *same = NULL;
    const double    h[] = { 1, .3 }, start[] = { 1, -2 }, none[] = { 0, 0 };

    (void)state;
    assert_ok(tg_problem_quadratic(2, h, start, none, N, NULL, &same));
    for (int i = 0; i < 3; i++)
        assert_true(is_gradient_descent((tg_setup[]){ tg_setup_of(same, c, any[i], .3, 1) },
                                        60, 1e-14));
    for (double least = 1; least < 40; least *= 2)
        assert_true(
            is_gradient_descent((tg_setup[]){ tg_setup_of(
                                    p, c, rule_with(&tg_rule_malenia, "s", least), .3, 1) },
                                60, 1e-13));
    assert_false(
        is_gradient_descent((tg_setup[]){ tg_setup_of(p, c, any[2], .3, 1) }, 60, 1e-3));
    tg_problem_free(p);
    tg_problem_free(same);
    tg_cluster_free(c);
}

/* Malenia waits for ((1/n) sum 1/B_i)^-1 >= S/n and no longer. */
static double harvest[N];

static void
count_fresh(tg_sim *s, const tg_job *job, void *context)
{
    (void)context;
    harvest[job->worker] += tg_sim_staleness(s, job) == 0;
}

static void
test_malenia_waits(void **state)
{
    tg_cluster    *c = random_cluster(6, N, true);
    tg_problem    *p = random_problem(6, N, 0.1);
    const tg_setup u = tg_setup_of(
        p, c, watch(rule_with(&tg_rule_malenia, "s", 25), count_fresh, NULL), .1, 1);
    tg_sim *s = simulation(&u, 0);

    (void)state;
    memset(harvest, 0, sizeof harvest);
    for (uint64_t k = 0; k < 300;) {
        advance(s);
        double inverse = 0;
        for (int i = 0; i < N; i++) inverse += 1 / harvest[i] / N;
        assert_int_equal(1 / inverse >= 25. / N, tg_sim_updates(s) > k);
        if (tg_sim_updates(s) == k) continue;
        memset(harvest, 0, sizeof harvest);
        k++;
    }
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Ringleader: n updates a round, one for every worker; nothing in the table is older than
 * 2n - 2; without noise it settles at the minimum of F, where ASGD does not. */
static void
test_ringleader(void **state)
{
    tg_cluster *c = random_cluster(7, N, true);
    tg_problem *p = random_problem(7, N, 0);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_ringleader), .02, 1);
    tg_sim     *s = simulation(&u, 0);

    (void)state;
    for (int round = 0; round < 500; round++) {
        int stepped[N] = { 0 };
        for (uint64_t k = 0; k < N;) {
            const tg_happening h = advance(s);
            assert_true(h.applied && h.staleness <= 2 * N - 2);
            if (tg_sim_updates(s) == (uint64_t)round * N + k) continue;
            stepped[h.worker]++;
            k++;
        }
        for (int i = 0; i < N; i++) assert_int_equal(stepped[i], 1);
    }
    assert_near(tg_sim_loss(s), 0, 1e-12);
    tg_sim_free(s);
    u.rule = tg_rule(&tg_rule_asgd);
    s = simulation(&u, 0);
    for (int k = 0; k < 3000; k++) advance(s);
    assert_true(tg_sim_loss(s) > 1e-3);
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* FedBuff steps at every K-th arrival; K-async by K different workers. */
static void
test_buffers(void **state)
{
    enum { K = 4 };
    tg_cluster *c = random_cluster(8, N, false);
    tg_problem *p = random_problem(8, N, 0.1);
    tg_setup    u = tg_setup_of(p, c, rule_with(&tg_rule_fedbuff, "k", K), .1, 1);
    tg_sim     *s = simulation(&u, 0);
    int         in[N] = { 0 };

    (void)state;
    for (int k = 0; k < 1000; k++) {
        advance(s);
        assert_int_equal(tg_sim_updates(s), tg_sim_ledger(s).delivered / K);
    }
    tg_sim_free(s);
    u.rule = rule_with(&tg_rule_k_async, "k", K);
    s = simulation(&u, 0);
    for (uint64_t k = 1; k <= 1000; k++) {
        assert_int_equal(in[advance(s).worker]++, 0);
        assert_int_equal(tg_sim_updates(s), k / K);
        if (k % K == 0) memset(in, 0, sizeof in);
    }
    assert_int_equal(tg_sim_ledger(s).aborted, 0);
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* ---- limits -------------------------------------------------------------------------- */

/* Limit 0: one worker at a time, in turn, as if there were one with everybody's data. With
 * one worker it is synchronous SGD, to the last bit. */
static void
test_waiting_for_everyone(void **state)
{
    tg_cluster *c[] = { random_cluster(9, 1, false), random_cluster(9, N, true) };
    tg_problem *p[] = { random_problem(9, 1, 0.5), random_problem(9, N, 0) };
    tg_setup    u = tg_setup_of(p[0], c[0], rule_with(&tg_rule_wait, "limit", 0), .1, 1);
    tg_sim     *s = simulation(&u, 0);
    double      x[2], g[2];
    tg_rng      none = tg_rng_stream(0, TG_PURPOSE_TEST, 0);

    (void)state;
    u.rule = tg_rule(&tg_rule_sync);
    tg_sim *sync = simulation(&u, 0);
    for (int k = 0; k < 500; k++) {
        advance(s);
        advance(sync);
        assert_true(tg_sim_now(s) == tg_sim_now(sync));
        assert_memory_equal(tg_sim_model(s), tg_sim_model(sync), sizeof x);
    }
    tg_sim_free(s);
    tg_sim_free(sync);
    u = tg_setup_of(p[1], c[1], rule_with(&tg_rule_wait, "limit", 0), .1, 1);
    s = simulation(&u, 0);
    p[1]->kind->start(p[1]->self, x);
    for (size_t k = 0; k < 200; k++) {
        const tg_happening h = advance(s);
        assert_int_equal(h.worker, k % N);
        assert_int_equal(h.staleness, 0);
        p[1]->kind->gradient(p[1]->self, k % N, x, &none, NULL, g);
        for (int j = 0; j < 2; j++) x[j] -= .1 * g[j];
        assert_memory_equal(tg_sim_model(s), x, sizeof x);
    }
    tg_sim_free(s);
    for (int i = 0; i < 2; i++) {
        tg_problem_free(p[i]);
        tg_cluster_free(c[i]);
    }
}

RUN(cmocka_unit_test(test_steps), cmocka_unit_test(test_steps_at_one_point),
    cmocka_unit_test(test_malenia_waits), cmocka_unit_test(test_ringleader),
    cmocka_unit_test(test_buffers), cmocka_unit_test(test_waiting_for_everyone))
