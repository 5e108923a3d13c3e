/* Many groups that differ in speed alone are predicted as few: the same numbers as of the groups
 * themselves but for what lies within a class; what differs in more than speed is left apart; minima
 * go with their workers. */
#include "validation/unit/check.h"

#include "asgd/theory/classes.h"
#include "asgd/theory/predict.h"

enum { HALF = 40, MANY = 2 * HALF };

/* Groups i of this law with a mean of their own; every one of them `twice` in a row. */
static tg_cluster *
cluster_of(const char *law, size_t groups, size_t twice, const double *mean, size_t count)
{
    tg_delay   *base = NULL, *scaled[4 * MANY];
    size_t      counts[4 * MANY];
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(law, &base));
    for (size_t i = 0; i < groups * twice; i++) {
        assert_ok(tg_delay_scaled(base, mean[i / twice], &scaled[i]));
        counts[i] = count;
    }
    assert_ok(tg_cluster_create(groups * twice, counts, scaled, false, &c));
    for (size_t i = 0; i < groups * twice; i++) tg_delay_free(scaled[i]);
    tg_delay_free(base);
    return c;
}

static tg_prediction *
predicted(const tg_cluster *c, const double *minima, const char *rule)
{
    const double          h[] = { 1, .3 }, start[] = { 1, 1 }, sigma[] = { .1, .1 };
    tg_problem           *p = NULL;
    tg_modes              m = { 0 };
    tg_prediction        *out = NULL;
    double               *weight = calloc(c->workers, sizeof *weight);
    const tg_predict_plan plan = { .horizon = 30, .points = 16, .target = .05 };

    assert_ok(tg_problem_quadratic(2, h, start, sigma, c->workers, minima, &p));
    tg_cluster_weights(c, weight);
    assert_ok(tg_problem_modes(p, weight, &m));
    assert_ok(tg_predict_rule(&m, c, rule, 0, .004, &plan, &out));
    tg_modes_free(&m);
    tg_problem_free(p);
    free(weight);
    return out;
}

static void
agree(const tg_prediction *a, const tg_prediction *b, double tolerance)
{
    assert_near(a->lambda, b->lambda, 1e-12 * b->lambda);
    assert_near(a->threshold_square, b->threshold_square, tolerance * b->threshold_square);
    assert_near(a->rate, b->rate, tolerance * b->rate);
    assert_near(a->floor, b->floor, tolerance * b->floor);
    assert_near(a->bias_loss, b->bias_loss, tolerance * b->bias_loss);
    assert_near(a->settle, b->settle, tolerance * b->settle);
    for (size_t i = 0; i < a->points; i++)
        assert_near(a->loss[i], b->loss[i], 3 * tolerance * b->loss[i]);
}

/* Means over a factor of four, out of order, with minima that follow the speed, against the groups
 * of two workers each that are too few to be put together. */
static void
test_close(void **state)
{
    double mean[HALF], minima[2 * MANY];

    (void)state;
    for (size_t i = 0; i < HALF; i++)
        mean[i] = exp(log(4) * ((double)(i * 17 % HALF) / (HALF - 1) - .5));
    for (size_t w = 0; w < MANY; w++)
        for (size_t j = 0; j < 2; j++) minima[2 * w + j] = .2 * (mean[w / 2] - 1);
    tg_cluster *few = cluster_of("{law: gamma, shape: 4, mean: 1}", HALF, 1, mean, 2),
               *many = cluster_of("{law: gamma, shape: 4, mean: 1}", HALF, 2, mean, 1);
    for (int own = 0; own < 2; own++) {
        tg_prediction *a = predicted(many, own ? minima : NULL, "asgd"),
                      *b = predicted(few, own ? minima : NULL, "asgd");
        assert_int_equal(own, b->bias_loss > 1e-4);
        agree(a, b, 2e-3);
        tg_prediction_free(a);
        tg_prediction_free(b);
    }
    tg_prediction *a = predicted(many, NULL, "dude"), *b = predicted(few, NULL, "dude");
    agree(a, b, 2e-3);
    tg_prediction_free(a);
    tg_prediction_free(b);
    tg_cluster_free(few);
    tg_cluster_free(many);
}

/* Equal groups are one group, to rounding. */
static void
test_equal(void **state)
{
    const double mean[] = { .7 };
    tg_cluster  *one = cluster_of("{law: lognormal, mean: 1, cv: .8}", 1, 1, mean, MANY),
               *many = cluster_of("{law: lognormal, mean: 1, cv: .8}", 1, MANY, mean, 1);
    tg_prediction *a = predicted(many, NULL, "asgd"), *b = predicted(one, NULL, "asgd");

    (void)state;
    agree(a, b, 1e-9);
    tg_prediction_free(a);
    tg_prediction_free(b);
    tg_cluster_free(one);
    tg_cluster_free(many);
}

/* Workers are neither lost nor made; kinds of law and their shapes stay apart; laws without a third
 * moment are one family too. */
static void
test_families(void **state)
{
    static const char *const law[] = { "{law: gamma, shape: 4, mean: 1}",
                                       "{law: gamma, shape: 5, mean: 1}",
                                       "{law: exponential, mean: 1}",
                                       "{law: pareto, shape: 2.5, mean: 1}" };
    tg_delay                *scaled[4 * MANY], *base[4] = { NULL };
    size_t                   count[4 * MANY], most = 0;
    tg_cluster              *c = NULL;
    tg_classes               k;

    (void)state;
    for (size_t f = 0; f < 4; f++) assert_ok(tg_delay_parse(law[f], &base[f]));
    for (size_t i = 0; i < 4 * MANY; i++) {
        assert_ok(
            tg_delay_scaled(base[i % 4], 1 + .01 * (double)(i * 7 % MANY), &scaled[i]));
        count[i] = 1 + i % 3;
    }
    assert_ok(tg_cluster_create(4 * MANY, count, scaled, true, &c));
    assert_ok(tg_classes_of(c, NULL, &k));
    assert_int_equal(k.cluster->workers, c->workers);
    assert_true(k.cluster->together);
    assert_near(tg_cluster_rate(k.cluster), tg_cluster_rate(c), 1e-12 * tg_cluster_rate(c));
    size_t of[4] = { 0 };
    for (size_t g = 0; g < k.cluster->groups; g++) {
        const double cv = tg_delay_cv(k.cluster->law[g]);
        size_t       nearest = 0;
        for (size_t f = 1; f < 4; f++)
            if (fabs(cv - tg_delay_cv(base[f])) < fabs(cv - tg_delay_cv(base[nearest])))
                nearest = f;
        assert_near(cv, tg_delay_cv(base[nearest]), 1e-9);
        of[nearest]++;
    }
    for (size_t f = 0; f < 4; f++) {
        most = of[f] > most ? of[f] : most;
        assert_true(of[f] > 1);
    }
    assert_true(most <= TG_CLASSES + 1);
    tg_classes_clear(&k);
    tg_cluster_free(c);
    for (size_t i = 0; i < 4 * MANY; i++) tg_delay_free(scaled[i]);
    for (size_t f = 0; f < 4; f++) tg_delay_free(base[f]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_close),
                                        cmocka_unit_test(test_equal),
                                        cmocka_unit_test(test_families) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
