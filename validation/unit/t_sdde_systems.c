/* Two components, two delays, noise mixed by a matrix:
 *
 *     dX_1 = ( -.6 X_1(t-1) - .9 X_2(t-s) + .1 X_2 ) dt + g_1 dW      s = sqrt 2
 *     dX_2 = (    - X_2(t-1) + .3 X_1(t-s) ) dt + g_2 dW
 *
 * against the solver of deterministic equations, which knows nothing of grids. */
#include "solver/dde.h"
#include "solver/sdde.h"

#include "validation/unit/check.h"

static const double taus[] = { 1, 1.41421356237309505 };

static tg_status
drift(size_t n, double t, const double *x, const double *past, double *out, void *context)
{
    const double *first = past, *second = past + 2 * n;

    (void)t, (void)context;
    for (size_t k = 0; k < n; k++) {
        out[k] = -.6 * first[k] - .9 * second[n + k] + .1 * x[n + k];
        out[n + k] = -first[n + k] + .3 * second[k];
    }
    return TG_OK;
}

static tg_status
slope(double t, const double *x, const double *past, double *dx, void *context)
{
    return drift(1, t, x, past, dx, context);
}

static tg_status
moving(double t, double *x, void *context)
{
    (void)context;
    x[0] = cos(t);
    x[1] = 1 + t;
    return TG_OK;
}

static void
test_without_noise(void **state)
{
    const tg_dde exact = {
        .dim = 2, .delays = 2, .slope = slope, .tau = taus, .history = moving
    };
    const tg_sdde eq = {
        .dim = 2, .delays = 2, .tau = taus, .drift = drift, .history = moving
    };
    tg_dde_solution *solution = NULL;
    double           x[2];

    (void)state;
    assert_ok(tg_dde_solve(&exact, 0, 5, 1e-11, 1e-11, 0, &solution));
    assert_ok(tg_dde_at(solution, 5, x));
    tg_dde_solution_free(solution);
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++)
        for (double dt = .05; dt > .01; dt /= 2) {
            const size_t      steps = (size_t)lround(5 / dt);
            const tg_sdde_run r = { .eq = &eq,
                                    .method = *m,
                                    .paths = 1,
                                    .steps = steps,
                                    .every = steps,
                                    .dt = dt };
            tg_stats          s[4];
            assert_ok(tg_sdde_solve(&r, s, NULL));
            for (int i = 0; i < 2; i++)
                assert_near(s[2 + i].mean, x[i], 2 * pow(dt, (*m)->weak_additive));
        }
}

static const double G[2][2] = { { .5, .2 }, { 0, 1 } };

static tg_status
mixed(size_t n, double t, const double *x, const double *past, double *out, void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < n; k++) out[i * n + k] = G[i / 2][i % 2];
    return TG_OK;
}

static tg_status
origin(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = x[1] = 0;
    return TG_OK;
}

/* Column c of G at t = 0, 0 before: the answer to a unit of noise c. */
static tg_status
struck(double t, double *x, void *context)
{
    const int c = *(const int *)context;

    x[0] = t < 0 ? 0 : G[0][c];
    x[1] = t < 0 ? 0 : G[1][c];
    return TG_OK;
}

enum { QUARTERS = 1200, END = 3 };

/* int_0^END R G G' R' dt, by Simpson's rule: variances and the covariance. */
static void
exact_covariance(double *v)
{
    v[0] = v[1] = v[2] = 0;
    for (int c = 0; c < 2; c++) {
        const tg_dde     eq = { .dim = 2,
                                .delays = 2,
                                .slope = slope,
                                .tau = taus,
                                .history = struck,
                                .context = &c };
        tg_dde_solution *s = NULL;
        assert_ok(tg_dde_solve(&eq, 0, END, 1e-9, 1e-9, 0, &s));
        for (int k = 0; k <= QUARTERS; k++) {
            const double w =
                (k % QUARTERS == 0 ? 1 : 2 + 2 * (k % 2)) / 3. * END / QUARTERS;
            double x[2];
            assert_ok(tg_dde_at(s, (double)k * END / QUARTERS, x));
            v[0] += w * x[0] * x[0];
            v[1] += w * x[0] * x[1];
            v[2] += w * x[1] * x[1];
        }
        tg_dde_solution_free(s);
    }
}

static void
test_covariance(void **state)
{
    enum { PATHS = 40000 };
    const tg_sdde    eq = { .dim = 2,
                            .delays = 2,
                            .noises = 2,
                            .tau = taus,
                            .drift = drift,
                            .diffusion = mixed,
                            .history = origin };
    const tg_pair    pair = { 0, 1, 0 };
    double           v[3], covariance[2];
    const tg_observe observe = { .pair = &pair, .pairs = 1, .covariance = covariance };

    (void)state;
    exact_covariance(v);
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
        const int         fine = (*m)->weak_additive == 2; /* else biased by dt */
        const size_t      steps = fine ? 60 : 600;
        const tg_sdde_run r = { .eq = &eq,
                                .method = *m,
                                .paths = PATHS,
                                .steps = steps,
                                .every = steps,
                                .dt = (double)END / (double)steps,
                                .seed = 1,
                                .observe = &observe };
        tg_stats          s[4];
        if ((*m)->diagonal_only) {
            assert_fails(tg_sdde_solve(&r, s, NULL), TG_EDOMAIN, "diagonal");
            continue;
        }
        assert_ok(tg_sdde_solve(&r, s, NULL));
        const double error = sqrt((v[0] * v[2] + v[1] * v[1]) / PATHS);
        assert_near(tg_stats_variance(&s[2]), v[0], 4 * v[0] * sqrt(2. / PATHS) + .01);
        assert_near(tg_stats_variance(&s[3]), v[2], 4 * v[2] * sqrt(2. / PATHS) + .01);
        assert_near(covariance[1], v[1], 4 * error + .01);
    }
}

/* Noise that depends on both components and both delays. */
static tg_status
bent(size_t n, double t, const double *x, const double *past, double *out, void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < n; k++) {
        out[k] = .4 * cos(x[n + k]);
        out[n + k] = .5 * past[k];
        out[2 * n + k] = .3 * past[3 * n + k];
        out[3 * n + k] = .2 + .4 * sin(x[k]);
    }
    return TG_OK;
}

enum { LANES = 1024, FINEST = 11 };

static void
ends(const tg_sdde_method *m, int level, double *x)
{
    const tg_sdde     eq = { .dim = 2,
                             .delays = 2,
                             .noises = 2,
                             .tau = taus,
                             .drift = drift,
                             .diffusion = bent,
                             .history = moving };
    const size_t      steps = (size_t)2 << level;
    const tg_sdde_run r = { .eq = &eq,
                            .method = m,
                            .paths = LANES,
                            .steps = steps,
                            .every = steps,
                            .keep = LANES,
                            .dt = 2. / (double)steps,
                            .sub = (size_t)1 << (FINEST - level),
                            .seed = 2 };
    static double     kept[4 * LANES];
    tg_stats          s[4];

    assert_ok(tg_sdde_solve(&r, s, kept));
    for (size_t k = 0; k < LANES; k++)
        for (int i = 0; i < 2; i++) x[2 * k + i] = kept[4 * k + 2 + i];
}

static void
test_strong_order(void **state)
{
    static double x[2 * LANES], finest[2 * LANES];

    (void)state;
    for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
        double error[2] = { 0 };
        if ((*m)->diagonal_only) continue;
        ends(*m, FINEST, finest);
        for (int i = 0; i < 2; i++) {
            ends(*m, i ? 8 : 5, x);
            for (int k = 0; k < 2 * LANES; k++) error[i] += pow(x[k] - finest[k], 2);
        }
        assert_near(log2(error[0] / error[1]) / 6, (*m)->strong, .2);
    }
}

RUN(cmocka_unit_test(test_without_noise), cmocka_unit_test(test_covariance),
    cmocka_unit_test(test_strong_order))
