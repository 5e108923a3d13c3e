/* Zeros counted along circles, rectangles and lines, against a list of all of them made by the
 * finder: random places and sizes, with none, one or many inside. */
#include "core/rng.h"
#include "roots/walk.h"

#include "validation/unit/check.h"
#include "validation/unit/some_roots.h"

#include <stdbool.h>

enum { DRAWS = 60 };

typedef struct loop_of {
    const char *law;
    double      a, b, line;
} loop_of;

static const loop_of loops[] = {
    { "{law: constant, value: 1}", 1, 0, -2.5 },
    { "{law: constant, value: 1}", 8, 0.5, -2 },
    { "{law: uniform, min: 0.5, max: 1.5}", 3, 0, -2 },
    { "{law: gamma, shape: 3, mean: 1}", 4, 0.2, -2.5 },
    { "{law: gamma, shape: 2.5, mean: 1}", 6, 0, -2 },
    { "{mixture: [{weight: 1, law: constant, value: 0.3}, {weight: 1, law: constant, "
      "value: 1}]}",
      5, 0, -2 },
};
enum { LOOPS = sizeof loops / sizeof *loops };

/* f = s + b + a phi at a point with a root at a distance less than this is too near. */
static bool
is_near(const tg_roots *r, double complex centre, double radius)
{
    for (size_t i = 0; i < r->count; i++)
        if (fabs(cabs(r->root[i].s - centre) - radius) < 1e-3) return true;
    return false;
}

static size_t
inside_circle(const tg_roots *r, double complex centre, double radius)
{
    size_t n = 0;

    for (size_t i = 0; i < r->count; i++) n += cabs(r->root[i].s - centre) < radius;
    return n;
}

static double complex
somewhere(tg_rng *g, const tg_roots *r, double line)
{
    const double complex s = r->root[tg_rng_below(g, r->count)].s;
    const double complex near = s + (tg_rng_uniform(g) - .5) + I * (tg_rng_uniform(g) - .5);

    return fmax(creal(near), line + 0.05) + I * cimag(near);
}

static void
hold_circles(tg_bounds *b, const tg_roots *r, const loop_of *l, tg_rng *g)
{
    size_t count, seen[3] = { 0 };

    for (int i = 0; i < DRAWS; i++) {
        const double complex at = somewhere(g, r, l->line);
        const double         room = creal(at) - l->line;
        const double         radius = fmin(0.99 * room, 0.05 + 1.5 * tg_rng_uniform(g));
        if (is_near(r, at, radius)) continue;
        b->evaluations = 0;
        assert_int_equal(tg_walk_circle(b, at, radius, &count), TG_OK);
        assert_int_equal(count, inside_circle(r, at, radius));
        seen[count < 2 ? count : 2]++;
    }
    assert_true(seen[0] > 0 && seen[1] > 0);
}

static void
hold_rectangles(tg_bounds *b, const tg_roots *r, const loop_of *l, tg_rng *g)
{
    for (int i = 0; i < DRAWS; i++) {
        const double complex at = somewhere(g, r, l->line), to = somewhere(g, r, l->line);
        const tg_region      q = { fmin(creal(at), creal(to)), fmax(creal(at), creal(to)),
                                   fmin(cimag(at), cimag(to)), fmax(cimag(at), cimag(to)) };
        size_t               inside = 0, count;
        double               gap = fmin(q.right - q.left, q.top - q.bottom);
        for (size_t k = 0; k < r->count; k++) {
            const double x = creal(r->root[k].s), y = cimag(r->root[k].s);
            inside += x > q.left && x < q.right && y > q.bottom && y < q.top;
            gap = fmin(gap, fmin(fmin(fabs(x - q.left), fabs(x - q.right)),
                                 fmin(fabs(y - q.bottom), fabs(y - q.top))));
        }
        if (gap < 1e-3) continue;
        b->evaluations = 0;
        assert_int_equal(tg_walk_rectangle(b, q, &count), TG_OK);
        assert_int_equal(count, inside);
    }
}

static void
hold_lines(const tg_loop *loop, const tg_roots *r, const loop_of *l)
{
    for (double line = l->line; line < 2; line += 0.173) {
        tg_bounds b;
        size_t    right = 0, count;
        double    gap = INFINITY;
        for (size_t k = 0; k < r->count; k++) {
            right += creal(r->root[k].s) > line;
            gap = fmin(gap, fabs(creal(r->root[k].s) - line));
        }
        if (gap < 1e-3) continue;
        assert_ok(tg_bounds_make(loop, line, 1, &b));
        assert_int_equal(tg_walk_half_plane(&b, &count), TG_OK);
        assert_int_equal(count, right);
    }
}

static void
test_walks(void **state)
{
    tg_rng g = tg_rng_stream(5, TG_PURPOSE_TEST, 0);
    (void)state;

    for (size_t i = 0; i < LOOPS; i++) {
        tg_delay     *d = make(loops[i].law);
        const tg_loop loop = { .a = loops[i].a, .b = loops[i].b, .delay = d };
        tg_roots      r = { 0 };
        tg_bounds     b;
        assert_ok(tg_roots_right_of(&loop, loops[i].line, &r));
        assert_true(r.count > 0);
        assert_ok(tg_bounds_make(&loop, loops[i].line, RUNGS, &b));
        hold_circles(&b, &r, &loops[i], &g);
        hold_rectangles(&b, &r, &loops[i], &g);
        hold_lines(&loop, &r, &loops[i]);
        tg_roots_free(&r);
        tg_delay_free(d);
    }
}

/* A walk that may take no more steps, or meets a zero, ends without an answer. */
static void
test_gives_up(void **state)
{
    tg_delay     *d = make("{law: constant, value: 1}");
    const tg_loop loop = { .a = 1.57079632679489661923, .delay = d }; /* zeros +- i pi/2 */
    tg_bounds     b;
    size_t        count;
    double        phase;
    (void)state;

    assert_ok(tg_bounds_make(&loop, -0.5, RUNGS, &b));
    assert_int_equal(tg_walk_circle(&b, 0, 0.4, &count), TG_OK);
    assert_int_equal(count, 0);
    b.most = 3;
    b.evaluations = 0;
    assert_int_equal(tg_walk_circle(&b, 0, 0.4, &count), TG_ENOCONV);
    b.most = 1000000;
    assert_int_equal(tg_walk_segment(&b, I, 2 * I, &phase), TG_ENOCONV);
    assert_int_equal(tg_walk_segment(&b, I + 0.1, 2 * I + 0.1, &phase), TG_OK);
    tg_delay_free(d);
}

RUN(cmocka_unit_test(test_walks), cmocka_unit_test(test_gives_up))
