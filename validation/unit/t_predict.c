/* Levels exact and renewal: what few workers do, by exact values and by simulated ones. */
#include "validation/unit/check.h"

#include "asgd/theory/predict.h"

typedef struct setting {
    const char         *law[2];
    size_t              count[2];
    double              minimum[2];
    bool                together;
    const tg_algorithm *rule;
    double              h, start, sigma, step;
    tg_predict_plan     plan;
} setting;

static tg_cluster *
cluster_of(const setting *s)
{
    const size_t groups = s->law[1] ? 2 : 1;
    tg_delay    *law[2] = { NULL, NULL };
    tg_cluster  *c = NULL;

    for (size_t g = 0; g < groups; g++) assert_ok(tg_delay_parse(s->law[g], &law[g]));
    assert_ok(tg_cluster_create(groups, s->count, law, s->together, &c));
    for (size_t g = 0; g < groups; g++) tg_delay_free(law[g]);
    return c;
}

/* One mode, in the coordinate whose 0 is F's minimum if the minima average to 0. */
static tg_prediction *
predict(const setting *s)
{
    tg_cluster    *c = cluster_of(s);
    double        *own = calloc(c->workers, sizeof *own), *weight = calloc(c->workers, 8);
    const double   h = s->h ? s->h : 1;
    double         noise = s->sigma * s->sigma, shift = 0, spread = 0, start = s->start;
    tg_modes       m = { .count = 1,
                         .h = (double *)&h,
                         .start = &start,
                         .sigma2 = &noise,
                         .shift = &shift,
                         .spread = &spread,
                         .least = h };
    tg_prediction *p = NULL;

    tg_cluster_weights(c, weight);
    for (size_t i = 0; i < c->workers; i++) {
        own[i] = s->minimum[i >= s->count[0]];
        shift += weight[i] * own[i];
        spread += weight[i] * own[i] * own[i];
    }
    spread -= shift * shift;
    if (s->minimum[0] != 0 || s->minimum[1] != 0) m.minimum = own;
    m.start_loss = m.start_covered = h * start * start / 2;
    m.shift_loss = h * shift * shift / 2;
    assert_ok(tg_predict(&m, c, s->rule ? s->rule : &tg_asgd, s->step, &s->plan, &p));
    tg_cluster_free(c);
    free(own);
    free(weight);
    return p;
}

/* One worker: x <- (1 - e) x at each renewal. It settles for e < 2 whatever its law, to V =
 * e/(2 - e) (sigma/h)^2; exponential jobs: the mean decays at the rate e. */
static void
test_one_worker(void **state)
{
    static const char *const law[] = { "{law: constant, value: 1}",
                                       "{law: gamma, shape: 10, mean: 1}",
                                       "{law: exponential, mean: 1}",
                                       "{law: lognormal, mean: 1, cv: 2}" };
    (void)state;
    for (int l = 0; l < 4; l++)
        for (double e = 0.1; e < 2.2; e += 0.3) {
            setting s = { .law = { law[l] }, .count = { 1 }, .step = e, .sigma = .1 };
            tg_prediction *p = predict(&s);
            assert_int_equal(p->level, TG_LEVEL_EXACT);
            assert_int_equal(p->outcome, e < 2 ? TG_CONVERGES : TG_DIVERGES);
            assert_near(p->step_limit, 2, 1e-12);
            if (e < 2) assert_near(p->floor, .01 * e / (2 - e) / 2, 1e-14);
            if (e < 1 && l == 2) assert_near(p->rate, e, 1e-9);
            if (e < 1 && l == 0) assert_near(p->rate, -log(1 - e), 1e-9);
            tg_prediction_free(p);
        }
    setting        s = { .law = { law[2] }, .count = { 1 }, .step = 1, .h = 2 };
    tg_prediction *p = predict(&s); /* e = 2: at the boundary, and said so */
    assert_int_equal(p->outcome, TG_UNDECIDED);
    tg_prediction_free(p);
}

/* A mode without noise: E x^2 = E (1 - e)^{2N}, N Poisson for exponential jobs. */
static void
test_one_worker_in_time(void **state)
{
    const double   e = 0.3;
    setting        s = { .law = { "{law: exponential, mean: 1}" },
                         .count = { 1 },
                         .step = e,
                         .start = 1,
                         .plan = { .horizon = 10, .points = 11, .target = 0.1 } };
    tg_prediction *p = predict(&s);

    (void)state;
    for (int i = 0; i < 11; i++)
        assert_near(p->loss[i], exp(-(1 - .49) * p->t[i]) / 2, 2e-4 * p->loss[i] + 1e-9);
    assert_near(p->settle, log(5) / .51, 2e-3);
    tg_prediction_free(p);
}

/* And on to 1e-9 of the start: from one equal span of time to the next it falls by the same factor, under both
 * rules, whatever mass of the law the grid's weights have lost. */
static void
test_one_worker_late(void **state)
{
    static const tg_algorithm *const rules[] = { &tg_asgd, &tg_dude };

    (void)state;
    for (int rule = 0; rule < 2; rule++) {
        setting s = { .law = { "{law: lognormal, mean: .418, cv: .63, at_most: 2.2}" },
                      .count = { 1 },
                      .rule = rules[rule],
                      .step = .05,
                      .start = 1,
                      .plan = { .horizon = 80, .points = 13, .target = NAN } };
        tg_prediction *p = predict(&s);
        const double   factor = p->loss[2] / p->loss[1];
        for (int i = 3; i < 13; i++) {
            assert_near(p->loss[i], p->loss[i - 1] * factor,
                        1e-4 * p->loss[i - 1] + 2 * (p->high[i] - p->loss[i]));
            assert_true(p->high[i] - p->low[i] < 1e-2 * p->loss[i] + 2e-9);
        }
        assert_true(p->loss[12] > 0 && p->loss[12] < 3e-9);
        tg_prediction_free(p);
    }
}

/* At t = 0 all replicas are where they start: nothing of what spreads them has come yet. */
static void
test_begins_at_the_start(void **state)
{
    static const char *const  law[] = { "{law: constant, value: 1}",
                                        "{law: gamma, shape: 4, mean: 1}",
                                        "{law: lognormal, mean: 1, cv: 2}",
                                        "{law: pareto, shape: 1.5, mean: 1}" };
    const tg_algorithm *const rule[] = { &tg_asgd, &tg_dude };

    (void)state;
    for (int i = 0; i < 48; i++) {
        setting s = { .law = { law[i % 4] },
                      .count = { 20 },
                      .together = i / 4 % 2,
                      .rule = rule[i / 8 % 2],
                      .step = (double[]){ 1e-4, .005, .03 }[i / 16],
                      .start = 1.5,
                      .sigma = .3,
                      .plan = { .points = 6, .target = NAN } };
        s.plan.horizon = 0.25 / s.step;
        tg_prediction *p = predict(&s);
        assert_near(p->loss[0], 1.125, 1e-12);
        tg_prediction_free(p);
    }
}

/* A worker alone in its group, which pulls elsewhere: the same whether it comes first or last. */
static void
test_group_of_one(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        setting        s = { .law = { "{law: gamma, shape: 2.5, mean: 1}",
                                      "{law: lognormal, mean: 2, cv: 1}" },
                             .count = { 1, 19 },
                             .minimum = { 3, -.2 },
                             .rule = i ? &tg_dude : &tg_asgd,
                             .step = .03,
                             .start = 1,
                             .sigma = .3,
                             .plan = { .horizon = 5, .points = 6, .target = NAN } };
        tg_prediction *first = predict(&s);
        setting        r = s;
        for (int g = 0; g < 2; g++) {
            r.law[g] = s.law[1 - g];
            r.count[g] = s.count[1 - g];
            r.minimum[g] = s.minimum[1 - g];
        }
        tg_prediction *last = predict(&r);
        assert_near(last->floor, first->floor, 1e-9 * first->floor);
        for (int k = 0; k < 6; k++)
            assert_near(last->loss[k], first->loss[k], 1e-9 * first->loss[k]);
        tg_prediction_free(first);
        tg_prediction_free(last);
    }
}

/* From the minimum, noise alone: nothing is in doubt at t = 0, and never more than in the end,
 * where the floor's own error is part of it. */
static void
test_doubt_grows(void **state)
{
    (void)state;
    for (int dude = 0; dude < 2; dude++) {
        setting        s = { .law = { "{law: gamma, shape: 4, mean: 1}" },
                             .count = { 24 },
                             .rule = dude ? &tg_dude : &tg_asgd,
                             .step = .02,
                             .sigma = .3,
                             .plan = { .horizon = 60, .points = 61, .target = NAN } };
        tg_prediction *p = predict(&s);
        assert_near(p->high[0] - p->loss[0], 0, 1e-12);
        const double last = p->high[60] - p->loss[60];
        assert_true(last >= p->floor_error && last < 20 * p->floor_error);
        for (int i = 1; i < 61; i++)
            assert_true(p->high[i] - p->loss[i] <= last * (1 + 1e-6));
        tg_prediction_free(p);
    }
}

/* Constant times, evenly staggered: k = 2 P sin(pi/(2(2P - 1))). Exponential workers: e (1 +
 * k) = 2 (1 + e). The largest steps of 1, 2, 3, 5 workers: 2, 1, .618, .347. */
static void
test_limits(void **state)
{
    static const double constant[] = { 2, 1, .618034, .445042, .347296 };

    (void)state;
    for (size_t P = 1; P <= 5; P++) {
        setting s = { .law = { "{law: constant, value: 1}" }, .count = { P }, .step = .1 };
        tg_prediction *p = predict(&s);
        assert_near(p->step_limit, constant[P - 1], 1e-5);
        tg_prediction_free(p);
        s.law[0] = "{law: exponential, mean: 3}";
        p = predict(&s);
        const double e = p->step_limit, k = e * (double)P;
        assert_near(e * (1 + k), 2 * (1 + e), 1e-9);
        assert_near(p->threshold_error, 0, 0);
        tg_prediction_free(p);
    }
}

/* Exact levels: the closed form of exponential workers, Erlang values of theory 3.3, and
 * DuDe-ASGD's of all configurations. */
static void
test_exact_floors(void **state)
{
    static const struct {
        const char *law;
        size_t      P;
        double      e;
        int         dude;
        double      value;
    } row[] = { { "{law: exponential, mean: 1}", 10, .08, 0, .0714285714285714 },
                { "{law: erlang, stages: 2, mean: 1}", 2, .4, 0, .363590284254491 },
                { "{law: erlang, stages: 2, mean: 1}", 10, .08, 0, .07843108751168777 },
                { "{law: exponential, mean: 1}", 10, .08, 1, 1 / 6. },
                { "{law: exponential, mean: 1}", 2, .4, 1, .55 } };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        setting        s = { .law = { row[i].law },
                             .count = { row[i].P },
                             .step = row[i].e,
                             .sigma = 1,
                             .rule = row[i].dude ? &tg_dude : &tg_asgd };
        tg_prediction *p = predict(&s);
        assert_int_equal(p->level, TG_LEVEL_EXACT);
        assert_near(p->mode[0].variance, row[i].value, 1e-12);
        assert_near(p->floor_error, 0, 0);
        tg_prediction_free(p);
    }
}

/* One worker within a job of a law whose long jobs are rare: E .64^N(5) / 2 from its transform (two exponentials,
 * inverted by Talbot's contour), although the grid ends before such jobs do. And the last point of an exact
 * course is one like the others, whatever the horizon over its step rounds to, and has what is delivered at
 * that time. */
static void
test_ends_of_exact_courses(void **state)
{
    const setting alone = {
        .law = { "{law: hyperexponential, weights: [0.9, 0.1], means: [0.5, 5.5]}" },
        .count = { 1 },
        .start = 1,
        .step = .2,
        .plan = { .horizon = 5, .points = 3, .target = 1e-4 }
    };
    setting many = { .law = { "{law: exponential, mean: 1}" },
                     .count = { 128 },
                     .start = 1,
                     .plan = { .horizon = 30, .points = 3, .target = 1e-4 } };

    const setting clock = { .law = { "{law: constant, value: 1}" },
                            .count = { 1 },
                            .start = 1,
                            .step = .05,
                            .together = true,
                            .plan = { .horizon = 30, .points = 3, .target = 1e-4 } };

    (void)state;
    tg_prediction *p = predict(&clock); /* at t = 30 it has delivered 30 times */
    assert_near(p->loss[2], pow(.95, 60) / 2, 1e-12);
    tg_prediction_free(p);
    p = predict(&alone);
    assert_near(p->loss[2], 0.16836885768, 1e-5);
    tg_prediction_free(p);
    for (int i = 0; i < 40; i++) {
        many.step = .0002 + 1e-6 * i;
        p = predict(&many);
        assert_int_equal(p->level, TG_LEVEL_EXACT);
        assert_true(p->loss[2] > 0.05);
        tg_prediction_free(p);
    }
}

/* Values by an event simulator of its own, each beyond what the mean field says: loss at the
 * horizon and the time to target. */
static void
test_few_workers(void **state)
{
    static const setting cell[] = {
        { .law = { "{law: lognormal, mean: 1, cv: 2}" },
          .count = { 10 },
          .start = 1,
          .step = .01,
          .plan = { .horizon = 70, .points = 3, .target = 1e-4 } },
        { .law = { "{law: gamma, shape: 4, mean: 1}" },
          .count = { 20 },
          .start = 1,
          .step = .04,
          .plan = { .horizon = 7.5, .points = 3, .target = 1e-3 } },
        { .law = { "{law: lognormal, mean: 1, cv: 2}" },
          .count = { 32 },
          .start = 1,
          .sigma = .3,
          .step = .3 / 32,
          .together = true,
          .plan = { .horizon = 1.5, .points = 3, .target = 1e-3 } },
    };
    static const double loss[] = { 1.71e-7, 3.59e-5, .1131 };

    (void)state;
    for (int i = 0; i < 3; i++) {
        tg_prediction *p = predict(&cell[i]);
        assert_int_equal(p->level, TG_LEVEL_RENEWAL);
        assert_near(p->loss[2], loss[i], p->high[2] - p->loss[2] + 0.01 * loss[i]);
        if (i == 0) assert_near(p->settle, 39.00, fmin(p->settle_error, 1));
        tg_prediction_free(p);
    }
}

/* 20 workers with minima +-1 that are regular and 20 irregular ones at 0: each worker's noise
 * has its own spectrum (simulated: .0002784 +- .000001; one spectrum for all: .0032). */
static void
test_marks(void **state)
{
    static const char *const text[] = {
        "{law: gamma, shape: 16, mean: 1}",
        "{law: hyperexponential, weights: [.9, .1], means: [.5, 5.5]}"
    };
    const size_t   count[] = { 20, 20 };
    tg_delay      *law[2] = { NULL, NULL };
    tg_cluster    *c = NULL;
    double         h = 1, zero = 0, own[40] = { 0 }, spread = 0.5;
    const tg_modes m = { .count = 1,
                         .h = &h,
                         .start = &zero,
                         .sigma2 = &zero,
                         .shift = &zero,
                         .spread = &spread,
                         .minimum = own,
                         .least = 1,
                         .start_loss = 1,
                         .start_covered = 1 };
    tg_prediction *p = NULL;

    (void)state;
    for (int i = 0; i < 20; i++) own[i] = i % 2 ? -1 : 1;
    for (int g = 0; g < 2; g++) assert_ok(tg_delay_parse(text[g], &law[g]));
    assert_ok(tg_cluster_create(2, count, law, false, &c));
    assert_ok(tg_predict(&m, c, &tg_asgd, .0125, &(tg_predict_plan){ .target = NAN }, &p));
    assert_near(p->floor, .0002784, 4e-6);
    tg_prediction_free(p);
    tg_cluster_free(c);
    for (int g = 0; g < 2; g++) tg_delay_free(law[g]);
}

/* The reported grid changes no answer. */
static void
test_reported_grid(void **state)
{
    static const size_t points[] = { 3, 5, 241 };
    double              settle[3];

    (void)state;
    for (int a = 0; a < 2; a++) {
        for (int i = 0; i < 3; i++) {
            setting        s = { .law = { "{law: gamma, shape: 4, mean: 1}" },
                                 .count = { 32 },
                                 .start = 1,
                                 .sigma = .1,
                                 .step = .01,
                                 .rule = a ? &tg_dude : &tg_asgd,
                                 .plan = { .horizon = 120, .points = points[i], .target = .01 } };
            tg_prediction *p = predict(&s);
            settle[i] = p->settle;
            assert_near(p->loss[points[i] / 2], p->floor, 0.01 * p->floor);
            tg_prediction_free(p);
        }
        assert_near(settle[1], settle[0], 0);
        assert_near(settle[2], settle[0], 0);
    }
}

/* A change of the unit of time changes rates and times, and nothing else. */
static void
test_units_of_time(void **state)
{
    char                text[3][80];
    static const double unit[] = { 1, 1e-9, 1e9 };
    tg_prediction      *p[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        snprintf(text[i], sizeof text[i], "{law: gamma, shape: 2.5, mean: %g}", unit[i]);
        setting s = { .law = { text[i] },
                      .count = { 12 },
                      .start = 1,
                      .sigma = .1,
                      .step = .05,
                      .plan = { .horizon = 30 * unit[i], .points = 31, .target = .05 } };
        p[i] = predict(&s);
        assert_near(p[i]->rate * unit[i], p[0]->rate, 0.01 * p[0]->rate);
        assert_near(p[i]->settle / unit[i], p[0]->settle, 1e-3 * p[0]->settle);
        assert_near(p[i]->floor, p[0]->floor, 1e-3 * p[0]->floor);
        assert_near(p[i]->step_limit, p[0]->step_limit, 1e-6);
        for (int k = 0; k < 31; k++)
            assert_near(p[i]->loss[k], p[0]->loss[k], 1e-3 * p[0]->loss[0]);
    }
    for (int i = 0; i < 3; i++) tg_prediction_free(p[i]);
}

/* Ten million workers, laws without variance, lattice laws: a finite answer, or an error that
 * says that it is none. */
static void
test_odd_clusters(void **state)
{
    static const setting odd[] = {
        { .law = { "{law: gamma, shape: 4, mean: 1}" },
          .count = { 10000000 },
          .step = 1e-7 },
        { .law = { "{law: pareto, shape: 1.5, mean: 1}" }, .count = { 6 }, .step = .05 },
        { .law = { "{mixture: [{weight: .5, law: constant, value: 1}, {weight: .5, law: "
                   "constant, value: 2}]}" },
          .count = { 4 },
          .step = .1 },
        { .law = { "{law: constant, value: 1}", "{law: exponential, mean: 50}" },
          .count = { 2, 2 },
          .step = .1,
          .rule = &tg_dude },
    };
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        setting s = odd[i];
        s.start = 1;
        s.sigma = .1;
        s.plan = (tg_predict_plan){ .horizon = 50, .points = 11, .target = NAN };
        tg_prediction *p = predict(&s);
        assert_true(p->outcome != TG_DIVERGES);
        for (int k = 0; k < 11; k++)
            assert_true(isfinite(p->loss[k]) && p->low[k] <= p->loss[k] &&
                        p->loss[k] <= p->high[k]);
        tg_prediction_free(p);
    }
}

static void
test_step_square(void **state)
{
    setting     s = { .law = { "{law: exponential, mean: 1}" }, .count = { 30 } };
    tg_cluster *c = cluster_of(&s);
    double      step = 0;

    (void)state;
    assert_ok(tg_predict_step_square(2, c, &tg_asgd, &step));
    const double e = 2 * step;
    assert_near(e * (1 + 30 * e), 2 * (1 + e), 1e-9);
    assert_fails(tg_predict_step_square(-1, c, &tg_asgd, &step), TG_EDOMAIN, "got -1");
    tg_cluster_free(c);
}

static void
test_levels_by_name(void **state)
{
    tg_level l = TG_LEVEL_EXACT;

    (void)state;
    assert_ok(tg_level_find("jump", &l));
    assert_int_equal(l, TG_LEVEL_JUMP);
    assert_fails(tg_level_find("renewal", &l), TG_EINPUT, "best, sde or jump");
    assert_int_equal(l, TG_LEVEL_JUMP);
}

RUN(cmocka_unit_test(test_one_worker), cmocka_unit_test(test_one_worker_in_time),
    cmocka_unit_test(test_one_worker_late), cmocka_unit_test(test_begins_at_the_start),
    cmocka_unit_test(test_doubt_grows), cmocka_unit_test(test_group_of_one),
    cmocka_unit_test(test_limits), cmocka_unit_test(test_exact_floors),
    cmocka_unit_test(test_few_workers), cmocka_unit_test(test_ends_of_exact_courses),
    cmocka_unit_test(test_marks), cmocka_unit_test(test_reported_grid),
    cmocka_unit_test(test_units_of_time), cmocka_unit_test(test_odd_clusters),
    cmocka_unit_test(test_step_square), cmocka_unit_test(test_levels_by_name))
