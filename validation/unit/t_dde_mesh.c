#include "solver/dde_mesh.h"

#include "validation/unit/delayed.h"

static tg_status
mackey_glass_forcing(size_t count, const double *t, const double *past, double *out,
                     void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = .2 * past[k] / (1 + pow(past[k], 10));
    return TG_OK;
}

/* Order 2 s at the ends of the mesh, measured at t = 17 (one delay: nothing amplifies). */
static void
test_mesh(void **state)
{
    const double      decay = -.1, tau = 17;
    double            half = .5, x[101];
    const tg_dde_mesh eq = { .dim = 1,
                             .delays = 1,
                             .tau = &tau,
                             .L = &decay,
                             .forcing = mackey_glass_forcing,
                             .history = constant,
                             .context = &half };

    (void)state;
    assert_ok(tg_dde_mesh_solve(&eq, 1000, 101, 12, 8, x));
    assert_near(x[1], .8154435764300558561013557, 1e-12);
    assert_near(x[10], 1.050020507052510584506828, 1e-11);
    assert_near(x[50], 1.15390585545228631595045, 1e-10);
    assert_near(x[100], 1.079612339926939948260604, 1e-10);
    for (int stages = 2; stages <= 3; stages++) {
        double error[3];
        for (int k = 0; k < 3; k++) {
            assert_ok(tg_dde_mesh_solve(&eq, 68, 3, (size_t)24 << k, stages, x));
            double exact[3];
            assert_ok(tg_dde_mesh_solve(&eq, 68, 3, 64, 10, exact));
            error[k] = fabs(x[2] - exact[2]);
        }
        assert_near(log2(error[1] / error[2]), 2 * stages, .4);
    }
}

static tg_status
mackey_glass_slope(size_t count, const double *t, const double *x, const double *past,
                   double *out, void *context)
{
    TG_TRY(mackey_glass_forcing(count, t, past, out, context));
    for (size_t k = 0; k < count; k++) out[k] -= .1 * x[k];
    return TG_OK;
}

/* The general form finds what the linear form does, and keeps the order 2 s. */
static void
test_general_form(void **state)
{
    const double      tau = 17, decay = -.1;
    double            half = .5, x[101], y[101];
    const tg_dde_mesh general = { .dim = 1,
                                  .delays = 1,
                                  .tau = &tau,
                                  .slope = mackey_glass_slope,
                                  .history = constant,
                                  .context = &half };
    tg_dde_mesh       linear = general;

    (void)state;
    linear.slope = NULL, linear.L = &decay, linear.forcing = mackey_glass_forcing;
    assert_ok(tg_dde_mesh_solve(&linear, 1000, 101, 12, 8, x));
    assert_ok(tg_dde_mesh_solve(&general, 1000, 101, 12, 8, y));
    for (int k = 0; k < 101; k++) assert_near(y[k], x[k], 2e-12); /* rounding, amplified */
}

static tg_status
on_axis(double t, double *x, void *context)
{
    (void)context;
    x[0] = cos(t);
    return TG_OK;
}

static void
test_two_delays_exact(void **state)
{
    const double      tau[] = { 1, 1.5 };
    const tg_dde_mesh eq = {
        .dim = 2, .delays = 2, .tau = tau, .slope = circle, .history = on_circle
    };
    double x[2 * 41], error[3];

    (void)state;
    assert_ok(tg_dde_mesh_solve(&eq, 10, 41, 2, 10, x));
    for (int k = 0; k <= 40; k++) {
        assert_near(x[2 * k], cos(k / 4.), 1e-12);
        assert_near(x[2 * k + 1], sin(k / 4.), 1e-12);
    }
    for (int stages = 2; stages <= 3; stages++) {
        for (int k = 0; k < 3; k++) {
            assert_ok(tg_dde_mesh_solve(&eq, 6, 2, (size_t)4 << k, stages, x));
            error[k] = hypot(x[2] - cos(6), x[3] - sin(6));
        }
        assert_near(log2(error[0] / error[1]), 2 * stages, .4);
        assert_near(log2(error[1] / error[2]), 2 * stages, .4);
    }
}

/* x' = -1000 (x + x(t - pi)) - sin t, x = cos t: a fixed-point iteration would need h <
 * 1e-3. */
static tg_status
stiff(size_t count, const double *t, const double *x, const double *past, double *out,
      void *context)
{
    (void)context;
    for (size_t k = 0; k < count; k++) out[k] = -1000 * (x[k] + past[k]) - sin(t[k]);
    return TG_OK;
}

static void
test_stiff(void **state)
{
    const double      pi = acos(-1);
    const tg_dde_mesh eq = {
        .dim = 1, .delays = 1, .tau = &pi, .slope = stiff, .history = on_axis
    };
    double x[31];

    (void)state;
    assert_ok(tg_dde_mesh_solve(&eq, 30, 31, 4, 8, x));
    for (int k = 0; k <= 30; k++) assert_near(x[k], cos(k), 1e-9);
}

static void
test_measure(void **state)
{
    const struct {
        double tau[3], measure;
    } cases[] = { { { 17, 17, 17 }, 17 },         { { 1, 1.5, 2 }, .5 },
                  { { .1, .3, .7 }, .1 },         { { 1. / 3, 1, 2. / 7 }, 1. / 21 },
                  { { 1e-9, 3e-9, 7e-9 }, 1e-9 }, { { 1, .001, 3.142 }, .001 } };
    const double      none[] = { 1, sqrt(2) }, near[] = { 1, 1.5 + 1e-9 };
    const double      decay = -.1;
    const tg_dde_mesh eq = { .dim = 1,
                             .delays = 2,
                             .tau = none,
                             .L = &decay,
                             .forcing = mackey_glass_forcing,
                             .history = constant };
    double            measure = 7;

    (void)state;
    assert_fails(tg_dde_mesh_measure(2, none, &measure), TG_EDOMAIN, "no common measure");
    assert_fails(tg_dde_mesh_measure(2, near, &measure), TG_EDOMAIN, "no common measure");
    assert_fails(tg_dde_mesh_solve(&eq, 1, 1, 4, 4, &measure), TG_EDOMAIN,
                 "number 1, 1.414213562");
    assert_fails(tg_dde_mesh_solve(&eq, 0, 1, 4, 4, &measure), TG_EDOMAIN, "make no mesh");
    assert_fails(tg_dde_mesh_measure(2, (double[]){ 1, 0 }, &measure), TG_EDOMAIN, "> 0");
    assert_fails(tg_dde_mesh_measure(0, none, &measure), TG_EDOMAIN, "no delays");
    assert_true(measure == 7);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_ok(tg_dde_mesh_measure(3, cases[k].tau, &measure));
        assert_near(measure, cases[k].measure, 1e-14 * cases[k].measure);
    }
}

/* f that ends at t = 1/2, and one that jumps where the solution would slide */
static tg_status
broken(size_t count, const double *t, const double *x, const double *past, double *out,
       void *context)
{
    (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = t[k] > .5 ? NAN : -x[k];
    return TG_OK;
}

static tg_status
jagged(size_t count, const double *t, const double *x, const double *past, double *out,
       void *context)
{
    (void)t, (void)past, (void)context;
    for (size_t k = 0; k < count; k++) out[k] = x[k] > 1 ? -100 : 100;
    return TG_OK;
}

static void
test_failure(void **state)
{
    const double tau = 1;
    tg_dde_mesh  eq = {
         .dim = 1, .delays = 1, .tau = &tau, .slope = broken, .history = constant
    };
    double x[2] = { 7, 7 };

    (void)state;
    assert_fails(tg_dde_mesh_solve(&eq, 2, 2, 4, 4, x), TG_EDIVERGED, "slope of x[0]");
    eq.slope = jagged;
    assert_fails(tg_dde_mesh_solve(&eq, 2, 2, 4, 4, x), TG_ENOCONV, "more steps");
    assert_true(x[0] == 7 && x[1] == 7);
}

static void
test_missing(void **state)
{
    const double      decay = -.1, tau = 17;
    const tg_dde_mesh whole = { .dim = 1,
                                .delays = 1,
                                .tau = &tau,
                                .L = &decay,
                                .forcing = mackey_glass_forcing,
                                .history = constant };
    tg_dde_mesh       eq = whole;
    double            x[2] = { 7, 7 };

    (void)state;
    eq.forcing = NULL;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "no right side");
    eq.slope = mackey_glass_slope;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "matrix L");
    eq = whole, eq.slope = mackey_glass_slope;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "two right sides");
    eq = whole, eq.history = NULL;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "no history");
    eq = whole, eq.delays = 0;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "no delays");
    eq = whole, eq.tau = NULL;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "no delays");
    eq = whole, eq.dim = TG_DDE_MESH_DIM + 1;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 4, x), TG_EDOMAIN, "components");
    eq = whole, eq.dim = 5; /* refused before any is touched: 5 10 8 bytes to a step */
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 90000000, 10, x), TG_EDOMAIN,
                 "33.5 GiB would be needed");
    eq.dim = TG_DDE_MESH_DIM;
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 90000000, 5, x), TG_EDOMAIN, "858 GiB");
    eq = whole;
    assert_fails(tg_dde_mesh_solve(&eq, 10, SIZE_MAX, 4, 4, x), TG_EDOMAIN, "GiB");
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, 4, 11, x), TG_EDOMAIN, "stages");
    assert_fails(tg_dde_mesh_solve(&eq, NAN, 2, 4, 4, x), TG_EDOMAIN, "horizon");
    assert_fails(tg_dde_mesh_solve(&eq, 10, 2, SIZE_MAX, 4, x), TG_EDOMAIN, "more than");
    assert_true(x[0] == 7 && x[1] == 7);
}

RUN(cmocka_unit_test(test_mesh), cmocka_unit_test(test_general_form),
    cmocka_unit_test(test_two_delays_exact), cmocka_unit_test(test_stiff),
    cmocka_unit_test(test_measure), cmocka_unit_test(test_failure),
    cmocka_unit_test(test_missing))
