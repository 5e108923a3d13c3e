#include "solver/hitting.h"

#include "validation/unit/check.h"

enum { PATHS = 20000 };

static const double rate = 3;

static tg_delay *
none(void)
{
    tg_delay *d = NULL;

    assert_ok(tg_delay_parse("{law: constant, value: 0}", &d));
    return d;
}

static double
share_before(const double *time, double t)
{
    double share = 0;

    for (size_t i = 0; i < PATHS; i++) share += (time[i] < t) / (double)PATHS;
    return share;
}

static void
assert_share(const double *time, double t, double exact)
{
    assert_near(share_before(time, t), exact, 4 * sqrt(exact * (1 - exact) / PATHS));
}

/* x_n = .8^n without noise: at or below .2 from the eighth arrival on, so the time has the
 * Erlang law of 8 stages; hit and settled are one, cut off at the horizon. */
static void
test_erlang_without_noise(void **state)
{
    static double      hit[PATHS], settled[PATHS];
    tg_delay          *d = none();
    const tg_jump_mode m = { .h = 2, .x0 = 1 };
    const tg_jump j = { .mode = &m, .modes = 1, .eta = .1, .lambda = rate, .delay = d };
    tg_hitting    p = { .jump = &j, .level = .2, .horizon = 20, .paths = PATHS, .seed = 1 };
    tg_hits       h;

    (void)state;
    assert_ok(tg_hitting_run(&p, hit, settled, &h));
    assert_int_equal(h.hit, PATHS);
    assert_near(h.mean, 8 / rate, 4 * h.error);
    assert_near(h.error, sqrt(8) / rate / sqrt(PATHS), .03 * h.error);
    assert_memory_equal(hit, settled, sizeof hit);
    for (double t = 1; t < 5; t++) {
        double term = exp(-rate * t), late = 0; /* Poisson below 8 */
        for (int n = 0; n < 8; n++) late += term, term *= rate * t / (n + 1);
        assert_share(hit, t, 1 - late);
    }
    p.horizon = 2;
    assert_ok(tg_hitting_run(&p, hit, NULL, &h));
    assert_true(h.hit > PATHS / 8 && h.hit < PATHS / 2 && h.mean < 2 && h.mean > 1.5);
    tg_delay_free(d);
}

/* A random walk of symmetric continuous steps has not been below its start after n steps
 * with probability C(2n, n) / 4^n (Sparre Andersen 1954); at Poisson times that is exp(-l t
 * / 2) I_0(l t / 2). */
static void
test_random_walk(void **state)
{
    static double      hit[PATHS];
    tg_delay          *d = none();
    const tg_jump_mode m = { .sigma = 1, .x0 = 1 };
    const tg_jump    j = { .mode = &m, .modes = 1, .eta = .1, .lambda = rate, .delay = d };
    const tg_hitting p = {
        .jump = &j, .level = 1 - 1e-12, .horizon = 9, .paths = PATHS, .seed = 2
    };
    tg_hits h;

    (void)state;
    assert_ok(tg_hitting_run(&p, hit, NULL, &h));
    for (double t = .5; t < 9; t += 1.5) {
        double I0 = 0, term = 1;
        for (int k = 1; k < 60; k++) {
            I0 += term;
            term *= rate * t / 4 * rate * t / 4 / ((double)k * k);
        }
        assert_share(hit, t, 1 - exp(-rate * t / 2) * I0);
    }
    tg_delay_free(d);
}

/* x_n = (-1/2)^n without noise stands below -.1 after one arrival and after three: it is
 * there at the horizon with the probability that there were so many. */
static void
test_settling(void **state)
{
    static double      hit[PATHS], settled[PATHS];
    tg_delay          *d = none();
    const tg_jump_mode m = { .h = 15, .x0 = 1 };
    const tg_jump    j = { .mode = &m, .modes = 1, .eta = .1, .lambda = rate, .delay = d };
    const tg_hitting p = {
        .jump = &j, .level = -.1, .horizon = 1, .settle = 1, .paths = PATHS, .seed = 3
    };
    const double stays = exp(-rate) * (rate + rate * rate * rate / 6);
    tg_hits      h;

    (void)state;
    assert_ok(tg_hitting_run(&p, hit, settled, &h));
    assert_near((double)h.hit / PATHS, 1 - exp(-rate), 4 * .25 / sqrt(PATHS));
    assert_near((double)h.settled / PATHS, stays, 4 * .5 / sqrt(PATHS));
    double mean = 0;
    for (size_t i = 0; i < PATHS; i++) mean += settled[i] / PATHS;
    assert_near(h.mean, mean, 1e-12); /* of settled, as asked */
    tg_delay_free(d);
}

/* Many small jumps are a diffusion: the loss of two modes with a shift, against it. */
static void
test_against_the_diffusion(void **state)
{
    tg_delay *d = NULL;

    (void)state;
    assert_ok(tg_delay_parse("{law: constant, value: 0.3}", &d));
    const double       h[] = { 1, .4 }, shift[] = { .1, -.2 }, eta = .001, lambda = 1000;
    const tg_jump_mode m[] = { { 1, 3, 1 }, { .4, 2, 1.5 } };
    const tg_jump j = { .mode = m, .modes = 2, .eta = eta, .lambda = lambda, .delay = d };
    tg_linear     l[2];
    for (int i = 0; i < 2; i++)
        l[i] = (tg_linear){ .a = eta * lambda * m[i].h,
                            .g = eta * m[i].sigma * sqrt(lambda),
                            .tau = .3,
                            .x0 = m[i].x0 };
    tg_hitting p = { .jump = &j,
                     .h = h,
                     .shift = shift,
                     .level = .1,
                     .horizon = 20,
                     .paths = 3000,
                     .seed = 4 };
    tg_hits    jumps, diffusion;
    assert_ok(tg_hitting_run(&p, NULL, NULL, &jumps));
    p.jump = NULL;
    p.mode = l;
    p.modes = 2;
    p.dt = .01;
    p.paths = 20000;
    assert_ok(tg_hitting_run(&p, NULL, NULL, &diffusion));
    assert_near(jumps.mean, diffusion.mean, 4 * hypot(jumps.error, diffusion.error) + .003);
    tg_delay_free(d);
}

static void
test_same_bits_and_errors(void **state)
{
    static double one[5000], three[5000];
    tg_delay     *d = NULL;
    tg_hits       a, b;

    (void)state;
    assert_ok(tg_delay_parse("{law: gamma, shape: 2, mean: .3}", &d));
    const tg_jump_mode m = { 1, 1, 1 };
    tg_jump            j = { .mode = &m, .modes = 1, .eta = .1, .lambda = 10, .delay = d };
    tg_hitting         p = { .jump = &j,
                             .level = .2,
                             .horizon = 30,
                             .paths = 5000,
                             .error = .03,
                             .threads = 1,
                             .seed = 5 };
    assert_ok(tg_hitting_run(&p, one, NULL, &a));
    p.threads = 3;
    assert_ok(tg_hitting_run(&p, three, NULL, &b));
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_equal(one, three, a.paths * sizeof *one);
    assert_true(a.error <= .03 && a.paths % 1024 == 0);
    p.horizon = 1e9;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &b), TG_EDOMAIN, "1e+10 arrivals");
    p.horizon = 1000;
    j.eta = 40;
    p.level = -1e160;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &b), TG_EDIVERGED, "finite range");
    assert_memory_equal(&a, &b, sizeof a);
    j.lambda = NAN;
    assert_fails(tg_hitting_run(&p, NULL, NULL, &b), TG_EDOMAIN, "arrival rate");
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_erlang_without_noise), cmocka_unit_test(test_random_walk),
    cmocka_unit_test(test_settling), cmocka_unit_test(test_against_the_diffusion),
    cmocka_unit_test(test_same_bits_and_errors))
