/* What all ensembles share: when a path leaves the finite range, who it was and when;
 * results as they were after a failure; what is refused. */
#include "solver/exact.h"
#include "solver/jump.h"
#include "solver/paths.h"

#include "core/parallel.h"

#include "validation/unit/check.h"
#include "validation/unit/equations.h"

enum { STEPS = 4000, KEEP = 3, PATHS = 200 };

static const double    tau = .5, dt = .05;
static const tg_linear unstable[] = { { .a = 1, .tau = .5, .x0 = 1 },
                                      { .a = 40, .g = 1, .tau = .5 } };
static tg_stats        stats[2 * (STEPS + 1)];
static double          kept[KEEP * 2 * (STEPS + 1)];

static tg_ensemble
modes(size_t every)
{
    return (tg_ensemble){ .mode = unstable,
                          .modes = 2,
                          .paths = PATHS,
                          .keep = KEEP,
                          .dt = dt,
                          .steps = STEPS,
                          .every = every };
}

static tg_status
run_ensemble(size_t every)
{
    const tg_ensemble e = modes(every);

    return tg_ensemble_run(&e, stats, kept);
}

static tg_status
run_single(size_t every)
{
    tg_ensemble e = modes(every);

    e.single = 1;
    return tg_ensemble_run(&e, stats, kept);
}

static tg_status
run_exact(size_t every)
{
    const tg_ensemble e = modes(every);

    return tg_exact_run(&e, stats, kept);
}

/* the two modes above */
static tg_status
drift(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -past[k];
    for (size_t k = count; k < 2 * count; k++) out[k] = -40 * past[k];
    return TG_OK;
}

static tg_status
noise(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < 2 * count; k++) out[k] = k >= count;
    return TG_OK;
}

static tg_status
start(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = 1;
    x[1] = 0;
    return TG_OK;
}

static tg_status
run_sdde(size_t every)
{
    const tg_sdde     eq = { .dim = 2,
                             .delays = 1,
                             .noises = 2,
                             .diagonal = 1,
                             .tau = &tau,
                             .drift = drift,
                             .diffusion = noise,
                             .history = start };
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("euler"),
                            .paths = PATHS,
                            .keep = KEEP,
                            .dt = dt,
                            .steps = STEPS,
                            .every = every };

    return tg_sdde_solve(&r, stats, kept);
}

static tg_status (*const run[])(size_t every) = { run_ensemble, run_single, run_exact,
                                                  run_sdde };

/* The message names component 1, a path, and the time: that of a look at every step, and
 * with rows far apart one at most 64 steps later. */
static void
test_who_was_lost_and_when(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof run / sizeof *run; i++) {
        const char *words = i == 3 ? "component %zu of path %zu left the finite range "
                                     "before t = %lg"
                                   : "mode %zu of path %zu left the finite range "
                                     "before t = %lg";
        size_t      component[2] = { 0 }, path[2] = { PATHS, PATHS };
        double      t[2] = { 0 };
        for (int far = 0; far < 2; far++) {
            assert_int_equal(run[i](far ? STEPS : 1), TG_EDIVERGED);
            assert_int_equal(
                sscanf(tg_message(), words, &component[far], &path[far], &t[far]), 3);
            assert_true(component[far] == 1 && path[far] < PATHS);
        }
        assert_true(t[0] > 1 && t[1] >= t[0] - 1e-3 && t[1] <= t[0] + 64 * dt + 1e-3);
    }
}

static void
test_results_are_as_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof run / sizeof *run; i++) {
        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++) kept[k] = 7;
        for (size_t k = 0; k < sizeof stats / sizeof *stats; k++) stats[k].n = 7;
        assert_int_equal(run[i](1), TG_EDIVERGED);
        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++) assert_true(kept[k] == 7);
        for (size_t k = 0; k < sizeof stats / sizeof *stats; k++)
            assert_true(stats[k].n == 7);
    }
}

/* Stopped before anything was finished: statistics of nothing, and no path. */
static void
test_stopped_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof run / sizeof *run; i++) {
        memset(kept, 0, sizeof kept);
        tg_stop_request();
        assert_int_equal(run[i](STEPS), TG_ESTOP);
        tg_stop_clear();
        for (int k = 0; k < KEEP * 2 * 2; k++) assert_true(isnan(kept[k]));
        for (int k = 0; k < 2 * 2; k++) assert_true(stats[k].n == 0);
    }
}

static tg_status
tenth(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = .1;
    return TG_OK;
}

/* All paths at .1: the mean is that and the spread 0, to the last bit. */
static void
test_constant_start(void **state)
{
    const tg_linear   m = { .a = 1, .x0 = .1 };
    const tg_ensemble e = {
        .mode = &m, .modes = 1, .paths = 777, .dt = .1, .steps = 1, .every = 1
    };
    tg_sdde  eq = feedback_equation(&tau);
    tg_stats s[3][2];

    (void)state;
    eq.history = tenth;
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("euler"),
                            .paths = 777,
                            .steps = 1,
                            .every = 1,
                            .dt = .1 };
    assert_ok(tg_ensemble_run(&e, s[0], NULL));
    assert_ok(tg_exact_run(&e, s[1], NULL));
    assert_ok(tg_sdde_solve(&r, s[2], NULL));
    for (int k = 0; k < 3; k++)
        assert_true(s[k][0].n == 777 && s[k][0].mean == .1 && s[k][0].m2 == 0);
}

/* Whether the check says that the run will say this: nothing, or words of a refusal. */
static void
agree(tg_status checked, const char *words, tg_status ran)
{
    if (!words) assert_true(checked == TG_OK && ran == TG_OK);
    if (words) assert_fails(ran, TG_EDOMAIN, words);
    assert_int_equal(checked, ran);
}

static void
test_ensemble_checks(void **state)
{
    static const tg_linear calm = { .a = 1, .tau = .5, .g = 1 };
    static const struct {
        const char *words;
        size_t      modes, paths, steps, every, keep, threads;
        double      dt;
    } table[] = { { NULL, 1, 10, 10, 10, 0, 0, .1 },
                  { NULL, 1, 10, 10, SIZE_MAX, 0, 0, .1 },
                  { "modes", 0, 10, 10, 10, 0, 0, .1 },
                  { "paths must be >= 1", 1, 0, 10, 10, 0, 0, .1 },
                  { "paths must be >= 1 and below 2^53", 1, SIZE_MAX, 10, 10, 0, 0, .1 },
                  { "paths must be", 1, (size_t)1 << 53, 10, 10, 0, 0, .1 },
                  { "steps must be", 1, 10, 0, 10, 0, 0, .1 },
                  { "steps must be", 1, 10, SIZE_MAX, SIZE_MAX, 0, 0, .1 },
                  { "steps must be", 1, 10, SIZE_MAX, 1, 0, 0, .1 },
                  { "GiB", 1, 10, SIZE_MAX >> 12, 1, 0, 0, .1 },
                  { "row must be >= 1", 1, 10, 10, 0, 0, 0, .1 },
                  { "11 paths to keep of only 10", 1, 10, 10, 10, 11, 0, .1 },
                  { "GiB", 1, 10, 10, 10, 0, SIZE_MAX, .1 },
                  { "the step must be > 0", 1, 10, 10, 10, 0, 0, NAN } };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const tg_ensemble e = { .mode = &calm,
                                .modes = table[i].modes,
                                .paths = table[i].paths,
                                .steps = table[i].steps,
                                .every = table[i].every,
                                .keep = table[i].keep,
                                .threads = table[i].threads,
                                .dt = table[i].dt };
        tg_status         checked = tg_ensemble_check(&e);
        agree(checked, table[i].words, tg_ensemble_run(&e, stats, kept));
        checked = tg_exact_check(&e);
        agree(checked, table[i].words, tg_exact_run(&e, stats, kept));
    }
}

static void
test_sdde_checks(void **state)
{
    static const struct {
        const char   *words;
        const double *tau;
        size_t        paths, steps, every, sub, keep, threads;
        double        dt;
    } table[] = { { NULL, &tau, 10, 10, 10, 0, 0, 0, .1 },
                  { NULL, &tau, 10, 10, SIZE_MAX, 0, 0, 0, .1 },
                  { "1 delays but no tau", NULL, 10, 10, 10, 0, 0, 0, .1 },
                  { "paths must be", &tau, 0, 10, 10, 0, 0, 0, .1 },
                  { "paths must be", &tau, SIZE_MAX, 10, 10, 0, 0, 0, .1 },
                  { "steps must be", &tau, 10, 0, 10, 0, 0, 0, .1 },
                  { "steps must be", &tau, 10, SIZE_MAX, 1, 0, 0, 0, .1 },
                  { "GiB", &tau, 10, SIZE_MAX >> 12, 1, 0, 0, 0, .1 },
                  { "row must be >= 1", &tau, 10, 10, 0, 0, 0, 0, .1 },
                  { "2^53", &tau, 10, 10, 10, SIZE_MAX, 0, 0, .1 },
                  { "11 paths to keep of only 10", &tau, 10, 10, 10, 0, 11, 0, .1 },
                  { "GiB", &tau, 10, 10, 10, 0, 0, SIZE_MAX, .1 },
                  { "the step must be > 0", &tau, 10, 10, 10, 0, 0, 0, NAN } };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
            const tg_sdde     eq = feedback_equation(table[i].tau);
            const tg_sdde_run r = { .eq = &eq,
                                    .method = *m,
                                    .paths = table[i].paths,
                                    .steps = table[i].steps,
                                    .every = table[i].every,
                                    .sub = table[i].sub,
                                    .keep = table[i].keep,
                                    .threads = table[i].threads,
                                    .dt = table[i].dt };
            const tg_status   checked = tg_sdde_check(&r);
            agree(checked, table[i].words, tg_sdde_solve(&r, stats, kept));
        }
}

static void
test_jump_checks(void **state)
{
    static const tg_jump_mode calm = { .h = 1, .sigma = 1 };
    static const struct {
        const char *words;
        size_t      modes, paths, rows, threads;
        double      interval;
    } table[] = { { NULL, 1, 10, 3, 0, 1 },
                  { "modes", 0, 10, 3, 0, 1 },
                  { "paths must be", 1, 0, 3, 0, 1 },
                  { "paths must be", 1, SIZE_MAX, 3, 0, 1 },
                  { "rows must be", 1, 10, 0, 0, 1 },
                  { "rows must be", 1, 10, SIZE_MAX, 0, 1e-300 },
                  { "GiB", 1, 10, SIZE_MAX >> 12, 0, 1e-300 },
                  { "GiB", 1, 10, 3, SIZE_MAX, 1 },
                  { "arrivals", 1, 10, 3, 0, 1e300 },
                  { "the interval must be > 0", 1, 10, 3, 0, NAN } };
    tg_delay *d = NULL;

    (void)state;
    assert_ok(tg_delay_create("constant", &tau, &d));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const tg_jump   j = { .mode = &calm,
                              .modes = table[i].modes,
                              .eta = .1,
                              .lambda = 1,
                              .delay = d,
                              .paths = table[i].paths,
                              .interval = table[i].interval,
                              .rows = table[i].rows,
                              .threads = table[i].threads };
        const tg_status checked = tg_jump_check(&j);
        agree(checked, table[i].words, tg_jump_run(&j, stats));
    }
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_who_was_lost_and_when),
    cmocka_unit_test(test_results_are_as_before), cmocka_unit_test(test_stopped_at_once),
    cmocka_unit_test(test_constant_start), cmocka_unit_test(test_ensemble_checks),
    cmocka_unit_test(test_sdde_checks), cmocka_unit_test(test_jump_checks))
