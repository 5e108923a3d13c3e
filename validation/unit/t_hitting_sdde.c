#include "solver/hitting.h"

#include "validation/unit/check.h"

enum { PATHS = 20000 };

/* One linear mode as an equation of any form; its context. */
static tg_status
drift(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    const tg_linear *m = context;

    (void)t;
    for (size_t k = 0; k < count; k++) out[k] = -m->b * x[k] - m->a * past[k];
    return TG_OK;
}

static tg_status
diffusion(size_t count, double t, const double *x, const double *past, double *out,
          void *context)
{
    const tg_linear *m = context;

    (void)t, (void)x, (void)past;
    for (size_t k = 0; k < count; k++) out[k] = m->g;
    return TG_OK;
}

static tg_status
start(double t, double *x, void *context)
{
    const tg_linear *m = context;

    (void)t;
    *x = m->x0;
    return TG_OK;
}

static tg_sdde
equation(tg_linear *m)
{
    return (tg_sdde){ .dim = 1,
                      .delays = 1,
                      .noises = 1,
                      .diagonal = 1,
                      .tau = &m->tau,
                      .drift = drift,
                      .diffusion = diffusion,
                      .history = start,
                      .context = m };
}

static tg_hitting
question(const tg_sdde *eq, const char *method, uint64_t seed)
{
    return (tg_hitting){ .sdde = eq,
                         .method = tg_sdde_method_find(method),
                         .level = .2,
                         .dt = .01,
                         .horizon = 20,
                         .paths = PATHS,
                         .seed = seed };
}

/* Every method against the fast path, another scheme with other noise; without delay also
 * against the exact mean. Euler's own bias is below its slope times dt. */
static void
test_against_the_fast_path(void **state)
{
    tg_linear m[] = { { .a = 1, .g = .1, .x0 = 1 },
                      { .a = 1, .b = .2, .g = .3, .tau = .5, .x0 = 1 } };

    (void)state;
    for (int i = 0; i < 2; i++) {
        const tg_sdde eq = equation(&m[i]);
        tg_hitting    p = question(&eq, "euler", 1);
        tg_hits       fast, h;
        p.sdde = NULL;
        p.mode = &m[i];
        p.modes = 1;
        assert_ok(tg_hitting_run(&p, NULL, NULL, &fast));
        for (const tg_sdde_method *const *s = tg_sdde_methods; *s; s++) {
            const double bias = (*s)->weak_additive < 2 ? .01 : 0;
            p = question(&eq, (*s)->name, 2);
            assert_ok(tg_hitting_run(&p, NULL, NULL, &h));
            assert_near(h.mean, fast.mean, 4 * hypot(h.error, fast.error) + bias);
            if (i == 0) assert_near(h.mean, 1.55803737259558, 4 * h.error + bias);
        }
    }
}

/* dX = mu X dt + X (s1 dW1 + s2 dW2): ln X has drift mu - s^2/2, mu for Stratonovich's, and
 * reaches ln .2 at an inverse Gaussian time. */
static tg_status
geometric_drift(size_t count, double t, const double *x, const double *past, double *out,
                void *context)
{
    (void)t, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -.5 * x[k];
    return TG_OK;
}

static tg_status
geometric_noise(size_t count, double t, const double *x, const double *past, double *out,
                void *context)
{
    const double *s = context;

    (void)t, (void)past;
    for (size_t k = 0; k < count; k++) {
        out[k] = s[0] * x[k];
        if (s[1] > 0) out[count + k] = s[1] * x[k];
    }
    return TG_OK;
}

static tg_status
at_one(double t, double *x, void *context)
{
    (void)t, (void)context;
    *x = 1;
    return TG_OK;
}

static double
normal_share(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

static void
test_geometric_brownian_motion(void **state)
{
    static double hit[PATHS];
    double        s[2] = { .4, 0 }, both[2] = { .32, .24 };
    tg_sdde       one = { .dim = 1,
                          .noises = 1,
                          .diagonal = 1,
                          .drift = geometric_drift,
                          .diffusion = geometric_noise,
                          .history = at_one,
                          .context = s };
    tg_sdde       two = one;

    (void)state;
    two.noises = 2;
    two.diagonal = 0;
    two.context = both;
    for (int i = 0; i < 3; i++) {
        const double down = i == 2 ? .5 : .5 + .16 / 2, a = log(5);
        tg_hitting   p = question(i ? &two : &one, i == 2 ? "heun" : "euler", 3);
        tg_hits      h;
        p.horizon = 40;
        assert_ok(tg_hitting_run(&p, hit, NULL, &h));
        assert_int_equal(h.hit, PATHS);
        assert_near(h.mean, a / down, 4 * h.error + .005);
        for (double t = 1; t < 6; t++) {
            const double r = .4 * sqrt(t);
            const double exact =
                normal_share((down * t - a) / r) +
                exp(2 * down * a / .16) * normal_share((-a - down * t) / r);
            double share = 0;
            for (size_t k = 0; k < PATHS; k++) share += (hit[k] < t) / (double)PATHS;
            assert_near(share, exact, 4 * sqrt(exact * (1 - exact) / PATHS) + .002);
        }
        p.grid_only = 1;
        const double with = h.mean;
        assert_ok(tg_hitting_run(&p, NULL, NULL, &h));
        assert_true(h.mean > with + 3 * h.error);
    }
}

/* A law of delay in the mode's place, hitting mean and error by one meaning of it. */
static tg_hits
of_law(const char *text, tg_random_delay meaning, double dt)
{
    tg_linear m = { .a = 1, .g = .3, .x0 = 1 };
    tg_sdde   eq = equation(&m);
    tg_delay *d = NULL;
    tg_hits   h;

    assert_ok(tg_delay_parse(text, &d));
    eq.law = d;
    eq.meaning = meaning;
    tg_hitting p = question(&eq, "euler", 5);
    p.dt = dt;
    assert_ok(tg_hitting_run(&p, NULL, NULL, &h));
    tg_delay_free(d);
    return h;
}

/* The mean of the mixture is the mixture of the means, by the fast path. */
static void
test_one_delay_for_each_path(void **state)
{
    const tg_hits h = of_law("{mixture: [{weight: .25, law: constant, value: .2}, "
                             "{weight: .75, law: constant, value: .8}]}",
                             TG_DELAY_PATH, .01);
    double        mean = 0, square = h.error * h.error;

    (void)state;
    for (int i = 0; i < 2; i++) {
        const tg_linear  m = { .a = 1, .g = .3, .x0 = 1, .tau = i ? .8 : .2 };
        const tg_hitting p = { .mode = &m,
                               .modes = 1,
                               .level = .2,
                               .dt = .01,
                               .horizon = 20,
                               .paths = PATHS,
                               .seed = 6 };
        const double     weight = i ? .75 : .25;
        tg_hits          one;
        assert_ok(tg_hitting_run(&p, NULL, NULL, &one));
        mean += weight * one.mean;
        square += weight * weight * one.error * one.error;
    }
    assert_near(h.mean, mean, 4 * sqrt(square) + .005);
}

/* An Erlang kernel of two stages is two more components without delay. */
static tg_status
chain(size_t count, double t, const double *x, const double *past, double *out,
      void *context)
{
    const double *rate = context;

    (void)t, (void)past;
    for (size_t k = 0; k < count; k++) {
        out[k] = -x[2 * count + k];
        out[count + k] = *rate * (x[k] - x[count + k]);
        out[2 * count + k] = *rate * (x[count + k] - x[2 * count + k]);
    }
    return TG_OK;
}

static tg_status
chain_noise(size_t count, double t, const double *x, const double *past, double *out,
            void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < 3 * count; k++) out[k] = k < count ? .3 : 0;
    return TG_OK;
}

static tg_status
chain_start(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = x[1] = x[2] = 1;
    return TG_OK;
}

static void
test_distributed_and_step(void **state)
{
    static const char law[] = "{law: erlang, stages: 2, mean: .5}";
    double            rate = 4;
    const tg_sdde     eq = { .dim = 3,
                             .noises = 1,
                             .drift = chain,
                             .diffusion = chain_noise,
                             .history = chain_start,
                             .context = &rate };
    tg_hitting        p = question(&eq, "rk", 7);
    tg_hits           exact;

    (void)state;
    assert_ok(tg_hitting_run(&p, NULL, NULL, &exact));
    const tg_hits kernel = of_law(law, TG_DELAY_DISTRIBUTED, .01),
                  fine = of_law(law, TG_DELAY_STEP, .01),
                  coarse = of_law(law, TG_DELAY_STEP, .2);
    assert_near(kernel.mean, exact.mean, 4 * hypot(kernel.error, exact.error) + .005);
    assert_near(fine.mean, exact.mean, 4 * hypot(fine.error, exact.error) + .005);
    assert_true(fabs(coarse.mean - exact.mean) > fabs(fine.mean - exact.mean));
}

/* Two components of Brownian motion in a loss with a shift: F is 1/2 h R^2, and from r the
 * mean time to R is (R^2 - r^2) / 2, whatever the shift hides. */
static tg_status
flat(size_t count, double t, const double *x, const double *past, double *out,
     void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < 2 * count; k++) out[k] = 0;
    return TG_OK;
}

static tg_status
unit(size_t count, double t, const double *x, const double *past, double *out,
     void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    for (size_t k = 0; k < 2 * count; k++) out[k] = 1;
    return TG_OK;
}

static tg_status
off_centre(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = -1.7;
    x[1] = .9;
    return TG_OK;
}

static void
test_loss_with_a_shift(void **state)
{
    const double    h[] = { 3, 3 }, shift[] = { 2, -.5 }; /* r = (.3, .4) */
    const tg_linear mode[] = { { .g = 1, .x0 = -1.7 }, { .g = 1, .x0 = .9 } };
    const tg_sdde   eq = { .dim = 2,
                           .noises = 2,
                           .diagonal = 1,
                           .drift = flat,
                           .diffusion = unit,
                           .history = off_centre };
    tg_hitting      p = question(&eq, "euler", 8);
    tg_hits         a;

    (void)state;
    p.h = h;
    p.shift = shift;
    p.level = 3 * 4. / 2;
    p.dt = .005;
    for (int fast = 0; fast < 2; fast++) {
        p.sdde = fast ? NULL : &eq;
        p.mode = fast ? mode : NULL;
        p.modes = fast ? 2 : 0;
        assert_ok(tg_hitting_run(&p, NULL, NULL, &a));
        assert_near(a.mean, (4 - .25) / 2, 4 * a.error);
    }
}

RUN(cmocka_unit_test(test_against_the_fast_path),
    cmocka_unit_test(test_geometric_brownian_motion),
    cmocka_unit_test(test_one_delay_for_each_path),
    cmocka_unit_test(test_distributed_and_step), cmocka_unit_test(test_loss_with_a_shift))
