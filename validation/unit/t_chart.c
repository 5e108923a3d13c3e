/* Charts: every cell against the same loop solved by itself; boundary curves against closed
 * forms and against tg_loop_threshold(). */
#include "core/lambert.h"
#include "core/law.h"
#include "roots/chart.h"
#include "roots/threshold.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { NX = 60, NY = 25 };

typedef struct scene {
    tg_delay        *delay;
    const tg_filter *filter;
    double           cv; /* of the law in force */
    tg_status        status;
    size_t           asked; /* for loops */
} scene;

static tg_status
gain_and_damping(double x, double y, void *context, tg_loop *out)
{
    scene *c = context;

    c->asked++;
    *out = (tg_loop){
        .a = x, .b = y, .delay = c->delay, .filter = c->filter, .lambda = 10, .param = 0.5
    };
    return c->status;
}

static scene
make(const char *law, const char *filter)
{
    scene c = { .filter = filter ? tg_filter_find(filter) : NULL };

    if (tg_delay_parse(law, &c.delay) != TG_OK) fail_msg("%s: %s", law, tg_message());
    return c;
}

static void
check_grid(const char *law, const char *filter)
{
    static tg_chart_cell cell[NX * NY];
    scene                c = make(law, filter);
    const tg_chart_plan  p = { .x = { 0.03, 6, NX, 1 },
                               .y = { 0, 1.5, NY, 0 },
                               .loop = gain_and_damping,
                               .context = &c };
    size_t               proved = 0;

    if (tg_chart_grid(&p, cell, &proved) != TG_OK) fail_msg("%s: %s", law, tg_message());
    assert_true(c.asked <
                NX * NY * 11 / 10); /* what is counted right is not solved again */
    /* one in eight each way and where the kind of root changes; W_0 is always proved */
    if (!strncmp(law, "{law: constant", 14) && !filter)
        assert_int_equal(proved, NX * NY);
    else
        assert_true(proved > 0 && proved <= NX * NY / 7);
    for (size_t k = 0; k < NX * NY; k++) {
        tg_loop      l;
        tg_rightmost r;
        assert_int_equal(gain_and_damping(tg_chart_value(&p.x, k % NX),
                                          tg_chart_value(&p.y, k / NX), &c, &l),
                         TG_OK);
        if (tg_loop_rightmost(&l, &r) != TG_OK) fail_msg("%s", tg_message());
        assert_true(cell[k].exponential || cell[k].im == 0);
        if (!(fabs(creal(r.s) - cell[k].re) < 1e-6 && r.exponential == cell[k].exponential))
            fail_msg(
                "%s %s a %g b %g: %.9g %+.9gi (%d) in the chart, %.9g %+.9gi (%d) alone",
                law, filter ? filter : "", l.a, l.b, cell[k].re, cell[k].im,
                cell[k].exponential, creal(r.s), cimag(r.s), r.exponential);
    }
    tg_delay_free(c.delay);
}

static void
test_grids(void **state)
{
    (void)state;
    check_grid("{law: constant, value: 1}", NULL);
    check_grid("{law: gamma, shape: 4, mean: 1}", NULL);
    check_grid("{law: gamma, shape: 2.5, mean: 1}", NULL);
    check_grid("{law: uniform, min: 0.5, max: 1.5}", NULL);
    check_grid("{law: constant, value: 1}", "dude");
    check_grid("{law: constant, value: 1}", "heavy_ball");
    check_grid("{law: gamma, shape: 4, mean: 1}", "nesterov");
    check_grid("{law: lognormal, mean: 1, cv: 0.4}", NULL);
    check_grid("{law: weibull, shape: 2, mean: 1}", NULL);
    /* where another pair overtakes */
    check_grid("{mixture: [{weight: 0.15, law: constant, value: 1}, {weight: 0.85, law: "
               "constant, value: 0.15}]}",
               NULL);
    check_grid("{mixture: [{weight: 0.4, law: constant, value: 1}, {weight: 0.6, law: "
               "constant, value: 0.3}]}",
               NULL);
    check_grid("{mixture: [{weight: 0.05, law: constant, value: 3}, {weight: 0.95, law: "
               "constant, value: 0.4}]}",
               NULL);
    check_grid("{mixture: [{weight: 0.1, law: erlang, stages: 40, mean: 2}, {weight: 0.9, "
               "law: erlang, stages: 20, mean: 0.3}]}",
               "heavy_ball");
}

/* s + b + a e^{-s}: a = w/sin w, b = -w cot w; no root unstable on one side, two on the
 * other. */
static void
test_boundary_closed_form(void **state)
{
    (void)state;
    scene               c = make("{law: constant, value: 1}", NULL);
    const tg_chart_plan p = {
        .x = { 0.1, 4, 2, 0 }, .y = { 0, 3, 2, 0 }, .loop = gain_and_damping, .context = &c
    };
    tg_chart_curve curve = { 0 };

    assert_int_equal(
        tg_chart_trace(&p, (tg_chart_point){ 1.8, 0.2, 1.5 }, 0.01, 1000, &curve), TG_OK);
    assert_true(curve.count > 80);
    for (size_t i = 0; i < curve.count; i++) {
        const tg_chart_point q = curve.point[i];
        assert_true(fabs(q.x - q.w / sin(q.w)) < 1e-9 && fabs(q.y + q.w / tan(q.w)) < 1e-9);
        if (i > 0)
            assert_true(hypot((q.x - curve.point[i - 1].x) / 3.9,
                              (q.y - curve.point[i - 1].y) / 3) < 0.0101);
        if (i > 1) /* one way, from edge to edge */
            assert_true(
                (q.w - curve.point[i - 1].w) * (curve.point[1].w - curve.point[0].w) > 0);
    }
    const tg_chart_point one = curve.point[0], other = curve.point[curve.count - 1];
    assert_true(fmin(one.y, other.y) < 0.031 && fmax(one.y, other.y) > 3 - 0.031);
    assert_true(fmin(curve.unstable[0], curve.unstable[1]) == 0);
    assert_true(fmax(curve.unstable[0], curve.unstable[1]) == 2);
    tg_chart_curve_free(&curve);
    tg_delay_free(c.delay);
}

/* A start on the curve is one of its points, to the last digits, on axes far from 0 too; and a
 * curve has no more points than were asked for, ahead and back together, and the start. */
static void
test_start_and_most(void **state)
{
    (void)state;
    scene          c = make("{law: constant, value: 1}", NULL);
    const double   w = 2.9, a = w / sin(w), b = -w / tan(w);
    tg_chart_plan  p = { .x = { a - 1, a + 2, 2, 0 },
                         .y = { b - 2, b + 3, 2, 0 },
                         .loop = gain_and_damping,
                         .context = &c };
    tg_chart_curve curve = { 0 };
    double         gap = 1;

    assert_int_equal(tg_chart_trace(&p, (tg_chart_point){ a, b, w }, 0.02, 1000, &curve),
                     TG_OK);
    for (size_t i = 0; i < curve.count; i++)
        gap = fmin(gap, hypot(curve.point[i].x - a, curve.point[i].y - b));
    assert_true(gap < 1e-9);
    const size_t whole = curve.count;
    tg_chart_curve_free(&curve);
    assert_int_equal(tg_chart_trace(&p, (tg_chart_point){ a, b, w }, 0.02, 7, &curve),
                     TG_OK);
    assert_true(whole > 20 && curve.count <= 8);
    tg_chart_curve_free(&curve);
    /* axes so short that f hardly changes along them */
    p.x = (tg_chart_axis){ a - 1e-4, a + 2e-4, 2, 0 };
    p.y = (tg_chart_axis){ b - 2e-4, b + 3e-4, 2, 0 };
    assert_int_equal(tg_chart_trace(&p, (tg_chart_point){ a, b, w }, 0.05, 1000, &curve),
                     TG_OK);
    assert_true(curve.count > 10);
    for (size_t i = 0; i < curve.count; i++) {
        const tg_chart_point q = curve.point[i];
        assert_true(fabs(q.x - q.w / sin(q.w)) < 1e-9 && fabs(q.y + q.w / tan(q.w)) < 1e-9);
    }
    tg_chart_curve_free(&curve);
    tg_delay_free(c.delay);
}

/* x: gain a, y: CV of the delay (a gamma law of mean 1 for each): the curve is the
 * threshold. */
static tg_status
gain_and_cv(double x, double y, void *context, tg_loop *out)
{
    scene *c = context;

    if (y != c->cv) {
        tg_delay_free(c->delay);
        c->delay = NULL;
        TG_TRY(tg_delay_create("gamma", (double[]){ 1 / (y * y), 1 }, &c->delay));
        c->cv = y;
    }
    *out = (tg_loop){ .a = x, .delay = c->delay };
    return TG_OK;
}

static void
test_boundary_in_the_law(void **state)
{
    (void)state;
    scene               c = { 0 };
    const tg_chart_plan p = {
        .x = { 1, 6, 2, 0 }, .y = { 0.2, 0.75, 2, 0 }, .loop = gain_and_cv, .context = &c
    };
    tg_chart_curve curve = { 0 };

    assert_int_equal(
        tg_chart_trace(&p, (tg_chart_point){ 2.3, 0.5, 1.6 }, 0.05, 1000, &curve), TG_OK);
    assert_true(curve.count > 10);
    for (size_t i = 0; i < curve.count; i += 3) {
        tg_threshold t;
        tg_loop      l;
        assert_int_equal(gain_and_cv(1, curve.point[i].y, &c, &l), TG_OK);
        assert_int_equal(tg_loop_threshold(&l, &t), TG_OK);
        assert_true(fabs(t.a - curve.point[i].x) < 1e-8);
    }
    tg_chart_curve_free(&curve);
    tg_delay_free(c.delay);
}

static void
test_bad_input(void **state)
{
    (void)state;
    static tg_chart_cell cell[4];
    scene                c = make("{law: constant, value: 1}", NULL);
    tg_chart_plan        p = {
               .x = { 0, 1, 2, 1 }, .y = { 0, 1, 2, 0 }, .loop = gain_and_damping, .context = &c
    };
    tg_chart_curve curve = { 0 };

    assert_int_equal(tg_chart_grid(&p, cell, NULL), TG_EDOMAIN); /* logarithm of 0 */
    p.x = (tg_chart_axis){ 1, 1, 2, 0 };
    assert_int_equal(tg_chart_grid(&p, cell, NULL), TG_EDOMAIN);
    p.x = (tg_chart_axis){ NAN, 1, 2, 0 };
    assert_int_equal(tg_chart_grid(&p, cell, NULL), TG_EDOMAIN);
    p.x = (tg_chart_axis){ 0.1, 1, 2, 0 };
    c.status = TG_EINPUT; /* a callback's failure comes through */
    assert_int_equal(tg_chart_grid(&p, cell, NULL), TG_EINPUT);
    assert_int_equal(tg_chart_trace(&p, (tg_chart_point){ 0.5, 0.5, 1 }, 0.1, 10, &curve),
                     TG_EINPUT);
    c.status = TG_OK;
    assert_int_equal(tg_chart_trace(&p, (tg_chart_point){ 0.5, 0.5, 0 }, 0.1, 10, &curve),
                     TG_EDOMAIN);
    assert_null(curve.point);
    tg_delay_free(c.delay);
}

/* A law by tiles is that law: where its squares hold and where they do not, derivative and conjugate,
 * moments and all. */
static void
test_tiles(void **state)
{
    static const char *const laws[] = { "{law: weibull, shape: 2, mean: 1.3}",
                                        "{law: lognormal, mean: 1, cv: 0.5}",
                                        "{law: gamma, shape: 2.5, mean: 0.2}",
                                        "{law: truncated_normal, mu: 1, sd: 0.5}" };
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        scene     c = make(laws[i], NULL);
        tg_delay *quick = NULL;
        assert_int_equal(tg_law_tiled(c.delay, &quick), TG_OK);
        assert_true(tg_delay_mean(quick) == tg_delay_mean(c.delay));
        assert_true(tg_delay_variance(quick) == tg_delay_variance(c.delay));
        assert_true(tg_delay_cdf(quick, 0.7) == tg_delay_cdf(c.delay, 0.7));
        assert_string_equal(tg_delay_text(quick), tg_delay_text(c.delay));
        const double edge = fmax(tg_delay_abscissa(c.delay), -2);
        for (double x = edge + 0.01; x < 3; x += 0.037)
            for (double y = -40; y < 41; y += fabs(y) < 6 ? 0.173 : 7.1) {
                const double complex s = (x + I * y) / tg_delay_mean(c.delay);
                double complex       slope, want_slope;
                const double complex phi = tg_delay_laplace(quick, s, &slope),
                                     want = tg_delay_laplace(c.delay, s, &want_slope);
                const double size = cabs(tg_delay_laplace(c.delay, creal(s), NULL)) + 1;
                assert_true(cabs(phi - want) <= 2e-12 * size);
                assert_true(cabs(slope - want_slope) <=
                            1e-10 * size * tg_delay_mean(c.delay));
            }
        tg_delay_free(quick);
        tg_delay_free(c.delay);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_grids),
                                        cmocka_unit_test(test_tiles),
                                        cmocka_unit_test(test_boundary_closed_form),
                                        cmocka_unit_test(test_boundary_in_the_law),
                                        cmocka_unit_test(test_start_and_most),
                                        cmocka_unit_test(test_bad_input) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
