/* Whose data counts, and how old it is. */
#include "validation/unit/rules.h"

#include "asgd/rules/rule.h"

/* ---- the chosen worker's data -------------------------------------------------------- */

/* Broken: the chosen worker is drawn, and the one that has delivered works again. */
static tg_status
own_data(tg_sim *s, void *g, const tg_job *job)
{
    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    (void)tg_rng_below(tg_sim_dice(s), tg_sim_workers(s));
    return tg_sim_assign(s, job->worker);
}

/* Scalars f_i = (x - i)^2/2, times 1, 2, 4, 8. Each worker's data alike: x rests at 1.5; as
 * often as it delivers: at (0 + 1/2 + 2/4 + 3/8)/(1 + 1/2 + 1/4 + 1/8) = .7333. */
static void
test_resting_places(void **state)
{
    enum { EVENTS = 400000 };
    const double       h = 1, x0 = 1, none = 0, minima[] = { 0, 1, 2, 3 };
    tg_cluster        *c = cluster_of_times((double[]){ 1, 2, 4, 8 }, 4);
    tg_problem        *p = NULL;
    const tg_rule_kind broken = { .is = { "own_data", "broken", "", NULL },
                                  .room = tg_rule_asgd.room,
                                  .deliver = own_data };

    (void)state;
    assert_ok(tg_problem_quadratic(1, &h, &x0, &none, 4, minima, &p));
    tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_shuffled), .002, 1);
    assert_near(resting_place(&u, EVENTS), 1.5, .01);
    u.rule = tg_rule(&tg_rule_uniform);
    assert_near(resting_place(&u, EVENTS), 1.5, .02);
    u.rule = tg_rule(&broken);
    assert_near(resting_place(&u, EVENTS), 11. / 15, .01);
    u.rule = tg_rule(&tg_rule_asgd);
    assert_near(resting_place(&u, EVENTS), 11. / 15, .01);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Jobs of each worker that were given out: the delivered ones and those that wait there. */
static uint64_t delivered[8];

static void
count_deliveries(tg_sim *s, const tg_job *job, void *context)
{
    (void)s;
    (void)context;
    delivered[job->worker]++;
}

/* Permutations: after every n jobs each worker has been given one more, so what waits at it
 * is 1 + jobs/n - delivered, whatever its speed. */
static void
test_permutations(void **state)
{
    enum { N = 8 };
    tg_cluster    *c = random_cluster(3, N, true);
    tg_problem    *p = random_problem(3, N, 0);
    const tg_setup u = tg_setup_of(
        p, c, watch(tg_rule(&tg_rule_shuffled), count_deliveries, NULL), .01, 1);
    tg_sim *s = simulation(&u, 0);

    (void)state;
    memset(delivered, 0, sizeof delivered);
    for (uint64_t round = 1; round < 500; round++) {
        for (int i = 0; i < N; i++) advance(s);
        for (size_t w = 0; w < N; w++) {
            assert_true(delivered[w] <= 1 + round);
            assert_int_equal(tg_sim_running(s, w) != NULL, delivered[w] < 1 + round);
        }
    }
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* ---- how old it is ------------------------------------------------------------------- */

static void
drawn_after_reading(tg_sim *s, const tg_job *job, void *context)
{
    uint64_t *later = context;

    assert_true(job->began >= job->since); /* data delay <= model delay */
    assert_true(tg_sim_now(s) >= job->began);
    *later += job->began > job->since;
}

/* Samples are drawn when the worker begins to compute, which is not before its model was
 * read; later only where jobs wait in queues. */
static void
test_data_delay(void **state)
{
    enum { N = 6 };
    tg_cluster *c = random_cluster(4, N, false);
    tg_problem *p = random_problem(4, N, 0.2);

    (void)state;
    for (size_t i = 0; tg_rules[i]; i++) {
        tg_rng         g = tg_rng_stream(4, TG_PURPOSE_TEST, i);
        uint64_t       later = 0;
        const tg_setup u = tg_setup_of(
            p, c, watch(fitted(tg_rules[i], N, &g, false), drawn_after_reading, &later),
            .01, 1);
        tg_sim *s = simulation(&u, 0);
        for (int k = 0; k < 3000; k++) advance(s);
        const bool queues =
            watched.inner == &tg_rule_uniform || watched.inner == &tg_rule_shuffled;
        assert_int_equal(later > 0, queues);
        tg_sim_free(s);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* ---- the table of DuDe-ASGD ---------------------------------------------------------- */

/* Gradients by worker, as they come; it asks for each a second time. */
typedef struct latest {
    double g[8], x; /* x: before the step */
} latest;

static void
enter(tg_sim *s, const tg_job *job, void *context)
{
    latest *l = context;

    assert_ok(tg_sim_gradient(s, job, &l->g[job->worker]));
    l->x = *tg_sim_model(s);
}

/* Largest distance of the mean that is stepped by from the mean of the table. */
static double
drift(tg_choice rule, const tg_problem *p, const tg_cluster *c, size_t updates)
{
    static const double eta = 0.25; /* a power of 2: the step can be read off x */
    latest              l = { .x = 0 };
    const tg_setup      u = tg_setup_of(p, c, watch(rule, enter, &l), eta, 1);
    tg_sim             *s = simulation(&u, 0);
    double              worst = 0;

    while (tg_sim_updates(s) < updates) {
        const uint64_t k = tg_sim_updates(s);
        advance(s);
        if (tg_sim_updates(s) == k) continue;
        double mean = 0;
        for (int i = 0; i < 8; i++) mean += l.g[i] / 8;
        worst = fmax(worst, fabs((l.x - *tg_sim_model(s)) / eta - mean));
    }
    tg_sim_free(s);
    return worst;
}

/* Broken: every millionth of a gradient is lost when its slot is written. */
static tg_status
leaky(tg_sim *s, void *room, const tg_job *job)
{
    double *mean = room, *slot = mean + 1 + job->worker, g;

    TG_TRY(tg_sim_gradient(s, job, &g));
    *mean += (g - *slot) / 8;
    *slot = g * (1 - 1e-6);
    TG_TRY(tg_sim_step(s, mean, 1));
    return tg_sim_assign(s, job->worker);
}

static size_t
leaky_room(size_t dim, size_t workers, const double *param)
{
    (void)param;
    return (dim + workers) * sizeof(double);
}

static void
test_incremental_mean(void **state)
{
    const double       h = 1, x0 = 1, sigma = 1;
    tg_cluster        *c = random_cluster(5, 8, false);
    tg_problem        *p = NULL;
    const tg_rule_kind broken = { .is = { "leaky", "broken", "", NULL },
                                  .room = leaky_room,
                                  .deliver = leaky };

    (void)state;
    assert_ok(tg_problem_quadratic(1, &h, &x0, &sigma, 8, NULL, &p));
    assert_true(drift(tg_rule(&tg_rule_dude), p, c, 1000000) < 1e-12);
    assert_true(drift(rule_with(&tg_rule_dude, "arrivals", 3), p, c, 100000) < 1e-12);
    assert_false(drift(tg_rule(&broken), p, c, 10000) < 1e-12);
    tg_problem_free(p);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_resting_places), cmocka_unit_test(test_permutations),
    cmocka_unit_test(test_data_delay), cmocka_unit_test(test_incremental_mean))
