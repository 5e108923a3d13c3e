/* Characteristic roots of single loops: published values, counts, certificates, symmetries.
 */
#include "core/lambert.h"
#include "roots/walk.h"

#include "validation/unit/some_roots.h"

#include <stdio.h>
#include <string.h>

static tg_roots
roots_of(const tg_loop *l, double line)
{
    tg_roots r = { 0 };

    if (tg_roots_right_of(l, line, &r) != TG_OK)
        fail_msg("%s a %g right of %g: %s", tg_delay_text(l->delay), l->a, line,
                 tg_message());
    return r;
}

/* Counted and found agree, conjugates come in pairs, in order, residuals are rounding. */
static void
check(const tg_roots *r, double line)
{
    const tg_certificate *c = &r->certificate;

    assert_true(c->winding == c->found && c->method != NULL && c->backward < 2e-13);
    for (size_t i = 0; i < r->count; i++) {
        assert_true(creal(r->root[i].s) >= line - c->moved - 1e-9);
        if (i > 0) assert_true(creal(r->root[i].s) <= creal(r->root[i - 1].s));
        contains(r, conj(r->root[i].s), 0);
    }
}

typedef struct published {
    const char    *law;
    double         a, line;
    size_t         count;
    double complex root[3]; /* Im > 0 */
} published;

/* validation/reference/cases.md, "Characteristic roots": 30-digit arithmetic. */
static const published cases[] = {
    { "{law: constant, value: 0.5}",
      1,
      -6.8,
      6,
      { -1.5880472646893787 + 1.5402235010207582 * I,
        -5.5441380303061639 + 14.999886056683752 * I,
        -6.7067031976222225 + 27.800898670553769 * I } },
    { "{law: constant, value: 1}",
      1,
      -3,
      6,
      { -0.31813150520476414 + 1.3372357014306894 * I,
        -2.0622777295982839 + 7.5886311784725126 * I,
        -2.6531919740386973 + 13.949208334533214 * I } },
    { "{law: constant, value: 1}",
      2,
      0,
      2,
      { 0.17281600283999999 + 1.6736864137408427 * I } },
    { "{law: constant, value: 2}",
      1,
      -3,
      258,
      { 0.086408001419999988 + 0.83684320687042135 * I } },
    { "{law: uniform, min: 0.5, max: 1.5}",
      1,
      -3,
      4,
      { -0.33932202647557247 + 1.2734439711518621 * I,
        -2.4997217592847041 + 5.7669142138999874 * I } },
    { "{law: gamma, shape: 3, mean: 0.5}",
      1,
      -5.5,
      2,
      { -1.2540333650382831 + 1.3064438681093551 * I } },
    { "{law: gamma, shape: 3, mean: 0.5}",
      1,
      -8,
      4,
      { -1.2540333650382831 + 1.3064438681093551 * I,
        -7.7459666349617127 + 2.4219420327598407 * I } },
    { "{law: gamma, shape: 2.5, mean: 0.5}",
      1,
      -4.99,
      2,
      { -1.2129771706501409 + 1.2671747212562778 * I } },
};

static void
test_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const published *p = &cases[i];
        tg_delay        *d = make(p->law);
        const tg_loop    l = { .a = p->a, .delay = d };
        tg_roots         r = roots_of(&l, p->line);
        check(&r, p->line);
        assert_int_equal(r.count, p->count);
        for (int k = 0; k < 3 && p->root[k] != 0; k++) {
            contains(&r, p->root[k], 1e-14 * cabs(p->root[k]) + 4e-15);
            contains(&r, conj(p->root[k]), 1e-14 * cabs(p->root[k]) + 4e-15);
        }
        tg_roots_free(&r);
        tg_delay_free(d);
    }
}

/* The general finder, which knows nothing of branches, against Lambert's function: a
 * mixture of one constant with itself is that constant. */
static void
test_boxes_against_lambert(void **state)
{
    static const double a[] = { 0.2, 1, 3, 7, -2 };
    (void)state;
    tg_delay *d = make("{law: constant, value: 2}");
    tg_delay *e = make("{mixture: [{weight: 1, law: constant, value: 2}, {weight: 2, law: "
                       "constant, value: 2}]}");

    for (size_t i = 0; i < sizeof a / sizeof *a; i++) {
        const tg_loop l = { .a = a[i], .b = 0.1, .delay = d },
                      m = { .a = a[i], .b = 0.1, .delay = e };
        tg_roots r = roots_of(&l, -2.5), q = roots_of(&m, -2.5);
        assert_string_equal(r.certificate.method, "lambert");
        assert_string_equal(q.certificate.method, "boxes");
        check(&r, -2.5);
        check(&q, -2.5);
        assert_int_equal(r.count, q.count);
        for (size_t k = 0; k < r.count; k++) contains(&q, r.root[k].s, 1e-12);
        tg_roots_free(&r);
        tg_roots_free(&q);
    }
    tg_delay_free(d);
    tg_delay_free(e);
}

/* ... and on 258 roots, to 1e-12. */
static void
test_boxes_find_all_258(void **state)
{
    (void)state;
    tg_delay *d = make("{mixture: [{weight: 1, law: constant, value: 2}, {weight: 1, law: "
                       "constant, value: 2}]}");
    const tg_loop l = { .a = 1, .delay = d };
    tg_roots      r = roots_of(&l, -3);

    check(&r, -3);
    assert_int_equal(r.count, 258);
    for (int b = 0; b < 129; b++) contains(&r, tg_lambert(b, -2) / 2, 1e-12);
    tg_roots_free(&r);
    tg_delay_free(d);
}

/* Polynomials: gamma of whole shape by eigenvalues, against boxes on the same law as a sum
 * of an erlang law and a constant 0+. */
static void
test_polynomial_against_boxes(void **state)
{
    (void)state;
    tg_delay *d = make("{law: gamma, shape: 4, mean: 1}");
    tg_delay *e =
        make("{sum: [{law: gamma, shape: 4, mean: 1}, {law: constant, value: 1.0e-13}]}");

    for (double a = 0.1; a < 20; a *= 1.9) {
        const tg_loop l = { .a = a, .delay = d }, m = { .a = a, .delay = e };
        tg_roots      r = roots_of(&l, -2.9), q = roots_of(&m, -2.9);
        assert_string_equal(r.certificate.method, "polynomial");
        assert_string_equal(q.certificate.method, "boxes");
        assert_int_equal(r.count, q.count);
        for (size_t k = 0; k < r.count; k++) contains(&q, r.root[k].s, 1e-9);
        tg_roots_free(&r);
        tg_roots_free(&q);
    }
    tg_delay_free(d);
    tg_delay_free(e);
}

/* a tau = 1/e: a double root at -1/tau, found once with multiplicity 2. Near it: two. */
static void
test_double_root(void **state)
{
    (void)state;
    tg_delay     *d = make("{law: constant, value: 0.36787944117144233}");
    const tg_loop l = { .a = 1, .delay = d };
    tg_roots      r = roots_of(&l, -4);

    check(&r, -4);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.root[0].multiplicity, 2);
    contains(&r, -2.71828182845904524, 1e-7);
    tg_roots_free(&r);
    for (double gap = 1e-12; gap < 1e-2; gap *= 100) {
        const tg_loop near = { .a = 1 - gap, .delay = d },
                      far = { .a = 1 + gap, .delay = d };
        tg_roots two = roots_of(&near, -4), pair = roots_of(&far, -4);
        check(&two, -4);
        check(&pair, -4);
        assert_int_equal(two.certificate.found, 2);
        assert_int_equal(pair.certificate.found, 2);
        assert_true(two.count == 2 && cimag(two.root[0].s) == 0);
        assert_true(pair.count == 2 && cimag(pair.root[0].s) > 0);
        tg_roots_free(&two);
        tg_roots_free(&pair);
    }
    tg_delay_free(d);
    d = make("{law: exponential, mean: 1}"); /* (s + 1/2)^2 */
    const tg_loop quarter = { .a = 0.25, .delay = d };
    r = roots_of(&quarter, -2);
    assert_true(r.count == 1 && r.root[0].multiplicity == 2);
    contains(&r, -0.5, 1e-7);
    tg_roots_free(&r);
    tg_delay_free(d);
}

/* Units: with times c-fold, roots are 1/c-fold. */
static void
test_scaling(void **state)
{
    (void)state;
    for (double c = 1e-6; c < 1e7; c *= 1000) {
        char text[96];
        snprintf(text, sizeof text, "{law: uniform, min: %.17g, max: %.17g}", 0.5 * c,
                 1.5 * c);
        tg_delay     *d = make(text);
        const tg_loop l = { .a = 1 / c, .delay = d };
        tg_roots      r = roots_of(&l, -3 / c);
        check(&r, -3 / c);
        assert_int_equal(r.count, 4);
        contains(&r, (-2.4997217592847041 + 5.7669142138999874 * I) / c, 1e-13 / c);
        tg_roots_free(&r);
        tg_delay_free(d);
    }
}

/* Every law and filter: roots satisfy the equation, the count agrees with
 * tg_count_right_of, and a loop on the edge of the verdict has its root on the axis. */
static void
test_every_filter(void **state)
{
    static const char *const laws[] = { "{law: constant, value: 1}",
                                        "{law: erlang, stages: 3, mean: 1}",
                                        "{law: uniform, min: 0, max: 2}",
                                        "{law: half_normal, sd: 1.2}",
                                        "{law: gamma, shape: 1.7, mean: 1, at_most: 2}" };
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        tg_delay *d = make(laws[i]), *kept = NULL;
        assert_int_equal(tg_delay_at_most(d, 1.5, &kept), TG_OK);
        for (const tg_filter *const *f = tg_filters; *f; f++) {
            const tg_loop l = { .a = 2.2,
                                .b = 0.1,
                                .delay = d,
                                .filter = *f,
                                .lambda = 10,
                                .param = strcmp((*f)->name, "fedbuff") ? 0.5 : 4,
                                .kept = kept,
                                .share = 0.7,
                                .power = 0.7,
                                .group = (const tg_delay *[]){ d, d },
                                .of_workers = (const double[]){ 0.5, 0.5 },
                                .groups = 2 };
            tg_roots      r = roots_of(&l, -0.8);
            size_t        count;
            check(&r, -0.8);
            assert_int_equal(tg_count_right_of(&l, -0.8, &count, NULL), TG_OK);
            assert_int_equal(count, r.certificate.found);
            tg_roots_free(&r);
        }
        tg_delay_free(d);
        tg_delay_free(kept);
    }
}

/* Roots of the half-normal law at large a are on the axis as far as doubles tell, Re s ~
 * -exp(-w^2/2); they are found all the same, from where |f| is least along the line. There w
 * = -a Im phi(iw) = a sqrt(2/pi) (1/w + 1/w^3 + 3/w^5 + 15/w^7 + ...). */
static void
test_roots_on_the_axis(void **state)
{
    (void)state;
    tg_delay *d = make("{law: half_normal, sd: 1}");
    for (double a = 100; a < 4e5; a *= sqrt(10)) {
        const tg_loop l = { .a = a, .delay = d };
        tg_roots      r = roots_of(&l, 0);
        assert_int_equal(r.count, 2);
        const double w = cimag(r.root[0].s);
        double       term = a * sqrt(2 / acos(-1)) / w, sum = 0;
        for (int k = 1; k < 30; term *= (2 * k++ - 1) / (w * w)) sum += term;
        assert_true(fabs(w - sum) < 1e-12 * w);
        assert_true(fabs(creal(r.root[0].s)) < 1e-15 &&
                    r.certificate.moved < 1e-10 * 1e3 * a);
        tg_roots_free(&r);
    }
    tg_delay_free(d);
}

/* Left of the axis the bounds of the half-normal transform say nothing about large |s|, and no
 * box there is ever ruled out: as many roots as the argument principle counts are all. */
static void
test_all_that_are_counted(void **state)
{
    (void)state;
    tg_delay *d = make("{law: half_normal, sd: 1}");
    for (double a = 10; a < 50; a *= 3) {
        const tg_loop l = { .a = a, .delay = d };
        tg_roots      r = roots_of(&l, -3.76), near_axis = roots_of(&l, -3);
        size_t        count;
        check(&r, -3.76);
        assert_int_equal(r.count, 6);
        for (size_t i = 0; i < near_axis.count; i++)
            contains(&r, near_axis.root[i].s, 1e-12 * a);
        assert_int_equal(tg_count_right_of(&l, -3.76, &count, NULL), TG_OK);
        assert_int_equal(count, 6);
        tg_roots_free(&r);
        tg_roots_free(&near_axis);
    }
    tg_delay_free(d);
}

static void
test_rectangle(void **state)
{
    (void)state;
    tg_delay       *d = make("{law: constant, value: 1}");
    const tg_loop   l = { .a = 1, .delay = d };
    tg_roots        r = { 0 };
    const tg_region box = { -3, 1, 5, 15 }, both = { -2.2, 1, -8, 8 };

    assert_int_equal(tg_roots_inside(&l, box, &r), TG_OK);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.certificate.winding, 2);
    assert_memory_equal(&r.certificate.contour, &box, sizeof box);
    contains(&r, -2.0622777295982839 + 7.5886311784725126 * I, 1e-14);
    tg_roots_free(&r);
    assert_int_equal(tg_roots_inside(&l, both, &r), TG_OK);
    assert_int_equal(r.count, 4);
    tg_roots_free(&r);
    /* an edge through a root is moved, and that is said */
    const tg_region edge = { creal(tg_lambert(1, -1)), 1, 0.5, 9 };
    assert_int_equal(tg_roots_inside(&l, edge, &r), TG_OK);
    assert_int_equal(r.count, 2);
    assert_true(r.certificate.moved > 0 && r.certificate.moved < 1e-4);
    tg_roots_free(&r);
    tg_delay_free(d);
}

/* Circles around a root, a pair, a double one and none. */
static void
test_circles(void **state)
{
    static const struct {
        double         a;
        double complex centre;
        double         radius;
        size_t         count;
    } circle[] = { { 1.5707963267948966, 1.57 * I, 0.1, 1 },
                   { 1.5707963267948966, 0, 2, 2 },
                   { 1.5707963267948966, 1, 0.2, 0 },
                   { 1.5707963267948966, 0, 1.5, 0 },
                   { 0.36787944117144233, -1, 0.2, 2 } };
    tg_delay *d = make("{law: constant, value: 1}");

    (void)state;
    for (size_t i = 0; i < sizeof circle / sizeof *circle; i++) {
        const tg_loop l = { .a = circle[i].a, .delay = d };
        tg_bounds     b;
        size_t        n = 77;
        assert_int_equal(tg_bounds_make(&l, -3, RUNGS, &b), TG_OK);
        b.most = MOST_STEPS;
        assert_int_equal(tg_walk_circle(&b, circle[i].centre, circle[i].radius, &n), TG_OK);
        assert_int_equal(n, circle[i].count);
    }
    tg_delay_free(d);
}

static void
test_bad_input(void **state)
{
    (void)state;
    tg_delay *d = make("{law: gamma, shape: 2.5, mean: 0.5}");
    tg_loop   l = { .a = 1, .delay = d };
    tg_roots  r = { 0 };
    size_t    n = 77;

    says(tg_roots_right_of(&l, -6, &r), TG_EDOMAIN, "-5");
    says(tg_count_right_of(&l, -6, &n, NULL), TG_EDOMAIN, "-5");
    says(tg_roots_right_of(&l, NAN, &r), TG_EDOMAIN, "finite");
    says(tg_roots_inside(&l, (tg_region){ 0, -1, 0, 1 }, &r), TG_EDOMAIN, "rectangle");
    l.a = NAN;
    says(tg_roots_right_of(&l, 0, &r), TG_EDOMAIN, "finite");
    tg_delay_free(d);
    d = make("{law: lognormal, mean: 1, cv: 1}");
    l = (tg_loop){ .a = 1, .delay = d };
    says(tg_roots_right_of(&l, -0.1, &r), TG_EDOMAIN, "not right of 0");
    tg_delay_free(d);
    d = make("{law: constant, value: 1}");
    l = (tg_loop){ .a = 1e8, .delay = d };
    says(tg_roots_right_of(&l, 0, &r), TG_ENOCONV, "too many");
    assert_true(r.root == NULL && r.count == 0 && n == 77);
    tg_delay_free(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_boxes_against_lambert),
        cmocka_unit_test(test_boxes_find_all_258),
        cmocka_unit_test(test_polynomial_against_boxes),
        cmocka_unit_test(test_double_root),
        cmocka_unit_test(test_scaling),
        cmocka_unit_test(test_every_filter),
        cmocka_unit_test(test_roots_on_the_axis),
        cmocka_unit_test(test_all_that_are_counted),
        cmocka_unit_test(test_rectangle),
        cmocka_unit_test(test_circles),
        cmocka_unit_test(test_bad_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
