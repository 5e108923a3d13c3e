/* What a prediction does not depend on: units of time, of x and of the loss; the order of
 * groups and of modes; whether equal workers are written as one group or two. */
#include "validation/unit/check.h"

#include "asgd/problems/problem.h"
#include "asgd/theory/predict.h"

/* Level exact reads trajectories off grids; renewal off grids that follow from a root, and
 * states 1e-3, of rates under DuDe-ASGD 3e-3. */
static const double CLOSED = 1e-9, FINE = 1e-4, GRIDS = 3e-3;

enum { MODES = 3, MOST_WORKERS = 64 };

typedef struct question {
    const char         *law[2]; /* with %.17g for the mean */
    double              mean[2];
    size_t              count[2];
    const tg_algorithm *algorithm;
    bool                together, biased;
    double              gain;
    tg_level            level;
} question;

static const question questions[] = {
    { { "{law: gamma, shape: 4, mean: %.17g}", NULL },
      { 1, 1 },
      { 24, 0 },
      &tg_asgd,
      false,
      false,
      .5,
      TG_LEVEL_BEST },
    { { "{law: gamma, shape: 4, mean: %.17g}", "{law: exponential, mean: %.17g}" },
      { 1, 3 },
      { 12, 8 },
      &tg_asgd,
      false,
      true,
      .4,
      TG_LEVEL_BEST },
    { { "{law: lognormal, mean: %.17g, cv: 0.7}", "{law: gamma, shape: 9, mean: %.17g}" },
      { 1, 2 },
      { 10, 10 },
      &tg_dude,
      true,
      false,
      .3,
      TG_LEVEL_BEST },
    { { "{law: exponential, mean: %.17g}", NULL },
      { 1, 1 },
      { 10, 0 },
      &tg_asgd,
      true,
      true,
      .3,
      TG_LEVEL_BEST },
    { { "{law: exponential, mean: %.17g}", NULL },
      { 1, 1 },
      { 12, 0 },
      &tg_dude,
      false,
      false,
      .3,
      TG_LEVEL_BEST },
    { { "{law: weibull, shape: 2, mean: %.17g}", NULL },
      { 1, 1 },
      { 1, 0 },
      &tg_asgd,
      true,
      false,
      .3,
      TG_LEVEL_BEST },
    { { "{law: gamma, shape: 4, mean: %.17g}", "{law: exponential, mean: %.17g}" },
      { 1, 3 },
      { 12, 8 },
      &tg_asgd,
      false,
      true,
      .4,
      TG_LEVEL_SDE },
    { { "{law: gamma, shape: 4, mean: %.17g}", "{law: exponential, mean: %.17g}" },
      { 1, 3 },
      { 12, 8 },
      &tg_dude,
      true,
      true,
      .4,
      TG_LEVEL_SDE },
    { { "{law: gamma, shape: 4, mean: %.17g}", NULL },
      { 1, 1 },
      { 16, 0 },
      &tg_asgd,
      true,
      false,
      .4,
      TG_LEVEL_JUMP },
};

/* The same in other words. */
typedef struct words {
    double time, x, loss; /* units, powers of 2 */
    bool   reversed, split;
} words;

static tg_cluster *
cluster_of(const question *q, const words *w)
{
    tg_delay   *law[4];
    size_t      count[4], n = 0;
    tg_cluster *c = NULL;
    char        text[128];

    for (int i = 0; i < 2; i++) {
        const int g = w->reversed ? 1 - i : i;
        if (!q->law[g]) continue;
        const size_t half = w->split ? q->count[g] / 2 : 0;
        for (int part = half ? 0 : 1; part < 2; part++) {
            snprintf(text, sizeof text, q->law[g], q->mean[g] * w->time);
            assert_ok(tg_delay_parse(text, &law[n]));
            count[n++] = part ? q->count[g] - half : half;
        }
    }
    assert_ok(tg_cluster_create(n, count, law, q->together, &c));
    for (size_t i = 0; i < n; i++) tg_delay_free(law[i]);
    return c;
}

static void
modes_of(const question *q, const words *w, const tg_cluster *c, tg_modes *m)
{
    const double unit = w->loss / (w->x * w->x);
    double       h[MODES], start[MODES], sigma[MODES], minima[MOST_WORKERS * MODES];
    double       weight[MOST_WORKERS];
    tg_problem  *p = NULL;

    for (int i = 0; i < MODES; i++) {
        const int j = w->reversed ? MODES - 1 - i : i;
        h[i] = unit * (double[]){ 1, .3, .05 }[j];
        start[i] = w->x * (double[]){ 1, -2, 1.5 }[j];
        sigma[i] = w->loss / w->x * (double[]){ .1, .05, .2 }[j];
        for (size_t k = 0; k < c->workers; k++) { /* minima by mean time, not by place */
            const double slow = tg_delay_mean(c->of[k]) / w->time - 1;
            minima[k * MODES + (size_t)i] = q->biased ? w->x * .1 * (j + 1) * slow : 0;
        }
    }
    assert_ok(tg_problem_quadratic(MODES, h, start, sigma, c->workers, minima, &p));
    tg_cluster_weights(c, weight);
    assert_ok(tg_problem_modes(p, weight, m));
    tg_problem_free(p);
}

static tg_prediction *
predict(const question *q, const words *w)
{
    tg_cluster     *c = cluster_of(q, w);
    tg_modes        m;
    tg_prediction  *p = NULL;
    tg_predict_plan plan = { .horizon = 60 * w->time,
                             .points = 31,
                             .target = .05 * w->loss,
                             .level = q->level,
                             .single = q->level == TG_LEVEL_BEST };

    modes_of(q, w, c, &m);
    assert_ok(tg_predict(&m, c, q->algorithm,
                         q->gain / (double)c->workers * w->x * w->x / w->loss, &plan, &p));
    tg_modes_free(&m);
    tg_cluster_free(c);
    return p;
}

static size_t asked;

static void
same(const char *what, double got, double want, double bound)
{
    if (isnan(want) ? isnan(got)
                    : got == want || fabs(got - want) <= bound * fabs(want) + 1e-300)
        return;
    fail_msg("question %zu: %s: %.17g instead of %.17g", asked, what, got, want);
}

static void
same_modes(const tg_prediction *p, const tg_prediction *q, const words *w, double bound)
{
    assert_int_equal(p->modes, q->modes);
    for (size_t i = 0; i < p->modes; i++) {
        const tg_mode_prediction *a = &p->mode[i];
        const tg_mode_prediction *b = &q->mode[w->reversed ? q->modes - 1 - i : i];
        same("h", a->h, b->h * w->loss / (w->x * w->x), 1e-12);
        same("gain of a mode", a->gain, b->gain, 1e-12);
        same("rate of a mode", a->rate * w->time, b->rate, bound);
        same("frequency of a mode", a->im * w->time, b->im, bound);
        same("variance", a->variance, b->variance * w->x * w->x, bound);
        if (fabs(b->bias) > 1e-9) same("bias", a->bias, b->bias * w->x, bound);
        assert_int_equal(a->unstable, b->unstable);
        assert_int_equal(a->settles, b->settles);
    }
}

static void
same_prediction(const tg_prediction *p, const tg_prediction *q, const words *w,
                double bound)
{
    const double t = w->time, eta = w->x * w->x / w->loss;

    assert_int_equal(p->level, q->level);
    assert_int_equal(p->outcome, q->outcome);
    same("lambda", p->lambda * t, q->lambda, 1e-12);
    same("mean delay", p->delay_mean, q->delay_mean * t, 1e-12);
    same("CV", p->delay_cv, q->delay_cv, 1e-12);
    same("longest", p->longest, q->longest * t, 1e-12);
    same("gain", p->gain, q->gain, 1e-12);
    same("threshold", p->threshold, q->threshold, 1e-9);
    same("threshold in mean square", p->threshold_square, q->threshold_square, bound);
    same("its error", p->threshold_error, q->threshold_error, 100 * bound);
    if (!isnan(q->threshold_single))
        assert_near(p->threshold_single, q->threshold_single,
                    4 * hypot(p->single_error, q->single_error));
    same("largest step", p->step_limit, q->step_limit * eta, bound);
    same("most workers", p->workers_limit, q->workers_limit, bound);
    same("rate", p->rate * t, q->rate, bound);
    same("floor", p->floor, q->floor * w->loss, bound);
    same("bias loss", p->bias_loss, q->bias_loss * w->loss, bound);
    same("resolved", p->resolved, q->resolved, bound);
    same("settles", p->settle, q->settle * t, fmax(bound, 1e-6));
    same_modes(p, q, w, bound);
    assert_int_equal(p->points, q->points);
    for (size_t i = 0; i < p->points; i++) {
        same("time", p->t[i], q->t[i] * t, 1e-12);
        same("loss", p->loss[i], q->loss[i] * w->loss, bound);
        same("low", p->low[i], q->low[i] * w->loss, fmax(30 * bound, 1e-5));
        same("high", p->high[i], q->high[i] * w->loss, fmax(30 * bound, 1e-5));
    }
}

static void
hold(const words *w)
{
    static const words plain = { 1, 1, 1, false, false };

    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        tg_prediction *p = predict(&questions[i], w), *q = predict(&questions[i], &plain);
        asked = i;
        same_prediction(p, q, w,
                        q->level == TG_LEVEL_RENEWAL ? GRIDS
                        : q->level == TG_LEVEL_EXACT ? FINE
                                                     : CLOSED);
        tg_prediction_free(p);
        tg_prediction_free(q);
    }
}

static void
test_units(void **state)
{
    (void)state;
    hold(&(words){ 0x1p-20, 1, 1, false, false });
    hold(&(words){ 0x1p12, 1, 1, false, false });
    hold(&(words){ 1, 0x1p10, 1, false, false });
    hold(&(words){ 1, 1, 0x1p-16, false, false });
}

static void
test_order(void **state)
{
    (void)state;
    hold(&(words){ 1, 1, 1, true, false });
}

static void
test_groups(void **state)
{
    (void)state;
    hold(&(words){ 1, 1, 1, false, true });
}

RUN(cmocka_unit_test(test_units), cmocka_unit_test(test_order),
    cmocka_unit_test(test_groups))
