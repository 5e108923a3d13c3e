#include "solver/ensemble.h"
#include "validation/unit/check.h"
#include "validation/unit/equations.h"

static const double half = .5, whole = 1;

/* Euler-Maruyama is the recursion of the linear ensemble: its variance is that scheme's. */
static void
test_scheme_variance(void **state)
{
    const tg_sdde     eq = feedback_equation(&half);
    const tg_sdde_run r = { .eq = &eq,
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

static void
test_same_bits_for_any_threads(void **state)
{
    const tg_sdde eq = feedback_equation(&half);
    tg_sdde_run   r = { .eq = &eq,
                        .method = tg_sdde_method_find("milstein"),
                        .paths = 700,
                        .steps = 50,
                        .every = 10,
                        .dt = .013,
                        .seed = 8,
                        .keep = 3,
                        .threads = 1 };
    tg_stats      a[6], b[6];
    double        x[18], y[18];

    (void)state;
    assert_ok(tg_sdde_solve(&r, a, x));
    r.threads = 2;
    assert_ok(tg_sdde_solve(&r, b, y));
    assert_memory_equal(a, b, sizeof a);
    assert_memory_equal(x, y, sizeof x);
}

RUN(cmocka_unit_test(test_scheme_variance), cmocka_unit_test(test_noise_that_lags),
    cmocka_unit_test(test_general_noise), cmocka_unit_test(test_same_bits_for_any_threads))
