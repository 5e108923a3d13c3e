/* Many modes, found at few gains and between, against the same modes in portions so small that each is solved:
 * within what the interpolation states of itself, for every way and shape of spectrum. */
#include "validation/unit/check.h"

#include "asgd/problems/problem.h"
#include "asgd/theory/predict.h"

/* Of the loss; late, when few slow modes are left whose neighbours are long gone. */
static const double NEAR = 3e-3, LATE = 6e-3;

enum { POINTS = 121, PORTION = 20 };

typedef enum shape { EVEN_LOGS, BULK, REPEATED, PAST_THE_LIMIT } shape;

typedef struct question {
    const char *law[2];
    size_t      count[2];
    const char *rule;
    bool        together;
    double      part; /* of the limit, that the steepest mode is at */
    shape       shape;
    size_t      modes;
    double      horizon;
} question;

static const char GAMMA4[] = "{law: gamma, shape: 4, mean: 1}";
static const char GAMMA2[] = "{law: gamma, shape: 2, mean: 1}";
static const char EXPONENTIAL[] = "{law: exponential, mean: 1}";
static const char LOGNORMAL[] = "{law: lognormal, mean: 1, cv: .8}";
static const char PARETO[] = "{law: pareto, shape: 2.5, mean: 1}";
static const char SLOW[] = "{law: gamma, shape: 2, mean: 4}";

static const question questions[] = {
    { { GAMMA4 }, { 8 }, "asgd", false, .35, EVEN_LOGS, 120, 120 },
    { { GAMMA4 }, { 8 }, "asgd", true, .8, EVEN_LOGS, 120, 120 },
    { { GAMMA2 }, { 3 }, "asgd", false, .9, EVEN_LOGS, 90, 60 },
    { { GAMMA4 }, { 12 }, "dude", false, .6, EVEN_LOGS, 120, 100 },
    { { LOGNORMAL }, { 16 }, "asgd", false, .9, EVEN_LOGS, 120, 100 },
    { { LOGNORMAL }, { 1 }, "asgd", false, .7, EVEN_LOGS, 120, 40 },
    { { PARETO }, { 40 }, "asgd", false, .5, BULK, 300, 80 },
    { { EXPONENTIAL }, { 6 }, "asgd", false, .6, REPEATED, 90, 50 },
    { { EXPONENTIAL }, { 6 }, "heavy_ball", false, .6, EVEN_LOGS, 100, 50 },
    { { GAMMA4, SLOW }, { 6, 3 }, "asgd", false, .7, EVEN_LOGS, 100, 80 },
    { { GAMMA4, SLOW }, { 6, 3 }, "dude", false, .5, EVEN_LOGS, 100, 80 },
    { { GAMMA4 }, { 8 }, "asgd", false, .02, EVEN_LOGS, 100, 1e-3 },
    { { GAMMA4 }, { 8 }, "asgd", false, .02, EVEN_LOGS, 100, 1e5 },
    { { LOGNORMAL }, { 1 }, "dude", false, .03, EVEN_LOGS, 100, 20 },
    { { GAMMA2 }, { 3 }, "asgd", false, 1.6, PAST_THE_LIMIT, 80, 12 },
};

static double
number_of(const question *q)
{
    return strcmp(q->rule, "heavy_ball") ? 0 : .5;
}

static tg_cluster *
cluster(const question *q)
{
    tg_delay    *law[2] = { NULL };
    tg_cluster  *c = NULL;
    const size_t groups = q->law[1] ? 2 : 1;

    for (size_t g = 0; g < groups; g++) assert_ok(tg_delay_parse(q->law[g], &law[g]));
    assert_ok(tg_cluster_create(groups, q->count, law, q->together, &c));
    for (size_t g = 0; g < groups; g++) tg_delay_free(law[g]);
    return c;
}

static double
eigenvalue(const question *q, size_t j)
{
    const double part = (double)j / (double)(q->modes - 1);

    switch (q->shape) {
    case BULK:
        return j == 0 ? 1 : j < 4 ? .8 - .1 * (double)j : .02 + .03 * part;
    case REPEATED:
        return j % 3 == 0 ? 1 : j % 3 == 1 ? .3 : .01;
    default:
        return pow(1e-3, part);
    }
}

/* Start and noise move unevenly from mode to mode. */
static tg_modes
modes(const question *q)
{
    tg_modes m;

    assert_ok(tg_modes_alloc(q->modes, 0, &m));
    m.least = eigenvalue(q, q->modes - 1);
    for (size_t j = 0; j < q->modes; j++) {
        m.h[j] = eigenvalue(q, j);
        m.start[j] = 1 + .5 * sin((double)j);
        m.sigma2[j] = .01 * (1 + .9 * cos(2. * (double)j));
        m.start_loss += m.h[j] / 2 * m.start[j] * m.start[j];
    }
    m.start_covered = m.start_loss;
    return m;
}

static tg_modes
portion(const tg_modes *m, size_t first)
{
    tg_modes p = *m;

    p.h += first;
    p.start += first;
    p.sigma2 += first;
    p.shift += first;
    p.spread += first;
    p.count = m->count - first < PORTION ? m->count - first : PORTION;
    p.least = INFINITY;
    p.start_loss = 0;
    for (size_t j = 0; j < p.count; j++) {
        p.least = fmin(p.least, p.h[j]);
        p.start_loss += p.h[j] / 2 * p.start[j] * p.start[j];
    }
    p.start_covered = p.start_loss;
    return p;
}

static double
limit_of(const question *q, const tg_cluster *c, const tg_modes *m)
{
    const tg_modes        top = portion(m, 0);
    const tg_predict_plan plan = { .horizon = 1, .target = NAN };
    tg_modes              one = top;
    tg_prediction        *p = NULL;

    one.count = 1;
    assert_ok(tg_predict_rule(&one, c, q->rule, number_of(q), .01, &plan, &p));
    const double limit = p->step_limit;
    tg_prediction_free(p);
    return limit;
}

/* Of two modes' kinds and variances. */
static void
check_modes(const tg_prediction *all, const tg_prediction *some, size_t first)
{
    for (size_t j = 0; j < some->modes; j++) {
        const tg_mode_prediction *a = &all->mode[first + j], *b = &some->mode[j];
        assert_int_equal(a->settles, b->settles);
        assert_true(a->h == b->h);
        if (b->settles)
            assert_near(a->variance, b->variance, .02 * b->variance);
        else
            assert_true(isinf(a->variance));
    }
}

/* Within what is stated beyond what the portions state, which is no more than twice that and thrice the bound. */
static void
check_losses(const tg_prediction *all, const double *loss, const double *stated,
             double bound)
{
    for (size_t i = 0; i < POINTS; i++) {
        const double own = all->high[i] - all->loss[i];
        if (isinf(loss[i])) {
            assert_true(isinf(all->loss[i]));
            continue;
        }
        assert_near(all->loss[i], loss[i], fmin(own, bound * loss[i]) + 1e-12);
        assert_true(own <= 2 * stated[i] + 3 * bound * loss[i]);
    }
}

static void
check_question(const question *q)
{
    tg_cluster           *c = cluster(q);
    tg_modes              m = modes(q);
    const double          step = q->part * limit_of(q, c, &m);
    const tg_predict_plan plan = { .horizon = q->horizon, .points = POINTS, .target = NAN };
    tg_prediction        *all = NULL;
    double loss[POINTS] = { 0 }, stated[POINTS] = { 0 }, floor = 0, rate = INFINITY;

    assert_ok(tg_predict_rule(&m, c, q->rule, number_of(q), step, &plan, &all));
    for (size_t first = 0; first < m.count; first += PORTION) {
        const tg_modes some = portion(&m, first);
        tg_prediction *p = NULL;
        assert_ok(tg_predict_rule(&some, c, q->rule, number_of(q), step, &plan, &p));
        for (size_t i = 0; i < POINTS; i++) {
            loss[i] += p->loss[i];
            stated[i] += p->high[i] - p->loss[i];
        }
        floor += p->floor;
        rate = fmin(rate, p->rate);
        check_modes(all, p, first);
        tg_prediction_free(p);
    }
    printf("%s %zu %g %g\n", q->law[0], q->count[0], q->part, q->horizon);
    check_losses(all, loss, stated, q->horizon > 1e4 ? LATE : NEAR);
    if (isfinite(floor))
        assert_near(all->floor, floor, 1e-3 * floor);
    else
        assert_true(isinf(all->floor));
    assert_near(all->rate, rate, 1e-4 * fabs(rate));
    tg_prediction_free(all);
    tg_modes_free(&m);
    tg_cluster_free(c);
}

static void
test_many_modes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        check_question(&questions[i]);
}

/* Control: a step one hundredth longer is no longer within the bound. */
static void
test_another_step_is_seen(void **state)
{
    const question       *q = &questions[0];
    tg_cluster           *c = cluster(q);
    tg_modes              m = modes(q);
    const double          step = q->part * limit_of(q, c, &m);
    const tg_predict_plan plan = { .horizon = q->horizon, .points = POINTS, .target = NAN };
    tg_prediction        *p[2] = { NULL };
    double                most = 0;

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_ok(tg_predict_rule(&m, c, q->rule, number_of(q), step * (1 + .01 * i), &plan,
                                  &p[i]));
    for (size_t i = 0; i < POINTS; i++)
        most = fmax(most, fabs(p[1]->loss[i] / p[0]->loss[i] - 1));
    assert_true(most > 2 * NEAR);
    for (int i = 0; i < 2; i++) tg_prediction_free(p[i]);
    tg_modes_free(&m);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_many_modes), cmocka_unit_test(test_another_step_is_seen))
