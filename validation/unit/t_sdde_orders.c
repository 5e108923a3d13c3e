/* Every declared order of every method, measured. */
#include "solver/moments.h"
#include "validation/unit/equations.h"
#include "validation/unit/refined.h"

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

enum { LEVELS = 4, FINEST = 10 };

/* Slope of the root-mean-square difference from the finest run, levels 3 .. 6. */
static double
strong_order(const tg_sdde *eq, const tg_sdde_method *m)
{
    static double x[PATHS], finest[PATHS];
    double        error[LEVELS] = { 0 };

    ends(eq, m, 2, FINEST, FINEST, finest);
    for (int i = 0; i < LEVELS; i++) {
        ends(eq, m, 2, 3 + i, FINEST, x);
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

/* f = -3 x(t - tau)/10, g = 9/10 sin x + 6/10 cos x(t - tau) and its slopes: weak errors of
 * every method stand out of the noise. */
static tg_status
slow(size_t count, double t, const double *x, const double *past, double *out,
     void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -.3 * past[k];
    return TG_OK;
}

static tg_status
waves(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .9 * sin(x[k]) + .6 * cos(past[k]);
    return TG_OK;
}

static tg_status
waves_slope(size_t count, double t, const double *x, const double *past, double *out,
            void *context)
{
    (void)t, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .9 * cos(x[k]);
    return TG_OK;
}

static tg_status
waves_lagged(size_t count, double t, const double *x, const double *past, double *out,
             void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -.6 * sin(past[k]);
    return TG_OK;
}

enum { MANY = 1 << 16 };

/* Slope of E X(2)^2 - E X(2)^2 at half the step, taken path by path on one Brownian path,
 * levels 2 .. 5. The difference is known to 17 % at the last: the slope to .1. */
static double
weak_order(const tg_sdde *eq, const tg_sdde_method *m)
{
    static double kept[2][2 * MANY];
    double        error[4] = { 0 };
    tg_stats      s[2];

    for (int level = 6; level >= 2; level--) {
        const size_t      steps = (size_t)2 << level;
        const tg_sdde_run r = { .eq = eq,
                                .method = m,
                                .paths = MANY,
                                .steps = steps,
                                .every = steps,
                                .keep = MANY,
                                .dt = 2. / (double)steps,
                                .seed = 3,
                                .sub = (size_t)1 << (6 - level) };
        assert_ok(tg_sdde_solve(&r, s, kept[level % 2]));
        for (size_t k = 1; level < 6 && k < (size_t)2 * MANY; k += 2)
            error[level - 2] +=
                pow(kept[level % 2][k], 2) - pow(kept[(level + 1) % 2][k], 2);
    }
    return log2(error[0] / error[3]) / 3;
}

static void
test_weak_orders(void **state)
{
    const tg_sdde eq = { .dim = 1,
                         .delays = 1,
                         .noises = 1,
                         .diagonal = 1,
                         .tau = &half,
                         .drift = slow,
                         .diffusion = waves,
                         .slope = waves_slope,
                         .lagged_slope = waves_lagged,
                         .history = one };

    (void)state;
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++)
        assert_near(weak_order(&eq, *m), (*m)->weak, .35);
}

/* Path k has noise at step k alone. Counted by calls: Heun's are two to a step. */
typedef struct kick {
    size_t calls, calls_per_step;
    double drift;
} kick;

static tg_status
kicked_drift(size_t count, double t, const double *x, const double *past, double *out,
             void *context)
{
    const kick *p = context;

    (void)t, (void)x;
    for (size_t k = 0; k < count; k++) out[k] = p->drift * past[k];
    return TG_OK;
}

static tg_status
kick_one(size_t count, double t, const double *x, const double *past, double *out,
         void *context)
{
    kick        *p = context;
    const size_t step = p->calls++ / p->calls_per_step;

    (void)t, (void)x, (void)past;
    for (size_t k = 0; k < count; k++) out[k] = k == step;
    return TG_OK;
}

/* x(4) of each path, for x' = drift x(t - 1) and a kick by that path's dW. */
static void
respond(const tg_sdde_method *m, double drift, size_t steps, double *x)
{
    kick              p = { 0, m->stratonovich ? 2 : 1, drift };
    const tg_sdde     eq = { .dim = 1,
                             .delays = 1,
                             .noises = 1,
                             .diagonal = 1,
                             .tau = &whole,
                             .drift = kicked_drift,
                             .diffusion = kick_one,
                             .history = zero,
                             .context = &p };
    const tg_sdde_run r = { .eq = &eq,
                            .method = m,
                            .paths = steps,
                            .steps = steps,
                            .every = steps,
                            .keep = steps,
                            .dt = 4. / (double)steps,
                            .threads = 1 };
    static double     kept[512];
    tg_stats          s[2];

    assert_true(steps <= 256); /* one block */
    assert_ok(tg_sdde_solve(&r, s, kept));
    for (size_t k = 0; k < steps; k++) x[k] = kept[2 * k + 1];
}

/* The variance of the scheme, without sampling: what becomes of each dW, over dW, squared.
 */
static double
scheme_variance(const tg_sdde_method *m, size_t steps)
{
    double x[256], dW[256], sum = 0;

    respond(m, -1, steps, x);
    respond(m, 0, steps, dW);
    for (size_t k = 0; k < steps; k++) sum += pow(x[k] / dW[k], 2) * 4 / (double)steps;
    return sum;
}

static double
scheme_mean(const tg_sdde_method *m, size_t steps)
{
    tg_sdde eq = feedback_equation(&whole);

    eq.noises = eq.diagonal = 0;
    eq.history = one;
    const tg_sdde_run r = { .eq = &eq,
                            .method = m,
                            .paths = 1,
                            .steps = steps,
                            .every = steps,
                            .dt = 4. / (double)steps };
    tg_stats          s[2];
    assert_ok(tg_sdde_solve(&r, s, NULL));
    return s[1].mean;
}

/* dX = -X(t - 1) dt + dW at t = 4: the orders of mean and variance, to the last digits. */
static void
test_weak_orders_of_additive_noise(void **state)
{
    double    mean[3], second[3];
    tg_delay *d = NULL;

    (void)state;
    assert_ok(tg_delay_create("constant", &whole, &d));
    const tg_mode mode = { .loop = { .a = 1, .delay = d }, .noise = 1 };
    assert_ok(tg_moments_follow(&mode, 1, 4, 3, 0, NULL, mean, second));
    tg_delay_free(d);
    const double variance = second[2] - mean[2] * mean[2];
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
        double bias[2], spread[2];
        for (size_t i = 0; i < 2; i++) {
            const size_t steps = i ? 256 : 64;
            bias[i] = fabs(scheme_mean(*m, steps) - mean[2]);
            spread[i] = fabs(scheme_variance(*m, steps) - variance);
        }
        assert_near(log2(bias[0] / bias[1]) / 2, (*m)->weak_additive, .15);
        assert_near(log2(spread[0] / spread[1]) / 2, (*m)->weak_additive, .15);
    }
}

RUN(cmocka_unit_test(test_strong_orders), cmocka_unit_test(test_weak_orders),
    cmocka_unit_test(test_weak_orders_of_additive_noise))
