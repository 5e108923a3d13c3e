/* link_jobs: what must hold of jobs on links under a rule that does whatever it likes */
#include "validation/unit/worklog.h"

#include "asgd/links/link.h"

enum { WORKERS = 6 };
static const double COMPUTES = .7;

/* Work is given to anybody, several jobs at once, and taken from anybody. */
static tg_status
deliver_wild(tg_sim *s, void *room, const tg_job *job)
{
    tg_rng *g = tg_sim_dice(s);

    (void)room;
    write_down(s, job);
    for (size_t w = 0; w < WORKERS && tg_sim_oldest(s); w++)
        if (tg_sim_running(s, w))
            assert_true(tg_sim_running(s, w)->read >= tg_sim_oldest(s)->read);
    if (tg_rng_below(g, 2)) {
        double x = 0;
        TG_TRY(tg_sim_gradient(s, job, &x));
        TG_TRY(tg_sim_step(s, &x, .01));
    }
    if (tg_rng_below(g, 5) == 0) TG_TRY(tg_sim_abort(s, tg_rng_below(g, WORKERS)));
    for (uint64_t n = tg_rng_below(g, 3); n > 0 || tg_sim_jobs(s) < WORKERS; n -= n > 0)
        TG_TRY(tg_rng_below(g, 4) ? tg_sim_assign(s, tg_rng_below(g, WORKERS))
                                  : tg_sim_assign_same(s, tg_rng_below(g, WORKERS), job));
    if (tg_sim_jobs(s) > 4 * WORKERS)
        for (size_t w = 0; w < WORKERS / 2; w++) TG_TRY(tg_sim_abort(s, w));
    return TG_OK;
}

static const tg_rule_kind wild = { .is = { "wild", "", "", NULL },
                                   .ages = true,
                                   .deliver = deliver_wild };

static void
check_ledger(const tg_sim *s)
{
    const tg_ledger l = tg_sim_ledger(s);

    assert_true(l.begun == l.applied + l.dropped + l.aborted + tg_sim_jobs(s));
    assert_true(l.delivered == l.applied + l.dropped && l.applied == l.gradients);
    assert_true(l.bytes_up == 3 * (double)l.delivered);
    assert_true(l.fetched <= l.begun && l.bytes_down == 7 * (double)l.fetched);
}

/* A worker computes one job at a time: of its jobs that were delivered no two overlap. How many
 * were long under way. */
static size_t
check_one_at_a_time(void)
{
    size_t queued = 0;

    for (size_t i = 0; i < worklogs; i++) {
        const logged *l = &worklog[i];
        queued += l->began > l->since + 5 * COMPUTES;
        assert_true(l->since <= l->began && l->began + COMPUTES <= l->now + 1e-9);
        for (size_t j = i; j-- > 0;)
            if (worklog[j].worker == l->worker)
                assert_true(fabs(worklog[j].began - l->began) >= COMPUTES - 1e-9);
    }
    return queued;
}

static void
test_any_rule(void **state)
{
    tg_problem   *p = parabola(WORKERS);
    tg_cluster   *c = cluster_of(WORKERS, "{law: constant, value: 0.7}", true);
    tg_delay     *law = law_of("{law: gamma, shape: 2, mean: 0.5}");
    const tg_pace windows = { .choice = { &tg_pace_windows.is, { 5, .6, 0, .3 } } };

    size_t queued = 0;

    (void)state;
    for (size_t k = 0; k < 20; k++) {
        tg_setup u = tg_setup_of(p, c, tg_choice_of(&wild.is), .1, 3 + k);
        u.uplink = (tg_link){ tg_choice_of(tg_links[k % 3]), k % 4 ? law : NULL, .bytes = 3,
                              .bandwidth = 5, .latency = k % 2 ? .3 : 0 };
        u.downlink = (tg_link){ tg_choice_of(tg_links[k / 3 % 3]), law, .bytes = 7 };
        if (k == 9 || k == 18) u.downlink = (tg_link){ .bytes = 7 };
        if (k == 12) assert_ok(tg_cluster_set_pace(c, 0, WORKERS / 2, &windows));
        tg_sim      *s = NULL;
        tg_happening h;
        worklogs = 0;
        assert_ok(tg_sim_create(&u, 0, &s));
        double t = 0;
        for (int i = 0; i < 4000; i++) {
            assert_true(tg_sim_next(s) >= t && isfinite(tg_sim_next(s)));
            t = tg_sim_next(s);
            assert_ok(tg_sim_advance(s, &h));
            check_ledger(s);
        }
        const tg_ledger l = tg_sim_ledger(s);
        assert_true(l.applied > 200 && l.dropped > 200 && l.aborted > 50);
        tg_sim_free(s);
        queued += check_one_at_a_time();
    }
    assert_true(queued > 200);
    tg_delay_free(law);
    tg_cluster_free(c);
    tg_problem_free(p);
}

/* ---- draws --------------------------------------------------------------------------------------- */

/* A job takes what the stream of (worker, number) says, whatever else happens: here the draws are
 * made anew. Another number is another draw. */
static tg_status
deliver_checked(tg_sim *s, void *room, const tg_job *job)
{
    (void)room;
    write_down(s, job);
    worklog[worklogs - 1].since = job->number;
    if (job->worker == 0 && tg_sim_workers(s) > 3) TG_TRY(tg_sim_abort(s, 1));
    return tg_sim_assign_idle(s);
}

static const tg_rule_kind checked = { .is = { "checked", "", "", NULL },
                                      .deliver = deliver_checked };

static void
test_draws(void **state)
{
    tg_delay *law = law_of("{law: lognormal, mean: 1, cv: 1}");

    (void)state;
    for (size_t k = 0; k < 3; k++)
        for (size_t workers = 3; workers < 6; workers++) {
            tg_problem *p = parabola(workers);
            tg_cluster *c = cluster_of(workers, "{law: lognormal, mean: 1, cv: 1}", true);
            tg_setup    u = tg_setup_of(p, c, tg_choice_of(&checked.is), .1, 3);
            u.downlink = (tg_link){ .kind = tg_choice_of(tg_links[k]), .transfer = law };
            run_until(&u, 2, 200);
            size_t other = 0;
            for (size_t i = 0; i < worklogs; i++) {
                const logged *l = &worklog[i];
                tg_rng        g = tg_rng_of(tg_rng_mix(3, 2), TG_PURPOSE_DELAY,
                                            (uint32_t)l->worker, (uint32_t)l->since);
                assert_true(l->began + tg_delay_sample(law, &g) == l->now);
                g = tg_rng_of(tg_rng_mix(3, 2), TG_PURPOSE_DELAY, (uint32_t)l->worker,
                              (uint32_t)l->since + 1);
                other += l->began + tg_delay_sample(law, &g) == l->now;
            }
            assert_true(worklogs > 100 && other == 0);
            tg_cluster_free(c);
            tg_problem_free(p);
        }
    tg_delay_free(law);
}

/* ---- nobody waits: others do not matter ---------------------------------------------------------- */

/* Times of worker 2 with 3 workers and with 5. On ways of their own they are the same; on a shared
 * link they are not. */
static size_t
times_of_one(const char *link, size_t workers, const tg_delay *law, double *t)
{
    tg_problem *p = parabola(workers);
    tg_cluster *c = cluster_of(workers, "{law: gamma, shape: 2, mean: 1}", false);
    tg_setup    u = tg_setup_of(p, c, tg_choice_of(&logging.is), .1, 3);
    size_t      n = 0;

    u.uplink.transfer = u.downlink.transfer = law;
    assert_ok(tg_link_find(link, &u.uplink.kind));
    u.downlink.latency = .2;
    run_until(&u, 0, 100);
    for (size_t i = 0; i < worklogs && n < 20; i++)
        if (worklog[i].worker == 2) t[n++] = worklog[i].now;
    tg_cluster_free(c);
    tg_problem_free(p);
    return n;
}

static void
test_others(void **state)
{
    tg_delay *law = law_of("{law: exponential, mean: 0.5}");

    (void)state;
    for (size_t k = 0; tg_links[k]; k++) {
        double few[20], many[20];
        assert_int_equal(times_of_one(tg_links[k]->name, 3, law, few), 20);
        assert_int_equal(times_of_one(tg_links[k]->name, 5, law, many), 20);
        assert_true((memcmp(few, many, sizeof few) == 0) ==
                    (tg_links[k] == &tg_link_none.is));
    }
    tg_delay_free(law);
}

RUN(cmocka_unit_test(test_any_rule), cmocka_unit_test(test_draws),
    cmocka_unit_test(test_others))
