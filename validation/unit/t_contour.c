#include "validation/unit/check.h"

#include "core/contour.h"

enum { N = 41 };

/* Distance of the points of all curves to the circle of radius 12 about the middle, and how many
 * curves there are. */
static size_t
trace(const double *f, double *far, size_t *points)
{
    tg_contour_point *p = NULL;
    size_t            curves = 0;

    assert_ok(tg_contour_trace(f, N, N, &p, points));
    *far = 0;
    for (size_t i = 0; i < *points; i++) {
        curves += p[i].first;
        *far = fmax(*far, fabs(hypot(p[i].x - 20, p[i].y - 20) - 12));
        if (!p[i].first)
            assert_true(hypot(p[i].x - p[i - 1].x, p[i].y - p[i - 1].y) <= sqrt(2) + 1e-12);
    }
    free(p);
    return curves;
}

/* A circle is one curve, within h^2/8 of the curvature; cut in half by what is not known, it is
 * an arc, still one; and a plane has none. */
static void
test_circle(void **state)
{
    double f[N * N], far;
    size_t points, half;

    (void)state;
    for (size_t k = 0; k < N * N; k++)
        f[k] = hypot((double)(k % N) - 20, (double)(k / N) - 20) - 12;
    assert_int_equal(trace(f, &far, &points), 1);
    assert_true(far < 0.02 && points > 60);
    for (size_t k = 0; k < N * N; k++)
        if (k % N > 20) f[k] = NAN;
    assert_int_equal(trace(f, &far, &half), 1);
    assert_true(far < 0.02 && half > points / 2 - 4 && half < points / 2 + 4);
    for (size_t k = 0; k < N * N; k++) f[k] = 1;
    assert_int_equal(trace(f, &far, &points), 0);
}

/* Two straight lines, each from border to border and exact. */
static void
test_lines(void **state)
{
    double            f[N * N];
    tg_contour_point *p = NULL;
    size_t            count, curves = 0;

    (void)state;
    for (size_t k = 0; k < N * N; k++) f[k] = fabs((double)(k % N) - 20) - 7.25;
    assert_ok(tg_contour_trace(f, N, N, &p, &count));
    assert_int_equal(count, 2 * N);
    for (size_t i = 0; i < count; i++) {
        curves += p[i].first;
        assert_near(fabs(p[i].x - 20), 7.25, 1e-12);
    }
    assert_int_equal(curves, 2);
    free(p);
}

/* Where the values of one cell have the signs of a saddle, two curves pass. */
static void
test_saddle(void **state)
{
    const double      f[] = { 1, -1, -1, 1 };
    tg_contour_point *p = NULL;
    size_t            count = 0, curves = 0;

    (void)state;
    assert_ok(tg_contour_trace(f, 2, 2, &p, &count));
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) curves += p[i].first;
    assert_int_equal(curves, 2);
    free(p);
}

RUN(cmocka_unit_test(test_saddle), cmocka_unit_test(test_circle),
    cmocka_unit_test(test_lines))
