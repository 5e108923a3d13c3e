/* Trajectories and ledgers that were published or obtained by two programs. */
#include "validation/unit/rules.h"

#include "asgd/rules/parts.h"

#include "core/stats.h"

typedef struct checkpoint {
    uint64_t when;
    double   time, loss; /* time NAN: not checked */
} checkpoint;

/* Run to each checkpoint, counted in updates or in arrivals; `relative` error of the loss.
 * Returns what was aborted. */
static uint64_t
follow(const tg_setup *setup, const checkpoint *at, size_t n, double relative,
       bool arrivals)
{
    tg_sim *s = simulation(setup, 0);

    for (size_t i = 0; i < n; i++) {
        while ((arrivals ? tg_sim_ledger(s).delivered : tg_sim_updates(s)) < at[i].when)
            advance(s);
        assert_near(tg_sim_loss(s), at[i].loss, relative * at[i].loss);
        if (!isnan(at[i].time)) assert_near(tg_sim_now(s), at[i].time, 1e-12 * at[i].time);
    }
    const uint64_t aborted = tg_sim_ledger(s).aborted;
    tg_sim_free(s);
    return aborted;
}

/* Nesterov's quadratic, d = 100, ten workers of sqrt(i). */
static void
test_nesterov(void **state)
{
    const checkpoint drop[] = { { 10, 2.8284271247461903, 12.86171937697 },
                                { 100, 21, .065804072729892 },
                                { 1000, 200, .00787066892737132 },
                                { 5000, 996.94232531274747, .00242967284052632 } };
    const checkpoint vanilla[] = { { 10, 2.8284271247461903, 12.86171937697 },
                                   { 100, 21, 17.4959563540551 } };
    const checkpoint ringmaster[] = { { 10, 4, 2.83437089858713 },
                                      { 100, 35.355339059327385, .0410695179383951 },
                                      { 1000, 347.896536343783, .00558851403532049 },
                                      { 5000, 1720, .0016278502976157 } };
    const checkpoint sync[] = { { 10, 31.622776601683789, .157549319269452 },
                                { 100, NAN, .0109646837682558 },
                                { 1000, NAN, .00197924587727162 } };
    double           time[10];
    tg_problem      *p = NULL;

    (void)state;
    for (int i = 0; i < 10; i++) time[i] = sqrt(i + 1);
    tg_cluster *c = cluster_of_times(time, 10);
    assert_ok(tg_problem_tridiagonal(100, 0, false, 10, &p));
    tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .25, 1);
    follow(&u, vanilla, 2, 1e-12, false);
    u.rule = rule_with(&tg_rule_drop, "limit", 10);
    assert_ok(tg_choice_set(&u.rule, "by_arrivals", 1));
    follow(&u, drop, 4, 1e-11, true);
    u.rule = rule_with(&tg_rule_ringmaster, "r", 6);
    assert_int_equal(follow(&u, ringmaster, 4, 1e-11, false), 4799);
    u.rule = tg_rule(&tg_rule_sync);
    u.step = 1;
    follow(&u, sync, 3, 1e-11, false);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* K of P synchronous, exponential workers, mean 1, P = 10: a round takes H_P - H_{P-K}. */
static void
test_rounds_of_the_first(void **state)
{
    enum { ROUNDS = 40000 };
    static const double k[] = { 1, 5, 10 };
    static const double mean[] = { .1, .6456349206, 2.928968254 };
    tg_problem         *p = random_problem(1, 10, 0);
    tg_delay           *law[10];

    (void)state;
    for (int i = 0; i < 10; i++)
        assert_ok(tg_delay_create("exponential", (double[]){ 1 }, &law[i]));
    tg_cluster *c = cluster_of_laws(law, 10, true);
    for (int i = 0; i < 3; i++) {
        tg_stats       round = { 0 };
        double         before = 0;
        const tg_setup u = tg_setup_of(p, c, rule_with(&tg_rule_k_sync, "k", k[i]), .01, 3);
        tg_sim        *s = simulation(&u, 0);
        for (int r = 1; r <= ROUNDS; r++) {
            while (tg_sim_updates(s) < (uint64_t)r) advance(s);
            tg_stats_add(&round, tg_sim_now(s) - before);
            before = tg_sim_now(s);
        }
        assert_near(round.mean, mean[i], 4 * tg_stats_error(&round));
        assert_int_equal(tg_sim_ledger(s).aborted, ROUNDS * (10 - (int)k[i]));
        tg_sim_free(s);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* The ledger of asynchronous local SGD of google-deepmind/asyncdiloco (toy example):
 * workers of .58, .75, 1.51, 3.33 s a step, 20 local steps, grace .5 s; when each multiple
 * of 800 local steps is reached. Synchronous: 66.6 s for 80 steps. */
static void
test_local_sgd(void **state)
{
    static const double at[] = { 209.0,  406.4,  603.8,  801.4,  999.0,
                                 1207.8, 1404.2, 1600.6, 1800.2, 1998.6 };
    tg_cluster         *c = cluster_of_times((double[]){ .58, .75, 1.51, 3.33 }, 4);
    tg_problem         *p = random_problem(1, 4, 0.1);
    tg_setup u = tg_setup_of(p, c, rule_with(&tg_rule_local, "grace", 0.5), .1, 1);

    (void)state;
    u.behaviour = tg_choice_of(&tg_behaviour_local_steps.is);
    assert_ok(tg_choice_set(&u.behaviour, "steps", 20));
    assert_ok(tg_choice_set(&u.behaviour, "rate", .01));
    tg_sim *s = simulation(&u, 0);
    for (uint64_t i = 0; i < 10; i++) {
        while (tg_sim_ledger(s).gradients < 800 * (i + 1)) advance(s);
        assert_near(tg_sim_now(s), at[i], 1e-9);
    }
    tg_sim_free(s);
    u.rule = tg_rule(&tg_rule_sync);
    s = simulation(&u, 0);
    while (tg_sim_updates(s) < 1) advance(s);
    assert_near(tg_sim_now(s), 66.6, 1e-12);
    assert_int_equal(tg_sim_ledger(s).gradients, 80);
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Some go on at what they have read, others read: the oldest is the one that read earliest of all. */
static size_t older;

static tg_status
go_on_or_read(tg_sim *s, void *room, const tg_job *job)
{
    uint64_t earliest = UINT64_MAX;

    TG_TRY(tg_sim_gradient(s, job, room));
    TG_TRY(tg_sim_step(s, room, 1));
    if (job->number % 3 == job->worker % 3)
        TG_TRY(tg_sim_assign(s, job->worker));
    else
        TG_TRY(tg_sim_assign_same(s, job->worker, job));
    for (size_t w = 0; w < tg_sim_workers(s); w++)
        if (tg_sim_running(s, w)->read < earliest) earliest = tg_sim_running(s, w)->read;
    assert_int_equal(tg_sim_oldest(s)->read, earliest);
    older += tg_sim_oldest(s)->worker == job->worker;
    return TG_OK;
}

static const tg_rule_kind lingering = { .is = { "lingering", "", "", NULL },
                                        .ages = true,
                                        .room = tg_room_gradient,
                                        .deliver = go_on_or_read };

static void
test_oldest(void **state)
{
    tg_cluster *c = random_cluster(5, 6, false);
    tg_problem *p = random_problem(5, 6, 0.1);
    tg_setup    u = tg_setup_of(p, c, tg_choice_of(&lingering.is), .01, 1);
    tg_sim     *s = simulation(&u, 0);

    (void)state;
    older = 0;
    for (int i = 0; i < 2000; i++) advance(s);
    assert_true(older > 20);
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_nesterov), cmocka_unit_test(test_rounds_of_the_first),
    cmocka_unit_test(test_local_sgd), cmocka_unit_test(test_oldest))
