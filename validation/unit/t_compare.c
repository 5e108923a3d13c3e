#include "validation/unit/check.h"

#include "asgd/theory/compare.h"

static void
judge(tg_claim c, double z, tg_judgement expected)
{
    tg_claim_judge(&c);
    if (isnan(z))
        assert_true(isnan(c.z));
    else if (isinf(z))
        assert_true(c.z == z);
    else
        assert_near(c.z, z, 1e-12);
    assert_int_equal(c.judgement, expected);
}

/* E = model error + 4 standard errors: beyond it a claim fails; within it, it holds if E is
 * at most a quarter of the larger value, at the bound too, and is undecided else. */
static void
test_three_judgements(void **state)
{
    (void)state;
    judge((tg_claim){ .predicted = 10, .simulated = 11, .error = .25, .model_error = .5 },
          2, TG_HOLDS);
    judge(
        (tg_claim){ .predicted = 10, .simulated = 11.75, .error = .25, .model_error = .5 },
        5, TG_FAILS);
    judge(
        (tg_claim){ .predicted = 11.75, .simulated = 10, .error = .25, .model_error = .5 },
        5, TG_FAILS);
    judge((tg_claim){ .predicted = 8, .simulated = 8, .error = .25, .model_error = 1 }, 0,
          TG_HOLDS);
    judge((tg_claim){ .predicted = 8, .simulated = 7, .error = .25, .model_error = 1.1 }, 0,
          TG_OPEN);
    judge((tg_claim){ .predicted = 8, .simulated = 99, .error = .25, .model_error = 2 },
          89 / .25, TG_FAILS); /* however large the error */
    judge((tg_claim){ .predicted = 0, .simulated = 0 }, 0, TG_HOLDS);
    judge((tg_claim){ .predicted = .65, .simulated = .65 * (1 + 1e-10) }, 0, TG_HOLDS);
    judge((tg_claim){ .predicted = .65, .simulated = .65 * (1 + 1e-8) }, INFINITY,
          TG_FAILS); /* more than rounding */
    judge((tg_claim){ .predicted = 1, .simulated = 0 }, INFINITY, TG_FAILS);
}

static void
test_what_is_not_finite(void **state)
{
    (void)state;
    judge((tg_claim){ .predicted = INFINITY, .simulated = INFINITY, .error = NAN }, 0,
          TG_HOLDS);
    judge((tg_claim){ .predicted = INFINITY, .simulated = 1 }, INFINITY, TG_FAILS);
    judge((tg_claim){ .predicted = INFINITY, .simulated = 1, .error = INFINITY }, NAN,
          TG_OPEN);
    judge((tg_claim){ .predicted = NAN, .simulated = 1 }, NAN, TG_OPEN);
    judge((tg_claim){ .predicted = 1, .simulated = NAN }, NAN, TG_OPEN);
    judge((tg_claim){ .predicted = 1, .simulated = 2, .error = .1, .model_error = NAN },
          NAN, TG_OPEN);
}

static void
test_tally(void **state)
{
    tg_tally t = { { 0 } };
    char     text[80];

    (void)state;
    for (int i = 0; i < 31; i++) tg_tally_add(&t, TG_HOLDS);
    tg_tally_add(&t, TG_OPEN);
    tg_tally_add(&t, TG_OPEN);
    tg_tally_text(&t, text);
    assert_string_equal(text, "31 hold, 0 fail, 2 undecided");
}

/* A prediction and a simulation of two grid points, made by hand. */
typedef struct pair {
    double        t[2], loss[2], low[2], high[2];
    tg_stats      stats[2];
    tg_prediction p;
    tg_simulation s;
} pair;

static void
make(pair *a)
{
    *a = (pair){ .t = { 0, 10 },
                 .loss = { 1, .1 },
                 .low = { 1, .098 },
                 .high = { 1, .104 },
                 .stats = { { 9, 1, 0 }, { 9, .101, 9 * 8 * 1e-6 } } };
    a->p = (tg_prediction){ .outcome = TG_CONVERGES,
                            .stable = true,
                            .stable_square = true,
                            .points = 2,
                            .t = a->t,
                            .loss = a->loss,
                            .low = a->low,
                            .high = a->high,
                            .settle = 5,
                            .settle_error = .1 };
    a->s = (tg_simulation){ .points = 2,
                            .replicas = 9,
                            .t = a->t,
                            .loss = a->stats,
                            .growth = { .outcome = TG_CONVERGES },
                            .settle = 5.2,
                            .settle_error = .05 };
}

/* The numbers of each claim are those of the two, to the last one. */
static void
test_claims_of_a_pair(void **state)
{
    pair     a;
    tg_claim c[TG_CLAIMS];

    (void)state;
    make(&a);
    assert_int_equal(tg_compare(&a.p, &a.s, "here", .2, c), 3);
    assert_true(c[0].predicted == 1 && c[0].simulated == 1);
    assert_int_equal(c[0].judgement, TG_HOLDS);
    assert_near(c[1].predicted, .1, 0);
    assert_near(c[1].simulated, .101, 0);
    assert_near(c[1].error, .001, 1e-15);
    assert_near(c[1].model_error, .004, 1e-15); /* of the side on which it is */
    assert_int_equal(c[1].judgement, TG_HOLDS);
    assert_near(c[2].predicted, 5, 0);
    assert_near(c[2].simulated, 5.2, 0);
    assert_near(c[2].error, .05, 0);
    assert_near(c[2].model_error, .1, 0);
    assert_near(c[2].z, 2, 1e-12);
    assert_int_equal(c[2].judgement, TG_HOLDS);
    assert_string_equal(c[2].where, "here");
    a.s.replicas =
        2; /* which have a standard error; one has none, and of it no number is claimed */
    assert_int_equal(tg_compare(&a.p, &a.s, "here", .2, c), 3);
    a.s.replicas = 1;
    assert_int_equal(tg_compare(&a.p, &a.s, "here", .2, c), 1);
}

/* A verdict predicted one way and simulated the other never holds: it fails if both are
 * decided and is undecided else. */
static void
test_verdicts(void **state)
{
    static const tg_judgement expected[3][3] = { { TG_HOLDS, TG_FAILS, TG_OPEN },
                                                 { TG_FAILS, TG_HOLDS, TG_OPEN },
                                                 { TG_OPEN, TG_OPEN, TG_OPEN } };
    pair                      a;
    tg_claim                  c[TG_CLAIMS];

    (void)state;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            make(&a);
            a.p.outcome = (tg_outcome)i;
            a.s.growth.outcome = (tg_outcome)k;
            assert_true(tg_compare(&a.p, &a.s, "", .2, c) >= 1);
            assert_int_equal(c[0].judgement, expected[i][k]);
        }
    make(&a); /* runs that begin where nothing moves them tell nothing */
    a.p.outcome = TG_DIVERGES;
    a.stats[0].mean = a.stats[1].mean = 0;
    assert_true(tg_compare(&a.p, &a.s, "", .2, c) >= 1);
    assert_int_equal(c[0].judgement, TG_OPEN);
}

/* No verdict is claimed where the simulation had no time to tell; the rest is. */
static void
test_short_horizon(void **state)
{
    pair     a;
    tg_claim c[TG_CLAIMS];

    (void)state;
    make(&a);
    a.s.growth.too_short = true;
    assert_int_equal(tg_compare(&a.p, &a.s, "", .2, c), 2);
    assert_string_equal(c[0].name, "loss at the horizon");
}

/* Hits: errors of both together; what neither reaches is no claim, what one does is. */
static void
test_hits(void **state)
{
    const tg_waiting p = { 100, { 10, 5, 9, INFINITY }, { .3, .1, .2, 0 } };
    tg_waiting       s = { 100, { 11, 5, 9.2, INFINITY }, { .4, .1, .2, 0 } };
    tg_claim         c[TG_WAITINGS];

    (void)state;
    assert_int_equal(tg_compare_hits(&p, &s, "there", c), 3);
    assert_string_equal(c[0].name, "hit: mean");
    assert_string_equal(c[2].name, "hit: median");
    assert_string_equal(c[2].level, "integrator");
    assert_near(c[0].error, .5, 1e-12);
    assert_near(c[0].z, 2, 1e-12);
    assert_int_equal(c[0].judgement, TG_HOLDS);
    s.value[TG_WAITING_LATE] = 20;
    s.error[TG_WAITING_LATE] = 1;
    assert_int_equal(tg_compare_hits(&p, &s, "there", c), 4);
    assert_int_equal(c[3].judgement, TG_FAILS);
    s.error[TG_WAITING_LATE] = INFINITY; /* near the horizon */
    assert_int_equal(tg_compare_hits(&p, &s, "there", c), 4);
    assert_int_equal(c[3].judgement, TG_OPEN);
}

/* Who never settles, though the other says clearly before the horizon, is wrong; not if the
 * error, or the edge of its band, leaves it open. */
static void
test_settling_of_one_side(void **state)
{
    pair     a;
    tg_claim c[TG_CLAIMS];

    (void)state;
    make(&a);
    a.p.settle = INFINITY;
    a.p.settle_error = NAN;
    assert_int_equal(tg_compare(&a.p, &a.s, "", .01, c), 3);
    assert_int_equal(c[2].judgement, TG_FAILS);
    a.low[1] = .009;
    assert_int_equal(tg_compare(&a.p, &a.s, "", .01, c), 3);
    assert_int_equal(c[2].judgement, TG_OPEN);
    make(&a);
    a.s.settle = INFINITY;
    a.s.settle_error = NAN; /* no resampled mean settles */
    assert_int_equal(tg_compare(&a.p, &a.s, "", .2, c), 3);
    assert_int_equal(c[2].judgement, TG_FAILS);
    assert_near(c[2].error, 0, 0);
    a.s.settle_error = INFINITY; /* some do */
    assert_int_equal(tg_compare(&a.p, &a.s, "", .2, c), 3);
    assert_int_equal(c[2].judgement, TG_OPEN);
    a.p.settle = 8;
    assert_int_equal(tg_compare(&a.p, &a.s, "", .2, c), 2); /* too near the horizon */
}

/* What is left of a loss after 24 decades is rounding, and no number refutes another there; above, one does. */
static void
test_rounding_is_no_number(void **state)
{
    pair     a;
    tg_claim c[TG_CLAIMS];

    (void)state;
    make(&a);
    a.loss[1] = a.low[1] = a.high[1] = 0;
    a.stats[1] = (tg_stats){ 9, 1e-30, 0 };
    assert_int_equal(tg_compare(&a.p, &a.s, "", .2, c), 3);
    assert_int_equal(c[1].judgement, TG_OPEN);
    a.stats[1].mean = 1e-20;
    assert_int_equal(tg_compare(&a.p, &a.s, "", .2, c), 3);
    assert_int_equal(c[1].judgement, TG_FAILS);
}

/* A time that is read off means which few runs carry is likely too early: no later prediction is proved
 * wrong by it; an earlier one is, and so is a later one where the mean is known. */
static void
test_times_of_rare_runs(void **state)
{
    pair     a;
    tg_claim c[TG_CLAIMS];

    (void)state;
    make(&a);
    a.p.settle = 7;
    assert_int_equal(tg_compare(&a.p, &a.s, "", .2, c), 3);
    assert_int_equal(c[2].judgement, TG_FAILS);
    a.stats[0].m2 = 9 * 8 * .08 * .08;
    assert_int_equal(tg_compare(&a.p, &a.s, "", .2, c), 3);
    assert_int_equal(c[2].judgement, TG_OPEN);
    a.p.settle = 3;
    assert_int_equal(tg_compare(&a.p, &a.s, "", .2, c), 3);
    assert_int_equal(c[2].judgement, TG_FAILS);
}

/* Of nine runs that all still wait rare ones may have left, within 10/9 of the loss; of a hundred
 * million none to speak of (negative control), and runs that have moved are what they are. */
static void
test_runs_that_wait(void **state)
{
    pair     a;
    tg_claim c[TG_CLAIMS];

    (void)state;
    make(&a);
    a.loss[1] = a.low[1] = a.high[1] = 0.999;
    a.stats[1] = a.stats[0];
    assert_int_equal(tg_compare(&a.p, &a.s, "here", NAN, c), 2);
    assert_near(4 * c[1].error, 10. / 9, 1e-15);
    assert_int_equal(c[1].judgement, TG_OPEN);
    a.stats[0].n = a.stats[1].n = 1e8;
    assert_int_equal(tg_compare(&a.p, &a.s, "here", NAN, c), 2);
    assert_int_equal(c[1].judgement, TG_FAILS);
    a.stats[1].mean = 0.9;
    assert_int_equal(tg_compare(&a.p, &a.s, "here", NAN, c), 2);
    assert_near(c[1].error, 0, 0);
}

RUN(cmocka_unit_test(test_rounding_is_no_number), cmocka_unit_test(test_times_of_rare_runs),
    cmocka_unit_test(test_runs_that_wait), cmocka_unit_test(test_three_judgements),
    cmocka_unit_test(test_what_is_not_finite), cmocka_unit_test(test_tally),
    cmocka_unit_test(test_claims_of_a_pair), cmocka_unit_test(test_short_horizon),
    cmocka_unit_test(test_hits), cmocka_unit_test(test_verdicts),
    cmocka_unit_test(test_settling_of_one_side))
