#include "solver/jump.h"
#include "solver/moments.h"
#include "solver/sdde.h"
#include "solver/stationary.h"

#include "validation/unit/check.h"
#include "validation/unit/equations.h"
#include "validation/unit/laws.h"

/* eta = .2, h = 1, lambda = 5: a = 1, c = .2; 12500 paths of 80 arrivals. */
enum { ROWS = 5, PATHS = 12500 };
static const double UNTIL = 16;

static void
run_jumps(const tg_delay *d, tg_stats s[ROWS])
{
    const tg_jump j = { .eta = .2,
                        .mode = &(tg_jump_mode){ .h = 1, .sigma = 1, .x0 = 1 },
                        .modes = 1,
                        .lambda = 5,
                        .delay = d,
                        .paths = PATHS,
                        .interval = UNTIL / (ROWS - 1),
                        .rows = ROWS,
                        .seed = 1 };

    assert_ok(tg_jump_run(&j, s));
}

static tg_status
intensity(size_t count, double t, const double *x, const double *past, double *out,
          void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .2 * sqrt(5);
    return TG_OK;
}

/* The diffusion form of the same: the kernel itself, and white noise of the same intensity.
 */
static void
run_diffusion(const tg_delay *d, tg_stats s[ROWS])
{
    const double      tau = tg_delay_mean(d);
    const int         constant = !strcmp(tg_delay_name(d), "constant");
    const tg_sdde     eq = { .dim = 1,
                             .delays = 1,
                             .noises = 1,
                             .diagonal = 1,
                             .tau = &tau,
                             .law = d,
                             .meaning = constant ? TG_DELAY_CONSTANT : TG_DELAY_DISTRIBUTED,
                             .drift = feedback,
                             .diffusion = intensity,
                             .history = one };
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("rk"),
                            .paths = PATHS,
                            .steps = 320,
                            .every = 80,
                            .dt = UNTIL / 320,
                            .seed = 2 };

    assert_ok(tg_sdde_solve(&r, s, NULL));
}

/* The jump form against (3), in mean and variance along the way; and the diffusion form
 * misses it by the predicted amount, far outside the errors. */
static void
check_law(const tg_delay *d)
{
    const tg_mode jump = tg_mode_asgd(.2, 1, 1, 5, d, 1),
                  smooth = tg_mode_asgd(.2, 1, 1, 5, d, 0);
    double   mean[ROWS], second[ROWS], without[ROWS];
    tg_stats s[ROWS], w[ROWS];

    run_jumps(d, s);
    run_diffusion(d, w);
    assert_ok(tg_moments_follow(&jump, 1, UNTIL, ROWS, 0, NULL, mean, second));
    assert_ok(tg_moments_follow(&smooth, 1, UNTIL, ROWS, 0, NULL, mean, without));
    for (size_t k = 1; k < ROWS; k++) {
        const double v = second[k] - mean[k] * mean[k], u = without[k] - mean[k] * mean[k];
        /* a little more than normal: jumps have kurtosis */
        const double error = v * sqrt(2.6 / PATHS), plain = u * sqrt(2. / PATHS);
        const double gap = tg_stats_variance(&s[k]) - tg_stats_variance(&w[k]);
        assert_near(s[k].mean, mean[k], 4 * tg_stats_error(&s[k]));
        assert_near(tg_stats_variance(&s[k]), v, 4 * error);
        assert_near(gap, v - u, 4 * hypot(error, plain) + 1e-3 * u);
        assert_true(k < ROWS - 1 || gap > 5 * hypot(error, plain));
    }
}

static void
test_against_the_renewal_equation(void **state)
{
    double    times[200];
    tg_rng    g = tg_rng_stream(9, TG_PURPOSE_TEST, 0);
    tg_delay *d = NULL;

    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        assert_ok(tg_delay_parse(laws[i], &d));
        check_law(d);
        tg_delay_free(d);
    }
    for (size_t i = 0; i < 200; i++) times[i] = 0.5 * tg_rng_exponential(&g);
    assert_ok(tg_delay_empirical(times, 200, &d));
    check_law(d);
    tg_delay_free(d);
}

/* laws.h has every kind of the registry; the empirical one needs observations. */
static void
test_every_kind_is_there(void **state)
{
    (void)state;
    for (const tg_delay_kind *const *k = tg_delay_kinds; *k; k++) {
        int found = !strcmp(tg_delay_kind_name(*k), "empirical");
        for (size_t i = 0; i < LAWS && !found; i++)
            found = strstr(laws[i], tg_delay_kind_name(*k)) != NULL;
        if (!found) fail_msg("no test law of kind %s", tg_delay_kind_name(*k));
    }
}

/* theory 3.2: constant delay, eta = .02: .0353. */
static void
test_stationary_variance(void **state)
{
    tg_delay *d = NULL;
    double    v = NAN;

    (void)state;
    assert_ok(tg_delay_parse("{law: constant, value: 1}", &d));
    const tg_jump j = { .eta = .02,
                        .mode = &(tg_jump_mode){ .h = 1, .sigma = 1 },
                        .modes = 1,
                        .lambda = 50,
                        .delay = d,
                        .paths = 2000,
                        .interval = 12,
                        .rows = 2,
                        .seed = 5 };
    const tg_mode m = tg_mode_asgd(.02, 1, 1, 50, d, 1);
    tg_stats      s[2];
    assert_ok(tg_jump_run(&j, s));
    assert_ok(tg_stationary_variance(&m, &v));
    assert_near(v, .0353, 5e-5);
    assert_near(tg_stats_variance(&s[1]), v, 4 * v * sqrt(2. / 2000));
    tg_delay_free(d);
}

static void
test_same_bits_for_any_threads(void **state)
{
    tg_delay *d = NULL;
    tg_stats  one[3], two[3];

    (void)state;
    assert_ok(tg_delay_parse("{law: gamma, shape: 2.5, mean: 1}", &d));
    tg_jump j = { .eta = .02,
                  .mode = &(tg_jump_mode){ .h = 1, .sigma = 1 },
                  .modes = 1,
                  .lambda = 50,
                  .delay = d,
                  .paths = 300,
                  .interval = 2,
                  .rows = 3,
                  .seed = 5,
                  .threads = 1 };
    assert_ok(tg_jump_run(&j, one));
    j.threads = 2;
    assert_ok(tg_jump_run(&j, two));
    assert_memory_equal(one, two, sizeof one);
    j.eta = 40;
    j.interval = 1000;
    assert_fails(tg_jump_run(&j, one), TG_EDIVERGED, "finite range");
    tg_jump_mode many[20] = { { 0 } };
    j.mode = many;
    j.modes = 20;
    j.lambda = 4e4;
    assert_fails(tg_jump_run(&j, one), TG_EDOMAIN, "GiB would be needed");
    j.lambda = NAN;
    assert_fails(tg_jump_run(&j, one), TG_EDOMAIN, "arrival rate");
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_against_the_renewal_equation),
    cmocka_unit_test(test_every_kind_is_there), cmocka_unit_test(test_stationary_variance),
    cmocka_unit_test(test_same_bits_for_any_threads))
