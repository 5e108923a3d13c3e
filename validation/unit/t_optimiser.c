/* Optimisers and schedules, each against a closed form or another way to write it. */
#include "validation/unit/rules.h"

#include "asgd/optimisers/optimiser.h"

enum { STEPS = 60 };
static const double ETA = 0.07;

/* A trajectory along directions that are given: x_1 .. x_STEPS. Two coordinates move alike, and
 * nothing behind them. */
static void
along(const tg_optimiser_kind *kind, tg_choice c, double x0, const double *d, double decay,
      double *x)
{
    double room[5] = { 0, 0, 0, 0, 7 }, now[] = { x0, x0, 7 };

    for (int k = 0; k < STEPS; k++) {
        const tg_move m = { .d = (double[]){ d[k], d[k], 1 },
                            .x = now,
                            .out = now,
                            .rate = ETA,
                            .decay = decay,
                            .number = (uint64_t)k + 1 };
        kind->step(c.param, room, 2, &m);
        assert_true(now[0] == now[1] && now[2] == 7 && room[4] == 7);
        x[k] = now[0];
    }
    assert_true(!kind->room || kind->room(2) <= 4);
}

/* On f = h x^2/2 from 1: x_1 .. x_STEPS. */
static void
downhill(const tg_optimiser_kind *kind, tg_choice c, double h, double *x)
{
    double room[2] = { 0 }, now = 1;

    for (int k = 0; k < STEPS; k++) {
        const double  d = h * now;
        const tg_move m = {
            .d = &d, .x = &now, .out = &now, .rate = ETA, .number = (uint64_t)k + 1
        };
        kind->step(c.param, room, 1, &m);
        x[k] = now;
    }
}

static tg_choice
with(const tg_optimiser_kind *kind, const char *param, double value)
{
    tg_choice c = tg_choice_of(&kind->is);

    assert_ok(tg_choice_set(&c, param, value));
    return c;
}

static void
constant(double value, double *d)
{
    for (int k = 0; k < STEPS; k++) d[k] = value;
}

static void
varied(double *d)
{
    for (int k = 0; k < STEPS; k++) d[k] = sin(k + 1.) + .3;
}

/* Directions alone: x_k = x_0 - eta sum d. */
static void
test_plain(void **state)
{
    double d[STEPS], x[STEPS], at = 3;

    (void)state;
    varied(d);
    along(&tg_optimiser_sgd, tg_choice_of(&tg_optimiser_sgd.is), 3, d, 0, x);
    for (int k = 0; k < STEPS; k++) assert_near(x[k], at -= ETA * d[k], 1e-14);
}

/* Weight decay alone: x_k = x_0 (1 - eta decay)^k, for AdamW too. */
static void
test_decay(void **state)
{
    static const tg_optimiser_kind *const by_power[] = { &tg_optimiser_sgd,
                                                         &tg_optimiser_adamw };
    double                                d[STEPS], x[STEPS];

    (void)state;
    constant(0, d);
    for (int i = 0; i < 2; i++) {
        along(by_power[i], tg_choice_of(&by_power[i]->is), 3, d, .5, x);
        for (int k = 0; k < STEPS; k++)
            assert_near(x[k], 3 * pow(1 - ETA * .5, k + 1), 1e-14);
    }
}

/* Heavy ball is the recursion of second order x_{k+1} = x_k - eta h x_k + beta (x_k -
 * x_{k-1}): on a quadratic its envelope is beta^{k/2}, x_k = beta^{k/2} (cos k w + c sin k
 * w), cos w = (1 + beta - eta h)/(2 sqrt beta). */
static void
test_heavy_ball(void **state)
{
    const double beta = .81, h = 3, cosine = (1 + beta - ETA * h) / (2 * sqrt(beta)),
                 w = acos(cosine),
                 c = ((1 - ETA * h) / sqrt(beta) - cosine) / sin(w); /* x_1 = 1 - eta h */
    double x[STEPS];

    (void)state;
    downhill(&tg_optimiser_heavy_ball, with(&tg_optimiser_heavy_ball, "momentum", beta), h,
             x);
    for (int k = 1; k <= STEPS; k++)
        assert_near(x[k - 1], pow(beta, k / 2.) * (cos(k * w) + c * sin(k * w)), 1e-13);
}

/* Nesterov's two sequences: y_{k+1} = x_k - eta grad(x_k), x_{k+1} = y_{k+1} + beta
 * (y_{k+1} - y_k). */
static void
test_nesterov(void **state)
{
    const double beta = .9, h = 3;
    double       x[STEPS], at = 1, y = 1;

    (void)state;
    downhill(&tg_optimiser_nesterov, with(&tg_optimiser_nesterov, "momentum", beta), h, x);
    for (int k = 0; k < STEPS; k++) {
        const double next = at - ETA * h * at;
        at = next + beta * (next - y);
        y = next;
        assert_near(x[k], at, 1e-13);
    }
}

/* Without momentum both are plain. */
static void
test_no_momentum(void **state)
{
    static const tg_optimiser_kind *const all[] = { &tg_optimiser_heavy_ball,
                                                    &tg_optimiser_nesterov };
    double                                plain[STEPS], x[STEPS];

    (void)state;
    downhill(&tg_optimiser_sgd, tg_choice_of(&tg_optimiser_sgd.is), 2, plain);
    for (int i = 0; i < 2; i++) {
        downhill(all[i], with(all[i], "momentum", 0), 2, x);
        assert_memory_equal(x, plain, sizeof x);
    }
    for (int k = 0; k < STEPS; k++) assert_near(plain[k], pow(1 - ETA * 2, k + 1), 1e-15);
}

/* The sums written out: s_k = sum d_i^2; rho-weighted; Adam's two means with their bias
 * taken away. */
static void
test_adaptive(void **state)
{
    const double b1 = .9, b2 = .999, rho = .99, small = 1e-8;
    double       d[STEPS], x[4][STEPS], at[4] = { 2, 2, 2, 2 };

    (void)state;
    varied(d);
    along(&tg_optimiser_adagrad, tg_choice_of(&tg_optimiser_adagrad.is), 2, d, 0, x[0]);
    along(&tg_optimiser_rmsprop, tg_choice_of(&tg_optimiser_rmsprop.is), 2, d, 0, x[1]);
    along(&tg_optimiser_adam, tg_choice_of(&tg_optimiser_adam.is), 2, d, 0, x[2]);
    along(&tg_optimiser_adamw, tg_choice_of(&tg_optimiser_adamw.is), 2, d, .1, x[3]);
    for (int k = 1; k <= STEPS; k++) {
        double sum = 0, mean_square = 0, first = 0, second = 0;
        for (int i = 1; i <= k; i++) {
            const double g = d[i - 1];
            sum += g * g;
            mean_square += (1 - rho) * pow(rho, k - i) * g * g;
            first += (1 - b1) * pow(b1, k - i) * g / (1 - pow(b1, k));
            second += (1 - b2) * pow(b2, k - i) * g * g / (1 - pow(b2, k));
        }
        const double move = first / (sqrt(second) + small);
        at[0] -= ETA * d[k - 1] / (sqrt(sum) + small);
        at[1] -= ETA * d[k - 1] / (sqrt(mean_square) + small);
        at[2] -= ETA * move;
        at[3] = (1 - ETA * .1) * at[3] - ETA * move;
        for (int i = 0; i < 4; i++) assert_near(x[i][k - 1], at[i], 1e-12);
    }
}

/* Under one and the same gradient Adam moves by eta each step, Adagrad by eta/sqrt k,
 * whatever its size; decay within makes Adam's gradient. */
static void
test_scale_does_not_count(void **state)
{
    double d[STEPS], x[STEPS], sum = 0;

    (void)state;
    for (double size = 1e-3; size < 1e4; size *= 1e3) {
        constant(size, d);
        along(&tg_optimiser_adam, with(&tg_optimiser_adam, "epsilon", 0), 5, d, 0, x);
        for (int k = 0; k < STEPS; k++) assert_near(x[k], 5 - ETA * (k + 1), 1e-12);
        along(&tg_optimiser_adagrad, with(&tg_optimiser_adagrad, "epsilon", 0), 5, d, 0, x);
        sum = 0;
        for (int k = 0; k < STEPS; k++)
            assert_near(x[k], 5 - ETA * (sum += 1 / sqrt(k + 1)), 1e-12);
    }
    constant(0, d);
    along(&tg_optimiser_adam, with(&tg_optimiser_adam, "epsilon", 0), 5, d, .01, x);
    assert_near(x[0], 5 - ETA, 1e-14);
}

static double
factor(const tg_schedule_kind *kind, const tg_choice *c, uint64_t k)
{
    return kind->factor(c->param, k);
}

static void
test_schedules(void **state)
{
    tg_choice c = tg_choice_of(&tg_schedule_cosine.is), i, s, w;

    (void)state;
    assert_fails(tg_choice_check(&c), TG_EDOMAIN, "cosine needs updates");
    assert_ok(tg_choice_set(&c, "updates", 100));
    assert_ok(tg_choice_set(&c, "least", .2));
    assert_near(factor(&tg_schedule_cosine, &c, 0), 1, 0);
    assert_near(factor(&tg_schedule_cosine, &c, 50), .6, 1e-15);
    assert_near(factor(&tg_schedule_cosine, &c, 100), .2, 1e-15);
    assert_near(factor(&tg_schedule_cosine, &c, 1000), .2, 1e-15);
    i = tg_choice_of(&tg_schedule_inverse_sqrt.is);
    assert_ok(tg_choice_set(&i, "after", 10));
    assert_near(factor(&tg_schedule_inverse_sqrt, &i, 0), 1, 0);
    assert_near(factor(&tg_schedule_inverse_sqrt, &i, 30), .5, 1e-15);
    s = tg_choice_of(&tg_schedule_step.is);
    assert_ok(tg_choice_set(&s, "every", 10));
    assert_near(factor(&tg_schedule_step, &s, 9), 1, 0);
    assert_near(factor(&tg_schedule_step, &s, 10), .1, 1e-15);
    assert_near(factor(&tg_schedule_step, &s, 29), .01, 1e-15);
    assert_ok(tg_choice_set(&s, "factor", .5));
    assert_near(factor(&tg_schedule_step, &s, 29), .25, 1e-15);
    w = tg_choice_of(&tg_schedule_constant.is);
    assert_ok(tg_choice_set(&w, "warmup", 4));
    for (uint64_t k = 0; k < 8; k++)
        assert_near(factor(&tg_schedule_constant, &w, k), fmin(1, ((double)k + 1) / 4), 0);
}

/* In the simulator: a schedule is the step of each update, a clipped direction is eta times
 * the bound long, and momentum under one worker is momentum on the quadratic. */
static void
test_in_the_simulator(void **state)
{
    const double beta = .81, h = 1, x0 = 1, none = 0;
    double       x[STEPS];
    tg_cluster  *c = random_cluster(1, 1, true);
    tg_problem  *p = NULL;

    (void)state;
    assert_ok(tg_problem_quadratic(1, &h, &x0, &none, 1, NULL, &p));
    tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), ETA, 1);
    u.optimiser = with(&tg_optimiser_heavy_ball, "momentum", beta);
    downhill(&tg_optimiser_heavy_ball, u.optimiser, h, x);
    tg_sim *s = simulation(&u, 0);
    for (int k = 0; k < STEPS; k++) {
        advance(s);
        assert_near(*tg_sim_model(s), x[k], 0);
    }
    tg_sim_free(s);
    u.optimiser = (tg_choice){ 0 };
    u.clip = .5;
    s = simulation(&u, 0);
    for (int k = 1; k <= 7; k++) {
        advance(s);
        assert_near(*tg_sim_model(s), 1 - k * ETA * .5, 1e-15);
    }
    tg_sim_free(s);
    u.clip = 0;
    u.schedule = tg_choice_of(&tg_schedule_inverse_sqrt.is);
    s = simulation(&u, 0);
    double at = 1;
    for (int k = 0; k < STEPS; k++) {
        advance(s);
        at *= 1 - ETA / sqrt(1 + k);
        assert_near(*tg_sim_model(s), at, 1e-14);
    }
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* The norm is of the gradient, not of what a rule keeps behind it: wait with a limit that nobody meets is
 * asgd. */
static void
test_clip_of_the_gradient(void **state)
{
    const double h = 1, x0 = 3, none = 0;
    tg_cluster  *c = random_cluster(1, 6, true);
    tg_problem  *p = NULL;
    tg_choice    wait = rule_with(&tg_rule_wait, "limit", 1000);

    (void)state;
    assert_ok(tg_problem_quadratic(1, &h, &x0, &none, 6, NULL, &p));
    tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), ETA, 1);
    u.clip = .5;
    tg_sim *one = simulation(&u, 0);
    u.rule = wait;
    tg_sim *other = simulation(&u, 0);
    for (int k = 0; k < 60; k++) {
        advance(one);
        advance(other);
        assert_near(*tg_sim_model(other), *tg_sim_model(one), 0);
    }
    tg_sim_free(one);
    tg_sim_free(other);
    tg_problem_free(p);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_plain), cmocka_unit_test(test_decay),
    cmocka_unit_test(test_heavy_ball), cmocka_unit_test(test_nesterov),
    cmocka_unit_test(test_no_momentum), cmocka_unit_test(test_adaptive),
    cmocka_unit_test(test_scale_does_not_count), cmocka_unit_test(test_schedules),
    cmocka_unit_test(test_in_the_simulator), cmocka_unit_test(test_clip_of_the_gradient))
