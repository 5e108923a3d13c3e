/* A stop request leaves what is finished: of every kind of ensemble the paths that are
 * whole, in all results alike. */
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

RUN(cmocka_unit_test(test_whole_paths_are_kept), cmocka_unit_test(test_at_once))
