/* Every declared order of every method, measured. */
#include "solver/moments.h"
#include "validation/unit/check.h"
#include "validation/unit/equations.h"

static const double half = .5, whole = 1;

/* A nonlinear equation with noise that depends on X now and a delay ago. */
static tg_status
bent(size_t count, double t, const double *x, const double *past, double *out,
     void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = sin(past[k]) - 1.5 * x[k];
    return TG_OK;
}

static tg_status
both(size_t count, double t, const double *x, const double *past, double *out,
     void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .6 * x[k] + .5 * cos(past[k]);
    return TG_OK;
}

static tg_status
both_slope(size_t count, double t, const double *x, const double *past, double *out,
           void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .6;
    return TG_OK;
}

static tg_status
both_lagged(size_t count, double t, const double *x, const double *past, double *out,
            void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -.5 * sin(past[k]);
    return TG_OK;
}

enum { LEVELS = 4, FINEST = 10, PATHS = 1024 };

/* x(2) of every path at dt = 2^-level, all on one Brownian path to 2^-FINEST. */
static void
ends(const tg_sdde *eq, const tg_sdde_method *m, int level, double *x)
{
    const size_t      steps = (size_t)2 << level;
    const tg_sdde_run r = { .eq = eq,
                            .method = m,
                            .paths = PATHS,
                            .steps = steps,
                            .every = steps,
                            .keep = PATHS,
                            .dt = 1. / (double)((size_t)1 << level),
                            .seed = 3,
                            .sub = (size_t)1 << (FINEST - level) };
    static double     kept[2 * PATHS];
    tg_stats          s[2];

    assert_ok(tg_sdde_solve(&r, s, kept));
    for (size_t k = 0; k < PATHS; k++) x[k] = kept[2 * k + 1];
}

/* Slope of the root-mean-square difference from the finest run, levels 3 .. 6. */
static double
strong_order(const tg_sdde *eq, const tg_sdde_method *m)
{
    static double x[PATHS], finest[PATHS];
    double        error[LEVELS] = { 0 };

    ends(eq, m, FINEST, finest);
    for (int i = 0; i < LEVELS; i++) {
        ends(eq, m, 3 + i, x);
        for (size_t k = 0; k < PATHS; k++) error[i] += pow(x[k] - finest[k], 2) / PATHS;
    }
    return log2(error[0] / error[LEVELS - 1]) / 2 / (LEVELS - 1);
}

static void
test_strong_orders(void **state)
{
    const tg_sdde general = { .dim = 1,
                              .delays = 1,
                              .noises = 1,
                              .diagonal = 1,
                              .tau = &half,
                              .drift = bent,
                              .diffusion = both,
                              .slope = both_slope,
                              .lagged_slope = both_lagged,
                              .history = one };
    tg_sdde       additive = general;

    (void)state;
    additive.diffusion = unit_noise;
    additive.slope = additive.lagged_slope = NULL;
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
        assert_near(strong_order(&general, *m), (*m)->strong, .2);
        assert_near(strong_order(&additive, *m), (*m)->strong_additive, .2);
    }
}

/* Weak order on an additive equation: the difference of E X^2 + X on the same Brownian
 * paths. */
static void
test_weak_orders(void **state)
{
    const tg_sdde eq = { .dim = 1,
                         .delays = 1,
                         .noises = 1,
                         .diagonal = 1,
                         .tau = &whole,
                         .drift = feedback,
                         .diffusion = unit_noise,
                         .history = one };
    double        exact_mean, exact_second, mean[3], second[3];
    tg_delay     *d = NULL;

    (void)state;
    assert_ok(tg_delay_parse("{law: constant, value: 1}", &d));
    const tg_mode mode = { .loop = { .a = 1, .delay = d }, .noise = 1 };
    assert_ok(tg_moments_second(&mode, 1, 4, 3, mean, second));
    exact_mean = mean[2];
    exact_second = second[2];
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
        double error[2];
        for (int i = 0; i < 2; i++) {
            const size_t      per = i ? 8 : 4; /* steps to a delay */
            const tg_sdde_run r = { .eq = &eq,
                                    .method = *m,
                                    .paths = 400000,
                                    .steps = 4 * per,
                                    .every = 4 * per,
                                    .dt = 1. / (double)per,
                                    .seed = 4 };
            tg_stats          s[2];
            assert_ok(tg_sdde_solve(&r, s, NULL));
            error[i] =
                fabs(tg_stats_variance(&s[1]) + s[1].mean * s[1].mean - exact_second);
            if ((*m)->weak_additive == 2)
                assert_near(s[1].mean, exact_mean, .03 / (double)(per * per) * 16);
        }
        if ((*m)->weak_additive == 2) { /* below the noise already */
            assert_true(error[1] < .02);
        } else {
            assert_near(log2(error[0] / error[1]), (*m)->weak_additive, .35);
            assert_true(error[1] > .06);
        }
    }
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_strong_orders), cmocka_unit_test(test_weak_orders))
