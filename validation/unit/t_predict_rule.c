/* Predictions of every rule in theory's table, by name. */
#include "validation/unit/check.h"
#include "validation/unit/clusters.h"

#include "asgd/theory/predict.h"
#include "solver/exponential.h"
#include "solver/linear_rule.h"

enum { POINTS = 21 };
static double h[2] = { 1, .4 }, start[2] = { 1, -2 }, sigma2[2] = { .3, .1 }, zero[2];
static const tg_modes        modes = { .count = 2,
                                       .h = h,
                                       .start = start,
                                       .sigma2 = sigma2,
                                       .shift = zero,
                                       .spread = zero,
                                       .least = .4,
                                       .start_loss = 1.3,
                                       .start_covered = 1.3 };
static const tg_predict_plan plan = { .horizon = 15, .points = POINTS, .target = .2 };

static double
number_of(const char *rule)
{
    return tg_linear_find(rule)->below == 1 ? .5 : 3; /* momentum */
}

/* Exponential workers: level exact, and the floor, the loss in time and the largest step are those
 * of the engine. */
static void
test_exponential_workers(void **state)
{
    tg_cluster  *c = cluster_of("{law: exponential, mean: 2}", 5);
    const double P = 5, rate = .5, step = .08;

    (void)state;
    for (const tg_linear_kind *const *k = tg_linear_kinds; *k; k++) {
        const double   own = number_of((*k)->name);
        tg_prediction *p = NULL;
        double         floor = 0, loss[POINTS] = { 0 }, square, second[POINTS];
        assert_ok(tg_predict_rule(&modes, c, (*k)->name, own, step, &plan, &p));
        assert_int_equal(p->level, TG_LEVEL_EXACT);
        assert_int_equal(p->outcome, TG_CONVERGES);
        for (int j = 0; j < 2; j++) {
            tg_linear_rule r;
            double         v;
            assert_ok(tg_linear_make((*k)->name, step, h[j], P, own, &r));
            const tg_exponential e = { r, 1, &P, &rate, NULL, sqrt(sigma2[j]) };
            assert_ok(tg_exponential_stationary(&e, NULL, &v, NULL, NULL));
            floor += h[j] / 2 * v;
            assert_ok(
                tg_exponential_transient(&e, start[j], plan.horizon, POINTS, NULL, second));
            for (int i = 0; i < POINTS; i++) loss[i] += h[j] / 2 * second[i];
        }
        assert_near(p->floor, floor, 1e-10);
        for (int i = 0; i < POINTS && strcmp((*k)->name, "dude") != 0; i++)
            assert_near(p->loss[i], loss[i], 2e-3 * loss[i]);
        for (int side = -1; side < 2; side += 2) { /* h_max = 1 */
            tg_linear_rule r;
            assert_ok(tg_linear_make((*k)->name, p->step_limit * (1 + side * 1e-4), 1, P,
                                     own, &r));
            const tg_exponential e = { r, 1, &P, &rate, NULL, 1 };
            assert_ok(tg_exponential_stationary(&e, NULL, NULL, &square, NULL));
            assert_int_equal(square > 0, side > 0);
        }
        tg_prediction_free(p);
    }
    tg_cluster_free(c);
}

/* The filters say of many workers what the engine says of them: half the difference with twice
 * the workers. */
static void
test_filters_are_the_limit(void **state)
{
    static const char *const rule[] = { "asgd", "heavy_ball", "nesterov", "fedbuff",
                                        "delay_adaptive" };
    const tg_predict_plan    field = { .target = NAN, .level = TG_LEVEL_JUMP };

    (void)state;
    for (size_t i = 0; i < sizeof rule / sizeof *rule; i++) {
        double off[2];
        for (size_t n = 0; n < 2; n++) {
            const size_t P = (size_t)8 << n;
            tg_cluster  *c = cluster_of("{law: exponential, mean: 1}", P);
            const double own = number_of(rule[i]), one = 1, workers = (double)P;
            const double step = .5 / workers * (!strcmp(rule[i], "fedbuff") ? own : 1) *
                                (tg_linear_find(rule[i])->below == 1 ? 1 - own : 1);
            double         floor = 0;
            tg_prediction *p = NULL;
            assert_ok(tg_predict_rule(&modes, c, rule[i], own, step, &field, &p));
            for (int j = 0; j < 2; j++) {
                tg_linear_rule r;
                double         v;
                assert_ok(tg_linear_make(rule[i], step, h[j], workers, own, &r));
                const tg_exponential e = { r, 1, &workers, &one, NULL, sqrt(sigma2[j]) };
                assert_ok(tg_exponential_stationary(&e, NULL, &v, NULL, NULL));
                floor += h[j] / 2 * v;
            }
            off[n] = p->floor / floor - 1;
            tg_prediction_free(p);
            tg_cluster_free(c);
        }
        assert_true(fabs(off[1]) < .75 * fabs(off[0]) || fabs(off[0]) < 1e-3);
    }
}

/* Other laws: level sde with an error, but of rounds, which have no filter. */
static void
test_other_laws(void **state)
{
    tg_cluster    *c = cluster_of("{law: gamma, shape: 4, mean: 1}", 8);
    tg_prediction *p = NULL;

    (void)state;
    for (const tg_linear_kind *const *k = tg_linear_kinds; *k; k++) {
        const double own = number_of((*k)->name);
        if (!(*k)->filter) {
            assert_fails(tg_predict_rule(&modes, c, (*k)->name, own, .05, &plan, &p),
                         TG_EDOMAIN, "exponential workers only");
            continue;
        }
        assert_ok(tg_predict_rule(&modes, c, (*k)->name, own, .05, &plan, &p));
        const bool solved = !strcmp((*k)->name, "asgd") || !strcmp((*k)->name, "dude");
        assert_true(solved ? p->level >= TG_LEVEL_RENEWAL : p->level == TG_LEVEL_SDE);
        assert_true(p->floor > 0 && (solved || p->floor_error > 0));
        tg_prediction_free(p);
    }
    assert_fails(tg_predict_rule(&modes, c, "sgd", 0, .05, &plan, &p), TG_EINPUT, "sgd");
    assert_fails(tg_predict_rule(&modes, c, "drop", -1, .05, &plan, &p), TG_EDOMAIN,
                 "limit");
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_exponential_workers),
    cmocka_unit_test(test_filters_are_the_limit), cmocka_unit_test(test_other_laws))
