#include "solver/sdde.h"

#include "solver/ensemble.h"
#include "solver/moments.h"
#include "solver/stationary.h"
#include "validation/unit/check.h"

static tg_status
one(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = 1;
    return TG_OK;
}

static tg_status
zero(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = 0;
    return TG_OK;
}

/* f = -x(t - tau), g = 1 */
static tg_status
feedback(size_t count, double t, const double *x, const double *past, double *out,
         void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -past[k];
    return TG_OK;
}

static tg_status
unit_noise(size_t count, double t, const double *x, const double *past, double *out,
           void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = 1;
    return TG_OK;
}

static const double  half = 0.5, whole = 1;
static const tg_sdde linear = { .dim = 1,
                                .delays = 1,
                                .noises = 1,
                                .diagonal = 1,
                                .tau = &half,
                                .drift = feedback,
                                .diffusion = unit_noise,
                                .history = zero };

/* Euler-Maruyama is the recursion of the linear ensemble: its variance is that scheme's. */
static void
test_scheme_variance(void **state)
{
    const tg_sdde_run r = { .eq = &linear,
                            .method = tg_sdde_method_find("euler"),
                            .paths = 60000,
                            .steps = 200,
                            .every = 200,
                            .dt = .05,
                            .seed = 1 };
    tg_stats          s[2];
    double            v = NAN;

    (void)state;
    assert_ok(tg_sdde_solve(&r, s, NULL));
    assert_ok(tg_ensemble_scheme_variance(1, 0, .5, .05, &v));
    assert_near(tg_stats_variance(&s[1]), v, 4 * v * sqrt(2. / 60000));
}

/* dX = -6 X dt + (2 X(t-1) + 1) dW: E X^2 = 1/8. */
static tg_status
decay6(size_t count, double t, const double *x, const double *past, double *out,
       void *context)
{
    (void)t, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -6 * x[k];
    return TG_OK;
}

static tg_status
lagged_noise(size_t count, double t, const double *x, const double *past, double *out,
             void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = 2 * past[k] + 1;
    return TG_OK;
}

static tg_status
two(size_t count, double t, const double *x, const double *past, double *out, void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = 2;
    return TG_OK;
}

static void
test_noise_that_lags(void **state)
{
    const tg_sdde eq = { .dim = 1,
                         .delays = 1,
                         .noises = 1,
                         .diagonal = 1,
                         .tau = &whole,
                         .drift = decay6,
                         .diffusion = lagged_noise,
                         .lagged_slope = two,
                         .history = zero };

    (void)state;
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
        const tg_sdde_run r = { .eq = &eq,
                                .method = *m,
                                .paths = 30000,
                                .steps = 2000,
                                .every = 100,
                                .dt = .005,
                                .seed = 2 };
        tg_stats          s[21];
        double            sum = 0;
        assert_ok(tg_sdde_solve(&r, s, NULL));
        for (int k = 11; k <= 20; k++)
            sum += (tg_stats_variance(&s[k]) + s[k].mean * s[k].mean) / 10;
        /* the step biases by 6 dt/2 = 1.5 % at most; kurtosis is above that of a normal */
        assert_near(sum, .125, .125 * (.015 + 4 * sqrt(6. / 30000 / 4)));
    }
}

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

/* Two components, two channels mixed by a matrix: covariance G G' t without drift. */
static tg_status
at_rest(size_t count, double t, const double *x, const double *past, double *out,
        void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    memset(out, 0, 2 * count * sizeof *out);
    return TG_OK;
}

static tg_status
mixed(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    const double G[] = { 1, .5, 0, 2 };

    (void)t, (void)x, (void)past, (void)context;
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < count; k++) out[i * count + k] = G[i];
    return TG_OK;
}

static tg_status
origin(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = x[1] = 0;
    return TG_OK;
}

static void
test_general_noise(void **state)
{
    enum { n = 20000 };
    const tg_sdde eq = {
        .dim = 2, .noises = 2, .drift = at_rest, .diffusion = mixed, .history = origin
    };
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("rk"),
                            .paths = n,
                            .steps = 10,
                            .every = 10,
                            .dt = .1,
                            .keep = n,
                            .seed = 5 };
    static double     x[4 * n];
    tg_stats          s[4];
    double            cross = 0;

    (void)state;
    assert_ok(tg_sdde_solve(&r, s, x));
    assert_near(tg_stats_variance(&s[2]), 1.25, 4 * 1.25 * sqrt(2. / n));
    assert_near(tg_stats_variance(&s[3]), 4, 4 * 4 * sqrt(2. / n));
    for (size_t k = 0; k < n; k++) cross += x[4 * k + 2] * x[4 * k + 3] / n;
    assert_near(cross, 1, 4 * sqrt(6. / n));
}

/* What a random delay means: mean of x' = -x(t - T) at t = 2 from 1, T uniform on (0, 2).
 * path: the mixture of the solutions for each T; step and distributed: the kernel. */
static void
test_meanings_of_a_random_delay(void **state)
{
    const double kernel_tau = 0;
    tg_delay    *d = NULL, *fixed = NULL;
    double       mean[3], mixture = 0;
    tg_sdde      eq = linear;
    tg_stats     s[2];

    (void)state;
    assert_ok(tg_delay_parse("{law: uniform, min: 0, max: 2}", &d));
    assert_ok(tg_moments_mean(&(tg_loop){ .a = 1, .delay = d }, 1, 2, 3, mean));
    for (int k = 0; k < 100; k++) {
        double y[3], tau = (k + .5) / 50;
        assert_ok(tg_delay_create("constant", &tau, &fixed));
        assert_ok(tg_moments_mean(&(tg_loop){ .a = 1, .delay = fixed }, 1, 2, 3, y));
        mixture += y[2] / 100;
        tg_delay_free(fixed);
    }
    assert_true(fabs(mixture - mean[2]) > .05);
    eq.law = d;
    eq.tau = &kernel_tau;
    eq.history = one;
    for (tg_random_delay meaning = TG_DELAY_PATH; meaning <= TG_DELAY_DISTRIBUTED;
         meaning++) {
        eq.meaning = meaning;
        const tg_sdde_run r = { .eq = &eq,
                                .method = tg_sdde_method_find("rk"),
                                .paths = 20000,
                                .steps = 200,
                                .every = 200,
                                .dt = .01,
                                .seed = 6 };
        assert_ok(tg_sdde_solve(&r, s, NULL));
        assert_near(s[1].mean, meaning == TG_DELAY_PATH ? mixture : mean[2],
                    4 * tg_stats_error(&s[1]) + 5e-3);
    }
    /* the variance settles to that of the law */
    const tg_mode     mode = { .loop = { .a = 1, .delay = d }, .noise = 1 };
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("rk"),
                            .paths = 20000,
                            .steps = 800,
                            .every = 800,
                            .dt = .025,
                            .seed = 7 };
    double            v = NAN;
    assert_ok(tg_stationary_variance(&mode, &v));
    assert_ok(tg_sdde_solve(&r, s, NULL));
    assert_near(tg_stats_variance(&s[1]), v, 4 * v * sqrt(2. / 20000) + 5e-3);
    tg_delay_free(d);
}

static void
test_same_bits_for_any_threads(void **state)
{
    tg_sdde_run r = { .eq = &linear,
                      .method = tg_sdde_method_find("milstein"),
                      .paths = 700,
                      .steps = 50,
                      .every = 10,
                      .dt = .013,
                      .seed = 8,
                      .keep = 3,
                      .threads = 1 };
    tg_stats    a[6], b[6];
    double      x[18], y[18];

    (void)state;
    assert_ok(tg_sdde_solve(&r, a, x));
    r.threads = 2;
    assert_ok(tg_sdde_solve(&r, b, y));
    assert_memory_equal(a, b, sizeof a);
    assert_memory_equal(x, y, sizeof x);
}

static tg_status
fails_later(size_t count, double t, const double *x, const double *past, double *out,
            void *context)
{
    int *left = context;

    if ((*left)-- == 0) return tg_fail(TG_EINPUT, "the callback gave up");
    return feedback(count, t, x, past, out, NULL);
}

static tg_status
not_a_number(size_t count, double t, const double *x, const double *past, double *out,
             void *context)
{
    (void)feedback(count, t, x, past, out, context);
    if (t > .2) out[5] = NAN;
    return TG_OK;
}

static void
test_failures(void **state)
{
    tg_sdde     eq = linear;
    tg_sdde_run r = { .eq = &eq,
                      .method = tg_sdde_method_find("rk"),
                      .paths = 300,
                      .steps = 40,
                      .every = 10,
                      .dt = .025,
                      .threads = 1 };
    tg_stats    s[5] = { { 7, 7, 7 } };
    int         left = 0;

    (void)state;
    eq.drift = fails_later;
    eq.context = &left;
    for (int calls = 0; calls < 160; calls += 13) { /* 2 a step, 40 steps, 2 blocks */
        left = calls;
        assert_fails(tg_sdde_solve(&r, s, NULL), TG_EINPUT, "gave up");
        assert_true(s[0].n == 7);
    }
    left = 1000;
    assert_ok(tg_sdde_solve(&r, s, NULL));
    eq.drift = not_a_number;
    assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDIVERGED, "component 0 of path 5");
    eq.drift = feedback;
    r.dt = NAN;
    assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDOMAIN, "step");
    r.dt = 1e-12;
    assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDOMAIN, "GiB");
    r.dt = .1;
    eq.diagonal = 0;
    r.method = tg_sdde_method_find("milstein");
    assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDOMAIN, "diagonal");
    assert_null(tg_sdde_method_find("leapfrog"));
}

RUN(cmocka_unit_test(test_scheme_variance), cmocka_unit_test(test_noise_that_lags),
    cmocka_unit_test(test_strong_orders), cmocka_unit_test(test_weak_orders),
    cmocka_unit_test(test_general_noise), cmocka_unit_test(test_meanings_of_a_random_delay),
    cmocka_unit_test(test_same_bits_for_any_threads), cmocka_unit_test(test_failures))
