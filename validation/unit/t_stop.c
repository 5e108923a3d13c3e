/* A stop request leaves what is finished: of every kind of ensemble the paths that are
 * whole, in all results alike. */
#include "solver/dde.h"
#include "solver/dde_stiff.h"
#include "solver/exact.h"
#include "solver/jump.h"
#include "solver/sdde.h"

#include "core/parallel.h"

#include "validation/unit/check.h"
#include "validation/unit/equations.h"

#include <pthread.h>
#include <time.h>

enum { PATHS = 10000000 }; /* seconds of work for one thread */

static const tg_linear linear = { .a = 1, .g = 1, .tau = .5 };
static double          median[2];
static tg_stats        stats[2];

static const tg_observe observe = { .share = &(double){ .5 },
                                    .shares = 1,
                                    .quantile = median };

static tg_status
run_ensemble(void)
{
    const tg_ensemble e = { .mode = &linear,
                            .modes = 1,
                            .paths = PATHS,
                            .dt = .01,
                            .steps = 500,
                            .every = 500,
                            .observe = &observe };

    return tg_ensemble_run(&e, stats, NULL);
}

static tg_status
run_exact(void)
{
    const tg_ensemble e = { .mode = &linear,
                            .modes = 1,
                            .paths = PATHS,
                            .dt = .05,
                            .steps = 100,
                            .every = 100,
                            .observe = &observe };

    return tg_exact_run(&e, stats, NULL);
}

static tg_status
run_sdde(void)
{
    const tg_sdde     eq = { .dim = 1,
                             .delays = 1,
                             .noises = 1,
                             .diagonal = 1,
                             .tau = &linear.tau,
                             .drift = feedback,
                             .diffusion = unit_noise,
                             .history = zero };
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("euler"),
                            .paths = PATHS,
                            .dt = .01,
                            .steps = 500,
                            .every = 500,
                            .observe = &observe };

    return tg_sdde_solve(&r, stats, NULL);
}

static tg_status
run_jump(void)
{
    tg_delay          *d = NULL;
    const tg_jump_mode m = { 1, 1, 0 };

    assert_ok(tg_delay_parse("{law: exponential, mean: .5}", &d));
    const tg_jump   j = { .mode = &m,
                          .modes = 1,
                          .eta = .02,
                          .lambda = 50,
                          .delay = d,
                          .paths = PATHS,
                          .interval = 5,
                          .rows = 2,
                          .observe = &observe };
    const tg_status status = tg_jump_run(&j, stats);
    tg_delay_free(d);
    return status;
}

static void *
stop_soon(void *unused)
{
    (void)unused;
    nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
    tg_stop_request();
    return NULL;
}

static void
test_whole_paths_are_kept(void **state)
{
    tg_status (*const run[])(void) = { run_ensemble, run_exact, run_sdde, run_jump };

    (void)state;
    for (size_t i = 0; i < sizeof run / sizeof *run; i++) {
        pthread_t id;
        median[1] = NAN;
        memset(stats, 0, sizeof stats);
        assert_int_equal(pthread_create(&id, NULL, stop_soon, NULL), 0);
        assert_int_equal(run[i](), TG_ESTOP);
        pthread_join(id, NULL);
        tg_stop_clear();
        assert_true(stats[1].n > 0 && stats[1].n < PATHS && stats[0].n == stats[1].n);
        const double error = sqrt(tg_stats_variance(&stats[1]) / stats[1].n);
        assert_near(stats[1].mean, 0, 4 * error);
        assert_near(median[1], 0, 4 * 1.26 * error + .02);
    }
}

/* Nothing was finished: nothing is claimed. */
static void
test_at_once(void **state)
{
    (void)state;
    tg_stop_request();
    assert_int_equal(run_ensemble(), TG_ESTOP);
    tg_stop_clear();
    assert_true(stats[1].n == 0);
}

/* Four paths alone, which are one block, of minutes of work: ended on the way. */
static void
test_a_long_path_ends(void **state)
{
    const tg_ensemble e = { .mode = &linear,
                            .modes = 1,
                            .paths = 4,
                            .keep = 4,
                            .dt = .01,
                            .steps = 100000000,
                            .every = 100000000 };
    const tg_sdde     eq = feedback_equation(&linear.tau);
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("euler"),
                            .paths = 4,
                            .keep = 4,
                            .dt = .01,
                            .steps = 100000000,
                            .every = 100000000 };

    (void)state;
    for (int i = 0; i < 3; i++) {
        pthread_t       id;
        double          kept[8] = { 0 };
        struct timespec begin, end;
        assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &begin), 0);
        assert_int_equal(pthread_create(&id, NULL, stop_soon, NULL), 0);
        const tg_status status = i == 0   ? tg_ensemble_run(&e, stats, kept)
                                 : i == 1 ? tg_exact_run(&e, stats, kept)
                                          : tg_sdde_solve(&r, stats, kept);
        pthread_join(id, NULL);
        tg_stop_clear();
        assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &end), 0);
        assert_int_equal(status, TG_ESTOP);
        assert_true(difftime(end.tv_sec, begin.tv_sec) < 3);
        assert_true(stats[0].n == 0 && stats[1].n == 0);
        for (int k = 0; k < 8; k++) assert_true(isnan(kept[k]));
    }
}

/* feedback that asks to stop in the middle of the second block of 400 steps */
static tg_status
until_the_second(size_t count, double t, const double *x, const double *past, double *out,
                 void *context)
{
    size_t *calls = context;

    if (++*calls == 600) tg_stop_request();
    return feedback(count, t, x, past, out, NULL);
}

/* Statistics, quantiles and stored paths of a run stopped in its second block are those of
 * the first block alone, to the last bit. */
static void
test_a_block_is_whole_or_nothing(void **state)
{
    enum { ROWS = 5, BLOCK = 256, KEEP = 300 };
    static tg_stats s[2][ROWS];
    static double   kept[2][KEEP * ROWS], quantile[2][ROWS];
    tg_sdde         eq = feedback_equation(&linear.tau);
    size_t          calls = 0;

    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        const tg_observe  o = { .share = &(double){ .5 },
                                .shares = 1,
                                .quantile = quantile[whole] };
        const tg_sdde_run r = { .eq = &eq,
                                .method = tg_sdde_method_find("euler"),
                                .paths = whole ? BLOCK : 1000,
                                .keep = whole ? BLOCK : KEEP,
                                .dt = .01,
                                .steps = 400,
                                .every = 100,
                                .threads = 1,
                                .observe = &o };
        eq.drift = whole ? feedback : until_the_second;
        eq.context = &calls;
        assert_int_equal(tg_sdde_solve(&r, s[whole], kept[whole]),
                         whole ? TG_OK : TG_ESTOP);
        tg_stop_clear();
    }
    assert_true(calls < 700);
    assert_true(s[0][0].n == BLOCK);
    assert_memory_equal(s[0], s[1], sizeof s[0]);
    assert_memory_equal(quantile[0], quantile[1], sizeof quantile[0]);
    assert_memory_equal(kept[0], kept[1], BLOCK * ROWS * sizeof(double));
    for (size_t k = BLOCK * ROWS; k < KEEP * ROWS; k++) assert_true(isnan(kept[0][k]));
}

/* x' = -x(t - 1), which asks to stop at its 500th evaluation */
static tg_status
until_500(double t, const double *x, const double *past, double *dx, void *context)
{
    size_t *calls = context;

    (void)t;
    (void)x;
    if (++*calls == 500) tg_stop_request();
    *dx = -*past;
    return TG_OK;
}

/* Both solvers of deterministic equations end within a step or two, with nothing made. */
static void
test_deterministic(void **state)
{
    size_t       calls = 0;
    const tg_dde eq = { .dim = 1,
                        .delays = 1,
                        .slope = until_500,
                        .tau = &(double){ 1 },
                        .history = one,
                        .context = &calls };

    (void)state;
    for (int stiff = 0; stiff < 2; stiff++) {
        tg_dde_solution *s = NULL;
        calls = 0;
        assert_int_equal(stiff ? tg_dde_stiff_solve(&eq, 0, 1e6, 1e-6, 1e-6, &s)
                               : tg_dde_solve(&eq, 0, 1e6, 1e-6, 1e-6, 0, &s),
                         TG_ESTOP);
        tg_stop_clear();
        assert_null(s);
        assert_true(calls >= 500 && calls < 1500);
    }
}

RUN(cmocka_unit_test(test_deterministic), cmocka_unit_test(test_whole_paths_are_kept),
    cmocka_unit_test(test_at_once), cmocka_unit_test(test_a_long_path_ends),
    cmocka_unit_test(test_a_block_is_whole_or_nothing))
