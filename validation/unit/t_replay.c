#include "validation/unit/worklog.h"

#include "asgd/sim/timeline.h"

/* An end that is began + time gives it back by their difference, to the bit, though not the
 * time; an end of other make does not always. */
static void
test_differences(void **state)
{
    tg_rng g = tg_rng_stream(1, TG_PURPOSE_TEST, 0);
    size_t other = 0;

    (void)state;
    for (int i = 0; i < 1000000; i++) {
        const double began = exp(12 * tg_rng_uniform(&g) - 6);
        const double time = exp(12 * tg_rng_uniform(&g) - 6);
        const double end = began + time, far = began * (1 + time);
        assert_true(began + (end - began) == end);
        other += began + (far - began) != far;
    }
    assert_true(other > 0);
}

/* Worker 0 and 1 as recorded, worker 2 by its law; then from the first again. */
static void
test_durations(void **state)
{
    const double time[] = { 1, 2.5, .5, 3, 0 };
    const size_t count[] = { 3, 2, 0 };
    tg_problem  *problem = parabola(3);
    tg_cluster  *c = cluster_of(3, "{law: constant, value: 7}", false);

    (void)state;
    assert_ok(tg_cluster_replay(c, count, time, true));
    assert_int_equal(c->groups, 3);
    assert_near(tg_cluster_rate(c), 3 / 4. + 2 / 3. + 1 / 7., 1e-14);
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 8);
    run_until(&setup, 0, 100);
    size_t n[3] = { 0 };
    for (size_t i = 0; i < worklogs; i++) {
        const logged *l = &worklog[i];
        if (l->worker < 2)
            assert_near(l->now - l->began, l->worker ? time[3 + n[1] % 2] : time[n[0] % 3],
                        1e-13);
        n[l->worker]++;
    }
    assert_true(n[0] == 75 && n[1] >= 66 && n[2] >= 14);
    tg_cluster_free(c);
    tg_problem_free(problem);
}

/* After what was recorded a worker stops, and the run says which. */
static void
test_stops(void **state)
{
    const double time[] = { 1, 2, 3 };
    const size_t count[] = { 2, 1 };
    tg_problem  *problem = parabola(2);
    tg_cluster  *c = cluster_of(2, "{law: constant, value: 7}", true);
    tg_sim      *s = NULL;
    tg_happening h;
    size_t       first = 9, events = 0;

    (void)state;
    assert_ok(tg_cluster_replay(c, count, time, false));
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&logging.is), .1, 8);
    worklogs = 0;
    assert_ok(tg_sim_create(&setup, 0, &s));
    for (; isfinite(tg_sim_next(s)); events++) assert_ok(tg_sim_advance(s, &h));
    assert_int_equal(events, 3);
    assert_int_equal(tg_sim_stalled(s, &first), 2);
    assert_int_equal(first, 0);
    tg_sim_free(s);
    tg_cluster_free(c);
    tg_problem_free(problem);
}

/* asgd that writes down. */
static tg_status
log_step(tg_sim *s, void *room, const tg_job *job)
{
    write_down(s, job);
    return tg_rule_asgd.deliver(s, room, job);
}

/* The last models of a run. */
enum { WORKERS = 4, TAIL = 1500 };

static void
models(const tg_cluster *c, double *x)
{
    tg_rule_kind stepping = tg_rule_asgd;
    tg_problem  *problem = parabola(WORKERS);
    tg_sim      *s = NULL;
    tg_happening h;

    stepping.deliver = log_step;
    const tg_setup setup = tg_setup_of(problem, c, tg_choice_of(&stepping.is), .1, 8);
    worklogs = 0;
    assert_ok(tg_sim_create(&setup, 0, &s));
    for (size_t i = 0; i < TAIL; i++) {
        assert_ok(tg_sim_advance(s, &h));
        x[i] = *tg_sim_model(s);
    }
    tg_sim_free(s);
    tg_problem_free(problem);
}

/* A recorded run of staggered workers whose speeds drift, replayed by plain ones: the same bits.
 * With one time off by a millionth it is another run. */
static void
test_same_bits(void **state)
{
    static double x[TAIL], y[TAIL], time[TAIL];
    tg_cluster   *c = cluster_of(WORKERS, "{law: lognormal, mean: 1, cv: 1}", false);
    tg_cluster   *replayed = cluster_of(WORKERS, "{law: constant, value: 9}", true);
    const tg_pace drift = { .choice = { &tg_pace_drift.is, { 5, .7, 0 } } };
    size_t        count[WORKERS] = { 0 }, n = 0;

    (void)state;
    assert_ok(tg_cluster_set_pace(c, 0, WORKERS, &drift));
    models(c, x);
    for (size_t w = 0; w < WORKERS; w++)
        for (size_t i = 0; i < worklogs; i++)
            if (worklog[i].worker == w) {
                time[n++] = worklog[i].now - worklog[i].began;
                count[w]++;
            }
    assert_int_equal(n, TAIL);
    assert_ok(tg_cluster_replay(replayed, count, time, true));
    assert_true(tg_cluster_renews(replayed));
    assert_ok(tg_cluster_replay(replayed, count, time, false));
    assert_false(tg_cluster_renews(replayed));
    models(replayed, y);
    assert_memory_equal(x, y, sizeof x);
    time[3] *= 1 + 1e-6;
    assert_ok(tg_cluster_replay(replayed, count, time, false));
    const double first = worklog[worklogs - 1].now;
    models(replayed, y);
    assert_true(first != worklog[worklogs - 1].now || memcmp(x, y, sizeof x));
    tg_cluster_free(c);
    tg_cluster_free(replayed);
}

/* What was recorded of workers that come and go is not slowed again by their speeds, which still say
 * who is there; one that never came back does not in the replay either. */
static void
test_with_speeds(void **state)
{
    const tg_pace pace[2] = { { .choice = { &tg_pace_on_off.is, { 2, 1, 1, 0 } } },
                              { .choice = { &tg_pace_failure.is, { 9, INFINITY, 1 } } } };
    tg_problem   *problem = parabola(2);

    (void)state;
    for (int k = 0; k < 2; k++) {
        tg_cluster *c = cluster_of(2, "{law: lognormal, mean: 1, cv: 1}", true);
        tg_table   *t[2] = { NULL, NULL };
        double      time[4000];
        size_t      count[2] = { 0 }, n = 0;
        assert_ok(tg_cluster_set_pace(c, 0, 2, &pace[k]));
        const tg_setup u = tg_setup_of(problem, c, tg_choice_of(&tg_rule_mifa.is), .1, 1);
        for (int again = 0; again < 2; again++) {
            assert_ok(tg_table_create(tg_timeline_columns, TG_TIMELINE_COLUMNS, &t[again]));
            assert_ok(tg_timeline_record(&u, 0, 60, t[again]));
            for (double w = 0; again == 0 && w < 2; w++)
                for (size_t i = 0; i < tg_table_rows(t[0]); i++)
                    if (tg_table_number(t[0], i, 0) == w) {
                        time[n++] =
                            tg_table_number(t[0], i, 4) - tg_table_number(t[0], i, 3);
                        count[(size_t)w]++;
                    }
            assert_ok(tg_cluster_replay(c, count, time, true));
        }
        assert_true(k == 0 || isinf(time[count[0] - 1]));
        assert_false(tg_cluster_renews(c));
        assert_int_equal(tg_table_rows(t[0]), tg_table_rows(t[1]));
        for (size_t i = 0; i < tg_table_rows(t[0]); i++)
            for (size_t j = 0; j < 6; j++)
                assert_true(tg_table_number(t[0], i, j) == tg_table_number(t[1], i, j));
        for (int i = 0; i < 2; i++) tg_table_free(t[i]);
        tg_cluster_free(c);
    }
    tg_problem_free(problem);
}

static void
test_domain(void **state)
{
    const double time[] = { 1, NAN, 0 };
    const size_t bad[] = { 1, 1 }, still[] = { 0, 1 }, good[] = { 1, 0 };
    tg_cluster  *c = cluster_of(2, "{law: constant, value: 7}", true);

    (void)state;
    assert_fails(tg_cluster_replay(c, bad, time, true), TG_EDOMAIN, "job 0 of worker 1");
    assert_fails(tg_cluster_replay(c, still, time + 2, true), TG_EDOMAIN, "any time");
    assert_null(c->recording.first);
    assert_int_equal(c->groups, 1);
    assert_ok(tg_cluster_replay(c, good, time, true));
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_differences), cmocka_unit_test(test_durations),
    cmocka_unit_test(test_stops), cmocka_unit_test(test_same_bits),
    cmocka_unit_test(test_with_speeds), cmocka_unit_test(test_domain))
