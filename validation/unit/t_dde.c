#include "solver/dde.h"

#include "validation/unit/delayed.h"

#include <time.h>

/* x' = -x(t-1), history 1: exact by the method of steps. */
static void
test_method_of_steps(void **state)
{
    const double tau = 1;
    const tg_dde eq = {
        .dim = 1, .delays = 1, .slope = negative_feedback, .tau = &tau, .history = constant
    };
    tg_dde_solution *s = NULL;
    double           t = NAN;

    (void)state;
    assert_ok(tg_dde_solve(&eq, 0, 50, 1e-8, 1e-8, 0, &s));
    assert_near(solution_at(s, -3), 1, 0);
    assert_near(solution_at(s, 2), -1. / 2, 1e-9);
    assert_near(solution_at(s, 3), -1. / 6, 1e-9);
    assert_near(solution_at(s, 10), .020241126543209876543, 1e-8);
    assert_near(solution_at(s, 20), -4.6069559905636845912e-4, 1e-8);
    assert_near(solution_at(s, 50), -5.1497540439628367615e-8, 1e-8);
    assert_ok(tg_dde_crossing(s, 0, 0, 0, &t)); /* 1 - t = 0 */
    assert_near(t, 1, 1e-9);
    assert_ok(tg_dde_crossing(s, 0, 0.5, 0, &t));
    assert_near(t, .5, 1e-9);
    assert_ok(tg_dde_crossing(s, 0, 2, 0, &t));
    assert_true(isinf(t));
    assert_fails(tg_dde_at(s, 51, &t), TG_EDOMAIN, "ends at");
    tg_dde_solution_free(s);
}

static void
test_mackey_glass(void **state)
{
    const double     tau = 17;
    double           start = .5;
    const tg_dde     eq = { .dim = 1,
                            .delays = 1,
                            .slope = mackey_glass,
                            .tau = &tau,
                            .history = constant,
                            .context = &start };
    tg_dde_solution *s = NULL;

    (void)state;
    assert_ok(tg_dde_solve(&eq, 0, 1000, 1e-11, 1e-11, 0, &s));
    assert_near(solution_at(s, 10), .8154435764300558561013557, 1e-10);
    assert_near(solution_at(s, 100), 1.050020507052510584506828, 1e-9);
    assert_near(solution_at(s, 500), 1.15390585545228631595045, 1e-8);
    assert_near(solution_at(s, 1000), 1.079612339926939948260604, 1e-8);
    tg_dde_solution_free(s);
}

/* The error of the dense output is within 4 tolerances anywhere on [0, 100], for every
 * number of stages and every tolerance: Mackey-Glass against a reference solution, itself
 * held to the published value at 100. */
static void
test_tolerance_is_kept(void **state)
{
    const double     tau = 17;
    double           start = .5;
    const tg_dde     eq = { .dim = 1,
                            .delays = 1,
                            .slope = mackey_glass,
                            .tau = &tau,
                            .history = constant,
                            .context = &start };
    tg_dde_solution *fine = NULL, *s = NULL;

    (void)state;
    assert_ok(tg_dde_solve(&eq, 0, 100, 1e-13, 1e-13, 10, &fine));
    assert_near(solution_at(fine, 100), 1.050020507052510584506828, 1e-12);
    for (int stages = 0; stages <= 10; stages += stages ? 1 : 2) /* 0: chosen */
        for (int k = 4; k <= 10; k++) {
            const double tolerance = pow(10, -k);
            double       worst = 0;
            assert_ok(tg_dde_solve(&eq, 0, 100, tolerance, tolerance, stages, &s));
            for (double t = .01; t < 100; t += .0937)
                worst = fmax(worst, fabs(solution_at(s, t) - solution_at(fine, t)));
            assert_near(worst / tolerance, 0, 4);
            tg_dde_solution_free(s);
        }
    tg_dde_solution_free(fine);
}

/* Without delays it is an ODE method: the order of its dense output, s + 1, from forced
 * steps is seen in how the cost grows with the tolerance: steps ~ tolerance^(-1/(s+1)). */
static void
test_order_without_delay(void **state)
{
    const tg_dde eq = { .dim = 2, .slope = rotation, .history = clockwise };

    (void)state;
    for (int stages = 4; stages <= 6; stages++) {
        size_t steps[2];
        for (int k = 0; k < 2; k++) {
            tg_dde_solution *s = NULL;
            double           x[2];
            assert_ok(
                tg_dde_solve(&eq, 0, 100, k ? 1e-10 : 1e-6, k ? 1e-10 : 1e-6, stages, &s));
            assert_ok(tg_dde_at(s, 77.7, x));
            assert_near(x[0], cos(77.7), k ? 1e-8 : 1e-4);
            tg_dde_cost(s, &steps[k], NULL);
            tg_dde_solution_free(s);
        }
        const double order = log(1e4) / log((double)steps[1] / (double)steps[0]);
        assert_near(order, stages + 1, 0.6);
    }
}

/* Enright, Hayashi 1997, B1: u' = 1 - u(exp(1 - 1/t)), u = log t. The delay vanishes at 1.
 */
static tg_status
b1_lag(double t, const double *x, double *tau, void *context)
{
    (void)x, (void)context;
    tau[0] = t - exp(1 - 1 / t);
    if (tau[0] < 0) tau[0] = 0; /* rounding near t = 1 */
    return TG_OK;
}

static tg_status
b1_slope(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)x, (void)context;
    dx[0] = 1 - past[0];
    return TG_OK;
}

static tg_status
logarithm(double t, double *x, void *context)
{
    (void)context;
    x[0] = log(t);
    return TG_OK;
}

/* C1: u' = -2 u(t-1-|u|)(1-u^2), history .5: before the lagged argument leaves the history
 * u = -tanh(t - artanh(1/2)); it does at t = 1 + |u|. */
static tg_status
c1_lag(double t, const double *x, double *tau, void *context)
{
    (void)t, (void)context;
    tau[0] = 1 + fabs(x[0]);
    return TG_OK;
}

static tg_status
c1_slope(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)context;
    dx[0] = -2 * past[0] * (1 - x[0] * x[0]);
    return TG_OK;
}

static void
test_state_dependent_delays(void **state)
{
    double       half = .5, coarse;
    const tg_dde b1 = {
        .dim = 1, .delays = 1, .slope = b1_slope, .lag = b1_lag, .history = logarithm
    };
    const tg_dde     c1 = { .dim = 1,
                            .delays = 1,
                            .slope = c1_slope,
                            .lag = c1_lag,
                            .history = constant,
                            .context = &half };
    tg_dde_solution *s = NULL;

    (void)state;
    assert_ok(tg_dde_solve(&b1, .1, 10, 1e-9, 1e-9, 0, &s));
    for (double t = .1; t < 10; t *= 1.1) assert_near(solution_at(s, t), log(t), 1e-8);
    tg_dde_solution_free(s);
    assert_ok(tg_dde_solve(&c1, 0, 30, 1e-8, 1e-8, 6, &s));
    for (double t = .1; t < 1.8; t += .1)
        assert_near(solution_at(s, t), -tanh(t - atanh(.5)), 1e-7);
    coarse = solution_at(s, 30);
    tg_dde_solution_free(s);
    assert_ok(
        tg_dde_solve(&c1, 0, 30, 1e-11, 1e-11, 8, &s)); /* another method and tolerance */
    assert_near(solution_at(s, 30), coarse, 3e-7);
    tg_dde_solution_free(s);
}

/* Two delays that vary, in the order of *context: t - tau passes 0 at .3 and at .35 for the first time. */
static tg_status
two_lags(double t, const double *x, double *tau, void *context)
{
    const int first = *(const int *)context;

    (void)x;
    tau[first] = .3 + .1 * (t - .3) * (t - .3);
    tau[1 - first] = .35 + .2 * (t - .35) * (t - .35);
    return TG_OK;
}

static tg_status
two_pasts(double t, const double *x, const double *past, double *dx, void *context)
{
    const int first = *(const int *)context;

    (void)t, (void)x;
    dx[0] = -2 * past[first] - 3 * past[1 - first];
    return TG_OK;
}

static tg_status
jump_to_one(double t, double *x, void *context)
{
    (void)context;
    x[0] = t < 0 ? 0 : 1;
    return TG_OK;
}

/* Which kink a step meets first is no matter of the order in which delays are named: the same steps, the
 * same bits. x falls by 2 from .3 on, by 5 from .35 on. */
static void
test_order_of_delays(void **state)
{
    int    order[] = { 0, 1 };
    double end[2], early[2];
    size_t steps[2];

    (void)state;
    for (int k = 0; k < 2; k++) {
        const tg_dde     eq = { .dim = 1,
                                .delays = 2,
                                .slope = two_pasts,
                                .lag = two_lags,
                                .history = jump_to_one,
                                .context = &order[k] };
        tg_dde_solution *s = NULL;
        assert_ok(tg_dde_solve(&eq, 0, 5, 1e-9, 1e-9, 6, &s));
        end[k] = solution_at(s, 5);
        early[k] = solution_at(s, .4);
        tg_dde_cost(s, &steps[k], NULL);
        tg_dde_solution_free(s);
    }
    assert_near(early[0], 1 - 2 * .05 - 5 * .05, 1e-8);
    assert_true(end[0] == end[1] && early[0] == early[1]);
    assert_int_equal(steps[0], steps[1]);
}

static tg_status
refuse(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)x, (void)past, (void)context;
    if (t > .5) return tg_fail(TG_EINPUT, "no value at t = %g", t);
    dx[0] = 0;
    return TG_OK;
}

/* ends at t = .3 */
static tg_status
broken(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)past, (void)context;
    dx[0] = -x[0];
    dx[1] = t > .3 ? NAN : -x[1];
    return TG_OK;
}

/* finite where x > 0 only, and x stays there: a first step too long must be mended */
static tg_status
root(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)past, (void)context;
    dx[0] = -100 * sqrt(x[0]) * (x[0] > 1e-4);
    dx[1] = 0;
    return TG_OK;
}

/* a slope that is finite everywhere, of a solution that passes the largest double at t = 1.8 */
static tg_status
steep(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)x, (void)past, (void)context;
    dx[0] = 0;
    dx[1] = 1e308;
    return TG_OK;
}

static tg_status
no_number(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = 1;
    x[1] = NAN;
    return TG_OK;
}

static void
test_not_finite(void **state)
{
    tg_dde           eq = { .dim = 2, .slope = broken, .history = ones };
    tg_dde_solution *s = NULL;

    (void)state;
    assert_fails(tg_dde_solve(&eq, 0, 5, 1e-6, 1e-6, 0, &s), TG_EDIVERGED,
                 "the slope of x[1] is not finite at t = 0.3");
    assert_fails(tg_dde_solve(&eq, .5, 5, 1e-6, 1e-6, 0, &s), TG_EDIVERGED, "t = 0.5");
    eq.history = no_number;
    assert_fails(tg_dde_solve(&eq, 0, 5, 1e-6, 1e-6, 0, &s), TG_EDIVERGED, "x[1] = nan");
    eq.history = ones;
    eq.slope = root;
    assert_ok(tg_dde_solve(&eq, 0, .019, 1e-6, 1e-6, 0, &s)); /* (1 - 50 t)^2 */
    double x[2];
    assert_ok(tg_dde_at(s, .019, x));
    assert_near(x[0], .0025, 1e-5);
    tg_dde_solution_free(s);
    eq.slope = steep;
    assert_ok(tg_dde_solve(&eq, 0, 1.7, 1e-6, 1e300, 0, &s));
    tg_dde_solution_free(s);
    assert_fails(tg_dde_solve(&eq, 0, 5, 1e-6, 1e300, 0, &s), TG_EDIVERGED,
                 "x[1] left the");
}

static void
test_missing(void **state)
{
    const double     endless = INFINITY;
    const tg_dde     whole = { .dim = 1, .slope = negative_feedback, .history = constant };
    tg_dde           eq = whole;
    tg_dde_solution *s = NULL;

    (void)state;
    eq.slope = explode; /* no delays, and no pointers to any: 1/(1 - t) */
    assert_ok(tg_dde_solve(&eq, 0, .5, 1e-6, 1e-6, 0, &s));
    assert_near(solution_at(s, .5), 2, 1e-4);
    tg_dde_solution_free(s);
    s = NULL;
    eq = whole, eq.slope = NULL;
    assert_fails(tg_dde_solve(&eq, 0, 1, 1e-6, 1e-6, 0, &s), TG_EDOMAIN, "no slope");
    eq = whole, eq.history = NULL;
    assert_fails(tg_dde_solve(&eq, 0, 1, 1e-6, 1e-6, 0, &s), TG_EDOMAIN, "no history");
    eq = whole, eq.delays = 1;
    assert_fails(tg_dde_solve(&eq, 0, 1, 1e-6, 1e-6, 0, &s), TG_EDOMAIN, "both NULL");
    eq.tau = &endless;
    assert_fails(tg_dde_solve(&eq, 0, 1, 1e-6, 1e-6, 0, &s), TG_EDOMAIN, "got inf");
    eq = whole, eq.dim = 0;
    assert_fails(tg_dde_solve(&eq, 0, 1, 1e-6, 1e-6, 0, &s), TG_EDOMAIN, "no components");
    assert_null(s);
}

static void
test_errors(void **state)
{
    const double tau = 1, negative = -1;
    tg_dde       eq = {
              .dim = 1, .delays = 1, .slope = negative_feedback, .tau = &tau, .history = constant
    };
    tg_dde_solution *s = NULL;

    (void)state;
    assert_fails(tg_dde_solve(&eq, 0, NAN, 1e-6, 1e-6, 0, &s), TG_EDOMAIN, "end");
    assert_fails(tg_dde_solve(&eq, 0, 1, 0, 1e-6, 0, &s), TG_EDOMAIN, "tolerances");
    assert_fails(tg_dde_solve(&eq, 0, 1, 1e-6, 1e-6, 11, &s), TG_EDOMAIN, "stages");
    eq.tau = &negative;
    assert_fails(tg_dde_solve(&eq, 0, 1, 1e-6, 1e-6, 0, &s), TG_EDOMAIN, "delay");
    eq.tau = &tau;
    eq.slope = explode;
    assert_fails(tg_dde_solve(&eq, 0, 2, 1e-6, 1e-6, 0, &s), TG_ENOCONV, "t = 1");
    eq.slope = refuse;
    assert_fails(tg_dde_solve(&eq, 0, 2, 1e-6, 1e-6, 0, &s), TG_EINPUT, "no value");
    assert_null(s);
}

static tg_status
one(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = 1;
    return TG_OK;
}

/* x' = -mean of x(t - tau_j): a step takes a time as the number of delays, not of the
 * kinks (two orders of magnitude between the two, and one to the bound). Delays of a
 * common measure have few kinks, each once. */
static void
test_many_delays(void **state)
{
    double           tau[20], common[20];
    size_t           m = 20, steps;
    tg_dde           eq = { .dim = 1,
                            .delays = m,
                            .slope = mean_feedback,
                            .tau = tau,
                            .history = one,
                            .context = &m };
    tg_dde_solution *fine = NULL, *s = NULL;
    const clock_t    begin = clock();

    (void)state;
    for (int j = 0; j < 20; j++) {
        tau[j] = .5 + sqrt(2. + j) / 7;
        common[j] = .05 * (j + 1);
    }
    assert_ok(tg_dde_solve(&eq, 0, 5, 1e-6, 1e-6, 0, &s));
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 4);
    assert_ok(tg_dde_solve(&eq, 0, 5, 1e-10, 1e-10, 2, &fine));
    for (double t = .01; t < 5; t += .0137)
        assert_near(solution_at(s, t), solution_at(fine, t), 1e-6);
    tg_dde_solution_free(fine);
    tg_dde_solution_free(s);
    eq.tau = common;
    assert_ok(tg_dde_solve(&eq, 0, 8, 1e-6, 1e-6, 0, &s));
    tg_dde_cost(s, &steps, NULL);
    assert_true(steps < 200); /* 160 kinks, of which the last is the end */
    tg_dde_solution_free(s);
}

RUN(cmocka_unit_test(test_method_of_steps), cmocka_unit_test(test_mackey_glass),
    cmocka_unit_test(test_tolerance_is_kept), cmocka_unit_test(test_order_without_delay),
    cmocka_unit_test(test_state_dependent_delays), cmocka_unit_test(test_order_of_delays),
    cmocka_unit_test(test_errors), cmocka_unit_test(test_not_finite),
    cmocka_unit_test(test_missing), cmocka_unit_test(test_many_delays))
