#include "solver/exact.h"
#include "solver/jump.h"
#include "solver/moments.h"
#include "solver/sdde.h"
#include "solver/stationary.h"

#include "validation/unit/check.h"
#include "validation/unit/equations.h"

enum { ROWS = 41, SHARES = 3 };

static const double share[SHARES] = { .1, .5, .9 };

/* Stationary covariance at lags 0, .25 and .5 of a = 1, tau = .5: the last is sigma^2 / (2
 * a), .25 is .692992564907591 (cases); the exact stepper has no bias. Two modes are
 * independent. */
static void
test_covariance_at_lags(void **state)
{
    static const double    exact[] = { .842898208584169818, .692992564907591, .5, 0 };
    static const tg_pair   pair[] = { { 0, 0, 0 }, { 0, 0, 1 }, { 0, 0, 2 }, { 0, 1, 0 } };
    static const tg_linear m[] = { { 1, 0, 1, .5, 0 }, { 1, 0, 1, .5, 0 } };
    double                 covariance[4 * ROWS];
    const tg_observe       o = { .pair = pair, .pairs = 4, .covariance = covariance };
    const tg_ensemble      e = { .mode = m,
                                 .modes = 2,
                                 .paths = 40000,
                                 .dt = .05,
                                 .steps = 200,
                                 .every = 5,
                                 .seed = 9,
                                 .observe = &o };
    tg_stats               s[2 * ROWS];

    (void)state;
    assert_ok(tg_exact_run(&e, s, NULL));
    assert_true(isnan(covariance[2 * ROWS + 1]));
    for (size_t p = 0; p < 4; p++) {
        const double v = exact[0], error = sqrt((v * v + exact[p] * exact[p]) / e.paths);
        assert_near(covariance[p * ROWS + ROWS - 1], exact[p], 4 * error);
    }
    assert_near(covariance[ROWS - 1], tg_stats_variance(&s[ROWS - 1]), 1e-12);
}

/* Gaussian: quantiles of x at z v^(1/2); of h x^2 / 2 by chi squared; the same bits for any
 * number of threads, and the fused and the general path see the same paths alike. */
static void
test_quantiles(void **state)
{
    static const tg_linear m = { 1, 0, 1, .5, 0 };
    static const double h = 2, z[SHARES] = { -1.2815515655446004, 0, 1.2815515655446004 };
    static const double chi2[SHARES] = { .01579077409343122, .45493642311957283,
                                         2.7055434540954146 };
    double              x[2][ROWS * SHARES], f[2][ROWS * SHARES];
    tg_stats            loss[2][ROWS], s[ROWS];
    double              v = NAN;

    (void)state;
    assert_ok(tg_ensemble_scheme_variance(1, 0, .5, .05, &v));
    for (size_t threads = 1; threads <= 2; threads++) {
        const size_t      t = threads - 1;
        const tg_observe  o = { .h = &h,
                                .share = share,
                                .shares = SHARES,
                                .loss = loss[t],
                                .quantile = x[t],
                                .loss_quantile = f[t] };
        const tg_ensemble e = { .mode = &m,
                                .modes = 1,
                                .paths = 40000,
                                .dt = .05,
                                .steps = 200,
                                .every = 5,
                                .seed = 2,
                                .threads = threads,
                                .observe = &o };
        assert_ok(tg_ensemble_run(&e, s, NULL));
    }
    assert_memory_equal(x[0], x[1], sizeof x[0]);
    assert_memory_equal(f[0], f[1], sizeof f[0]);
    assert_memory_equal(loss[0], loss[1], sizeof loss[0]);
    const double *last = x[0] + (ROWS - 1) * SHARES, *late = f[0] + (ROWS - 1) * SHARES;
    for (size_t k = 0; k < SHARES; k++) {
        const double density = exp(-z[k] * z[k] / 2) / sqrt(2 * acos(-1));
        const double error = sqrt(share[k] * (1 - share[k]) / 40000) / density;
        assert_near(last[k] / sqrt(v), z[k], 4 * error + 1e-4);
        const double square = exp(-chi2[k] / 2) / sqrt(2 * acos(-1) * chi2[k]);
        assert_near(late[k] / v, chi2[k],
                    4 * sqrt(share[k] * (1 - share[k]) / 40000) / square + .002 * chi2[k]);
    }
    assert_near(loss[0][ROWS - 1].mean, v, 4 * v * sqrt(2. / 40000));
}

/* The general integrator and the jump form observe too: median 0, covariance at lag tau. */
static void
test_other_integrators(void **state)
{
    static const double  tau = .5;
    static const tg_pair pair = { 0, 0, 2 };
    double               x[ROWS * SHARES], covariance[ROWS];
    tg_stats             s[ROWS];
    const tg_observe     o = { .share = share,
                               .shares = SHARES,
                               .quantile = x,
                               .pair = &pair,
                               .pairs = 1,
                               .covariance = covariance };
    const tg_sdde        eq = { .dim = 1,
                                .delays = 1,
                                .noises = 1,
                                .diagonal = 1,
                                .tau = &tau,
                                .drift = feedback,
                                .diffusion = unit_noise,
                                .history = zero };
    const tg_sdde_run    r = { .eq = &eq,
                               .method = tg_sdde_method_find("rk"),
                               .paths = 20000,
                               .steps = 200,
                               .every = 5,
                               .dt = .05,
                               .observe = &o };
    tg_delay            *d = NULL;

    (void)state;
    assert_ok(tg_sdde_solve(&r, s, NULL));
    assert_near(x[(ROWS - 1) * SHARES + 1], 0, 4 * 1.2533 * sqrt(.85 / 20000));
    assert_near(covariance[ROWS - 1], .5, 4 * .98 / sqrt(20000) + 5e-3);
    assert_ok(tg_delay_parse("{law: constant, value: 0.5}", &d));
    const tg_jump_mode m = { 1, 1, 0 };
    const tg_jump      j = { .mode = &m,
                             .modes = 1,
                             .eta = .05,
                             .lambda = 20,
                             .delay = d,
                             .paths = 20000,
                             .interval = .25,
                             .rows = ROWS,
                             .observe = &o };
    const tg_mode      jump = tg_mode_asgd(.05, 1, 1, 20, d, 1);
    double             exact = NAN, lag = .5;
    assert_ok(tg_jump_run(&j, s));
    assert_ok(tg_stationary_covariance(&jump, &lag, 1, &exact));
    assert_near(covariance[ROWS - 1], exact, 6 * exact / sqrt(20000));
    assert_near(x[(ROWS - 1) * SHARES + 1], 0, 4 * 1.2533 * sqrt(.05 / 20000));
    tg_delay_free(d);
}

static void
test_bad_requests(void **state)
{
    static const tg_linear m = { 1, 0, 1, .5, 0 };
    const double           beyond = 1.5;
    tg_stats               s[2];
    double                 out[8];
    tg_observe             o = { .loss_quantile = out };
    tg_ensemble            e = { .mode = &m,
                                 .modes = 1,
                                 .paths = 10,
                                 .dt = .05,
                                 .steps = 10,
                                 .every = 10,
                                 .observe = &o };

    (void)state;
    assert_fails(tg_ensemble_run(&e, s, NULL), TG_EDOMAIN, "eigenvalues");
    o = (tg_observe){ .quantile = out, .share = &beyond, .shares = 1 };
    assert_fails(tg_ensemble_run(&e, s, NULL), TG_EDOMAIN, "got 1.5");
    o = (tg_observe){ .pair = &(tg_pair){ 0, 4, 0 }, .pairs = 1, .covariance = out };
    assert_fails(tg_ensemble_run(&e, s, NULL), TG_EDOMAIN, "component 4 of 1");
    o = (tg_observe){ 0 };
    e.paths = e.keep = 1000000000; /* stored twice, the run's and the caller's */
    e.every = 1;
    assert_fails(tg_ensemble_run(&e, s, NULL), TG_EDOMAIN, "164 GiB would be needed");
    assert_near(tg_ensemble_memory(&e) / (1 << 30), 164, .1);
}

RUN(cmocka_unit_test(test_covariance_at_lags), cmocka_unit_test(test_quantiles),
    cmocka_unit_test(test_other_integrators), cmocka_unit_test(test_bad_requests))
