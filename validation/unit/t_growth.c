#include "validation/unit/check.h"

#include "asgd/sim/growth.h"
#include "core/rng.h"

enum { N = 200 };
static double quarter[N][4];

static const tg_growth_times usual = { .horizon = 100, .longest = 1 };

/* Quarters W_q = mean_q (1 + noise xi), each replica and quarter alone. */
static void
make(const double mean[4], double noise, uint64_t index)
{
    tg_rng g = tg_rng_stream(4, TG_PURPOSE_TEST, index);

    for (int i = 0; i < N; i++)
        for (int q = 0; q < 4; q++)
            quarter[i][q] = mean[q] * (1 + noise * tg_rng_normal(&g));
}

static tg_outcome
judge(const tg_growth_times *t)
{
    return tg_growth_judge((const double(*)[4])quarter, N, t).outcome;
}

static void
test_shapes(void **state)
{
    static const struct {
        double     mean[4], noise;
        tg_outcome expected;
    } shape[] = {
        { { 8, 4, 2, 1 }, .1, TG_CONVERGES },   /* falls */
        { { 1, 1, 1, 1 }, .1, TG_CONVERGES },   /* keeps its level */
        { { 1, 5, 7, 8 }, .1, TG_CONVERGES },   /* to a floor from below */
        { { 1, 2, 4, 8 }, .1, TG_DIVERGES },    /* grows exponentially */
        { { 1, 2, 3, 4 }, .1, TG_UNDECIDED },   /* a straight line: open how far */
        { { 1, 1, 1, 1.3 }, .7, TG_UNDECIDED }, /* within its error, which is large */
        { { 8, 4, 2, 1 }, 0, TG_CONVERGES },    /* without noise */
        { { 1, 2, 4, 8 }, 0, TG_DIVERGES },     { { 0, 0, 0, 0 }, 0, TG_CONVERGES },
    };

    (void)state;
    for (size_t k = 0; k < sizeof shape / sizeof *shape; k++) {
        make(shape[k].mean, shape[k].noise, k);
        if (judge(&usual) != shape[k].expected)
            fail_msg("shape %zu: %s", k, tg_outcome_name(judge(&usual)));
    }
}

/* Growth and its error are those of W_4 - W_3, by hand. */
static void
test_numbers(void **state)
{
    double sum = 0, square = 0;

    (void)state;
    make((const double[]){ 1, 2, 3, 5 }, .1, 20);
    for (int i = 0; i < N; i++) {
        const double d = quarter[i][3] - quarter[i][2];
        sum += d;
        square += d * d;
    }
    const tg_growth g = tg_growth_judge((const double(*)[4])quarter, N, &usual);
    assert_near(g.rise, sum / N, 1e-12);
    assert_near(g.error, sqrt((square - sum * sum / N) / (N - 1) / N), 1e-12);
}

/* ln W of replica i in quarter q: normal of mean a q and variance v q. Almost all decay
 * where a < 0, and yet the mean grows if a + v/2 > 0: not to be called converging. */
static tg_outcome
logarithms(double a, double v, uint64_t index)
{
    tg_rng g = tg_rng_stream(5, TG_PURPOSE_TEST, index);

    for (int i = 0; i < N; i++)
        for (int q = 0; q < 4; q++)
            quarter[i][q] = exp(a * (q + 1) + sqrt(v * (q + 1)) * tg_rng_normal(&g));
    return judge(&usual);
}

static void
test_few_carry_the_mean(void **state)
{
    (void)state;
    assert_int_equal(logarithms(-2, 6, 1), TG_UNDECIDED); /* the mean grows like e^q */
    assert_int_equal(logarithms(-20, 6, 2), TG_CONVERGES);
    assert_int_equal(logarithms(3, 6, 3), TG_DIVERGES);
}

/* ln W by quarter, the same in all replicas but for its size, of which few carry the mean:
 * a typical rise from the third to the last quarter counts unless it is less than half of
 * what it was before. */
static tg_outcome
typical(double second, double third, double last)
{
    const double at[] = { 0, second, third, last };
    tg_rng       g = tg_rng_stream(6, TG_PURPOSE_TEST, 0);

    for (int i = 0; i < N; i++) {
        const double size = 3 * tg_rng_normal(&g);
        for (int q = 0; q < 4; q++)
            quarter[i][q] = exp(at[q] + size + .1 * tg_rng_normal(&g));
    }
    return judge(&usual);
}

static void
test_typical_rise(void **state)
{
    (void)state;
    assert_int_equal(typical(1, 2, 3), TG_DIVERGES);
    assert_int_equal(typical(1, 3, 4.2), TG_DIVERGES);
    assert_int_equal(typical(1, 3, 3.8), TG_UNDECIDED);
    assert_int_equal(typical(1, 2, 2), TG_UNDECIDED);
}

static void
test_times(void **state)
{
    const tg_growth_times brief = { .horizon = 7.9, .longest = 1 },
                          waits = { .horizon = 100, .longest = 1, .began = 13 },
                          late = {
                              .horizon = 100, .longest = 1, .began = 10, .last_began = 23.5
                          };

    (void)state;
    make((const double[]){ 1, 2, 4, 8 }, .1, 30);
    assert_int_equal(judge(&usual), TG_DIVERGES);
    assert_int_equal(judge(&brief), TG_UNDECIDED);
    assert_int_equal(judge(&waits), TG_UNDECIDED);
    assert_int_equal(judge(&late), TG_UNDECIDED); /* it may only have begun to rise */
    const tg_growth_times just = { .horizon = 100,
                                   .longest = 12.5,
                                   .began = 0,
                                   .last_began = 0 },
                          whole = { .horizon = 100, .longest = 1, .last_began = 23 },
                          half = { .horizon = 100, .longest = 1, .began = 12.5 };
    assert_int_equal(judge(&just), TG_DIVERGES); /* each bound itself is allowed */
    assert_int_equal(judge(&whole), TG_DIVERGES);
    assert_int_equal(judge(&half), TG_DIVERGES);
    make((const double[]){ 8, 4, 2, 1 }, .1, 31);
    assert_int_equal(judge(&brief), TG_UNDECIDED);
    assert_int_equal(judge(&late), TG_CONVERGES);
    assert_int_equal(tg_growth_judge((const double(*)[4])quarter, 1, &usual).outcome,
                     TG_UNDECIDED);
    for (int i = 0; i < 3; i++) quarter[i][3] = INFINITY;
    assert_int_equal(judge(&brief), TG_DIVERGES); /* explosion is seen at any time */
}

RUN(cmocka_unit_test(test_shapes), cmocka_unit_test(test_numbers),
    cmocka_unit_test(test_few_carry_the_mean), cmocka_unit_test(test_typical_rise),
    cmocka_unit_test(test_times))
