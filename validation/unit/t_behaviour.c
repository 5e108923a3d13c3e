/* Workers that take local steps, or send only what is worth it. */
#include "validation/unit/rules.h"

#include "core/stats.h"

enum { N = 5 };

static tg_choice
local_steps(double steps, double rate)
{
    tg_choice c = tg_choice_of(&tg_behaviour_local_steps.is);

    assert_ok(tg_choice_set(&c, "steps", steps));
    assert_ok(tg_choice_set(&c, "rate", rate));
    return c;
}

static tg_choice
sending(const tg_behaviour_kind *kind, double delta)
{
    tg_choice c = tg_choice_of(&kind->is);

    assert_ok(tg_choice_set(&c, "delta", delta));
    return c;
}

/* Noise at a point from which nothing moves: gradients are sigma xi. */
static tg_problem *
noise(double sigma, size_t workers)
{
    const double h = 1, x0 = 0;
    tg_problem  *p = NULL;

    assert_ok(tg_problem_quadratic(1, &h, &x0, &sigma, workers, NULL, &p));
    return p;
}

/* One worker, outer rate 1: after k jobs of H steps it is where k H steps of gradient
 * descent lead, to the last bit but for the way there and back; noise and times are those
 * of k H plain jobs of a worker that steps by itself. */
static void
test_local_steps_are_steps(void **state)
{
    enum { H = 5 };
    tg_cluster *c = random_cluster(1, 1, true);
    tg_problem *p = random_problem(1, 1, 0.3);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .1, 1);
    tg_sim     *plain = simulation(&u, 0);

    (void)state;
    u.step = 1;
    u.behaviour = local_steps(H, .1);
    tg_sim *local = simulation(&u, 0);
    for (int k = 0; k < 100; k++) {
        advance(local);
        for (int i = 0; i < H; i++) advance(plain);
        assert_near(tg_sim_now(local), tg_sim_now(plain), 1e-12 * tg_sim_now(plain));
        for (int j = 0; j < 2; j++)
            assert_near(tg_sim_model(local)[j], tg_sim_model(plain)[j], 1e-14);
    }
    assert_int_equal(tg_sim_ledger(local).gradients, 100 * H);
    assert_int_equal(tg_sim_ledger(local).delivered, 100);
    tg_sim_free(plain);
    tg_sim_free(local);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Staggered workers deliver at the steady rate from the beginning: t/(H m) jobs by t. */
static void
test_local_steps_staggered(void **state)
{
    enum { H = 3, REPLICAS = 20000 };
    const double mean = 1;
    tg_delay    *law[1];
    tg_problem  *p = random_problem(2, 1, 0);
    tg_stats     count = { 0 };

    (void)state;
    assert_ok(tg_delay_create("gamma", (double[]){ 4, mean }, law));
    tg_cluster *c = cluster_of_laws(law, 1, false);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .1, 1);
    u.behaviour = local_steps(H, .1);
    for (uint64_t r = 0; r < REPLICAS; r++) {
        tg_sim *s = simulation(&u, r);
        while (tg_sim_next(s) <= 0.7) advance(s);
        tg_stats_add(&count, (double)tg_sim_ledger(s).delivered);
        tg_sim_free(s);
    }
    assert_near(count.mean, 0.7 / (H * mean), 4 * tg_stats_error(&count));
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* One step of rate gamma is gamma times the gradient: the plain worker, with the step
 * divided. */
static void
test_one_local_step(void **state)
{
    tg_cluster *c = random_cluster(3, N, false);
    tg_problem *p = random_problem(3, N, 0.3);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .05, 1);
    tg_sim     *plain = simulation(&u, 0);

    (void)state;
    u.step = .05 / .5;
    u.behaviour = local_steps(1, .5);
    tg_sim *local = simulation(&u, 0);
    for (int k = 0; k < 1000; k++) {
        advance(plain);
        advance(local);
        assert_true(tg_sim_now(plain) == tg_sim_now(local));
        for (int j = 0; j < 2; j++)
            assert_near(tg_sim_model(local)[j], tg_sim_model(plain)[j], 1e-13);
    }
    tg_sim_free(plain);
    tg_sim_free(local);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* |sigma xi| > delta: the share erfc(delta/(sigma sqrt 2)) is sent, and who does not send
 * works on at its own speed. */
static void
test_norm_trigger(void **state)
{
    enum { EVENTS = 200000 };
    tg_cluster *c = random_cluster(4, N, false);
    tg_problem *p = noise(2, N);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), 1e-300, 1);
    double      sent = 0;

    (void)state;
    u.behaviour = sending(&tg_behaviour_send_norm, 1.5);
    tg_sim *s = simulation(&u, 0);
    for (int k = 0; k < EVENTS; k++) {
        const tg_happening h = advance(s);
        assert_true(h.what == TG_DELIVERS || h.what == TG_SKIPS);
        sent += h.what == TG_DELIVERS;
    }
    const double    share = erfc(1.5 / 2 / sqrt(2));
    const tg_ledger l = tg_sim_ledger(s);
    assert_near(sent / EVENTS, share, 4 * sqrt(share * (1 - share) / EVENTS));
    assert_int_equal(l.delivered + l.skipped, EVENTS);
    assert_int_equal(l.updates, l.delivered);
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* The innovation trigger again, on the same samples: gradient i of worker w. */
static void
test_innovation_trigger(void **state)
{
    enum { EVENTS = 5000 };
    tg_cluster *c = random_cluster(5, N, true);
    tg_problem *p = noise(1, N);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), 1e-300, 1);
    double      last[N] = { 0 }, x = 0;
    uint32_t    number[N] = { 0 };
    int         skipped = 0;

    (void)state;
    u.behaviour = sending(&tg_behaviour_send_innovation, 1);
    tg_sim *s = simulation(&u, 7);
    for (int k = 0; k < EVENTS; k++) {
        const tg_happening h = advance(s);
        const size_t       w = h.worker;
        tg_rng             draws =
            tg_rng_of(tg_rng_mix(1, 7), TG_PURPOSE_NOISE, (uint32_t)w, number[w]++);
        double g;
        p->kind->gradient(p->self, w, &x, &draws, NULL, &g);
        assert_int_equal(h.what == TG_DELIVERS, fabs(g - last[w]) > 1);
        if (h.what == TG_DELIVERS) last[w] = g;
        skipped += h.what == TG_SKIPS;
    }
    assert_true(skipped > EVENTS / 10 && skipped < 9 * EVENTS / 10);
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* delta = 0 sends everything: the plain worker, to the last bit. */
static void
test_sending_all(void **state)
{
    static const tg_behaviour_kind *const all[] = { &tg_behaviour_send_norm,
                                                    &tg_behaviour_send_innovation,
                                                    &tg_behaviour_plain };
    tg_cluster                           *c = random_cluster(6, N, false);
    tg_problem                           *p = random_problem(6, N, 0.3);

    (void)state;
    for (int i = 0; i < 3; i++) {
        tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .05, 1);
        tg_sim  *plain = simulation(&u, 0);
        u.behaviour = i < 2 ? sending(all[i], 0) : tg_choice_of(&all[i]->is);
        tg_sim *s = simulation(&u, 0);
        for (int k = 0; k < 1000; k++) {
            advance(plain);
            advance(s);
            assert_true(tg_sim_now(plain) == tg_sim_now(s));
            assert_memory_equal(tg_sim_model(s), tg_sim_model(plain), 2 * sizeof(double));
        }
        assert_int_equal(tg_sim_ledger(s).gradients, 1000);
        tg_sim_free(plain);
        tg_sim_free(s);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
}

static void
test_bad_input(void **state)
{
    tg_cluster *c = random_cluster(7, N, false);
    tg_problem *p = random_problem(7, N, 0);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .05, 1);
    tg_sim     *s = NULL;
    tg_choice   b;

    (void)state;
    assert_fails(tg_behaviour_find("local_step", &b), TG_EINPUT, "\"local_steps\"");
    assert_ok(tg_behaviour_find("local_steps", &b));
    assert_fails(tg_choice_set(&b, "step", 3), TG_EINPUT, "did you mean \"steps\"");
    assert_fails(tg_choice_set(&b, "steps", 0), TG_EDOMAIN, "steps of local_steps");
    assert_fails(tg_choice_set(&b, "steps", 2.5), TG_EDOMAIN, "whole");
    assert_ok(tg_choice_set(&b, "steps", 3));
    u.behaviour = b;
    assert_fails(tg_sim_create(&u, 0, &s), TG_EDOMAIN, "local_steps needs rate");
    u.behaviour = sending(&tg_behaviour_send_norm, 1);
    u.behaviour.param[0] = -1;
    assert_fails(tg_sim_create(&u, 0, &s), TG_EDOMAIN, "delta of send_norm must be >= 0");
    assert_null(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* What is weighed before it is sent is evaluated once, also where others are weighed while it is
 * on its way: gradients = finished jobs. */
static void
test_weighed_once(void **state)
{
    tg_cluster *c = random_cluster(7, N, false);
    tg_problem *p = noise(1, N);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .1, 1);

    (void)state;
    u.behaviour = sending(&tg_behaviour_send_norm, .5);
    u.uplink.latency = 2;
    tg_sim *s = simulation(&u, 0);
    for (int i = 0; i < 2000; i++) advance(s);
    const tg_ledger l = tg_sim_ledger(s);
    assert_true(l.delivered > 300 && l.skipped > 300);
    assert_true(l.gradients >= l.delivered + l.skipped);
    assert_true(l.gradients <= l.delivered + l.skipped + tg_sim_jobs(s));
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* The end of a job of several steps, too, is its begin and a time, so that a log of differences
 * replays to the bit. */
static size_t inexact, ended;

static void
look_at_end(void *context, const tg_sim *s, const tg_job *job, tg_fate fate)
{
    (void)context, (void)s, (void)fate;
    const double time = job->finished - job->began;
    inexact += job->began + time != job->finished;
    ended++;
}

static void
test_local_steps_end(void **state)
{
    tg_cluster *c = random_cluster(11, N, false);
    tg_problem *p = noise(1, N);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .1, 1);

    (void)state;
    u.behaviour = local_steps(2, .1);
    u.downlink.latency =
        .45; /* the first jobs, whose ends are far from their begins, not at 0 */
    inexact = ended = 0;
    for (uint64_t r = 0; r < 500; r++) {
        tg_sim *s = simulation(&u, r);
        tg_sim_watch(s, look_at_end, NULL);
        for (int i = 0; i < 20; i++) advance(s);
        tg_sim_free(s);
    }
    assert_true(ended > 2000);
    assert_int_equal(inexact, 0);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Where readers wait for each other, one that sends nothing takes no turn but its own: two workers
 * without noise, one at a time, of opposite gradients. */
static size_t turns[2];

static void
look_at_turn(void *context, const tg_sim *s, const tg_job *job, tg_fate fate)
{
    (void)context, (void)s, (void)fate;
    turns[job->worker]++;
}

static void
test_waiting_turns(void **state)
{
    const double h = 1, x0 = 1, none = 0, minima[] = { 1, -1 };
    tg_delay    *law[2];
    tg_problem  *p = NULL;

    (void)state;
    for (int w = 0; w < 2; w++)
        assert_ok(tg_delay_parse("{law: constant, value: 1}", &law[w]));
    tg_cluster *c = cluster_of_laws(law, 2, true);
    assert_ok(tg_problem_quadratic(1, &h, &x0, &none, 2, minima, &p));
    tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_wait), .1, 1);
    u.rule.param[0] = 0;
    u.behaviour = sending(&tg_behaviour_send_norm, .01);
    tg_sim *s = simulation(&u, 0);
    tg_sim_watch(s, look_at_turn, NULL);
    turns[0] = turns[1] = 0;
    for (int i = 0; i < 100; i++) advance(s);
    assert_int_equal(turns[0], 50);
    assert_int_equal(turns[1], 50);
    assert_true(tg_sim_ledger(s).skipped >= 1);
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_local_steps_are_steps),
    cmocka_unit_test(test_local_steps_staggered), cmocka_unit_test(test_one_local_step),
    cmocka_unit_test(test_norm_trigger), cmocka_unit_test(test_innovation_trigger),
    cmocka_unit_test(test_sending_all), cmocka_unit_test(test_bad_input),
    cmocka_unit_test(test_weighed_once), cmocka_unit_test(test_local_steps_end),
    cmocka_unit_test(test_waiting_turns))
