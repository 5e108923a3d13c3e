#include "validation/unit/worklog.h"

#include "asgd/sim/replicas.h"
#include "asgd/workers/pace.h"

/* Every kind that changes, with parameters at hand; what its mean integral up to t is. */
typedef struct example {
    const tg_pace_kind *kind;
    double              param[4];
} example;

static const double  times[] = { 1.5, 4, 20 }, speeds[] = { .25, 2, .75 };
static const example examples[] = {
    { &tg_pace_on_off, { 3, 2, 1.2, .2 } }, { &tg_pace_on_off, { 1, .5, 1, 0 } },
    { &tg_pace_failure, { 4, 1, 0 } },      { &tg_pace_windows, { 5, .3, .1, .37 } },
    { &tg_pace_schedule, { 0 } },           { &tg_pace_drift, { 3, .6, .5 } }
};
enum { EXAMPLES = sizeof examples / sizeof *examples };

static tg_pace
pace_of(const example *e)
{
    tg_pace p = { .choice = tg_choice_of(&e->kind->is) };

    memcpy(p.choice.param, e->param, sizeof e->param);
    if (e->kind->listed) {
        p.time = times;
        p.speed = speeds;
        p.n = 3;
    }
    assert_ok(tg_pace_check(&p));
    return p;
}

/* int_0^t v of the `place`-th worker of a group of that pace, number `worker` of the cluster. */
static double
integral(const tg_pace *p, uint64_t seed, size_t worker, size_t place, double t)
{
    const tg_pace_kind *kind = (const tg_pace_kind *)p->choice.kind;
    tg_stretch          at = { 0 };
    double              sum = 0;

    for (double from = 0; from < t; from = at.end) {
        tg_rng g = tg_rng_of(seed, TG_PURPOSE_PACE, (uint32_t)worker, at.n);
        kind->next(p, place, &g, &at);
        at.n++;
        assert_true(at.end >= from && at.speed >= 0);
        sum += (fmin(t, at.end) - from) * at.speed;
    }
    return sum;
}

/* ---- a job is done when the integral of the speed reaches its work ------------------------ */

/* Worker 0's deliveries end worker 1's work, which begins anew. */
static size_t aborts;

static tg_status
abort_other(tg_sim *s, void *room, const tg_job *job)
{
    (void)room;
    write_down(s, job);
    if (job->worker == 0) {
        aborts += tg_sim_running(s, 1) != NULL;
        TG_TRY(tg_sim_abort(s, 1));
        TG_TRY(tg_sim_assign(s, 1));
    }
    return tg_sim_assign(s, job->worker);
}

static const tg_rule_kind aborting = { .is = { "aborting", "aborts", "", NULL },
                                       .deliver = abort_other };

/* Worker 0 has jobs of 2.9, the others of .8, done to rounding, also of a worker that is
 * aborted again and again, which begins
 * before what it was at would have ended. */
static void
test_integral(void **state)
{
    (void)state;
    tg_problem *problem = parabola(3);

    for (size_t e = 0; e < EXAMPLES; e++) {
        tg_delay     *law[2] = { law_of("{law: constant, value: 2.9}"),
                                 law_of("{law: constant, value: 0.8}") };
        const size_t  count[2] = { 1, 2 };
        tg_cluster   *c = NULL;
        const tg_pace p = pace_of(&examples[e]);
        assert_ok(tg_cluster_create(2, count, law, true, &c));
        assert_ok(tg_cluster_set_pace(c, 1, 2, &p));
        const tg_setup setup =
            tg_setup_of(problem, c, tg_choice_of(&aborting.is), .1, 11 + e);
        const uint64_t seed = tg_rng_mix(setup.seed, 4);
        size_t         seen[3] = { 0 }, later = 0;
        aborts = 0;
        run_until(&setup, 4, 300);
        assert_true(aborts > 50);
        for (size_t i = 0; i < worklogs; i++) {
            const logged *l = &worklog[i];
            seen[l->worker]++;
            if (l->worker == 0) continue;
            assert_near(integral(&p, seed, l->worker, l->worker - 1, l->now) -
                            integral(&p, seed, l->worker, l->worker - 1, l->began),
                        .8, 1e-11);
            later += fabs(l->now - l->began - .8) > 1e-9; /* a plain worker would fail */
        }
        assert_true(seen[0] == 103 && seen[1] > 10 && seen[2] > 50 && later > 40);
        tg_delay_free(law[0]);
        tg_delay_free(law[1]);
        tg_cluster_free(c);
    }
    tg_problem_free(problem);
}

/* Neither aborts of another worker nor one worker more move a worker's own times. */
static void
test_others(void **state)
{
    static logged  alone[MOST_LOG];
    const char    *law = "{law: gamma, shape: 2, mean: 0.7}";
    const uint64_t seed = 5;

    (void)state;
    for (size_t e = 0; e < EXAMPLES; e++) {
        const tg_pace p = pace_of(&examples[e]);
        size_t        n = 0;
        for (int more = 0; more < 3; more++) {
            const size_t    workers = more == 1 ? 4 : 3;
            tg_problem     *problem = parabola(workers);
            tg_cluster     *c = cluster_of(workers, law, false);
            const tg_choice rule = tg_choice_of(more == 2 ? &aborting.is : &logging.is);
            assert_ok(tg_cluster_set_pace(c, 0, workers, &p));
            const tg_setup setup = tg_setup_of(problem, c, rule, .1, seed);
            run_until(&setup, 0, 100);
            size_t at = 0, moved = 0;
            for (size_t i = 0; i < worklogs; i++) {
                if (worklog[i].worker == 1 && more == 2) moved++;
                if (worklog[i].worker != 2) continue;
                if (more == 0)
                    alone[n++] = worklog[i];
                else
                    assert_memory_equal(&alone[at++], &worklog[i], sizeof *alone);
            }
            assert_true(more == 0 || at == n);
            assert_true(more < 2 || moved > 0);
            tg_cluster_free(c);
            tg_problem_free(problem);
        }
        assert_true(n > 20);
    }
}

/* ---- long run ------------------------------------------------------------------------------ */

/* Mean of int_0^t v: t times the mean speed for those that begin in their stationary law or are
 * followed for whole periods; a machine that works at first has more. */
static double
mean_integral(const tg_pace *p, double t)
{
    const tg_pace_kind *kind = (const tg_pace_kind *)p->choice.kind;

    if (kind == &tg_pace_failure) {
        const double f = 1 / p->choice.param[0], r = 1 / p->choice.param[1],
                     a = r / (f + r);
        return a * t + (1 - a) / (f + r) * (1 - exp(-(f + r) * t));
    }
    return kind == &tg_pace_schedule ? integral(p, 0, 0, 0, t) : t * kind->mean(p);
}

/* Staggered workers are stationary in their work, so they deliver int v/m in the mean, exactly. */
static void
test_throughput(void **state)
{
    enum { WORKERS = 5, REPLICAS = 400 };
    const double horizon = 20;
    tg_problem  *problem = parabola(WORKERS);

    (void)state;
    for (size_t e = 0; e < EXAMPLES; e++) {
        tg_cluster   *c = cluster_of(WORKERS, "{law: gamma, shape: 2, mean: 0.4}", false);
        const tg_pace p = pace_of(&examples[e]);
        tg_stats      s = { 0 };
        assert_ok(tg_cluster_set_pace(c, 0, WORKERS, &p));
        const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 3);
        for (size_t r = 0; r < REPLICAS; r++)
            tg_stats_add(&s, (double)run_until(&setup, r, horizon));
        assert_mean(s, WORKERS * mean_integral(&p, horizon) / .4);
        assert_true(fabs(s.mean - WORKERS * horizon / .4) > 10 * tg_stats_error(&s) ||
                    examples[e].kind == &tg_pace_drift);
        const double rate = ((const tg_pace_kind *)p.choice.kind)->mean(&p) * WORKERS / .4;
        assert_near(tg_cluster_rate(c), rate, 1e-12 * rate);
        double weight[WORKERS];
        tg_cluster_weights(c, weight);
        assert_near(weight[2], 1. / WORKERS, 1e-15);
        tg_delay *none = NULL;
        assert_fails(tg_cluster_delay(c, &none), TG_EDOMAIN, "speeds change");
        tg_cluster_free(c);
    }
    tg_problem_free(problem);
}

/* ---- workers that never come back --------------------------------------------------------- */

static void
test_stalled(void **state)
{
    const double stop[] = { 5 }, none[] = { 0 };
    tg_problem  *problem = parabola(3);
    tg_cluster  *c = cluster_of(3, "{law: constant, value: 2}", true);
    tg_pace      p = { .choice = tg_choice_of(&tg_pace_schedule.is), stop, none, 1 };
    tg_pace      dies = { .choice = { &tg_pace_failure.is, { .1, INFINITY, 1 } } };
    tg_sim      *s = NULL;
    tg_happening h;
    size_t       who = 99;

    (void)state;
    assert_ok(tg_cluster_set_pace(c, 1, 1, &p));
    assert_near(tg_cluster_rate(c), 1, 1e-15);
    tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 8);
    assert_int_equal(run_until(&setup, 0, 20), 22);
    assert_ok(tg_sim_create(&setup, 0, &s));
    while (tg_sim_next(s) < 4) assert_ok(tg_sim_advance(s, &h));
    assert_int_equal(tg_sim_stalled(s, &who), 0);
    assert_int_equal(who, 99);
    while (tg_sim_next(s) < 10) assert_ok(tg_sim_advance(s, &h));
    assert_int_equal(tg_sim_stalled(s, &who), 1);
    assert_int_equal(who, 1);
    assert_true(!tg_sim_available(s, 1) && tg_sim_available(s, 2));
    tg_sim_free(s);
    assert_ok(tg_cluster_set_pace(c, 0, 3, &dies));
    assert_ok(tg_sim_create(&setup, 0, &s));
    while (isfinite(tg_sim_next(s))) assert_ok(tg_sim_advance(s, &h));
    assert_int_equal(tg_sim_stalled(s, &who), 3);
    assert_int_equal(who, 0);
    assert_ok(tg_sim_advance(s, &h)); /* nothing happens */
    tg_sim_free(s);
    tg_cluster_free(c);
    tg_problem_free(problem);
}

/* Work that would never be done is ended like any other, and nothing else with it: here the next
 * event of worker 0, of whose handle a model's arrival had been. */
static void
test_end_of_stalled(void **state)
{
    const double start[] = { 0 }, none[] = { 0 };
    tg_problem  *problem = parabola(2);
    tg_cluster  *c = cluster_of(2, "{law: constant, value: 2}", true);
    tg_pace      p = { .choice = tg_choice_of(&tg_pace_schedule.is), start, none, 1 };
    tg_sim      *s = NULL;
    tg_happening h;
    size_t       who = 9;

    (void)state;
    assert_ok(tg_cluster_set_pace(c, 1, 1, &p));
    tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 8);
    setup.downlink.latency = .5;
    assert_ok(tg_sim_create(&setup, 0, &s));
    for (int round = 0; round < 20; round++) {
        const double t = tg_sim_next(s);
        assert_ok(tg_sim_advance(s, &h));
        if (t < 1) continue;
        assert_int_equal(tg_sim_stalled(s, &who), 1);
        const double next = tg_sim_next(s);
        assert_ok(tg_sim_abort(s, 1));
        assert_int_equal(tg_sim_stalled(s, &who), 0);
        assert_near(tg_sim_next(s), next, 0);
        assert_ok(tg_sim_assign(s, 1));
        while (tg_sim_stalled(s, &who) == 0) assert_ok(tg_sim_advance(s, &h));
    }
    assert_int_equal(who, 1);
    tg_sim_free(s);
    tg_cluster_free(c);
    tg_problem_free(problem);
}

/* ---- what a run is planned by -------------------------------------------------------------- */

/* Stretches in a long time, and the largest speed, are those declared. */
static void
test_declared(void **state)
{
    enum { WORKERS = 40 };
    const double horizon = 2000;

    (void)state;
    for (size_t e = 0; e < EXAMPLES; e++) {
        const tg_pace       p = pace_of(&examples[e]);
        const tg_pace_kind *kind = examples[e].kind;
        tg_stats            s = { 0 };
        double              largest = 0;
        for (size_t w = 0; w < WORKERS; w++) {
            tg_stretch at = { 0 };
            while (at.end <= horizon) {
                tg_rng g = tg_rng_of(7, TG_PURPOSE_PACE, (uint32_t)w, at.n);
                kind->next(&p, w, &g, &at);
                at.n++;
                largest = fmax(largest, at.speed);
            }
            tg_stats_add(&s, (double)at.n);
        }
        if (kind->changes)
            assert_near(s.mean, kind->changes(&p) * horizon, 4 * tg_stats_error(&s) + 2);
        else
            assert_near(s.mean, p.n + 1., 0);
        if (kind == &tg_pace_drift) continue;
        assert_near(largest, kind->largest ? kind->largest(&p) : 1, 0);
    }
}

/* Workers whose jobs have no end, or of whose rate nothing is known: every run ends and says who
 * never came back. */
static void
test_endless(void **state)
{
    static const struct {
        tg_pace pace;
        size_t  stalled;
    } of[] = {
        { { .choice = { &tg_pace_failure.is, { .01, .1, 1 } } }, 4 },
        { { .choice = { &tg_pace_failure.is, { 10, INFINITY, 1 } } }, 4 },
        { { .choice = { &tg_pace_failure.is, { 20, 1, 1 } } }, 0 },
        { { .choice = { &tg_pace_on_off.is, { 1, 1, 1e-300, 0 } } }, 4 },
        { { .choice = { &tg_pace_windows.is, { 1, 1e-300, 0, 0 } } }, 4 },
        { { .choice = { &tg_pace_drift.is, { 1, 10, 0 } } }, 4 },
    };
    const tg_replicas_plan plan = {
        .horizon = 100, .points = 11, .target = .05, .replicas = 4, .threads = 1
    };
    tg_problem *problem = parabola(3);

    (void)state;
    for (size_t e = 0; e < sizeof of / sizeof *of; e++) {
        tg_cluster    *c = cluster_of(3, "{law: gamma, shape: 2, mean: 1}", true);
        tg_simulation *r = NULL;
        assert_ok(tg_cluster_set_pace(c, 0, 3, &of[e].pace));
        const tg_setup setup =
            tg_setup_of(problem, c, tg_choice_of(&tg_rule_sync.is), .1, 3);
        assert_ok(tg_replicas_run(&setup, &plan, &r));
        assert_int_equal(r->stalled, of[e].stalled);
        assert_true(r->stalled == 0 || r->stalled_worker < 3);
        assert_near(r->floor.mean, r->loss[10].mean, .5 * r->loss[10].mean);
        assert_true(r->ledger.updates > 0 || r->growth.outcome == TG_UNDECIDED);
        tg_simulation_free(r);
        tg_cluster_free(c);
    }
    tg_problem_free(problem);
}

/* More stretches than there are numbers for them. */
static void
test_restless(void **state)
{
    const tg_replicas_plan plan = {
        .horizon = 100, .points = 11, .target = .05, .replicas = 4, .threads = 1
    };
    const tg_pace  p = { .choice = { &tg_pace_windows.is, { 1e-300, .5, 0, 0 } } };
    tg_problem    *problem = parabola(3);
    tg_cluster    *c = cluster_of(3, "{law: gamma, shape: 2, mean: 1}", true);
    tg_simulation *r = NULL;

    (void)state;
    assert_ok(tg_cluster_set_pace(c, 2, 1, &p));
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&tg_rule_asgd.is), .1, 3);
    assert_fails(tg_replicas_run(&setup, &plan, &r), TG_EDOMAIN, "the speed of worker 2");
    tg_cluster_free(c);
    tg_problem_free(problem);
}

/* ---- what is refused -------------------------------------------------------------------------- */

static void
test_domain(void **state)
{
    const double back[] = { 2, 1 }, fast[] = { 1, 1 }, below[] = { 1, -1 };
    tg_cluster  *c = cluster_of(2, "{law: constant, value: 2}", true);
    tg_pace      p = { 0 };

    (void)state;
    assert_fails(tg_pace_find("on-off", &p), TG_EINPUT, "on_off");
    assert_ok(tg_pace_find("on_off", &p));
    assert_fails(tg_pace_check(&p), TG_EDOMAIN, "on_off needs on");
    p.choice.param[0] = p.choice.param[1] = 1;
    p.choice.param[2] = 0;
    assert_fails(tg_pace_check(&p), TG_EDOMAIN, "speed > 0");
    p.choice.param[2] = 1;
    p.n = 2;
    assert_fails(tg_pace_check(&p), TG_EDOMAIN, "does not take a list");
    assert_ok(tg_pace_find("schedule", &p));
    assert_fails(tg_pace_check(&p), TG_EDOMAIN, "needs a list");
    p = (tg_pace){ p.choice, back, fast, 2 };
    assert_fails(tg_cluster_set_pace(c, 0, 2, &p), TG_EDOMAIN, "ascend");
    p = (tg_pace){ p.choice, times, below, 2 };
    assert_fails(tg_cluster_set_pace(c, 0, 2, &p), TG_EDOMAIN, "speed must be");
    p.speed = fast;
    assert_fails(tg_cluster_set_pace(c, 1, 2, &p), TG_EDOMAIN, "cluster has 2");
    assert_null(c->pace_of);
    assert_ok(tg_cluster_set_pace(c, 1, 1, &p));
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_integral), cmocka_unit_test(test_others),
    cmocka_unit_test(test_throughput), cmocka_unit_test(test_stalled),
    cmocka_unit_test(test_end_of_stalled), cmocka_unit_test(test_declared),
    cmocka_unit_test(test_endless), cmocka_unit_test(test_restless),
    cmocka_unit_test(test_domain))
