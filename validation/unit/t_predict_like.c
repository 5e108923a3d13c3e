/* Limits of rules that level sde has alone, from workers like these on the lattice (asgd/theory/predict_like.c). */
#include "asgd/theory/predict.h"

#include "solver/lattice.h"

#include "validation/unit/check.h"

#include <stdio.h>

static tg_prediction *
predict(const char *law, size_t workers, const char *rule, double number, double step,
        double h)
{
    double                start = 1, zero = 0;
    const tg_modes        m = { .count = 1,
                                .h = &h,
                                .start = &start,
                                .sigma2 = &zero,
                                .shift = &zero,
                                .spread = &zero,
                                .least = h };
    const tg_predict_plan plan = { .horizon = 10 };
    tg_delay             *d = NULL;
    tg_cluster           *c = NULL;
    tg_prediction        *p = NULL;

    assert_ok(tg_delay_parse(law, &d));
    assert_ok(tg_cluster_create(1, &workers, &d, false, &c));
    assert_ok(tg_predict_rule(&m, c, rule, number, step, &plan, &p));
    tg_cluster_free(c);
    tg_delay_free(d);
    return p;
}

/* The learning rate at which the second moments of this phase-type law stop to settle. */
static double
limit_of(const tg_phase *law, size_t workers, const char *rule, double number)
{
    double low = 0, high = 8;

    while (high - low > 1e-4 * high) {
        const double   eta = (low + high) / 2;
        tg_linear_rule r;
        double         variance;
        assert_ok(tg_linear_make(rule, eta, 1, (double)workers, number, &r));
        const tg_lattice l = { .law = *law, .workers = workers, .sigma = 1, .rule = &r };
        *(tg_lattice_variance(&l, &variance, NULL) == TG_OK ? &low : &high) = eta;
    }
    return high;
}

static const struct {
    const char *rule;
    double      number;
} rules[] = { { "fedbuff", 2 },
              { "fedbuff", 6 },
              { "heavy_ball", .5 },
              { "heavy_ball", .9 },
              { "nesterov", .7 } };

/* Laws of few phases have the limit of their own lattice, and state that it is. */
static void
test_of_few_phases(void **state)
{
    static const char *const laws[] = {
        "{law: erlang, stages: 3, mean: 2}",
        "{law: hyperexponential, weights: [.5, .5], means: [.2, 1.8]}"
    };

    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
        for (size_t j = 0; j < sizeof rules / sizeof *rules; j++) {
            tg_delay *d = NULL;
            tg_phase  phase;
            assert_ok(tg_delay_parse(laws[i], &d));
            assert_ok(tg_phase_from_delay(d, &phase));
            tg_delay_free(d);
            const double limit = limit_of(&phase, 3, rules[j].rule, rules[j].number);
            for (double part = .5; part < 2; part += 1) {
                tg_prediction *p = predict(laws[i], 3, rules[j].rule, rules[j].number,
                                           part * limit / 2.5, 2.5);
                assert_near(p->step_limit * 2.5 / limit, 1, 3e-4);
                assert_near(p->threshold_square / p->gain, 1 / part, 1e-3);
                assert_near(p->threshold_error / p->threshold_square, 1e-3, 1e-12);
                assert_true(p->outcome != (part < 1 ? TG_DIVERGES : TG_CONVERGES));
                assert_near(p->workers_limit * p->gain, 3 * p->threshold_square, 1e-9);
                tg_prediction_free(p);
            }
        }
}

/* One worker is never stale, whatever its law: eta h < 2 of steps by staleness, 2 (1 + beta) of momentum. */
static void
test_of_one_worker(void **state)
{
    static const char *const laws[] = { "{law: pareto, shape: 1.5, mean: 1}",
                                        "{law: uniform, min: .5, max: 1.5}",
                                        "{law: constant, value: 2}" };
    static const struct {
        const char *rule;
        double      number, limit;
    } cases[] = { { "polynomial", .5, 2 },
                  { "delay_adaptive", 0, 2 },
                  { "drop", 3, 2 },
                  { "heavy_ball", .5, 3 },
                  { "fedbuff", 1, 2 } };

    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
        for (size_t j = 0; j < sizeof cases / sizeof *cases; j++) {
            tg_prediction *p = predict(laws[i], 1, cases[j].rule, cases[j].number, .1, 1);
            assert_near(p->step_limit / cases[j].limit, 1, 3e-4);
            assert_true(p->threshold_error <= 1.001e-3 * p->threshold_square);
            tg_prediction_free(p);
        }
}

/* Laws that are none of the grammar's of few phases, by their own phases: what is stated covers what is missed. */
static void
test_covers(void **state)
{
    static const struct {
        const char *law;
        tg_phase    phase;
    } cases[] = {
        { "{sum: [{law: exponential, mean: .3}, {law: erlang, stages: 2, mean: .7}]}",
          { .n = 3,
            .exact = 1,
            .start = { 1 },
            .leave = { 0, 0, 2 / .7 },
            .move = { { 0, 1 / .3 }, { 0, 0, 2 / .7 } } } },
        { "{sum: [{law: exponential, mean: .8}, {law: exponential, mean: .2}]}",
          { .n = 2,
            .exact = 1,
            .start = { 1 },
            .leave = { 0, 5 },
            .move = { { 0, 1.25 } } } },
        { "{mixture: [{weight: .5, law: exponential, mean: .4}, {weight: .5, law: erlang, "
          "stages: 2, mean: 1.6}]}",
          { .n = 3,
            .exact = 1,
            .start = { .5, .5 },
            .leave = { 2.5, 0, 1.25 },
            .move = { { 0 }, { 0, 0, 1.25 } } } },
        { "{mixture: [{weight: .8, law: erlang, stages: 2, mean: .7}, {weight: .2, law: "
          "exponential, mean: 2.2}]}",
          { .n = 3,
            .exact = 1,
            .start = { .8, 0, .2 },
            .leave = { 0, 2 / .7, 1 / 2.2 },
            .move = { { 0, 2 / .7 } } } }
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t j = 0; j < sizeof rules / sizeof *rules; j++)
            for (size_t P = 2; P < 6; P += 3) {
                const double limit =
                    limit_of(&cases[i].phase, P, rules[j].rule, rules[j].number);
                tg_prediction *p = predict(cases[i].law, P, rules[j].rule, rules[j].number,
                                           .01 * limit, 1);
                const double   error = p->threshold_error / p->threshold_square;
                if (limit < 7.9) assert_near(limit / p->step_limit, 1, error + 5e-4);
                if (i == 1) assert_near(limit / p->step_limit, 1, 5e-4);
                assert_true(error < .45);
                tg_prediction_free(p);
            }
}

/* Few stages and few workers stand for many: nearer to level sde the more there are, and continuous in the CV where
 * one law takes over from the next. */
static void
test_of_many(void **state)
{
    double before = INFINITY;

    (void)state;
    for (size_t P = 40; P < 3000; P *= 4) {
        tg_prediction *p =
            predict("{law: gamma, shape: 4, mean: 1}", P, "heavy_ball", .5, 1e-6, 1);
        const double error = p->threshold_error / p->threshold_square;
        assert_true(error < fmin(before, .06) && error >= .01);
        before = error;
        tg_prediction_free(p);
    }
    for (int side = 0; side < 2; side++)
        for (int at = 0; at < 2; at++) {
            const double  cv2 = (at ? 1 : .5) * (side ? 1.0002 : .9998);
            char          law[90];
            static double seen[2];
            snprintf(law, sizeof law, "{law: gamma, shape: %.9g, mean: 1}", 1 / cv2);
            tg_prediction *p = predict(law, 5, "fedbuff", 2, 1e-3, 1);
            if (side) assert_near(p->step_limit / seen[at], 1, at ? .1 : .005);
            seen[at] = p->step_limit;
            tg_prediction_free(p);
        }
}

RUN(cmocka_unit_test(test_of_few_phases), cmocka_unit_test(test_of_one_worker),
    cmocka_unit_test(test_covers), cmocka_unit_test(test_of_many))
