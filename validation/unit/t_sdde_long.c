/* Delays longer than the run, and runs of very many steps. */
#include "validation/unit/check.h"
#include "validation/unit/equations.h"

static tg_status
still(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = 0;
    return TG_OK;
}

static tg_status
lagged_noise(size_t count, double t, const double *x, const double *past, double *out,
             void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = 1 + past[k];
    return TG_OK;
}

/* dX = (1 + X(t - tau)) dW from 0 is W up to t = tau, for any method. */
static void
test_noise_of_the_history(void **state)
{
    enum { PATHS = 300 };
    const double  taus[] = { 1, 2, 3, 6.8, 1e9, 1e300 };
    static double x[PATHS][2], W[PATHS][2];

    (void)state;
    for (size_t i = 0; i < sizeof taus / sizeof *taus; i++)
        for (const tg_sdde_method *const *m = tg_sdde_methods; *m; m++) {
            tg_sdde     eq = feedback_equation(&taus[i]);
            tg_stats    s[2];
            tg_sdde_run r = { .eq = &eq,
                              .method = *m,
                              .paths = PATHS,
                              .keep = PATHS,
                              .steps = 20,
                              .every = 20,
                              .sub = 4,
                              .dt = .05,
                              .seed = 3 };
            eq.drift = still;
            assert_ok(tg_sdde_solve(&r, s, W[0]));
            eq.diffusion = lagged_noise;
            eq.lagged_slope = unit_noise;
            assert_ok(tg_sdde_solve(&r, s, x[0]));
            for (size_t k = 0; k < PATHS; k++) assert_near(x[k][1], W[k][1], 1e-14);
        }
}

/* x = t; how far what is seen is from t - 1.00001 dt, at worst, is kept. */
static const double step = .125, longer = 1.00001 * .125;

static tg_status
watch(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    double *worst = context;

    (void)x;
    for (size_t k = 0; k < count; k++) {
        out[k] = 1;
        *worst = fmax(*worst, fabs(past[k] - (t - longer)));
    }
    return TG_OK;
}

static tg_status
ramp(double t, double *x, void *context)
{
    (void)context;
    x[0] = t;
    return TG_OK;
}

/* A delay that is nearly one step is the same at the first step and at the last. */
static void
test_delay_at_a_late_step(void **state)
{
    enum { STEPS = 100000 };
    tg_delay *d = NULL;
    double    worst = 0;

    (void)state;
    assert_ok(tg_delay_create("constant", &longer, &d));
    for (int meaning = TG_DELAY_CONSTANT; meaning <= TG_DELAY_DISTRIBUTED; meaning++) {
        const tg_sdde     eq = { .dim = 1,
                                 .delays = 1,
                                 .tau = &longer,
                                 .law = d,
                                 .meaning = (tg_random_delay)meaning,
                                 .drift = watch,
                                 .history = ramp,
                                 .context = &worst };
        const tg_sdde_run r = { .eq = &eq,
                                .method = tg_sdde_method_find("euler"),
                                .paths = 1,
                                .steps = STEPS,
                                .every = STEPS,
                                .dt = step,
                                .threads = 1 };
        tg_stats          s[2];
        assert_ok(tg_sdde_solve(&r, s, NULL));
        assert_near(s[1].mean, STEPS * step, 1e-9);
        assert_true(worst < 1e-9);
    }
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_noise_of_the_history),
    cmocka_unit_test(test_delay_at_a_late_step))
