/* Several delays and components: the three solvers of delay equations against exact
 * solutions and against each other. */
#include "solver/dde_mesh.h"
#include "solver/dde_stiff.h"

#include "validation/unit/delayed.h"

enum { ROWS = 41 };

/* One right side, with the layout of dde_mesh; the other solvers call it for one point. */
typedef tg_status (*right_side)(size_t count, const double *t, const double *x,
                                const double *past, double *out, void *context);

static tg_status
pointwise(double t, const double *x, const double *past, double *dx, void *context)
{
    return (*(right_side *)context)(1, &t, x, past, dx, NULL);
}

/* x (ROWS, 2) at 0 .. t1 by the explicit, the stiff and the mesh solver */
static void
solve(int which, right_side f, const double *tau,
      tg_status (*history)(double t, double *x, void *context), double t1, double tolerance,
      double *x)
{
    const tg_dde      eq = { .dim = 2,
                             .delays = 2,
                             .slope = pointwise,
                             .tau = tau,
                             .history = history,
                             .context = &f };
    const tg_dde_mesh mesh = {
        .dim = 2, .delays = 2, .tau = tau, .slope = f, .history = history
    };
    tg_dde_solution *s = NULL;

    if (which == 2) {
        assert_ok(tg_dde_mesh_solve(&mesh, t1, ROWS, 2, 10, x));
        return;
    }
    assert_ok(which ? tg_dde_stiff_solve(&eq, 0, t1, tolerance, tolerance, &s)
                    : tg_dde_solve(&eq, 0, t1, tolerance, tolerance, 0, &s));
    for (int k = 0; k < ROWS; k++)
        assert_ok(tg_dde_at(s, fmin(t1, t1 * k / (ROWS - 1)), x + (size_t)2 * k));
    tg_dde_solution_free(s);
}

/* x_1' = -x_1(t-1) - x_1(t-2), x_2' = x_1(t-2) - x_2(t-1) */
static tg_status
steps(size_t count, const double *t, const double *x, const double *past, double *out,
      void *context)
{
    (void)t, (void)x, (void)context;
    for (size_t k = 0; k < count; k++) {
        const double *p = past + k, *q = p + 2 * count;
        out[k] = -p[0] - q[0];
        out[count + k] = q[0] - p[count];
    }
    return TG_OK;
}

/* The method of steps with history 1: polynomials on [0, 1], [1, 2], [2, 3]. */
static void
by_steps(double t, double *x)
{
    const double u = t - 1, v = t - 2;

    if (t <= 1) {
        x[0] = 1 - 2 * t;
        x[1] = 1;
    } else if (t <= 2) {
        x[0] = -1 - 2 * u + u * u;
        x[1] = 1;
    } else {
        x[0] = -2 + 2 * v * v - v * v * v / 3;
        x[1] = 1 - v * v;
    }
}

static void
test_method_of_steps(void **state)
{
    static const double bound[] = { 1e-9, 5e-9, 1e-13 };
    const double        tau[] = { 1, 2 };
    double              x[2 * ROWS], exact[2];

    (void)state;
    for (int which = 0; which < 3; which++) {
        solve(which, steps, tau, ones, 3, 1e-9, x);
        for (int k = 0; k < ROWS; k++) {
            by_steps(3. * k / (ROWS - 1), exact);
            assert_near(x[2 * k], exact[0], bound[which]);
            assert_near(x[2 * k + 1], exact[1], bound[which]);
        }
    }
}

/* delays 1 + x_1^2 / 2 and |sin(t)| / 2, which vanishes */
static tg_status
vary(double t, const double *x, double *tau, void *context)
{
    (void)context;
    tau[0] = 1 + x[0] * x[0] / 2;
    tau[1] = fabs(sin(t)) / 2;
    return TG_OK;
}

static void
test_on_circle(void **state)
{
    static const double bound[] = { 2e-8, 1e-7, 1e-12 };
    const double        tau[] = { 1, 1.5 };
    right_side          f = circle;
    const tg_dde        varying = { .dim = 2,
                                    .delays = 2,
                                    .slope = pointwise,
                                    .lag = vary,
                                    .history = on_circle,
                                    .context = &f };
    tg_dde_solution    *s = NULL;
    double              x[2 * ROWS];

    (void)state;
    for (int which = 0; which < 3; which++) {
        solve(which, circle, tau, on_circle, 10, 1e-9, x);
        for (int k = 0; k < ROWS; k++) {
            assert_near(x[2 * k], cos(10. * k / (ROWS - 1)), bound[which]);
            assert_near(x[2 * k + 1], sin(10. * k / (ROWS - 1)), bound[which]);
        }
    }
    assert_ok(tg_dde_solve(&varying, 0, 10, 1e-9, 1e-9, 0, &s));
    for (double t = .1; t < 10; t += .1) {
        assert_ok(tg_dde_at(s, t, x));
        assert_near(x[0], cos(t), bound[0]);
        assert_near(x[1], sin(t), bound[0]);
    }
    tg_dde_solution_free(s);
}

/* Nothing known, nothing linear: x_1' = -.6 x_1(t-1) - .9 x_2(t-tau) + x_2/10,
 * x_2' = -x_2(t-1)^2 - x_2(t-1) + .3 x_1(t-tau). */
static tg_status
mixed(size_t count, const double *t, const double *x, const double *past, double *out,
      void *context)
{
    (void)t, (void)context;
    for (size_t k = 0; k < count; k++) {
        const double *p = past + k, *q = p + 2 * count;
        out[k] = -.6 * p[0] - .9 * q[count] + .1 * x[count + k];
        out[count + k] = -.2 * p[count] * p[count] - p[count] + .3 * q[0];
    }
    return TG_OK;
}

static tg_status
curve(double t, double *x, void *context)
{
    (void)context;
    x[0] = cos(t);
    x[1] = 1 + t / 2;
    return TG_OK;
}

/* Delays 1 and 1.4 have a mesh, 1 and sqrt 2 have not. */
static void
test_agreement(void **state)
{
    const double second[] = { 1.4, sqrt(2) };
    double       fine[2 * ROWS], x[2 * ROWS];

    (void)state;
    for (int k = 0; k < 2; k++) {
        const double tau[] = { 1, second[k] };
        solve(0, mixed, tau, curve, 20, 1e-12, fine);
        for (int which = 0; which < 3 - k; which++) {
            static const double bound[] = { 1e-8, 5e-8, 1e-11 };
            solve(which, mixed, tau, curve, 20, 1e-9, x);
            for (int i = 0; i < 2 * ROWS; i++) assert_near(x[i], fine[i], bound[which]);
        }
    }
}

RUN(cmocka_unit_test(test_method_of_steps), cmocka_unit_test(test_on_circle),
    cmocka_unit_test(test_agreement))
