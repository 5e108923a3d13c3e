#include "solver/dde.h"
#include "solver/dde_stiff.h"

#include "validation/unit/delayed.h"

/* both solvers, told apart by a flag */
static tg_status
solve(int stiff, const tg_dde *eq, double t0, double t1, double tolerance,
      tg_dde_solution **s)
{
    return stiff ? tg_dde_stiff_solve(eq, t0, t1, tolerance, tolerance, s)
                 : tg_dde_solve(eq, t0, t1, tolerance, tolerance, 0, s);
}

static tg_status
first(double t, const double *x, double *e, void *level)
{
    (void)t;
    *e = x[0] - (level ? *(double *)level : 0);
    return TG_OK;
}

/* passes where t = 1, 4, 9, ..., whatever x is */
static tg_status
squares(double t, const double *x, double *e, void *context)
{
    (void)x, (void)context;
    *e = sin(acos(-1) * sqrt(t));
    return TG_OK;
}

/* The time of a passage is as good as the solution, at every tolerance, for both solvers;
 * the directions tell risings and fallings apart. */
static void
test_times(void **state)
{
    double             half = .5;
    const double       pi = acos(-1);
    const tg_dde_event event[] = { { first, NULL, 1, 0 },
                                   { first, NULL, -1, 0 },
                                   { first, &half, 0, 0 } };
    const tg_dde       eq = {
              .dim = 2, .slope = rotation, .history = clockwise, .event = event, .events = 3
    };

    (void)state;
    for (int stiff = 0; stiff < 2; stiff++)
        for (double tolerance = 1e-4; tolerance > 1e-11; tolerance /= 10) {
            tg_dde_solution *s = NULL;
            size_t           seen[3] = { 0 }, which;
            double           t, last = 0;
            assert_ok(solve(stiff, &eq, 0, 20 * pi, tolerance, &s));
            assert_int_equal(tg_dde_passages(s), 40);
            for (size_t k = 0; k < 40; k++) {
                assert_ok(tg_dde_passage(s, k, &which, &t));
                const double n = (double)seen[which]++;
                const double exact = which == 0   ? (2 * n + 1.5) * pi
                                     : which == 1 ? (2 * n + .5) * pi
                                     : (int)n % 2 ? (n + 1) * pi - pi / 3
                                                  : n * pi + pi / 3;
                assert_near(t, exact, (stiff ? 20 : 1.5) * tolerance);
                assert_true(t > last);
                last = t;
            }
            assert_true(seen[0] == 10 && seen[1] == 10 && seen[2] == 20);
            assert_fails(tg_dde_passage(s, 40, &which, &t), TG_EDOMAIN, "only 40");
            tg_dde_solution_free(s);
        }
}

/* x' = -x(t-1), history 1: x = 0 at t = 1, and in (3, 4) where
 * 1 - t + (t-1)^2/2 - (t-2)^3/6 + (t-3)^4/24 = 0. The second ends the solution. */
static void
test_with_delay(void **state)
{
    const double       tau = 1;
    double             exact = 3.5;
    const tg_dde_event event[] = { { first, NULL, 1, 1 }, { squares, NULL, 0, 0 } };
    const tg_dde       eq = { .dim = 1,
                              .delays = 1,
                              .slope = negative_feedback,
                              .tau = &tau,
                              .history = constant,
                              .event = event,
                              .events = 2 };

    (void)state;
    for (int k = 0; k < 20; k++)
        exact -= (1 - exact + pow(exact - 1, 2) / 2 - pow(exact - 2, 3) / 6 +
                  pow(exact - 3, 4) / 24) /
                 (exact - 2 - pow(exact - 2, 2) / 2 + pow(exact - 3, 3) / 6);
    for (int stiff = 0; stiff < 2; stiff++) {
        tg_dde_solution *s = NULL;
        size_t           which[2], steps;
        double           t[2], x;
        assert_ok(solve(stiff, &eq, 0, 1e4, 1e-9, &s));
        tg_dde_cost(s, &steps, NULL);
        assert_true(steps < 1000); /* and not on to 1e4 */
        assert_int_equal(tg_dde_passages(s), 2);
        for (size_t k = 0; k < 2; k++) assert_ok(tg_dde_passage(s, k, &which[k], &t[k]));
        assert_true(which[0] == 1 && which[1] == 0);
        assert_near(t[0], 1, 1e-14);
        assert_near(t[1], exact, 1e-8);
        assert_true(tg_dde_end(s) == t[1]);
        assert_near(solution_at(s, t[1]), 0, 1e-14);
        assert_fails(tg_dde_at(s, 4, &x), TG_EDOMAIN, "ends at");
        assert_ok(tg_dde_crossing(s, 0, 0, 0, &x));
        assert_near(x, 1, 1e-8);
        assert_ok(tg_dde_crossing(s, 0, 0, 1.1, &x)); /* the end is as far as it goes */
        assert_true(x == t[1] || isinf(x));
        tg_dde_solution_free(s);
    }
}

/* A ball from height 1, g = 9.81, which keeps .8 of its speed at each bounce: bounces at
 * t_1 = sqrt(2/g), t_k+1 = t_k + 2 .8^k sqrt(2 g)/g. Each flight begins where an event
 * ended the last, on the ground: leaving it is no passage downwards. */
static tg_status
falling(double t, const double *x, const double *past, double *dx, void *context)
{
    (void)t, (void)past, (void)context;
    dx[0] = x[1];
    dx[1] = -9.81;
    return TG_OK;
}

static tg_status
thrown(double t, double *x, void *context)
{
    (void)t;
    memcpy(x, context, 2 * sizeof *x);
    return TG_OK;
}

static void
test_bounces(void **state)
{
    const tg_dde_event ground = { first, NULL, -1, 1 };
    double             ball[2] = { 1, 0 };
    const tg_dde       eq = { .dim = 2,
                              .slope = falling,
                              .history = thrown,
                              .context = ball,
                              .event = &ground,
                              .events = 1 };
    double             now = 0, exact = sqrt(2 / 9.81);

    (void)state;
    for (int k = 0; k < 12; k++) {
        tg_dde_solution *s = NULL;
        assert_ok(solve(k % 2, &eq, now, now + 10, 1e-10, &s));
        now = tg_dde_end(s);
        assert_near(now, exact, 1e-8);
        assert_ok(tg_dde_at(s, now, ball));
        ball[0] = 0;
        ball[1] *= -.8;
        exact += 2 * pow(.8, k + 1) * sqrt(2 / 9.81);
        tg_dde_solution_free(s);
    }
}

/* A solution goes on after a terminal event as if it had not been asked for: its history is
 * the solution that ended. */
static tg_status
earlier(double t, double *x, void *solution)
{
    return tg_dde_at(solution, t, x);
}

static void
test_going_on(void **state)
{
    const double       tau = 17;
    double             half = .5, level = 1;
    const tg_dde_event event = { first, &level, -1, 1 };
    tg_dde             eq = { .dim = 1,
                              .delays = 1,
                              .slope = mackey_glass,
                              .tau = &tau,
                              .history = constant,
                              .context = &half };
    tg_dde_solution   *whole = NULL, *before = NULL, *after = NULL;

    (void)state;
    assert_ok(tg_dde_solve(&eq, 0, 100, 1e-10, 1e-10, 0, &whole));
    eq.event = &event, eq.events = 1;
    assert_ok(tg_dde_solve(&eq, 0, 100, 1e-10, 1e-10, 0, &before));
    assert_true(tg_dde_end(before) < 100);
    assert_near(solution_at(before, tg_dde_end(before)), 1, 1e-13);
    eq.history = earlier, eq.context = before, eq.events = 0;
    assert_ok(tg_dde_solve(&eq, tg_dde_end(before), 100, 1e-10, 1e-10, 0, &after));
    for (double t = tg_dde_end(before); t < 100; t += .77)
        assert_near(solution_at(after, t), solution_at(whole, t), 1e-8);
    tg_dde_solution_free(whole);
    tg_dde_solution_free(before);
    tg_dde_solution_free(after);
}

static tg_status
no_number(double t, const double *x, double *e, void *context)
{
    (void)x, (void)context;
    *e = t > .5 ? NAN : 1;
    return TG_OK;
}

static void
test_errors(void **state)
{
    tg_dde_event event = { no_number, NULL, 0, 0 };
    const tg_dde eq = {
        .dim = 2, .slope = rotation, .history = clockwise, .event = &event, .events = 1
    };
    tg_dde           lost = eq;
    tg_dde_solution *s = NULL;
    double           t = 7;

    (void)state;
    lost.event = NULL;
    for (int stiff = 0; stiff < 2; stiff++) {
        assert_fails(solve(stiff, &eq, 0, 5, 1e-6, &s), TG_EDIVERGED, "event 0");
        assert_fails(solve(stiff, &lost, 0, 5, 1e-6, &s), TG_EDOMAIN, "event 0");
    }
    assert_null(s);
    event.value = first;
    assert_ok(tg_dde_solve(&eq, 0, 5, 1e-6, 1e-6, 0, &s));
    assert_fails(tg_dde_crossing(s, 2, 0, 0, &t), TG_EDOMAIN, "component 2");
    assert_fails(tg_dde_crossing(s, 0, NAN, 0, &t), TG_EDOMAIN, "level");
    assert_true(t == 7);
    assert_ok(tg_dde_crossing(s, 0, 0, 6, &t));
    assert_true(isinf(t));
    tg_dde_solution_free(s);
}

RUN(cmocka_unit_test(test_times), cmocka_unit_test(test_with_delay),
    cmocka_unit_test(test_bounces), cmocka_unit_test(test_going_on),
    cmocka_unit_test(test_errors))
