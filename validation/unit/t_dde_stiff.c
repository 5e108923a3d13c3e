#include "solver/dde_stiff.h"

#include "solver/dde_solution.h"
#include "validation/unit/delayed.h"

/* x' = -1000 (x + x(t - pi)) - sin t, x = cos t: the lagged value is -cos t. */
static tg_status
stiff_slope(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)context;
    dx[0] = -1000 * (x[0] + past[0]) - sin(t);
    return TG_OK;
}

static tg_status
cosine(double t, double *x, void *context)
{
    (void)context;
    x[0] = cos(t);
    return TG_OK;
}

/* The largest error between t0 and t1, in units of tolerance (1 + |x|). */
static double
misses(const tg_dde *eq, double t1, double tolerance, double (*exact)(double t))
{
    tg_dde_solution *fine = NULL, *s = NULL;
    double           worst = 0;

    if (!exact) assert_ok(tg_dde_solve(eq, 0, t1, 1e-13, 1e-13, 10, &fine));
    assert_ok(tg_dde_stiff_solve(eq, 0, t1, tolerance, tolerance, &s));
    for (double t = .01; t < t1; t += .0137) {
        const double x = exact ? exact(t) : solution_at(fine, t);
        worst = fmax(worst, fabs(solution_at(s, t) - x) / (1 + fabs(x)) / tolerance);
    }
    tg_dde_solution_free(fine);
    tg_dde_solution_free(s);
    return worst;
}

static tg_status
two_delays(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)x, (void)context;
    dx[0] = -.6 * past[0] - .9 * past[1];
    return TG_OK;
}

static tg_status
swing(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)past, (void)context;
    dx[0] = cos(t) * x[0];
    return TG_OK;
}

static double
swung(double t)
{
    return exp(sin(t));
}

/* The error of the solution goes with the tolerance, and is near it. */
static void
test_tolerance_is_kept(void **state)
{
    const double pi = acos(-1), tau[] = { 1, sqrt(2) }, tau17 = 17;
    double       half = .5;
    const struct {
        tg_dde eq;
        double t1, (*exact)(double t), bound;
    } cases[] = {
        { { .dim = 1, .delays = 1, .slope = stiff_slope, .tau = &pi, .history = cosine },
          30,
          cos,
          .1 },
        { { .dim = 1,
            .delays = 1,
            .slope = negative_feedback,
            .tau = tau,
            .history = constant },
          20,
          NULL,
          2 },
        { { .dim = 1,
            .delays = 1,
            .slope = mackey_glass,
            .tau = &tau17,
            .history = constant,
            .context = &half },
          100,
          NULL,
          2 },
        { { .dim = 1, .slope = swing, .history = constant }, 20, swung, 3 },
        { { .dim = 1, .delays = 2, .slope = two_delays, .tau = tau, .history = constant },
          20,
          NULL,
          20 },
    };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (double tolerance = 1e-4; tolerance > 1e-11; tolerance /= 10) {
            const double error =
                misses(&cases[k].eq, cases[k].t1, tolerance, cases[k].exact);
            assert_near(error, 0, cases[k].bound);
        }
}

static void
test_stiff(void **state)
{
    const double pi = acos(-1), tau1 = 1, tau17 = 17;
    double       half = .5;
    const tg_dde stiff = {
        .dim = 1, .delays = 1, .slope = stiff_slope, .tau = &pi, .history = cosine
    };
    const tg_dde plain = {
        .dim = 1, .delays = 1, .slope = negative_feedback, .tau = &tau1, .history = constant
    };
    const tg_dde     glass = { .dim = 1,
                               .delays = 1,
                               .slope = mackey_glass,
                               .tau = &tau17,
                               .history = constant,
                               .context = &half };
    tg_dde_solution *s = NULL;
    size_t           steps;

    (void)state;
    assert_ok(tg_dde_stiff_solve(&stiff, 0, 30, 1e-7, 1e-9, &s));
    for (double t = .1; t < 30; t += .37) assert_near(solution_at(s, t), cos(t), 1e-7);
    tg_dde_cost(s, &steps, NULL);
    assert_true(steps < 3000); /* an explicit method needs 30 * 1000 / 4 */
    tg_dde_solution_free(s);
    assert_ok(tg_dde_stiff_solve(&plain, 0, 10, 1e-9, 1e-11, &s));
    assert_near(solution_at(s, 2), -.5, 1e-9);
    assert_near(solution_at(s, 10), .020241126543209876543, 1e-10);
    tg_dde_solution_free(s);
    assert_ok(tg_dde_stiff_solve(&glass, 0, 100, 1e-9, 1e-11, &s));
    assert_near(solution_at(s, 100), 1.050020507052510584506828, 1e-8);
    tg_dde_solution_free(s);
}

/* A slope that is not a number after t = .3 must end the run, soon. */
static tg_status
broken(double t, const double *x, const double *past, double *dx, void *calls)
{
    (void)past;
    if (++*(int *)calls > 1000) return tg_fail(TG_EINPUT, "called without end");
    dx[0] = -x[0];
    dx[1] = t > .3 ? NAN : -x[1];
    return TG_OK;
}

/* a million oscillations */
static tg_status
restless(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)x, (void)past, (void)context;
    dx[0] = cos(1e7 * t);
    return TG_OK;
}

static tg_status
one(double t, double *x, void *context)
{
    (void)t, (void)context;
    x[0] = 1;
    return TG_OK;
}

/* Many delays: the error is kept however many sums they have. */
static void
test_many_delays(void **state)
{
    double tau[20];

    (void)state;
    for (int j = 0; j < 20; j++) tau[j] = .5 + sqrt(2. + j) / 7;
    for (size_t m = 4; m <= 20; m += 4) {
        tg_dde_solution *fine = NULL, *s = NULL;
        const tg_dde     eq = { .dim = 1,
                                .delays = m,
                                .slope = mean_feedback,
                                .tau = tau,
                                .history = one,
                                .context = &m };
        assert_ok(tg_dde_solve(&eq, 0, 5, 1e-11, 1e-11, 3, &fine));
        for (double tolerance = 1e-4; tolerance > 1e-10; tolerance /= 10) {
            assert_ok(tg_dde_stiff_solve(&eq, 0, 5, tolerance, tolerance, &s));
            for (double t = .01; t < 5; t += .0137) {
                const double x = solution_at(fine, t);
                assert_near(solution_at(s, t), x, 3 * tolerance * (1 + fabs(x)));
            }
            tg_dde_solution_free(s);
        }
        tg_dde_solution_free(fine);
    }
}

/* Delays 1 .. 6 have 9330 sums of up to five, but only 30 kinks: a step ends on each. */
static void
test_common_kinks(void **state)
{
    const double     tau[] = { 1, 2, 3, 4, 5, 6 };
    size_t           m = 6, met = 0;
    const tg_dde     eq = { .dim = 1,
                            .delays = m,
                            .slope = mean_feedback,
                            .tau = tau,
                            .history = one,
                            .context = &m };
    tg_dde_solution *s = NULL;

    (void)state;
    assert_ok(tg_dde_stiff_solve(&eq, 0, 30.5, 1e-4, 1e-4, &s));
    for (size_t k = 1; k <= s->count; k++)
        met += fabs(s->begin[k] - (double)(met + 1)) < 1e-9;
    assert_int_equal(met, 30);
    tg_dde_solution_free(s);
}

/* A run as short as one likes, but not shorter than doubles can tell. */
static void
test_short_run(void **state)
{
    const double tau = 1;
    const tg_dde eq = {
        .dim = 1, .delays = 1, .slope = negative_feedback, .tau = &tau, .history = constant
    };
    tg_dde_solution *s = NULL;

    (void)state;
    for (double t1 = 1e-100; t1 < 1; t1 *= 1e10)
        for (int stiff = 0; stiff < 2; stiff++) {
            if (stiff)
                assert_ok(tg_dde_stiff_solve(&eq, 0, t1, 1e-6, 1e-6, &s));
            else
                assert_ok(tg_dde_solve(&eq, 0, t1, 1e-6, 1e-6, 0, &s));
            assert_true(tg_dde_end(s) == t1);
            assert_near(solution_at(s, t1), 1 - t1, 1e-6);
            tg_dde_solution_free(s);
        }
    s = NULL;
    assert_fails(tg_dde_stiff_solve(&eq, 1, 1 + 1e-13, 1e-6, 1e-6, &s), TG_EDOMAIN,
                 "too near");
    assert_fails(tg_dde_solve(&eq, 1, 1 + 1e-13, 1e-6, 1e-6, 0, &s), TG_EDOMAIN,
                 "too near");
    assert_fails(tg_dde_stiff_solve(&eq, 1e9, 1e9 + 2, 1e-8, 1e-8, &s), TG_ENOCONV,
                 "doubles are 1.2e-07 apart");
    assert_null(s);
}

static void
test_errors(void **state)
{
    int              calls = 0;
    const double     zero = 0;
    const tg_dde     whole = { .dim = 1, .slope = explode, .history = constant };
    tg_dde           eq = { .dim = 2, .slope = broken, .history = ones, .context = &calls };
    tg_dde_solution *s = NULL;

    (void)state;
    assert_fails(tg_dde_stiff_solve(&eq, 0, 5, 1e-6, 1e-6, &s), TG_EDIVERGED,
                 "the slope of x[1] is not finite at t = 0.3");
    calls = 0;
    assert_fails(tg_dde_stiff_solve(&eq, .5, 5, 1e-6, 1e-6, &s), TG_EDIVERGED, "t = 0.5");
    assert_fails(tg_dde_stiff_solve(&whole, 0, 5, 1e-6, 1e-6, &s), TG_ENOCONV, "singular");
    eq = whole, eq.slope = restless;
    assert_fails(tg_dde_stiff_solve(&eq, 0, 1, 1e-9, 1e-12, &s), TG_ENOCONV,
                 "1000000 steps");
    assert_fails(tg_dde_stiff_solve(&whole, 0, NAN, 1e-7, 1e-9, &s), TG_EDOMAIN, "end");
    eq = whole, eq.slope = NULL;
    assert_fails(tg_dde_stiff_solve(&eq, 0, 1, 1e-6, 1e-6, &s), TG_EDOMAIN, "no slope");
    eq = whole, eq.history = NULL;
    assert_fails(tg_dde_stiff_solve(&eq, 0, 1, 1e-6, 1e-6, &s), TG_EDOMAIN, "no history");
    eq = whole, eq.delays = 1;
    assert_fails(tg_dde_stiff_solve(&eq, 0, 1, 1e-6, 1e-6, &s), TG_EDOMAIN, "NULL");
    eq.tau = &zero;
    assert_fails(tg_dde_stiff_solve(&eq, 0, 1, 1e-6, 1e-6, &s), TG_EDOMAIN, "> 0");
    assert_null(s);
}

RUN(cmocka_unit_test(test_tolerance_is_kept), cmocka_unit_test(test_stiff),
    cmocka_unit_test(test_many_delays), cmocka_unit_test(test_common_kinks),
    cmocka_unit_test(test_short_run), cmocka_unit_test(test_errors))
