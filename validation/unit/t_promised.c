/* What a run says it will allocate is what it allocates: the program is linked so that
 * malloc, calloc, realloc and aligned_alloc of the library come here (Makefile) and are
 * counted. */
#include "solver/exact.h"
#include "solver/hitting.h"

#include "validation/unit/check.h"

#include <stdatomic.h>

static atomic_size_t taken; /* bytes asked for */

static int
refused(size_t bytes, int again)
{
    taken += again ? bytes / 2 : bytes; /* ours double */
    return 0;
}

#include "validation/unit/allocations.h"

enum { PATHS = 3000, ROWS = 51 };

static tg_delay          *law;
static const tg_linear    modes[2] = { { 1, 0, .1, .5, 1 }, { .5, 0, .1, .5, 1 } };
static const tg_jump_mode jumps[2] = { { 1, 1, 1 }, { .5, 1, 1 } };
static const double       h[2] = { 1, .5 };
static tg_stats           stats[2 * ROWS], loss[ROWS];
static double             quantile[2 * ROWS];
static const tg_observe   observe = {
      .h = h, .share = h + 1, .shares = 1, .loss = loss, .quantile = quantile
};

/* Within 2 % and a few pages for the threads' own book-keeping. */
#define assert_promise(promise, call)                                                      \
    do {                                                                                   \
        taken = 0;                                                                         \
        assert_ok(call);                                                                   \
        assert_near((double)taken, (promise), .02 * (promise) + 8192);                     \
    } while (0)

static tg_status
decay(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < 2 * count; k++) out[k] = -past[k];
    return TG_OK;
}

static tg_status
start(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = x[1] = 1;
    return TG_OK;
}

static const tg_sdde eq = { .dim = 2,
                            .delays = 1,
                            .noises = 2,
                            .diagonal = 1,
                            .tau = &modes[0].tau,
                            .drift = decay,
                            .diffusion = decay,
                            .history = start };

static tg_jump
arrivals(void)
{
    return (tg_jump){ .mode = jumps,
                      .modes = 2,
                      .eta = .01,
                      .lambda = 1000,
                      .delay = law,
                      .paths = 300,
                      .interval = .1,
                      .rows = ROWS,
                      .threads = 2,
                      .observe = &observe };
}

static void
test_ensembles(void **state)
{
    const tg_ensemble e = { .mode = modes,
                            .modes = 2,
                            .paths = PATHS,
                            .dt = .01,
                            .steps = 500,
                            .every = 10,
                            .threads = 2,
                            .observe = &observe };
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("milstein"),
                            .paths = PATHS,
                            .dt = .01,
                            .steps = 500,
                            .every = 10,
                            .threads = 2,
                            .observe = &observe };
    const tg_jump     j = arrivals();

    (void)state;
    assert_promise(tg_ensemble_memory(&e), tg_ensemble_run(&e, stats, NULL));
    assert_promise(tg_exact_memory(&e), tg_exact_run(&e, stats, NULL));
    assert_promise(tg_sdde_memory(&r), tg_sdde_solve(&r, stats, NULL));
    assert_promise(tg_jump_memory(&j), tg_jump_run(&j, stats));
}

static void
test_hitting(void **state)
{
    const tg_jump    j = arrivals();
    const tg_hitting question = { .h = h,
                                  .level = .01,
                                  .dt = .01,
                                  .horizon = 5,
                                  .paths = PATHS,
                                  .settle = 1,
                                  .threads = 2 };
    const double     handed_over = 2 * sizeof(double) * PATHS; /* room of the caller */
    tg_hits          out;

    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        tg_hitting p = question;
        if (kind < 2) p.mode = modes, p.modes = 2, p.exact = kind;
        if (kind == 2) p.sdde = &eq, p.method = tg_sdde_method_find("euler");
        if (kind == 3) p.jump = &j;
        assert_promise(tg_hitting_memory(&p) - handed_over,
                       tg_hitting_run(&p, NULL, NULL, &out));
    }
}

static int
prepare(void **state)
{
    (void)state;
    return tg_delay_parse("{law: gamma, shape: 2, mean: .5}", &law);
}

static int
drop(void **state)
{
    (void)state;
    tg_delay_free(law);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_ensembles),
                                        cmocka_unit_test(test_hitting) };

    return cmocka_run_group_tests(tests, prepare, drop);
}
