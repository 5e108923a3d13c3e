#include "solver/watch.h"

#include "validation/unit/check.h"

enum { N = TG_WATCH_PATHS, ROUNDS = 100 };

/* Share of paths that touch over one step from x to next, noise g. */
static double
touched(const tg_sight *sight, const tg_move *m, double *at)
{
    double share = 0;

    *at = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        tg_watch w = { .sight = sight, .n = N };
        tg_watch_start(&w, 1, round * N, m->x, m->stride);
        tg_watch_step(&w, m);
        for (size_t k = 0; k < N; k++)
            if (!isinf(w.hit[k])) share++, *at += w.hit[k];
    }
    *at /= share;
    return share / (ROUNDS * N);
}

static void
fill(double *row, double value)
{
    for (size_t k = 0; k < N; k++) row[k] = value;
}

/* Mean first time at 0 of a bridge from u to -v: int t q(t), q ~ t^-3/2 (T - t)^-1/2
 * exp(-u^2 / (2 s^2 t) - v^2 / (2 s^2 (T - t))), by the midpoint rule. */
static double
mean_touch(double u, double v, double s2, double T)
{
    double all = 0, mean = 0;

    for (double t = T / 2e4; t < T; t += T / 1e4) {
        const double q = pow(t, -1.5) / sqrt(T - t) *
                         exp(-u * u / (2 * s2 * t) - v * v / (2 * s2 * (T - t)));
        all += q;
        mean += t * q;
    }
    return mean / all;
}

/* A bridge of two components that both channels drive: X_1 from .5 to .3 above 0 touches
 * with probability exp(-2 .5 .3 / ((.3^2 + .4^2) dt)), as early as one to -.3. */
static void
test_touch_of_a_component(void **state)
{
    static double  x[2 * N], next[2 * N], g[4 * N];
    const tg_sight sight = { .dim = 2, .component = 1 };
    const tg_move  m = {
         .dt = 2, .x = x, .next = next, .g = g, .stride = N, .width = N, .noises = 2
    };
    const double error = .5 / sqrt(ROUNDS * N);
    double       at;

    (void)state;
    fill(x, 7);
    fill(x + N, .5);
    fill(next + N, .3);
    fill(g, 100);
    fill(g + N, 100);
    fill(g + 2 * N, .3);
    fill(g + 3 * N, .4);
    assert_near(touched(&sight, &m, &at), exp(-.3 / .5), 4 * error);
    assert_near(at, mean_touch(.5, .3, .25, 2), 4 * .6 / sqrt(ROUNDS * N * exp(-.6)));
    fill(next + N, -.4);
    assert_near(touched(&sight, &m, &at), 1, 0);
    assert_near(at, mean_touch(.5, .4, .25, 2), 4 * .6 / sqrt(ROUNDS * N));
}

/* The loss has the noise of its slope: F = (x1 + 1)^2 + 2 (x2 - 1)^2 at (0, 3): dF = 2 dx1
 * + 8 dx2; with diagonal noise (.5, .1) s^2 = 1 + .64, with one channel for both (1 +
 * .8)^2. */
static void
test_touch_of_the_loss(void **state)
{
    static double  x[2 * N], g[2 * N];
    const double   h[] = { 2, 4 }, shift[] = { 1, -1 };
    const tg_sight sight = { .dim = 2, .h = h, .shift = shift, .level = 8 };
    tg_move        m = { .dt = 1,
                         .x = x,
                         .next = x,
                         .g = g,
                         .stride = N,
                         .width = N,
                         .noises = 2,
                         .diagonal = 1 };
    const double   error = .5 / sqrt(ROUNDS * N);
    double         at;

    (void)state;
    fill(x, 0);
    fill(x + N, 3);
    fill(g, .5);
    fill(g + N, .1);
    assert_near(touched(&sight, &m, &at), exp(-2 / 1.64), 4 * error);
    m.noises = 1;
    m.diagonal = 0;
    assert_near(touched(&sight, &m, &at), exp(-2 / 3.24), 4 * error);
}

/* A path that jumps is where it is: hit and settled at its jumps, from either side. */
static void
test_jumps(void **state)
{
    const tg_sight sight = { .dim = 1, .level = 1, .settle = 1 };
    double         hit[2], settled[2];

    (void)state;
    for (int up = 0; up < 2; up++) {
        const double from = up ? 0 : 2, to = up ? 1 : .5;
        tg_watch     w = { .sight = &sight, .n = 2 };
        tg_watch_start(&w, 1, 0, &from, 1);
        tg_watch_jump(&w, 0, 1, &to);
        tg_watch_jump(&w, 0, 2, &from);
        assert_false(tg_watch_over(&w, 0));
        tg_watch_jump(&w, 0, 3, &to);
        tg_watch_jump(&w, 0, 4, &to);
        assert_int_equal(tg_watch_report(&w, 9, hit, settled), 2);
        assert_near(hit[0], 1, 0);
        assert_near(settled[0], 3, 0);
        assert_near(hit[1], 9, 0);
        assert_near(settled[1], 9, 0);
    }
}

/* On the level from the start is there at once; a value that is no number is found out. */
static void
test_ends(void **state)
{
    static double  x[N], next[N], g[N], hit[N];
    const tg_sight sight = { .dim = 1, .level = 1 };
    const tg_move  m = { .t = 0, .dt = 1, .x = x, .next = next, .g = g, .noises = 1 };
    tg_watch       w = { .sight = &sight, .n = 2 };

    (void)state;
    x[0] = 1;
    tg_watch_start(&w, 1, 0, x, N);
    assert_true(tg_watch_finished(&w));
    assert_int_equal(tg_watch_report(&w, 9, hit, NULL), 2);
    assert_near(hit[1], 0, 0);
    x[0] = 2;
    tg_watch_start(&w, 1, 0, x, N);
    x[1] = next[0] = 2;
    next[1] = NAN;
    tg_watch_step(&w, &m);
    assert_int_equal(tg_watch_report(&w, 9, hit, NULL), 1);
}

RUN(cmocka_unit_test(test_touch_of_a_component), cmocka_unit_test(test_touch_of_the_loss),
    cmocka_unit_test(test_jumps), cmocka_unit_test(test_ends))
