#include "validation/unit/check.h"

#include "asgd/theory/mode_fit.h"
#include "core/delay.h"

enum { POINTS = 101 };

typedef struct made {
    tg_mode_table *table;
    double         clock[POINTS], loss[POINTS];
} made;

static const double STEP = .01, END = 200;

static made
make_table(size_t workers)
{
    made        m = { .table = malloc(sizeof *m.table) };
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_non_null(m.table);
    assert_ok(tg_delay_parse("{law: gamma, shape: 4, mean: 1}", &law));
    assert_ok(tg_cluster_create(1, &workers, &law, true, &c));
    assert_ok(tg_mode_table_fill(c, "asgd", 0, END, m.table));
    tg_cluster_free(c);
    tg_delay_free(law);
    for (size_t i = 0; i < POINTS; i++) m.clock[i] = END * (double)i / (POINTS - 1);
    return m;
}

/* The expected loss itself as a curve. */
static tg_mode_task
task_of(made *m, const tg_mode_fit *f, const double *known, size_t knowns)
{
    tg_mode_task t = { .table = m->table,
                       .step = STEP,
                       .n = POINTS,
                       .clock = m->clock,
                       .loss = m->loss,
                       .known = known,
                       .knowns = knowns,
                       .least = f->least,
                       .counted = true };

    assert_ok(tg_mode_fit_mean(&t, f, m->loss));
    return t;
}

/* A curve that is the mean of such modes gives them back, however they are weighed. */
static void
test_recovers(void **state)
{
    static const tg_mode_fit made_of[] = {
        { .modes = 1, .h = { .5 }, .excess = { 2 }, .sigma = .3 },
        { .modes = 1, .h = { 3 }, .excess = { 1e-3 }, .sigma = .02, .least = -7 },
        { .modes = 2, .h = { .2, 2 }, .excess = { 1, 1 }, .sigma = .02 },
        { .modes = 2, .h = { .3, 1.5 }, .excess = { 1, 3 }, .sigma = .02, .least = 1 },
        { .modes = 3, .h = { .1, .7, 5 }, .excess = { 1, 1, 1 }, .sigma = 1e-3 },
    };

    (void)state;
    made m = make_table(8);
    for (size_t i = 0; i < sizeof made_of / sizeof *made_of; i++) {
        const tg_mode_fit *want = &made_of[i];
        const tg_mode_task t = task_of(&m, want, NULL, 0);
        tg_mode_fit        f;
        assert_ok(tg_mode_fit_find(&t, want->modes, &f));
        assert_int_equal(f.modes, want->modes);
        for (size_t j = 0; j < f.modes; j++) {
            assert_near(f.h[j] / want->h[j], 1, 1e-6);
            assert_near(f.excess[j] / want->excess[j], 1, 1e-6);
        }
        assert_near(f.sigma / want->sigma, 1, 1e-6);
        assert_near(f.least, want->least, 0);
        assert_true(f.misfit < 1e-6);
    }
    free(m.table);
}

/* So do eigenvalues that are known: their one start, and noise. */
static void
test_known(void **state)
{
    static const double known[] = { .05, .2, .8, 3 };
    const tg_mode_fit   want = { .modes = 1, .excess = { 2 }, .sigma = .4, .least = 1 };

    (void)state;
    made               m = make_table(8);
    const tg_mode_task t = task_of(&m, &want, known, 4);
    tg_mode_fit        f;
    assert_ok(tg_mode_fit_find(&t, 1, &f));
    assert_true(isnan(f.h[0]));
    assert_near(f.excess[0] / 2, 1, 1e-6);
    assert_near(f.sigma / .4, 1, 1e-6);
    free(m.table);
}

/* F* is found beside the modes, where a curve comes down to it. */
static void
test_least(void **state)
{
    const tg_mode_fit want = {
        .modes = 1, .h = { .5 }, .excess = { 2 }, .sigma = 1e-3, .least = 5
    };

    (void)state;
    made         m = make_table(8);
    tg_mode_task t = task_of(&m, &want, NULL, 0);
    tg_mode_fit  f;
    t.least = NAN;
    assert_ok(tg_mode_fit_find(&t, 1, &f));
    assert_near(f.least, 5, 1e-5);
    assert_near(f.h[0] / .5, 1, 1e-3);
    free(m.table);
}

/* What is no curve is refused, and said. */
static void
test_refuses(void **state)
{
    const tg_mode_fit want = { .modes = 1, .h = { .5 }, .excess = { 2 }, .sigma = .3 };
    tg_mode_fit       f = { .modes = 77 };

    (void)state;
    made         m = make_table(2);
    tg_mode_task t = task_of(&m, &want, NULL, 0);
    t.n = 4;
    assert_int_equal(tg_mode_fit_find(&t, 1, &f), TG_EDOMAIN);
    t.n = POINTS;
    m.loss[3] = NAN;
    assert_int_equal(tg_mode_fit_find(&t, 1, &f), TG_EDOMAIN);
    assert_non_null(strstr(tg_message(), "point 4"));
    m.loss[3] = 1;
    m.clock[7] = 0;
    assert_int_equal(tg_mode_fit_near(&t, &want, &f), TG_EDOMAIN);
    assert_int_equal(f.modes, 77);
    free(m.table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recovers),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_least),
        cmocka_unit_test(test_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
