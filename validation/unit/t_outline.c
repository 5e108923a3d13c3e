/* What outlines enclose, by the shoelace formula, is what f < 0 says. */
#include "validation/unit/check.h"

#include "core/outline.h"

enum { N = 41 };

/* Signed area within all rings together, and how many there are. */
static double
area_of(const double *f, size_t *rings)
{
    tg_contour_point *p = NULL;
    size_t            n, begin = 0;
    double            area = 0;

    *rings = 0;
    assert_ok(tg_outline_trace(f, N, N, &p, &n));
    for (size_t i = 0; i < n; i++) {
        if (p[i].first) begin = i;
        *rings += p[i].first;
        const tg_contour_point *q = i + 1 < n && !p[i + 1].first ? &p[i + 1] : &p[begin];
        area += (p[i].x * q->y - q->x * p[i].y) / 2;
    }
    free(p);
    return area;
}

/* Half planes are exact, whole and empty grids too; a disc is within h^2 of its curvature, and what
 * is outside it, with a ring around the hole, is the rest. */
static void
test_area(void **state)
{
    const double all = (N - 1) * (N - 1);
    double       f[N * N];
    size_t       rings;

    (void)state;
    for (size_t k = 0; k < N * N; k++) f[k] = (double)(k % N) - 7.25;
    assert_near(area_of(f, &rings), 7.25 * (N - 1), 1e-9);
    assert_int_equal(rings, 1);
    for (size_t k = 0; k < N * N; k++)
        f[k] = (double)(k % N) + 2 * (double)(k / N) - 30.5; /* a triangle */
    assert_near(area_of(f, &rings), 30.5 * 30.5 / 4, 1e-9);
    for (size_t k = 0; k < N * N; k++) f[k] = -1;
    assert_near(area_of(f, &rings), all, 1e-9);
    assert_int_equal(rings, 1);
    for (size_t k = 0; k < N * N; k++) f[k] = k % 2 ? 1 : NAN;
    assert_near(area_of(f, &rings), 0, 0);
    assert_int_equal(rings, 0);
    for (size_t k = 0; k < N * N; k++)
        f[k] = hypot((double)(k % N) - 20, (double)(k / N) - 20) - 12;
    const double disc = area_of(f, &rings);
    assert_near(disc, 144 * acos(-1), 1);
    assert_int_equal(rings, 1);
    for (size_t k = 0; k < N * N; k++) f[k] = -f[k];
    assert_near(area_of(f, &rings), all - disc, 1e-9);
    assert_int_equal(rings, 2);
}

/* Whatever the signs, saddles too, inside and outside make up the whole: exactly where no cell is a
 * saddle that both sides claim, so with a middle that is not 0. */
static void
test_complement(void **state)
{
    uint64_t seed = 7;
    double   f[N * N], g[N * N];

    (void)state;
    for (size_t k = 0; k < N * N; k++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        f[k] = (double)(seed >> 11) * 0x1p-53 - 0.5;
        g[k] = -f[k];
    }
    size_t       rings, others;
    const double in = area_of(f, &rings), out = area_of(g, &others);
    assert_near(in + out, (N - 1) * (N - 1), 1e-8);
    assert_true(rings > 50 && others > 50);
    assert_true(in > 0.3 * (N - 1) * (N - 1) && in < 0.7 * (N - 1) * (N - 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_area),
        cmocka_unit_test(test_complement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
