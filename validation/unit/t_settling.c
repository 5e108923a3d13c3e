#include "validation/unit/check.h"

#include "asgd/sim/settling.h"
#include "core/rng.h"
#include "core/stats.h"

enum { MOST = 48 };

typedef struct curves {
    double       *t, *sum[MOST];
    size_t        n, replicas[MOST], batches;
    const double *row[MOST];
} curves;

static void
begin(curves *c, size_t batches, double horizon, double first, double per_unit)
{
    c->batches = batches;
    assert_ok(tg_settling_grid(horizon, first, per_unit, &c->t, &c->n));
    for (size_t b = 0; b < batches; b++) {
        c->row[b] = c->sum[b] = calloc(c->n, sizeof(double));
        c->replicas[b] = 1;
    }
}

static void
end(curves *c)
{
    for (size_t b = 0; b < c->batches; b++) free(c->sum[b]);
    free(c->t);
}

static void
find(const curves *c, double level, double *time, double *error)
{
    const tg_settling s = { c->t, c->row, c->replicas, c->n, c->batches };

    assert_ok(tg_settling_find(&s, level, 3, time, error));
}

/* Begins at 0, ends at the horizon; steps are `first`, then a share of the time; a longer
 * horizon leaves what comes before its end alone. */
static void
test_grid(void **state)
{
    double *t, *u;
    size_t  n, m;

    (void)state;
    assert_ok(tg_settling_grid(100, .125, 64, &t, &n));
    assert_ok(tg_settling_grid(5000, .125, 64, &u, &m));
    assert_true(t[0] == 0 && t[n - 1] == 100 && u[m - 1] == 5000);
    for (size_t k = 0; k + 2 < n; k++) {
        assert_true(t[k] == u[k]);
        assert_near(t[k + 1] - t[k], fmax(.125, t[k] / 64), 1e-12 * t[k + 1]);
    }
    assert_true(t[n - 1] - t[n - 2] <= 100. / 64);
    /* 64 steps to t = 8, then a factor of 65/64 each */
    assert_near((double)n, 65 + log(100. / 8) / log(65. / 64), 1.5);
    free(t);
    free(u);
    assert_ok(tg_settling_grid(.1, .125, 64, &t, &n));
    assert_int_equal(n, 2);
    free(t);
}

/* exp(-t) comes to 1/100 at ln 100 for good, and a mean that swings, exp(-t/4) (2 + cos 3 t),
 * at the last root, found here by bisection from the right. */
static double
swing(double t)
{
    return exp(-t / 4) * (2 + cos(3 * t));
}

static void
test_known_crossings(void **state)
{
    curves c;
    double time, error, low = 25, high = 30;

    (void)state;
    begin(&c, 4, 60, 1. / 32, 1024);
    for (size_t b = 0; b < 4; b++)
        for (size_t k = 0; k < c.n; k++) c.sum[b][k] = exp(-c.t[k]);
    find(&c, .01, &time, &error);
    assert_near(time, log(100), 1.0 / 32 / 32 / 8); /* the chord of a convex curve */
    assert_near(error, 1. / 32 / sqrt(12), 1e-9);   /* the grid's resolution alone */
    find(&c, 1, &time, &error);
    assert_true(time == 0 && error == 0); /* never above */
    find(&c, 1e-30, &time, &error);
    assert_true(isinf(time) && isnan(error)); /* above at the end */
    for (size_t b = 0; b < 4; b++)
        for (size_t k = 0; k < c.n; k++) c.sum[b][k] = swing(c.t[k]);
    for (double t = high; t > low; t -= 1e-4)
        if (swing(t) > .002) {
            low = t;
            break;
        }
    find(&c, .002, &time, &error);
    assert_near(time, low, 2e-3);
    end(&c);
}

/* Replicas x_b exp(-t), x_b of mean 1 and standard deviation s: the crossing of level l is
 * ln(mean x / l), whose standard deviation is s / sqrt(N). Stated and true scatter agree
 * over repetitions, whether replicas are alone in their batch or three together. */
static void
scatter(size_t each)
{
    enum { TRIALS = 60 };
    const double s = .3;
    tg_stats     times = { 0 }, errors = { 0 };
    curves       c;

    begin(&c, 40, 10, 1. / 64, 1024);
    for (uint64_t i = 0; i < TRIALS; i++) {
        tg_rng g = tg_rng_stream(8, TG_PURPOSE_TEST, i);
        double time, error;
        for (size_t b = 0; b < 40; b++) {
            double x = 0;
            for (size_t r = 0; r < each; r++) x += 1 + s * tg_rng_normal(&g);
            c.replicas[b] = each;
            for (size_t k = 0; k < c.n; k++) c.sum[b][k] = x * exp(-c.t[k]);
        }
        find(&c, .01, &time, &error);
        tg_stats_add(&times, time);
        tg_stats_add(&errors, error);
    }
    const double expected = s / sqrt(40. * (double)each);
    assert_near(times.mean, log(100), 4 * expected / sqrt(TRIALS) + 1e-3);
    assert_near(sqrt(tg_stats_variance(&times)), expected, 4 * expected / sqrt(2 * TRIALS));
    assert_near(errors.mean, expected, .12 * expected);
    end(&c);
}

static void
test_stated_scatter(void **state)
{
    (void)state;
    scatter(1);
    scatter(3);
}

/* A replica that waits until T keeps the mean above the level: the crossing is where the
 * third last of a thousand begins. The error stated must cover the truth. */
static void
test_one_by_one(void **state)
{
    enum { TRIALS = 40, EACH = 21 };
    const double truth = log(1 / .02); /* P(T > t) = .02, T exponential */
    curves       c;
    int          beyond = 0;

    (void)state;
    begin(&c, MOST, 30, 1. / 64, 512);
    for (uint64_t i = 0; i < TRIALS; i++) {
        tg_rng g = tg_rng_stream(9, TG_PURPOSE_TEST, i);
        double time, error;
        for (size_t b = 0; b < MOST; b++) {
            memset(c.sum[b], 0, c.n * sizeof(double));
            c.replicas[b] = EACH;
            for (int r = 0; r < EACH; r++) {
                const double begins = -log(tg_rng_uniform(&g));
                for (size_t k = 0; k < c.n && c.t[k] < begins; k++) c.sum[b][k] += 1;
            }
        }
        find(&c, .02, &time, &error);
        assert_true(error > 0);
        beyond += fabs(time - truth) > 3 * error;
    }
    assert_in_range(beyond, 0, 1);
    end(&c);
}

/* A second hump at t = 8 stays .3 below the level, at 1.5 of its standard errors, while the
 * mean where it crosses, t = 3, is known exactly. Of resampled means a share p = Phi(-1.5)
 * crosses at 8: the variance is p (1 - p) 5^2. */
static void
test_hump(void **state)
{
    enum { B = 48, SEEDS = 40 };
    const double p = erfc(1.5 / sqrt(2)) / 2;
    double       x[B], mean = 0, square = 0, sum = 0;
    tg_rng       g = tg_rng_stream(10, TG_PURPOSE_TEST, 0);
    curves       c;

    (void)state;
    begin(&c, B, 10, 1. / 64, 512);
    for (int b = 0; b < B; b++) mean += (x[b] = tg_rng_normal(&g)) / B;
    for (int b = 0; b < B; b++) square += (x[b] - mean) * (x[b] - mean) / B;
    for (int b = 0; b < B; b++)
        for (size_t k = 0; k < c.n; k++) {
            const double t = c.t[k], hump = .7 + .2 * (x[b] - mean) * sqrt(B / square);
            c.sum[b][k] = t < 3 ? 2 : t >= 7.9 && t < 8 ? hump : .1;
        }
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const tg_settling s = { c.t, c.row, c.replicas, c.n, c.batches };
        double            time, error;
        assert_ok(tg_settling_find(&s, 1, seed, &time, &error));
        assert_near(time, 3, 1. / 64);
        sum += error * error / SEEDS;
    }
    assert_near(sum, 25 * p * (1 - p), 4 * 25 * sqrt(p / (64 * SEEDS)));
    end(&c);
}

/* No error can be stated where two of fifty carry the mean, nor where some resampled means
 * settle and others do not; below two batches there is none. */
static void
test_unknown_error(void **state)
{
    curves c;
    double time, error;

    (void)state;
    begin(&c, 48, 10, 1. / 64, 512);
    for (size_t b = 0; b < 48; b++)
        for (size_t k = 0; k < c.n; k++) c.sum[b][k] = b < 2 && c.t[k] < 5 ? 1 : 1e-4;
    find(&c, .02, &time, &error);
    assert_near(time, 5, 5. / 512);
    assert_true(isinf(error));
    for (size_t b = 0; b < 48; b++)
        for (size_t k = 0; k < c.n; k++)
            c.sum[b][k] = (b % 2 ? 1.2 : .78) * (c.t[k] < 5 ? 2 : 1);
    find(&c, 1, &time, &error);
    assert_near(time, 5, 5. / 512);
    assert_true(isinf(error));
    find(&c, .98, &time, &error);
    assert_true(isinf(time) && isinf(error)); /* as open from the other side */
    c.batches = 1;
    find(&c, 1.3, &time, &error);
    assert_true(isfinite(time) && isnan(error));
    c.batches = 48;
    end(&c);
}

/* A replica that diverged keeps the mean above any level to the end. */
static void
test_infinite(void **state)
{
    curves c;
    double time, error;

    (void)state;
    begin(&c, 10, 10, 1. / 64, 512);
    for (size_t k = 0; k < c.n; k++) c.sum[7][k] = c.t[k] < 4 ? 0 : INFINITY;
    find(&c, 1, &time, &error);
    assert_true(isinf(time));
    end(&c);
}

RUN(cmocka_unit_test(test_grid), cmocka_unit_test(test_known_crossings),
    cmocka_unit_test(test_stated_scatter), cmocka_unit_test(test_one_by_one),
    cmocka_unit_test(test_hump), cmocka_unit_test(test_unknown_error),
    cmocka_unit_test(test_infinite))
