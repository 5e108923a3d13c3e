#include "solver/hitting.h"

#include "core/parallel.h"

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
 * so x^2/2 = .02 at t = .8. What stands behind the modes is none of them: its delay would take a terabyte. */
static void
test_loss_without_noise(void **state)
{
    const double     h = 1;
    const tg_linear  m[] = { { .a = 1, .tau = 1, .x0 = 1 }, { .a = NAN, .tau = 1e8 } };
    const tg_hitting p = {
        .mode = m, .h = &h, .modes = 1, .level = .02, .dt = .01, .horizon = 3, .paths = 1
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

/* The bits do not know how many threads there were, nor rounds or lots that were not
 * needed. */
static void
test_same_bits_for_any_threads(void **state)
{
    static double one[20000], three[20000], settled[20000], also[20000];
    tg_hitting    p = { .mode = &decay,
                        .modes = 1,
                        .level = .2,
                        .dt = .02,
                        .horizon = 2,
                        .paths = 20000,
                        .seed = 7,
                        .threads = 1 };
    tg_hits       a, b;

    (void)state;
    for (int stops = 0; stops < 2; stops++) {
        p.error = stops ? .004 : 0;
        p.settle = stops;
        p.threads = 1;
        assert_ok(tg_hitting_run(&p, one, settled, &a));
        p.threads = 3;
        assert_ok(tg_hitting_run(&p, three, also, &b));
        assert_memory_equal(&a, &b, sizeof a);
        assert_memory_equal(one, three, a.paths * sizeof *one);
        assert_memory_equal(settled, also, a.paths * sizeof *also);
        assert_true(stops ? a.paths < 20000 && a.error <= .004 : a.paths == 20000);
    }
}

/* Brownian motion from 0 to 1, cut off at T = 2: the mean of min(hit, T) is the integral of
 * erf(1 / sqrt(2 t)), by the midpoint rule. */
static void
test_mean_of_what_is_cut_off(void **state)
{
    const tg_linear  w = { .g = 1 };
    const tg_hitting p = { .mode = &w,
                           .modes = 1,
                           .level = 1,
                           .dt = .25,
                           .horizon = 2,
                           .paths = 40000,
                           .seed = 8 };
    double           mean = 0;
    tg_hits          h;

    (void)state;
    for (double t = 1e-4; t < 2; t += 2e-4) mean += 2e-4 * erf(1 / sqrt(2 * t));
    assert_ok(tg_hitting_run(&p, NULL, NULL, &h));
    assert_near(h.mean, mean, 4 * h.error);
}

/* An equation whose callback fails, or asks for a stop, after so many calls. */
typedef struct trouble {
    long left;
    int  stops;
} trouble;

static tg_status
troubled(size_t count, double t, const double *x, const double *past, double *out,
         void *context)
{
    trouble *c = context;

    (void)t, (void)past;
    for (size_t k = 0; k < count; k++) out[k] = -x[k];
    if (c->left-- > 0) return TG_OK;
    if (!c->stops) return tg_fail(TG_EINPUT, "no more");
    tg_stop_request();
    return TG_OK;
}

static tg_status
at_one(double t, double *x, void *context)
{
    (void)t, (void)context;
    *x = 1;
    return TG_OK;
}

/* 3000 paths without noise reach .5 after 69 steps: 276 calls to a lot. */
static const tg_sdde without_noise = { .dim = 1, .drift = troubled, .history = at_one };

static tg_hitting
with_trouble(const tg_sdde *eq)
{
    return (tg_hitting){ .sdde = eq,
                         .method = tg_sdde_method_find("euler"),
                         .level = .5,
                         .dt = .01,
                         .horizon = 2,
                         .paths = 3000,
                         .threads = 1 };
}

static void
test_failure_leaves_all_as_it_was(void **state)
{
    static double    hit[3000];
    trouble          c;
    tg_sdde          eq = without_noise;
    const tg_hitting p = with_trouble(&eq);

    (void)state;
    eq.context = &c;
    for (long calls = 0; calls < 800; calls += 123) {
        tg_hits h = { .paths = 7 };
        hit[0] = 7;
        c = (trouble){ .left = calls };
        assert_fails(tg_hitting_run(&p, hit, NULL, &h), TG_EINPUT, "no more");
        assert_true(h.paths == 7 && hit[0] == 7);
    }
}

/* A stop keeps the lots that are whole, and nothing if there is none. */
static void
test_stop_keeps_what_is_finished(void **state)
{
    static double    hit[3000];
    trouble          c = { .left = 400, .stops = 1 };
    tg_sdde          eq = without_noise;
    const tg_hitting p = with_trouble(&eq);
    tg_hits          h = { 0 };

    (void)state;
    eq.context = &c;
    hit[1024] = 7;
    assert_int_equal(tg_hitting_run(&p, hit, NULL, &h), TG_ESTOP);
    tg_stop_clear();
    assert_true(h.paths == 1024 && h.hit == 1024 && hit[1024] == 7);
    assert_near(h.mean, log(.5) / log(.99) * .01, 1e-4);
    c.left = 100;
    h.paths = 7;
    assert_int_equal(tg_hitting_run(&p, hit, NULL, &h), TG_ESTOP);
    tg_stop_clear();
    assert_int_equal(h.paths, 7);
}

/* Memory is known before: it grows with paths; a longer delay takes more. */
static void
test_memory(void **state)
{
    tg_linear  m = decay;
    tg_hitting p = {
        .mode = &m, .modes = 1, .level = .2, .dt = .01, .horizon = 1, .paths = 1000
    };
    tg_hits h;

    (void)state;
    const double few = tg_hitting_memory(&p);
    p.paths = 1000000;
    assert_near(tg_hitting_memory(&p) - few, 999000. * 89, 1);
    m.tau = 1;
    p.paths = 1000;
    p.threads = 2;
    assert_near(tg_hitting_memory(&p), few, 3. * 110 * 1024);
    p.paths = 1000000000;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &h), TG_EDOMAIN, "82.9 GiB");
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
    p.dt = .5;
    m[0] = (tg_linear){ .a = -1, .x0 = 1 };
    p.horizon = 1000;
    p.level = -1;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &h), TG_EDIVERGED, "finite range");
    p.level = 2; /* reached on the way there: an answer */
    assert_ok(tg_hitting_run(&p, NULL, NULL, &h));
    p.settle = 1;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &h), TG_EDIVERGED, "finite range");
    p.sdde = &without_noise;
    assert_fails(tg_hitting_check(&p), TG_EDOMAIN, "one equation");
    p.mode = NULL;
    assert_fails(tg_hitting_check(&p), TG_EDOMAIN, "no method");
    p.method = tg_sdde_method_find("euler");
    p.component = 1;
    assert_fails(tg_hitting_check(&p), TG_EDOMAIN, "component 1 of 1");
    p.sdde = &(tg_sdde){ .dim = 1, .drift = troubled };
    assert_fails(tg_hitting_check(&p), TG_EDOMAIN, "lacks its");
    p.sdde = &without_noise;
    p.component = 0;
    p.error = NAN;
    assert_fails(tg_hitting_check(&p), TG_EDOMAIN, "standard error");
    p.error = 0;
    p.h = &(double){ 1 };
    p.shift = &(double){ NAN };
    assert_fails(tg_hitting_check(&p), TG_EDOMAIN, "shift 0");
    p.sdde = NULL; /* each of three modes is looked at */
    p.method = NULL;
    p.mode = (tg_linear[]){ decay, decay, decay };
    p.modes = 3;
    p.dt = .01;
    p.horizon = 1;
    p.settle = 0;
    for (int i = 0; i < 3; i++) {
        double h3[] = { 1, 1, 1 }, shift[] = { 0, 0, 0 };
        char   words[32];
        p.h = h3;
        p.shift = shift;
        assert_ok(tg_hitting_check(&p));
        shift[i] = INFINITY;
        snprintf(words, sizeof words, "shift %d", i);
        assert_fails(tg_hitting_check(&p), TG_EDOMAIN, words);
        h3[i] = -1;
        snprintf(words, sizeof words, "eigenvalue %d must", i);
        assert_fails(tg_hitting_check(&p), TG_EDOMAIN, words);
    }
}

/* A delay that the step cannot tell from none, and one that would take too many steps. */
static void
test_tiny_delays(void **state)
{
    tg_linear  m = { .a = 1, .g = .1, .x0 = 1, .tau = 1e-13 };
    tg_hitting p = { .mode = &m,
                     .modes = 1,
                     .level = .2,
                     .dt = .01,
                     .horizon = 20,
                     .paths = 20000,
                     .seed = 4 };
    tg_hits    h;

    (void)state;
    assert_ok(tg_hitting_run(&p, NULL, NULL, &h));
    assert_near(h.mean, 1.55803737259558, 4 * h.error);
    m.tau = 1e-9;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &h), TG_EDOMAIN, "as short as the delay");
}

/* Nobody stays before he arrives, at any step. */
static void
test_settles_after_the_hit(void **state)
{
    static double   hit[8192], settled[8192];
    const tg_linear m = { .b = 2, .g = .2, .x0 = 1 };
    tg_hits         h;

    (void)state;
    for (double dt = .01; dt < .2; dt *= 4) {
        const tg_hitting p = { .mode = &m,
                               .modes = 1,
                               .level = .5,
                               .dt = dt,
                               .horizon = 4,
                               .paths = 8192,
                               .settle = 1,
                               .seed = 6 };
        assert_ok(tg_hitting_run(&p, hit, settled, &h));
        for (size_t i = 0; i < 8192; i++) assert_true(settled[i] >= hit[i]);
    }
}

RUN(cmocka_unit_test(test_tiny_delays), cmocka_unit_test(test_settles_after_the_hit),
    cmocka_unit_test(test_mean_needs_the_bridge),
    cmocka_unit_test(test_brownian_motion_is_exact),
    cmocka_unit_test(test_settling_by_the_arcsine_law),
    cmocka_unit_test(test_loss_without_noise),
    cmocka_unit_test(test_stops_at_the_asked_error),
    cmocka_unit_test(test_same_bits_for_any_threads),
    cmocka_unit_test(test_mean_of_what_is_cut_off),
    cmocka_unit_test(test_failure_leaves_all_as_it_was),
    cmocka_unit_test(test_stop_keeps_what_is_finished), cmocka_unit_test(test_memory),
    cmocka_unit_test(test_errors))
