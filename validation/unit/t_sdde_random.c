/* What a random delay means. */
#include "solver/moments.h"
#include "solver/stationary.h"
#include "validation/unit/check.h"
#include "validation/unit/equations.h"
#include "validation/unit/laws.h"

/* What a random delay means: mean of x' = -x(t - T) at t = 2 from 1, T uniform on (0, 2).
 * path: the mixture of the solutions for each T; step and distributed: the kernel. */
static void
test_meanings_of_a_random_delay(void **state)
{
    const double kernel_tau = 0;
    tg_delay    *d = NULL, *fixed = NULL;
    double       mean[3], mixture = 0;
    tg_sdde      eq = feedback_equation(&kernel_tau);
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

/* One draw for each path, T uniform on (0, 2): mean and variance at t = 2 are those of the
 * mixture of 100 equations with one delay each. */
static void
test_one_draw_for_each_path(void **state)
{
    enum { NODES = 100, PATHS = 20000 };
    double   mean = 0, square = 0;
    tg_sdde  eq = feedback_equation(&(double){ 0 });
    tg_stats s[2];

    (void)state;
    for (int k = 0; k < NODES; k++) {
        const double tau = (k + .5) * 2 / NODES;
        tg_delay    *d = NULL;
        double       y[3], second[3];
        assert_ok(tg_delay_create("constant", &tau, &d));
        const tg_mode m = { .loop = { .a = 1, .delay = d }, .noise = 1 };
        assert_ok(tg_moments_follow(&m, 1, 2, 3, 0, NULL, y, second));
        tg_delay_free(d);
        mean += y[2] / NODES;
        square += second[2] / NODES;
    }
    tg_delay *d = NULL;
    assert_ok(tg_delay_parse("{law: uniform, min: 0, max: 2}", &d));
    eq.law = d;
    eq.meaning = TG_DELAY_PATH;
    eq.history = one;
    const tg_sdde_run r = { .eq = &eq,
                            .method = tg_sdde_method_find("rk"),
                            .paths = PATHS,
                            .steps = 100,
                            .every = 100,
                            .dt = .02,
                            .seed = 9 };
    assert_ok(tg_sdde_solve(&r, s, NULL));
    const double variance = square - mean * mean;
    assert_near(s[1].mean, mean, 4 * tg_stats_error(&s[1]));
    /* kurtosis 3 to 4 */
    assert_near(tg_stats_variance(&s[1]), variance, 4 * variance * sqrt(3. / PATHS));
    tg_delay_free(d);
}

/* Drawn at every step, without other noise: each step adds dt^2 Var f, f = -x(t - T), so
 *
 *     Var X(t) = dt int_0^t r(t-s)^2 Var_T[ y(s-T) ] ds + O(dt^2),   y the mean.
 *
 * T uniform on (0, 2); the integrals by sums on a fine grid. */
static void
test_a_draw_at_each_step(void **state)
{
    enum { N = 401, PATHS = 40000 }; /* grid of .005 up to t = 2 */
    double    y[N], response[N], excess = 0;
    tg_delay *d = NULL;

    (void)state;
    assert_ok(tg_delay_parse("{law: uniform, min: 0, max: 2}", &d));
    assert_ok(tg_moments_mean(&(tg_loop){ .a = 1, .delay = d }, 1, 2, N, y));
    assert_ok(tg_moments_follow(&(tg_mode){ .loop = { .a = 1, .delay = d } }, 1, 2, N, 0,
                                response, NULL, NULL));
    for (int s = 0; s < N; s++) {
        double mean = 0, square = 0;
        for (int k = 0; k < N; k++) {
            const double before = s >= k ? y[s - k] : 1, w = k % (N - 1) ? 1 : .5;
            mean += w * before / (N - 1);
            square += w * before * before / (N - 1);
        }
        excess += (s % (N - 1) ? 1 : .5) * .005 * pow(response[N - 1 - s], 2) *
                  (square - mean * mean);
    }
    for (size_t steps = 50; steps <= 200; steps *= 2) {
        const double      dt = 2 / (double)steps;
        const tg_sdde     eq = { .dim = 1,
                                 .delays = 1,
                                 .law = d,
                                 .meaning = TG_DELAY_STEP,
                                 .drift = feedback,
                                 .history = one };
        const tg_sdde_run r = { .eq = &eq,
                                .method = tg_sdde_method_find("euler"),
                                .paths = PATHS,
                                .steps = steps,
                                .every = steps,
                                .dt = dt,
                                .seed = 10 };
        tg_stats          s[2];
        assert_ok(tg_sdde_solve(&r, s, NULL));
        assert_near(tg_stats_variance(&s[1]) / (dt * excess), 1,
                    4 * sqrt(2. / PATHS) + 2 * dt);
    }
    tg_delay_free(d);
}

/* The kernel itself: the mean at every tenth step, for every law, tails that no grid holds
 * among them, against moments. */
static void
test_distributed(void **state)
{
    static const char *const heavy[] = { "{law: pareto, shape: 2.5, mean: 0.5}",
                                         "{law: pareto, shape: 1.2, mean: 0.5}",
                                         "{law: weibull, shape: 0.5, mean: 0.5}" };
    enum { ROWS = 61 };

    (void)state;
    for (size_t i = 0; i < LAWS + 3; i++)
        for (double dt = .01; dt > .002; dt /= 4) {
            double    mean[ROWS];
            tg_delay *d = NULL;
            tg_stats  s[ROWS];
            assert_ok(tg_delay_parse(i < LAWS ? laws[i] : heavy[i - LAWS], &d));
            assert_ok(tg_moments_mean(&(tg_loop){ .a = 1, .delay = d }, 1, 6, ROWS, mean));
            const tg_sdde     eq = { .dim = 1,
                                     .delays = 1,
                                     .law = d,
                                     .meaning = TG_DELAY_DISTRIBUTED,
                                     .drift = feedback,
                                     .history = one };
            const size_t      every = (size_t)lround(.1 / dt);
            const tg_sdde_run r = { .eq = &eq,
                                    .method = tg_sdde_method_find("rk"),
                                    .paths = 1,
                                    .steps = 60 * every,
                                    .every = every,
                                    .dt = dt };
            assert_ok(tg_sdde_solve(&r, s, NULL));
            for (int k = 0; k < ROWS; k++) assert_near(s[k].mean, mean[k], 5e-5);
            tg_delay_free(d);
        }
}

static tg_status
lagged(size_t count, double t, const double *x, const double *past, double *out,
       void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = past[k];
    return TG_OK;
}

static tg_status
swing(double t, double *x, void *context)
{
    *x = cos(*(double *)context * t);
    return TG_OK;
}

/* A chain and a running sum begin with what was: x' = E phi(-T) at 0, phi = cos w t, is Re phi(iw);
 * and ten steps on they have moved as X has. */
static void
test_distributed_past(void **state)
{
    static const char *const of[] = { "{law: gamma, shape: 4, mean: 1}",
                                      "{law: exponential, mean: 0.7}",
                                      ("{law: hyperexponential, weights: [.5, .5], "
                                       "means: [.2, 2]}"),
                                      "{law: uniform, min: 0.313, max: 1.5}",
                                      "{law: uniform, min: 0, max: 2}" };
    double                   w = 3;

    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        tg_delay *d = NULL;
        tg_stats  s[11];
        assert_ok(tg_delay_parse(of[i], &d));
        const tg_sdde     eq = { .dim = 1,
                                 .delays = 1,
                                 .law = d,
                                 .meaning = TG_DELAY_DISTRIBUTED,
                                 .drift = lagged,
                                 .history = swing,
                                 .context = &w };
        const double      dt = 1e-3;
        const tg_sdde_run r = { .eq = &eq,
                                .method = tg_sdde_method_find("euler"),
                                .paths = 1,
                                .steps = 10,
                                .every = 1,
                                .dt = dt };
        assert_ok(tg_sdde_solve(&r, s, NULL));
        for (int k = 0; k < 10; k++) { /* E cos w (t - T) */
            const double         t = k * dt, slope = (s[k + 1].mean - s[k].mean) / dt;
            const double complex phi = tg_delay_laplace(d, w * I, NULL);
            assert_near(slope, creal(cexp(I * w * t) * phi), k == 0 ? 2e-6 : 2e-4);
        }
        tg_delay_free(d);
    }
}

/* Laws that lie beyond the run for the most part, with means of up to 100 runs: what is
 * within it is no coarser for that. The mean grows to 19; it is measured by its largest. */
static void
test_distributed_beyond_the_run(void **state)
{
    static const char *const late[] = {
        "{law: exponential, mean: 30}",     "{law: exponential, mean: 200}",
        "{law: exponential, mean: 2000}",   "{law: uniform, min: 0, max: 40}",
        "{law: uniform, min: 0, max: 400}", "{law: gamma, shape: 0.3, mean: 200}"
    };
    enum { ROWS = 101 };

    (void)state;
    for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
        double    mean[ROWS], most = 0;
        tg_delay *d = NULL;
        tg_stats  s[ROWS];
        assert_ok(tg_delay_parse(late[i], &d));
        assert_ok(tg_moments_mean(&(tg_loop){ .a = 1, .delay = d }, 1, 20, ROWS, mean));
        const tg_sdde     eq = { .dim = 1,
                                 .delays = 1,
                                 .law = d,
                                 .meaning = TG_DELAY_DISTRIBUTED,
                                 .drift = feedback,
                                 .history = one };
        const tg_sdde_run r = { .eq = &eq,
                                .method = tg_sdde_method_find("rk"),
                                .paths = 1,
                                .steps = 2000,
                                .every = 20,
                                .dt = .01 };
        assert_ok(tg_sdde_solve(&r, s, NULL));
        for (int k = 0; k < ROWS; k++) most = fmax(most, fabs(mean[k]));
        for (int k = 0; k < ROWS; k++) assert_near(s[k].mean, mean[k], 5e-5 * most);
        tg_delay_free(d);
    }
}

static tg_status
wave(double t, double *x, void *context)
{
    (void)context;
    x[0] = cos(t);
    return TG_OK;
}

/* Delays longer than the run see the history alone, and no ring holds them: x(1) = 1 -
 * int_0^1 cos(s - tau) ds, averaged over the law where there is one. */
static void
test_history_older_than_the_run(void **state)
{
    const double tau = 1e9;
    tg_delay    *d = NULL;
    tg_stats     s[2];

    (void)state;
    assert_ok(tg_delay_parse("{law: uniform, min: 10, max: 12}", &d));
    for (tg_random_delay meaning = TG_DELAY_CONSTANT; meaning <= TG_DELAY_DISTRIBUTED;
         meaning++)
        for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
            const tg_sdde     eq = { .dim = 1,
                                     .delays = 1,
                                     .tau = &tau,
                                     .law = d,
                                     .meaning = meaning,
                                     .drift = feedback,
                                     .history = wave };
            const tg_sdde_run r = { .eq = &eq,
                                    .method = *m,
                                    .paths = 5000,
                                    .steps = 100,
                                    .every = 100,
                                    .dt = .01 };
            const double      one_delay = 1 - sin(1 - tau) - sin(tau);
            const double      all = 1 - (cos(11) - cos(9) - cos(12) + cos(10)) / 2;
            assert_ok(tg_sdde_solve(&r, s, NULL));
            assert_true(tg_sdde_memory(&r) < 1e7);
            assert_near(s[1].mean, meaning == TG_DELAY_CONSTANT ? one_delay : all,
                        (meaning == TG_DELAY_PATH || meaning == TG_DELAY_STEP
                             ? 4 * tg_stats_error(&s[1])
                             : 0) +
                            .007);
        }
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_meanings_of_a_random_delay),
    cmocka_unit_test(test_one_draw_for_each_path),
    cmocka_unit_test(test_a_draw_at_each_step), cmocka_unit_test(test_distributed),
    cmocka_unit_test(test_distributed_past),
    cmocka_unit_test(test_distributed_beyond_the_run),
    cmocka_unit_test(test_history_older_than_the_run))
