#include "validation/unit/check.h"

#include "solver/workers.h"

static const double PI = 3.14159265358979323846;

static tg_delay *
law(const char *text)
{
    tg_delay *d = NULL;

    assert_ok(tg_delay_parse(text, &d));
    return d;
}

/* One worker multiplies by 1 - e at each delivery, whatever its law is: log|1 - e| / m, and
 * no spread. */
static void
test_one_worker(void **state)
{
    static const char *const laws[] = { "{law: exponential, mean: 2}",
                                        "{law: gamma, shape: 3, mean: 2}",
                                        "{law: constant, value: 2}" };
    const double             gain[] = { .3, .9, 1.5, 2, 2.5 };
    tg_stats                 e[5];

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int dude = 0; dude < 2; dude++) {
            tg_delay              *d = law(laws[i]);
            const tg_workers_group g = { d, 1 };
            const tg_workers       w = { .group = &g,
                                         .groups = 1,
                                         .rule = (tg_workers_rule)dude,
                                         .paths = 3,
                                         .seed = 1 };
            assert_ok(tg_workers_exponents(&w, 1000, gain, 5, e));
            for (size_t k = 0; k < 5; k++) {
                assert_near(e[k].mean, log(fabs(1 - gain[k])) / 2, 1e-12);
                assert_near(tg_stats_error(&e[k]), 0, 1e-12);
            }
            tg_delay_free(d);
        }
}

/* Constant times: workers take turns, x_{n+1} = x_n - e x_{n+1-P}, and all is lost at
 * e = 2 sin(pi / (2 (2P - 1))) without any chance in it. */
static void
test_turns(void **state)
{
    (void)state;
    tg_delay *d = law("{law: constant, value: 1}");
    for (size_t p = 1; p <= 5; p++) {
        const tg_workers_group g = { d, p };
        const tg_workers       w = { .group = &g, .groups = 1, .paths = 2, .seed = 2 };
        double                 gain, error;
        assert_ok(tg_workers_threshold(&w, 4000, .5, &gain, &error));
        const double exact = (double)p * 2 * sin(PI / (2 * (2 * (double)p - 1)));
        assert_near(gain, exact, 2e-3 * exact);
        assert_near(error, 0, 1e-3);
    }
    tg_delay_free(d);
}

/* Zeros known to .02 from long runs of another program. The mean square is lost at 2.353,
 * 2.374, 3.131 and 4.531: well apart, which is the negative control. */
static void
test_zeros(void **state)
{
    static const struct {
        const char *law;
        size_t      workers;
        double      zero, square;
    } known[] = { { "{law: erlang, stages: 4, mean: 1}", 8, 2.55, 2.353 },
                  { "{law: erlang, stages: 4, mean: 1}", 4, 2.70, 2.374 },
                  { "{law: erlang, stages: 2, mean: 1}", 8, 3.81, 3.131 },
                  { "{law: exponential, mean: 1}", 8, 5.52, 4.531 } };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        tg_delay              *d = law(known[i].law);
        const tg_workers_group g = { d, known[i].workers };
        const tg_workers       w = { .group = &g, .groups = 1, .paths = 64, .seed = 3 };
        double                 gain, error;
        assert_ok(tg_workers_threshold(&w, 1000, 1, &gain, &error));
        assert_near(gain, known[i].zero, .02 + 4 * error);
        assert_true(gain - 4 * error > known[i].square);
        tg_delay_free(d);
    }
}

/* A mode of one worker with e = 1 is at its minimum with the first delivery: hits are phases,
 * P(phase < t) = int_0^t P(T > u) du / m, and settled at once. Workers that begin together
 * hit at T. */
static void
test_phases(void **state)
{
    enum { PATHS = 4000 };
    static const char *const laws[] = { "{law: uniform, min: 1, max: 3}",
                                        "{law: exponential, mean: 2}",
                                        "{law: constant, value: 2}",
                                        "{law: lognormal, mean: 2, cv: 1.5}" };
    const tg_workers_mode    mode = { 1, 1, 0 };
    const tg_workers_run     run = { &mode, 1, NULL, 1, 1e-9, 400 };
    static double            hit[PATHS], settled[PATHS];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        tg_delay              *d = law(laws[i]);
        const tg_workers_group g = { d, 1 };
        tg_workers   w = { .group = &g, .groups = 1, .paths = PATHS, .seed = 5 + i };
        const double m = tg_delay_mean(d);
        tg_stats     s = { 0 };
        size_t       done;
        assert_ok(tg_workers_hitting(&w, &run, hit, settled, &done));
        assert_int_equal(done, PATHS);
        for (size_t p = 0; p < PATHS; p++) tg_stats_add(&s, hit[p]);
        assert_near(s.mean, (m * m + tg_delay_variance(d)) / (2 * m),
                    4 * tg_stats_error(&s));
        assert_memory_equal(hit, settled, sizeof hit);
        w.together = true;
        assert_ok(tg_workers_hitting(&w, &run, hit, NULL, &done));
        s = (tg_stats){ 0 };
        for (size_t p = 0; p < PATHS; p++) tg_stats_add(&s, hit[p]);
        assert_near(s.mean, m, 4 * tg_stats_error(&s) + 1e-12);
        tg_delay_free(d);
    }
}

/* Two workers who take turns from together, e = 1/2, followed by hand; DuDe-ASGD waits a
 * round. */
static void
test_by_hand(void **state)
{
    (void)state;
    tg_delay              *d = law("{law: constant, value: 1}");
    const tg_workers_group g = { d, 2 };
    const tg_workers_mode  mode = { 2, 1, 0 }; /* loss = x^2 */
    tg_workers             w = { .group = &g, .groups = 1, .together = true, .paths = 1 };
    tg_workers_run         run = { &mode, 1, NULL, .25, .01, 5.5 };
    double                 hit, settled;
    size_t                 done;

    /* after t = 1: 1/2, 0; t = 2: 0 - 1/4, - 1/4 - 0; t = 3: -1/8, 0; t = 4: 1/16, 1/16 */
    assert_ok(tg_workers_hitting(&w, &run, &hit, &settled, &done));
    assert_near(hit, 1, 0);
    assert_near(settled, 3, 0);
    w.rule = TG_WORKERS_DUDE;
    run.level = .27; /* t = 1: waits; t = 2: 1 - 1/2 = 1/2 */
    assert_ok(tg_workers_hitting(&w, &run, &hit, &settled, &done));
    assert_near(hit, 2, 0);
    run.horizon = 1.5;
    assert_ok(tg_workers_hitting(&w, &run, &hit, &settled, &done));
    assert_true(isinf(hit) && isinf(settled));
    tg_delay_free(d);
}

/* The same paths for any number of threads. */
static void
test_threads(void **state)
{
    enum { PATHS = 50 };
    (void)state;
    tg_delay              *d = law("{law: gamma, shape: 2, mean: 1}");
    const tg_workers_group g[] = { { d, 3 }, { d, 2 } };
    const tg_workers_mode  mode[] = { { 1, 1, .3 }, { .4, 1, .1 } };
    const tg_workers_run   run = { mode, 2, NULL, .1, .05, 100 };
    tg_workers             w = { .group = g, .groups = 2, .paths = PATHS, .seed = 9 };
    double                 hit[2][PATHS], gain[2], error;
    size_t                 done;

    for (int i = 0; i < 2; i++) {
        w.threads = i ? 3 : 1;
        assert_ok(tg_workers_hitting(&w, &run, hit[i], NULL, &done));
        assert_ok(tg_workers_threshold(&w, 200, 1, &gain[i], &error));
    }
    assert_memory_equal(hit[0], hit[1], sizeof *hit);
    assert_true(gain[0] == gain[1]);
    tg_delay_free(d);
}

static void
test_domain(void **state)
{
    (void)state;
    tg_delay              *d = law("{law: constant, value: 1}");
    tg_delay              *heavy = law("{law: constant, value: 0}");
    const tg_workers_group g = { d, 1 }, none = { d, 0 }, still = { heavy, 1 };
    const tg_workers_mode  mode = { 1, 1, 0 };
    tg_workers             w = { .group = &g, .groups = 1, .paths = 1 };
    tg_workers_run         run = { &mode, 1, NULL, NAN, 1, 1 };
    double                 gain = NAN, error, hit;
    tg_stats               e;
    size_t                 done;

    assert_fails(tg_workers_exponents(&w, 10, &gain, 1, &e), TG_EDOMAIN, "gain");
    gain = 1;
    assert_fails(tg_workers_exponents(&w, NAN, &gain, 1, &e), TG_EDOMAIN, "deliveries");
    assert_fails(tg_workers_threshold(&w, 10, 2.5, &gain, &error), TG_ENOCONV, "settles");
    assert_fails(tg_workers_hitting(&w, &run, &hit, NULL, &done), TG_EDOMAIN, "step");
    run.step = 1;
    run.level = NAN;
    assert_fails(tg_workers_hitting(&w, &run, &hit, NULL, &done), TG_EDOMAIN, "level");
    w.group = &none;
    assert_fails(tg_workers_exponents(&w, 10, &gain, 1, &e), TG_EDOMAIN, "workers");
    w.group = &still;
    assert_fails(tg_workers_exponents(&w, 10, &gain, 1, &e), TG_EDOMAIN, "mean");
    tg_delay_free(d);
    tg_delay_free(heavy);
}

RUN(cmocka_unit_test(test_one_worker), cmocka_unit_test(test_turns),
    cmocka_unit_test(test_zeros), cmocka_unit_test(test_phases),
    cmocka_unit_test(test_by_hand), cmocka_unit_test(test_threads),
    cmocka_unit_test(test_domain))
