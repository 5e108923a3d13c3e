/* Bounds are held against the function that they bound, at random points of the half-plane
 * and of the part of it above a height. */
#include "core/rng.h"
#include "roots/bounds.h"
#include "roots/count.h"

#include "validation/unit/laws.h"
#include "validation/unit/one_law.h"

#include <string.h>

enum { POINTS = 200 };

static const double of_workers[] = { 0.75, 0.25 };

static tg_loop
loop_with(const tg_filter *f, const tg_delay *d, const tg_delay *const group[2])
{
    return (tg_loop){ .a = 1.7,
                      .b = 0.3,
                      .delay = d,
                      .filter = f,
                      .lambda = 10,
                      .param = strcmp(f->name, "fedbuff") ? 0.6 : 5,
                      .kept = d,
                      .share = 0.8,
                      .power = 0.8,
                      .group = group,
                      .of_workers = of_workers,
                      .groups = 2 };
}

/* Somewhere right of x, above `height`, near both more often than far. */
static double complex
somewhere(tg_rng *g, double x, double height)
{
    const double u = pow(tg_rng_uniform(g), 3), v = pow(tg_rng_uniform(g), 3);

    return x + 4 * u + I * (height + 20 * v);
}

static double complex
bend_of(const tg_loop *l, double complex s)
{
    const double   h = 1e-4;
    double complex up, down;

    tg_loop_value(l, s + h, &up);
    tg_loop_value(l, s - h, &down);
    return (up - down) / (2 * h);
}

/* What is known right of each rung. */
static void
hold_at(const tg_loop *l, const tg_bounds *b, size_t k, tg_rng *g)
{
    const double         x = b->left + (double)k * (b->right - b->left) / RUNGS;
    const double complex s = somewhere(g, x + 1e-3, 0);
    double complex       slope;
    const double complex f = tg_loop_value(l, s, &slope);
    const char          *what = tg_delay_text(l->delay);

    if (!(cabs(f - s - l->b) + l->b <= b->radius[k] * (1 + 1e-9)))
        fail_msg("%s, %s: R(%g) too small", l->filter->name, what, x);
    if (!(cabs(slope) <= b->slope[k] * (1 + 1e-9)))
        fail_msg("%s, %s: D(%g) too small", l->filter->name, what, x);
    if (!(cabs(bend_of(l, s)) <= b->bend[k] * (1 + 1e-6) + 1e-6))
        fail_msg("%s, %s: D2(%g) = %g, |f''| = %g", l->filter->name, what, x, b->bend[k],
                 cabs(bend_of(l, s)));
}

static double
line_of(const tg_loop *l)
{
    const double edge = tg_loop_edge(l);

    return isfinite(edge) ? edge + 0.02 * (0.1 - edge) : -0.7;
}

static void
hold_above(const tg_loop *l, const tg_bounds *b, tg_rng *g)
{
    const double   height = pow(10, -2 + 3 * tg_rng_uniform(g));
    double complex slope;

    tg_loop_value(l, somewhere(g, b->left, height), &slope);
    if (!(cabs(slope - 1) <= l->a * tg_loop_steepest(l, b->left, height) * (1 + 1e-9)))
        fail_msg("%s, %s: |f'| above %g", l->filter->name, tg_delay_text(l->delay), height);
    if (!(cabs(slope) <= tg_bounds_slope(b, b->left, height) * (1 + 1e-9)))
        fail_msg("%s, %s: slope above %g", l->filter->name, tg_delay_text(l->delay),
                 height);
}

static void
test_bounds_bound(void **state)
{
    tg_rng g = tg_rng_stream(5, TG_PURPOSE_TEST, 0);

    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        tg_delay *d = make(laws[i]);
        for (const tg_filter *const *f = tg_filters; *f; f++) {
            const tg_loop    l = loop_with(*f, d, (const tg_delay *[]){ d, d });
            static tg_bounds b;
            assert_int_equal(tg_bounds_make(&l, line_of(&l), RUNGS, &b), TG_OK);
            for (size_t k = 0; k < POINTS; k++) hold_at(&l, &b, k % RUNGS, &g);
            for (size_t k = 0; k < POINTS; k++) hold_above(&l, &b, &g);
        }
        tg_delay_free(d);
    }
}

/* A bound over what it bounds, the largest on the edge of the part above a height. */
static double
excess(const tg_loop *l, double left, double height)
{
    double most = 0;

    for (double w = height; w < height + 30; w += 0.01 + 1e-3 * w) {
        double complex slope;
        tg_loop_value(l, left + I * w, &slope);
        most = fmax(most, cabs(slope - 1));
    }
    return l->a * tg_loop_steepest(l, left, height) / most;
}

static void
sharp(const tg_loop *l, double left, double height)
{
    const char  *name = l->filter->name;
    const double over = excess(l, left, height), h = height;

    if (!strncmp(name, "dude", 4) && left == 0)
        near(name, tg_loop_steepest(l, 0, h), 2 / h + (1 + 2 / h) / h, 1e-9 / (h * h));
    const double most = !strncmp(name, "dude", 4)     ? (h > 5 ? 1.7 : INFINITY)
                        : !strcmp(name, "heavy_ball") ? 1 + 2e-3 * fmin(h * h, 15)
                        : !strcmp(name, "nesterov")   ? 1 + 8e-3 * fmin(h * h, 15)
                        : !strcmp(name, "fedbuff")    ? 1 + 0.015 * h * h
                                                      : 1 + 1e-9;
    if (!(over >= 1 - 1e-9 && over <= most * (1 + 1e-9)))
        fail_msg("%s: %g of what is bounded right of %g above %g", name, over, left, h);
}

/* Bounds are sharp where all terms of G' have one direction: for a constant delay everywhere if
 * the filter is a number, near the real axis if it is a transform. Those of (1 - phi)/(s m) are
 * what |1 - phi| <= 2 and the triangle inequality make of it. */
static void
test_bounds_are_near(void **state)
{
    tg_delay *d = make("{law: constant, value: 1}");

    (void)state;
    for (const tg_filter *const *f = tg_filters; *f; f++) {
        const tg_loop l = loop_with(*f, d, (const tg_delay *[]){ d, d });
        for (double left = -0.5; left < 0.1; left += 0.5)
            for (double height = 0.01; height < 20; height *= 5) sharp(&l, left, height);
    }
    tg_delay_free(d);
}

/* Beside a pole the walk needs few steps though f' is unbounded there: without the bounds
 * above a height it took more than a million, and a prediction most of a minute. */
static void
test_steps_beside_a_pole(void **state)
{
    tg_delay *d = make("{mixture: [{weight: 0.155, law: hyperexponential, weights: [0.9, "
                       "0.1], means: [0.24555, 2.70105]}, {weight: 0.397, law: "
                       "shifted_exponential, shift: 0.122366, mean: 0.069134}, {weight: "
                       "0.448, law: gamma, shape: 4.7001, mean: 0.1697}]}");
    const tg_loop l = { .a = 3.4984, .delay = d };
    const double  edge = tg_loop_edge(&l);

    (void)state;
    near("edge", edge, -1 / 2.70105, 1e-15);
    for (double gap = 0.1; gap > 1e-5; gap /= 10) {
        size_t count, steps = 0;
        assert_int_equal(tg_count_right_of(&l, edge * (1 - gap), &count, &steps), TG_OK);
        if (!(steps < 3000)) fail_msg("%zu steps at %g from the pole", steps, gap);
    }
    tg_delay_free(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_bounds_bound),
                                        cmocka_unit_test(test_bounds_are_near),
                                        cmocka_unit_test(test_steps_beside_a_pole) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
