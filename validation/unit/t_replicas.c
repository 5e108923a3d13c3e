#include "validation/unit/check.h"

#include "asgd/replicas.h"
#include "core/parallel.h"

static tg_cluster *
gamma_cluster(size_t n)
{
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse("{law: gamma, shape: 4, mean: 1}", &law));
    assert_ok(tg_cluster_create(1, &n, &law, false, &c));
    tg_delay_free(law);
    return c;
}

static tg_simulation *
run(double step, const tg_replicas_plan *plan, const tg_algorithm *algorithm)
{
    const double   h[] = { 1, 0.2 }, x0[] = { 1, 1 }, sigma[] = { 0.1, 0.1 };
    tg_cluster    *c = gamma_cluster(20);
    tg_problem    *p = NULL;
    tg_simulation *s = NULL;

    assert_ok(tg_problem_quadratic(2, h, x0, sigma, 20, NULL, &p));
    assert_ok(tg_replicas_run(&(tg_setup){ p, c, algorithm, step, 9 }, plan, &s));
    tg_problem_free(p);
    tg_cluster_free(c);
    return s;
}

/* Same seed, same bits, whatever the number of threads. */
static void
test_threads_do_not_show(void **state)
{
    (void)state;
    for (const tg_algorithm *const *a = tg_algorithms; *a; a++) {
        const tg_replicas_plan one = { 20, 50, 0.05, 33, 1, NULL },
                               two = { 20, 50, 0.05, 33, 2, NULL };
        tg_simulation *s = run(0.02, &one, *a), *t = run(0.02, &two, *a);
        assert_memory_equal(s->loss, t->loss, 50 * sizeof *s->loss);
        assert_memory_equal(s->hit, t->hit, 33 * sizeof *s->hit);
        assert_memory_equal(s->staleness, t->staleness,
                            TG_STALENESS_BINS * sizeof *s->staleness);
        assert_memory_equal(&s->floor, &t->floor, sizeof s->floor);
        assert_true(s->settle == t->settle && s->arrivals == t->arrivals);
        tg_simulation_free(s);
        tg_simulation_free(t);
    }
}

/* The first point is the starting loss, arrivals come at rate P/m, and a replica that has
 * settled has been at the target before. */
static void
test_bookkeeping(void **state)
{
    const tg_replicas_plan plan = { 40, 81, 0.05, 50, 0, NULL };
    tg_simulation         *s = run(0.02, &plan, &tg_asgd);

    (void)state;
    assert_near(s->loss[0].mean, (1 + 0.2) / 2, 1e-15);
    assert_near((double)s->arrivals, 20 * 40 * 50, 4 * sqrt(20 * 40 * 50));
    assert_int_equal(s->updates, s->arrivals);
    assert_int_equal(s->diverged, 0);
    assert_int_equal(s->growth.outcome, TG_CONVERGES);
    for (size_t i = 0; i < 50; i++) assert_true(s->hit[i] > 0 && s->hit[i] < 40);
    assert_true(isfinite(s->settle) && s->settle_error > 0);
    tg_simulation_free(s);
}

static void
test_divergence_is_reported(void **state)
{
    const tg_replicas_plan plan = { 200, 21, 0.05, 5, 0, NULL };
    tg_simulation         *s = run(0.5, &plan, &tg_asgd);

    (void)state;
    assert_int_equal(s->diverged, 5);
    assert_int_equal(s->diverged_replica, 0);
    assert_true(s->diverged_time > 0 && s->diverged_time < 200);
    assert_int_equal(s->growth.outcome, TG_DIVERGES);
    assert_true(isinf(s->settle));
    for (size_t i = 0; i < 21; i++) assert_false(isnan(s->loss[i].mean));
    assert_true(isinf(s->loss[20].mean));
    tg_simulation_free(s);
}

static void
test_bad_plans(void **state)
{
    const double   one = 1;
    tg_cluster    *c = gamma_cluster(1);
    tg_problem    *p = NULL;
    tg_simulation *s = NULL;

    (void)state;
    assert_ok(tg_problem_quadratic(1, &one, &one, &one, 1, NULL, &p));
    const tg_setup setup = { p, c, &tg_asgd, 0.1, 1 };
    assert_fails(tg_replicas_run(&setup, &(tg_replicas_plan){ NAN, 9, 1, 1, 1, NULL }, &s),
                 TG_EDOMAIN, "horizon");
    assert_fails(tg_replicas_run(&setup, &(tg_replicas_plan){ 1, 1, 1, 1, 1, NULL }, &s),
                 TG_EDOMAIN, "2 points");
    assert_fails(tg_replicas_run(&setup, &(tg_replicas_plan){ 1, 9, 1, 0, 1, NULL }, &s),
                 TG_EDOMAIN, "1 replica");
    tg_stop_request();
    assert_int_equal(
        tg_replicas_run(&setup, &(tg_replicas_plan){ 1, 9, 1, 4, 1, NULL }, &s), TG_ESTOP);
    tg_stop_clear();
    assert_null(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_threads_do_not_show), cmocka_unit_test(test_bookkeeping),
    cmocka_unit_test(test_divergence_is_reported), cmocka_unit_test(test_bad_plans))
