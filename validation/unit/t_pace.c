#include "validation/unit/worklog.h"

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

/* ---- each kind ------------------------------------------------------------------------------ */

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
    const tg_pace p = pace_of(&examples[4]);

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

/* Fixed speeds are in the law: 1 and a straggler of 4 as theory sees them. */
static void
test_fixed(void **state)
{
    tg_problem *problem = parabola(3);
    tg_cluster *c = cluster_of(3, "{law: constant, value: 2}", true);
    tg_pace     p;

    (void)state;
    assert_ok(tg_pace_find("straggler", &p));
    assert_fails(tg_cluster_set_pace(c, 0, 3, &p), TG_EDOMAIN, "factor");
    assert_ok(tg_choice_set(&p.choice, "factor", 4));
    assert_ok(tg_choice_set(&p.choice, "worker", 1));
    assert_ok(tg_cluster_set_pace(c, 0, 3, &p));
    assert_null(c->pace_of);
    assert_int_equal(c->groups, 2);
    assert_near(tg_cluster_rate(c), 1.125, 1e-15);
    assert_true(c->of[0] == c->of[2] && tg_delay_mean(c->of[1]) == 8);
    assert_ok(tg_pace_find("constant", &p));
    assert_ok(tg_choice_set(&p.choice, "speed", 2));
    assert_ok(tg_cluster_set_pace(c, 0, 3, &p));
    assert_near(tg_cluster_rate(c), 2.25, 1e-15);
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 8);
    assert_int_equal(run_until(&setup, 0, 8.5), 18);
    for (size_t i = 0; i < worklogs; i++)
        assert_true(worklog[i].now - worklog[i].began == (worklog[i].worker == 1 ? 4 : 1));
    tg_cluster_free(c);
    tg_problem_free(problem);
}

/* ---- spread ----------------------------------------------------------------------------------- */

/* Factors by law, known to the rate; the throughput is theirs and not that of the plain law. */
static void
test_spread(void **state)
{
    enum { WORKERS = 60, REPLICAS = 100 };
    tg_problem *problem = parabola(WORKERS);
    tg_cluster *c = cluster_of(WORKERS, "{law: exponential, mean: 0.5}", false);
    tg_cluster *more = cluster_of(WORKERS + 1, "{law: exponential, mean: 0.5}", false);
    tg_delay   *factor = law_of("{law: gamma, shape: 3, mean: 1}"), *delay = NULL;
    double      rate = 0, weight[WORKERS];
    tg_stats    s = { 0 }, share = { 0 };

    (void)state;
    assert_ok(tg_cluster_spread(c, 0, WORKERS, factor, 4));
    assert_ok(tg_cluster_spread(more, 0, WORKERS + 1, factor, 4));
    assert_int_equal(c->groups, WORKERS);
    for (size_t i = 0; i < WORKERS; i++) {
        assert_near(tg_delay_mean(c->of[i]), tg_delay_mean(more->of[i]), 0);
        rate += 1 / tg_delay_mean(c->of[i]);
    }
    assert_near(tg_cluster_rate(c), rate, 1e-12 * rate);
    tg_cluster_weights(c, weight);
    assert_ok(tg_cluster_delay(c, &delay));
    assert_near(tg_delay_mean(delay), WORKERS / rate, 1e-10);
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 3);
    for (size_t r = 0; r < REPLICAS; r++) {
        double own = 0;
        tg_stats_add(&s, (double)run_until(&setup, r, 20) / 20);
        for (size_t i = 0; i < worklogs; i++) own += worklog[i].worker == 7;
        tg_stats_add(&share, own / 20);
    }
    assert_mean(s, rate);
    assert_mean(share, weight[7] * rate);
    assert_true(fabs(s.mean - WORKERS / .5) > 10 * tg_stats_error(&s));
    tg_delay_free(delay);
    tg_delay_free(factor);
    tg_cluster_free(c);
    tg_cluster_free(more);
    tg_problem_free(problem);
}

/* Two factors are two laws, however many workers; their order is that of the workers. */
static void
test_two_factors(void **state)
{
    tg_cluster *c = cluster_of(1000, "{law: uniform, min: 1, max: 3}", true);
    tg_delay   *two = law_of("{mixture: [{weight: 1, law: constant, value: .5}, "
                               "{weight: 1, law: constant, value: 1.5}]}"),
             *wrong = law_of("{law: constant, value: 2}");

    (void)state;
    assert_ok(tg_cluster_spread(c, 200, 800, two, 9));
    assert_int_equal(c->groups, 3);
    assert_int_equal(c->count[0], 200);
    assert_int_equal(c->count[0] + c->count[1] + c->count[2], 1000);
    for (size_t w = 0, next = 0; w < 1000; w++) {
        if (w > 0 && next < 3 && c->of[w] == c->law[next]) next++;
        if (w == 0) assert_true(c->of[0] == c->law[next++]);
        assert_near(tg_delay_mean(c->of[w]) - 2,
                    w < 200                 ? 0
                    : c->of[w] == c->law[1] ? tg_delay_mean(c->law[1]) - 2
                                            : tg_delay_mean(c->law[2]) - 2,
                    0);
    }
    assert_near(fabs(tg_delay_mean(c->law[1]) - 2), 1, 1e-15);
    assert_near(tg_delay_mean(c->law[1]) + tg_delay_mean(c->law[2]), 4, 1e-15);
    assert_fails(tg_cluster_spread(c, 0, 10, wrong, 9), TG_EDOMAIN, "mean 1");
    assert_fails(tg_cluster_spread(c, 999, 2, two, 9), TG_EDOMAIN, "cluster has 1000");
    tg_delay_free(two);
    tg_delay_free(wrong);
    tg_cluster_free(c);
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
    cmocka_unit_test(test_throughput), cmocka_unit_test(test_failure),
    cmocka_unit_test(test_windows), cmocka_unit_test(test_schedule),
    cmocka_unit_test(test_drift), cmocka_unit_test(test_fixed),
    cmocka_unit_test(test_spread), cmocka_unit_test(test_two_factors),
    cmocka_unit_test(test_stalled), cmocka_unit_test(test_domain))
