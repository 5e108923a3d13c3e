/* Delays below one step, and none: each method as good as it is otherwise. */
#include "solver/moments.h"
#include "validation/unit/equations.h"
#include "validation/unit/refined.h"

/* g = .3 + .3 x + sin(x(t - tau))/2 with its two slopes, and the same without delay. */
static tg_status
bent(size_t count, double t, const double *x, const double *past, double *out,
     void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .3 + .3 * x[k] + .5 * sin(past[k]);
    return TG_OK;
}

static tg_status
bent_slope(size_t count, double t, const double *x, const double *past, double *out,
           void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .3;
    return TG_OK;
}

static tg_status
bent_lagged(size_t count, double t, const double *x, const double *past, double *out,
            void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .5 * cos(past[k]);
    return TG_OK;
}

static tg_status
now(size_t count, double t, const double *x, const double *past, double *out, void *context)
{
    (void)past;
    return feedback(count, t, x, x, out, context);
}

static tg_status
bent_now(size_t count, double t, const double *x, const double *past, double *out,
         void *context)
{
    (void)past;
    return bent(count, t, x, x, out, context);
}

static tg_status
slope_now(size_t count, double t, const double *x, const double *past, double *out,
          void *context)
{
    (void)t, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .3 + .5 * cos(x[k]);
    return TG_OK;
}

static tg_sdde
equation(const double *tau)
{
    return (tg_sdde){ .dim = 1,
                      .delays = 1,
                      .noises = 1,
                      .diagonal = 1,
                      .tau = tau,
                      .drift = feedback,
                      .diffusion = bent,
                      .slope = bent_slope,
                      .lagged_slope = bent_lagged,
                      .history = one };
}

/* A delay of 0 is the present, in the drift and in the noise with its slope. */
static void
test_no_delay(void **state)
{
    const double  none = 0;
    const tg_sdde lagged = equation(&none);
    tg_sdde       plain = lagged;
    static double x[PATHS], y[PATHS];

    (void)state;
    plain.drift = now;
    plain.diffusion = bent_now;
    plain.slope = slope_now;
    plain.lagged_slope = NULL;
    plain.delays = 0;
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++)
        for (int level = 3; level <= 6; level += 3) {
            ends(&lagged, *m, 1, level, 6, x);
            ends(&plain, *m, 1, level, 6, y);
            for (size_t k = 0; k < PATHS; k++) assert_near(x[k], y[k], 1e-12);
        }
}

/* The strong order, at steps longer than the delay. */
static void
test_noise_with_a_short_delay(void **state)
{
    enum { FINEST = 11 };
    const double  tau = 3. / 64;
    const tg_sdde eq = equation(&tau);
    static double x[PATHS], finest[PATHS];

    (void)state;
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
        double error[3] = { 0 };
        ends(&eq, *m, 1, FINEST, FINEST, finest);
        for (int level = 2; level <= 4; level++) {
            ends(&eq, *m, 1, level, FINEST, x);
            for (size_t k = 0; k < PATHS; k++)
                error[level - 2] += pow(x[k] - finest[k], 2) / PATHS;
        }
        assert_true(log2(error[0] / error[2]) / 4 > (*m)->strong - .2);
        assert_true(sqrt(error[2]) < .08);
    }
}

/* x' = -x(t - tau) against its moments: errors of the declared order. */
static void
test_drift_with_a_short_delay(void **state)
{
    const double taus[] = { 0, .013, .05, .15 };

    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (double dt = .2; dt > .04; dt /= 2) {
            tg_delay    *d = NULL;
            double       mean[3];
            const size_t steps = (size_t)lround(4 / dt);
            tg_sdde      eq = feedback_equation(&taus[i]);
            eq.noises = eq.diagonal = 0;
            eq.history = one;
            assert_ok(tg_delay_create("constant", &taus[i], &d));
            assert_ok(tg_moments_mean(&(tg_loop){ .a = 1, .delay = d }, 1, 4, 3, mean));
            tg_delay_free(d);
            for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
                const tg_sdde_run r = { .eq = &eq,
                                        .method = *m,
                                        .paths = 1,
                                        .steps = steps,
                                        .every = steps / 2,
                                        .dt = dt };
                tg_stats          s[3];
                assert_ok(tg_sdde_solve(&r, s, NULL));
                for (int k = 1; k < 3; k++)
                    assert_near(s[k].mean, mean[k], .2 * pow(dt, (*m)->weak_additive));
            }
        }
}

RUN(cmocka_unit_test(test_no_delay), cmocka_unit_test(test_noise_with_a_short_delay),
    cmocka_unit_test(test_drift_with_a_short_delay))
