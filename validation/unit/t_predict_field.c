/* Levels sde and jump, the papers' theories. */
#include "validation/unit/check.h"

#include "asgd/theory/predict_parts.h"

static const double PI = 3.14159265358979323846, E = 2.71828182845904523536;

static tg_cluster *
cluster_of(const char *text, size_t n)
{
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(text, &law));
    assert_ok(tg_cluster_create(1, &n, &law, false, &c));
    tg_delay_free(law);
    return c;
}

static tg_prediction *
predict(const char *law, size_t workers, double h, double sigma, double step,
        const tg_algorithm *a, tg_predict_plan plan)
{
    tg_cluster    *c = cluster_of(law, workers);
    double         start = 1, s2 = sigma * sigma, zero = 0;
    const tg_modes m = { .count = 1,
                         .h = &h,
                         .start = &start,
                         .sigma2 = &s2,
                         .shift = &zero,
                         .spread = &zero,
                         .least = h,
                         .start_loss = h / 2,
                         .start_covered = h / 2 };
    tg_prediction *p = NULL;

    assert_ok(tg_predict(&m, c, a, step, &plan, &p));
    tg_cluster_free(c);
    return p;
}

static const tg_predict_plan bare = { .target = NAN, .level = TG_LEVEL_SDE };

/* Constant T = 1: threshold pi/2; fastest at k = 1/e with rate 1; V = eta^2 lambda sigma^2
 * (1 + sin k)/(2 a cos k) (theory 3.1). */
static void
test_constant_delay(void **state)
{
    const double   k = 0.8, P = 50, eta = k / P;
    tg_prediction *p =
        predict("{law: constant, value: 1}", 50, 1, 0.3, eta, &tg_asgd, bare);

    (void)state;
    assert_near(p->threshold, PI / 2, 1e-12);
    assert_near(p->workers_limit, PI / (2 * eta), 1e-9);
    assert_near(p->step_limit, PI / (2 * P), 1e-12);
    assert_near(p->floor, eta * eta * P * .09 * (1 + sin(k)) / (2 * k * cos(k)) / 2, 1e-12);
    assert_int_equal(p->unstable, 0);
    assert_true(p->stable && p->stable_square);
    assert_near(p->staleness, 49, 0);
    tg_prediction_free(p);
    p = predict("{law: constant, value: 1}", 50, 1, 0.3, 1 / (E * P), &tg_asgd, bare);
    assert_near(p->rate, 1, 1e-6);
    tg_prediction_free(p);
    p = predict("{law: constant, value: 1}", 50, 1, 0.3, 1.01 * PI / (2 * P), &tg_asgd,
                bare);
    assert_false(p->stable);
    assert_int_equal(p->unstable, 2);
    assert_true(p->rate < 0 && isinf(p->floor));
    tg_prediction_free(p);
}

/* DuDe-ASGD with constant T: k* = pi^2/9, and no bias. */
static void
test_dude(void **state)
{
    tg_cluster    *c = cluster_of("{law: constant, value: 2}", 10);
    double         h = 1, start = 1, s2 = 0, shift = 0.5, spread = 1;
    const tg_modes m = { .count = 1,
                         .h = &h,
                         .start = &start,
                         .sigma2 = &s2,
                         .shift = &shift,
                         .spread = &spread,
                         .least = 1,
                         .start_loss = .5,
                         .start_covered = .5,
                         .shift_loss = 0.125 };
    tg_prediction *p = NULL;

    (void)state;
    assert_ok(tg_predict(&m, c, &tg_dude, 0.01, &bare, &p));
    assert_near(p->threshold, PI * PI / 9, 1e-10);
    assert_near(p->mode[0].bias, 0, 0);
    assert_near(p->bias_loss, 0, 0);
    assert_near(p->floor, 0, 0);
    tg_prediction_free(p);
    assert_ok(tg_predict(&m, c, &tg_asgd, 0.01, &bare, &p));
    assert_near(p->mode[0].bias, 0.5, 0);
    assert_near(p->bias_loss, 0.125, 0);
    tg_prediction_free(p);
    tg_cluster_free(c);
}

/* Every worker delivers some day: long after the last one's first gradient the trajectory
 * of DuDe-ASGD lies at the floor, however coarse its grid is against the round trips. */
static void
test_last_worker_delivers(void **state)
{
    static const char *const text[] = { "{law: gamma, shape: 8, mean: 1}",
                                        "{law: gamma, shape: 8, mean: 4}" };
    const size_t             count[] = { 10, 10 };
    tg_delay                *law[2] = { NULL, NULL };
    tg_cluster              *c = NULL;
    double                   h = 1, start = 1, s2 = 1, zero = 0;
    const tg_modes           m = { .count = 1,
                                   .h = &h,
                                   .start = &start,
                                   .sigma2 = &s2,
                                   .shift = &zero,
                                   .spread = &zero,
                                   .least = 1,
                                   .start_loss = .5,
                                   .start_covered = .5 };
    tg_prediction           *p = NULL;

    (void)state;
    for (int g = 0; g < 2; g++) assert_ok(tg_delay_parse(text[g], &law[g]));
    assert_ok(tg_cluster_create(2, count, law, false, &c));
    assert_ok(tg_predict(
        &m, c, &tg_dude, 0.01,
        &(tg_predict_plan){
            .horizon = 300, .points = 121, .target = NAN, .level = TG_LEVEL_SDE },
        &p));
    assert_near(p->loss[120], p->floor, 1e-3 * p->floor);
    tg_prediction_free(p);
    tg_cluster_free(c);
    for (int g = 0; g < 2; g++) tg_delay_free(law[g]);
}

/* A change of the unit of time changes rates and times, and nothing else. */
static void
test_units_of_time(void **state)
{
    const tg_predict_plan
        hours = { .horizon = 30, .points = 61, .target = 0.05, .level = TG_LEVEL_SDE },
        minutes = { .horizon = 1800, .points = 61, .target = 0.05, .level = TG_LEVEL_SDE };
    tg_prediction *p =
        predict("{law: lognormal, mean: 1, cv: 0.5}", 30, 1, .1, .02, &tg_asgd, hours);
    tg_prediction *q =
        predict("{law: lognormal, mean: 60, cv: 0.5}", 30, 1, .1, .02, &tg_asgd, minutes);

    (void)state;
    assert_near(q->rate * 60, p->rate, 1e-6 * p->rate);
    assert_near(q->settle / 60, p->settle, 1e-6 * p->settle);
    assert_near(q->floor, p->floor, 1e-9 * p->floor);
    assert_near(q->threshold, p->threshold, 1e-9);
    for (size_t i = 0; i < 61; i++) assert_near(q->loss[i], p->loss[i], 1e-7);
    tg_prediction_free(p);
    tg_prediction_free(q);
}

/* The papers' threshold is 1/P off for P workers; where there is none, nothing is. */
static void
test_error_of_the_threshold(void **state)
{
    tg_prediction *some =
        predict("{law: gamma, shape: 4, mean: 1}", 40, 1, .1, .01, &tg_asgd, bare);
    tg_prediction *none =
        predict("{law: exponential, mean: 1}", 40, 1, .1, .01, &tg_asgd, bare);

    (void)state;
    assert_near(some->threshold_error, some->threshold / 40, 1e-15);
    assert_true(isinf(none->threshold) && none->threshold_error == 0);
    assert_int_equal(none->outcome, TG_CONVERGES);
    tg_prediction_free(some);
    tg_prediction_free(none);
}

/* Without noise the band is what delays shorter by 1 in P + 1 would do at the same damping. */
static void
test_band(void **state)
{
    const tg_predict_plan plan = {
        .horizon = 20, .points = 6, .target = NAN, .level = TG_LEVEL_SDE
    };

    (void)state;
    for (size_t P = 4; P < 100; P *= 4) {
        const double shorter = 1 - 1 / ((double)P + 1), eta = .3 / (double)P;
        char         law[64];
        snprintf(law, sizeof law, "{law: constant, value: %.17g}", shorter);
        tg_prediction *p =
            predict("{law: constant, value: 1}", P, 1, 0, eta, &tg_asgd, plan);
        tg_prediction *q = predict(law, P, 1, 0, eta * shorter, &tg_asgd, plan);
        for (size_t i = 1; i < 6; i++) {
            const double off = fabs(q->loss[i] - p->loss[i]);
            assert_near(p->high[i] - p->loss[i], off, 0.02 * off + 1e-12);
            assert_near(p->loss[i] - p->low[i], fmin(off, p->loss[i]), 0.02 * off + 1e-12);
        }
        tg_prediction_free(p);
        tg_prediction_free(q);
    }
}

/* The trajectory starts at the starting loss and ends at the floor. */
static void
test_trajectory_ends(void **state)
{
    for (const tg_algorithm *const *a = tg_algorithms; *a; a++) {
        const tg_predict_plan plan = {
            .horizon = 200, .points = 101, .target = 0.01, .level = TG_LEVEL_SDE
        };
        tg_prediction *p =
            predict("{law: gamma, shape: 4, mean: 1}", 40, 1, .1, .01, *a, plan);
        (void)state;
        assert_near(p->loss[0], 0.5, 1e-9);
        assert_near(p->loss[100], p->floor, 1e-5 * p->floor);
        for (size_t i = 0; i < 101; i++)
            assert_true(p->low[i] <= p->loss[i] && p->loss[i] <= p->high[i]);
        assert_true(p->settle > 0 && p->settle < 200 && p->settle_error >= 0);
        tg_prediction_free(p);
    }
}

/* Exponential workers: geometric staleness. Any law: sums to 1 with mean P - 1. */
static void
test_staleness(void **state)
{
    static const char *const law[] = { "{law: exponential, mean: 3}",
                                       "{law: constant, value: 1}",
                                       "{law: lognormal, mean: 1, cv: 0.5}" };
    enum { N = 400, P = 20 };
    double p[N];

    (void)state;
    for (int i = 0; i < 3; i++) {
        tg_cluster *c = cluster_of(law[i], P);
        double      sum = 0, mean = 0;
        assert_ok(tg_predict_staleness(c, p, N));
        for (int j = 0; j < N; j++) {
            sum += p[j];
            mean += j * p[j];
            if (i == 0) assert_near(p[j], pow(1 - 1. / P, j) / P, 1e-10);
        }
        assert_near(sum, 1, 1e-6);
        assert_near(mean, P - 1, 1e-3);
        tg_cluster_free(c);
    }
}

/* An unstable mean grows as its equation says. Erlang-2 delays of mean 1 are two stages,
 * y1' = 2 (x - y1), y2' = 2 (y1 - y2), x' = -k y2, integrated here by Runge-Kutta; k = 5 >
 * 4. */
static void
chain(const double z[3], double k, double d[3])
{
    d[0] = -k * z[2];
    d[1] = 2 * (z[0] - z[1]);
    d[2] = 2 * (z[1] - z[2]);
}

static void
chain_step(double z[3], double k, double dt)
{
    static const double c[] = { 0, 0.5, 0.5, 1 }, w[] = { 1. / 6, 1. / 3, 1. / 3, 1. / 6 };
    double              sum[3] = { 0 }, d[3] = { 0 }, at[3];

    for (int s = 0; s < 4; s++) {
        for (int i = 0; i < 3; i++) at[i] = z[i] + c[s] * dt * d[i];
        chain(at, k, d);
        for (int i = 0; i < 3; i++) sum[i] += w[s] * d[i];
    }
    for (int i = 0; i < 3; i++) z[i] += dt * sum[i];
}

static void
test_unstable_trajectory(void **state)
{
    enum { POINTS = 61, FINE = 200 };
    const tg_predict_plan plan = {
        .horizon = 30, .points = POINTS, .target = 0.01, .level = TG_LEVEL_SDE
    };
    const double   k = 5;
    double         z[3] = { 1, 1, 1 };
    tg_prediction *p =
        predict("{law: erlang, stages: 2, mean: 1}", 1000, 1, 0, k / 1000, &tg_asgd, plan);

    (void)state;
    assert_false(p->stable);
    assert_true(isinf(p->settle));
    for (int i = 0; i < POINTS; i++) {
        const double envelope = exp(2 * fmax(-p->rate, 0) * p->t[i]);
        assert_near(p->loss[i], z[0] * z[0] / 2, 1e-6 * envelope);
        for (int s = 0; s < FINE; s++) chain_step(z, k, 0.5 / FINE);
    }
    tg_prediction_free(p);
}

/* Without an exponential rate: over a horizon long against the modes, short against the
 * tail, as good as the root of the law without its last tail; over longer ones it does not
 * rise, and where P(T > t) takes over it falls. */
static void
test_effective_rate(void **state)
{
    static const char *const heavy[] = { "{law: lognormal, mean: 1, cv: 1}",
                                         "{law: pareto, shape: 2.5, mean: 1}" };
    static const char *const cut[] = { "{law: lognormal, mean: 1, cv: 1, at_most: 60}",
                                       "{law: pareto, shape: 2.5, mean: 1, at_most: 60}" };
    (void)state;
    for (int i = 0; i < 2; i++) {
        const tg_predict_plan
            near = { .horizon = 40, .points = 81, .target = NAN, .level = TG_LEVEL_SDE },
            far = { .horizon = 400, .points = 81, .target = NAN, .level = TG_LEVEL_SDE };
        tg_prediction *p = predict(heavy[i], 50, 1, 0, 0.002, &tg_asgd, near);
        tg_prediction *q = predict(cut[i], 50, 1, 0, 0.002, &tg_asgd, near);
        tg_prediction *l = predict(heavy[i], 50, 1, 0, 0.002, &tg_asgd, far);
        assert_true(p->stable && p->effective && p->mode[0].effective && l->effective);
        assert_false(q->effective);
        assert_near(q->rate, -q->mode[0].re, 0);
        if (!(fabs(p->rate - q->rate) < 0.05 * q->rate && l->rate > 0 &&
              l->rate < (i ? 0.97 : 1.01) * p->rate))
            fail_msg("%s: %g near, %g far, %g cut", heavy[i], p->rate, l->rate, q->rate);
        /* the loss without noise is h y^2 / 2 */
        assert_near(-log(p->loss[72] / p->loss[0]) / (2 * p->t[72]), p->rate, 1e-6);
        assert_true(p->rate_error > 0 && p->rate_error < 0.1 * p->rate);
        tg_prediction_free(p);
        tg_prediction_free(q);
        tg_prediction_free(l);
    }
    /* the same of the workers there are, which many are near: over the horizon, however far their course goes */
    for (int i = 0; i < 6; i++) {
        const tg_algorithm   *a = i % 2 ? &tg_dude : &tg_asgd;
        const double          step = i < 2 ? 3e-4 : i < 4 ? 1e-3 : 2.5e-3;
        const tg_predict_plan field = { .horizon = 12,
                                        .points = 25,
                                        .target = NAN,
                                        .level = TG_LEVEL_SDE },
                              finite = { .horizon = 12, .points = 25, .target = NAN };
        tg_prediction *p = predict(heavy[1], 400, 1, 0, step, a, field);
        tg_prediction *q = predict(heavy[1], 400, 1, 0, step, a, finite);
        assert_int_equal(q->level, TG_LEVEL_RENEWAL);
        assert_true(q->effective);
        if (!(fabs(q->rate / p->rate - 1) < 0.02))
            fail_msg("%s, step %g: rate %g, of the mean field %g", a->name, step, q->rate,
                     p->rate);
        tg_prediction_free(p);
        tg_prediction_free(q);
    }
    tg_prediction *bare_one = predict(heavy[0], 50, 1, 0, 0.002, &tg_asgd, bare);
    assert_true(bare_one->effective && bare_one->rate == 0); /* no horizon to speak of */
    tg_prediction_free(bare_one);
}

static void
test_bad_steps(void **state)
{
    tg_cluster    *c = cluster_of("{law: constant, value: 1}", 3);
    double         one = 1, zero = 0;
    const tg_modes m = { .count = 1,
                         .h = &one,
                         .start = &one,
                         .sigma2 = &zero,
                         .shift = &zero,
                         .spread = &zero,
                         .least = 1,
                         .start_loss = .5,
                         .start_covered = .5 };
    tg_prediction *p = NULL;

    (void)state;
    assert_fails(tg_predict(&m, c, &tg_asgd, -1, &bare, &p), TG_EDOMAIN, "step");
    assert_fails(tg_predict(&m, c, &tg_asgd, NAN, &bare, &p), TG_EDOMAIN, "step");
    assert_null(p);
    tg_cluster_free(c);
}

/* DuDe-ASGD begins when the last of all workers has delivered: P exponential ones take m H_P
 * whenever they begin; P constant ones m, or the largest of P uniform rests m P/(P + 1); of
 * groups that differ, the slow one alone takes longest. */
static void
test_waiting(void **state)
{
    static const struct {
        const char *law[2];
        size_t      groups, count[2];
        bool        together;
        double      wait;
    } want[] = {
        { { "{law: exponential, mean: 2}" },
          1,
          { 4 },
          true,
          2 * (1 + 1. / 2 + 1. / 3 + 1. / 4) },
        { { "{law: exponential, mean: 2}" },
          1,
          { 4 },
          false,
          2 * (1 + 1. / 2 + 1. / 3 + 1. / 4) },
        { { "{law: constant, value: 3}" }, 1, { 5 }, true, 3 },
        { { "{law: constant, value: 3}" }, 1, { 5 }, false, 3 * 5. / 6 },
        { { "{law: exponential, mean: 1}", "{law: exponential, mean: 2}" },
          2,
          { 1, 1 },
          false,
          1 + 2 - 2. / 3 },
        { { "{law: exponential, mean: 1}", "{law: constant, value: 2}" },
          2,
          { 0, 3 },
          true,
          2 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        tg_delay   *law[2] = { NULL, NULL };
        tg_cluster *c = NULL;
        tg_case     at;
        for (size_t g = 0; g < want[i].groups; g++)
            assert_ok(tg_delay_parse(want[i].law[g], &law[g]));
        assert_ok(
            tg_cluster_create(want[i].groups, want[i].count, law, want[i].together, &c));
        assert_ok(tg_case_open(c, &tg_dude, 0.01, &at));
        assert_near(at.wait, want[i].wait, 5e-3 * want[i].wait);
        tg_case_close(&at);
        tg_cluster_free(c);
        tg_delay_free(law[0]);
        tg_delay_free(law[1]);
    }
}

RUN(cmocka_unit_test(test_waiting), cmocka_unit_test(test_constant_delay),
    cmocka_unit_test(test_band), cmocka_unit_test(test_error_of_the_threshold),
    cmocka_unit_test(test_dude), cmocka_unit_test(test_last_worker_delivers),
    cmocka_unit_test(test_units_of_time), cmocka_unit_test(test_trajectory_ends),
    cmocka_unit_test(test_staleness), cmocka_unit_test(test_unstable_trajectory),
    cmocka_unit_test(test_effective_rate), cmocka_unit_test(test_bad_steps))
