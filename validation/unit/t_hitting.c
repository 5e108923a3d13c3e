#include "solver/hitting.h"

#include "validation/unit/check.h"

static const tg_linear decay = { .a = 1, .g = .1, .x0 = 1 };

/* From 1 to .2 without delay: mean 1.55803737259558. Right with the bridge at dt = .01,
 * late without. */
static void
test_mean_needs_the_bridge(void **state)
{
    tg_hitting p = { .mode = &decay,
                     .modes = 1,
                     .level = .2,
                     .dt = .01,
                     .horizon = 20,
                     .paths = 50000,
                     .seed = 1 };
    tg_hits    h;

    (void)state;
    assert_ok(tg_hitting_run(&p, NULL, NULL, &h));
    assert_int_equal(h.hit, 50000);
    assert_near(h.mean, 1.55803737259558, 4 * h.error);
    p.grid_only = 1;
    assert_ok(tg_hitting_run(&p, NULL, NULL, &h));
    assert_true(h.mean > 1.55803737259558 + 8 * h.error);
}

/* Brownian motion from 0 to 1 has hit by t with probability erfc(1/sqrt(2 t)); exact at any
 * step, here a horizon of four. */
static void
test_brownian_motion_is_exact(void **state)
{
    const tg_linear  w = { .g = 1 };
    const tg_hitting p = { .mode = &w,
                           .modes = 1,
                           .level = 1,
                           .dt = .5,
                           .horizon = 2,
                           .paths = 40000,
                           .seed = 2 };
    static double    hit[40000];
    tg_hits          h;

    (void)state;
    assert_ok(tg_hitting_run(&p, hit, NULL, &h));
    for (double t = .2; t < 2; t += .3) {
        const double exact = erfc(1 / sqrt(2 * t));
        double       share = 0;
        for (size_t i = 0; i < 40000; i++) share += (hit[i] < t) / 40000.;
        assert_near(share, exact, 4 * sqrt(exact * (1 - exact) / 40000));
    }
    assert_true(h.hit <
                40000); /* the rest is cut off at the horizon, and counted as such */
}

/* The last zero of Brownian motion on [0, 1] obeys the arcsine law (Levy 1939). Y starts
 * just above 0; it settles below for good after its last zero, or never: symmetric. */
static void
test_settling_by_the_arcsine_law(void **state)
{
    const tg_linear  w = { .g = 1, .x0 = 1e-9 };
    const tg_hitting p = { .mode = &w,
                           .modes = 1,
                           .level = 0,
                           .dt = .125,
                           .horizon = 1,
                           .paths = 40000,
                           .seed = 3 };
    static double    hit[40000], settled[40000];
    tg_hits          h;

    (void)state;
    assert_ok(tg_hitting_run(&p, hit, settled, &h));
    for (double t = .1; t < 1; t += .2) {
        const double exact = asin(sqrt(t)) / acos(-1); /* half of the paths end below */
        double       share = 0;
        for (size_t i = 0; i < 40000; i++) share += (settled[i] < t) / 40000.;
        assert_near(share, exact, 4 * sqrt(exact * (1 - exact) / 40000));
    }
}

/* Without noise the loss of a delayed loop is known: x = 1 - t on [0, 1] for a = tau = 1,
 * so x^2/2 = .02 at t = .8. */
static void
test_loss_without_noise(void **state)
{
    const double     h = 1;
    const tg_linear  m = { .a = 1, .tau = 1, .x0 = 1 };
    const tg_hitting p = {
        .mode = &m, .h = &h, .modes = 1, .level = .02, .dt = .01, .horizon = 3, .paths = 1
    };
    double  hit;
    tg_hits s;

    (void)state;
    assert_ok(tg_hitting_run(&p, &hit, NULL, &s));
    assert_near(hit, .8, 1e-4);
}

static void
test_stops_at_the_asked_error(void **state)
{
    tg_hitting p = { .mode = &decay,
                     .modes = 1,
                     .level = .2,
                     .dt = .05,
                     .horizon = 20,
                     .paths = 1000000,
                     .error = .005,
                     .seed = 4,
                     .threads = 1 };
    tg_hits    one, two;

    (void)state;
    assert_ok(tg_hitting_run(&p, NULL, NULL, &one));
    p.threads = 2;
    assert_ok(tg_hitting_run(&p, NULL, NULL, &two));
    assert_memory_equal(&one, &two, sizeof one);
    assert_true(one.error <= .005 && one.error > .004 && one.paths < 10000);
}

static void
test_errors(void **state)
{
    tg_linear  m[] = { decay, decay };
    tg_hitting p = {
        .mode = m, .modes = 2, .level = .2, .dt = .01, .horizon = 1, .paths = 1
    };
    tg_hits h;

    (void)state;
    m[1].tau = 1;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &h), TG_EDOMAIN, "equal");
    p.modes = 1;
    p.level = NAN;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &h), TG_EDOMAIN, "level");
    p.level = 2e9;
    p.horizon = 1e9;
    p.dt = .5;
    m[0] = (tg_linear){ .a = -1, .x0 = 1 };
    p.horizon = 1000;
    p.level = -1;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &h), TG_EDIVERGED, "finite range");
}

RUN(cmocka_unit_test(test_mean_needs_the_bridge),
    cmocka_unit_test(test_brownian_motion_is_exact),
    cmocka_unit_test(test_settling_by_the_arcsine_law),
    cmocka_unit_test(test_loss_without_noise),
    cmocka_unit_test(test_stops_at_the_asked_error), cmocka_unit_test(test_errors))
