/* Zeros of power series with the workers' own past in them: known ones, the companion matrix, and the
 * two sides of every boundary. */
#include "validation/unit/check.h"

#include "core/rng.h"
#include "roots/corrected.h"
#include "roots/threshold.h"

#include <complex.h>
#include <lapacke.h>

enum { MOST = 64 };

/* 1 - c z^7 has seven zeros of |z| = c^(-1/7). */
static void
test_known_zeros(void **state)
{
    const double law[8] = { 0, 0, 0, 0, 0, 0, 0, 1 };

    (void)state;
    for (int over = 0; over < 2; over++) {
        const tg_corrected_group g = { .rate = over ? 1.0001 : 0.9999,
                                       .law = law,
                                       .laws = 8 };
        const tg_corrected       c = { .dt = 0.1, .e = NAN, .groups = 1, .group = &g };
        size_t                   count;
        double                   clearance;
        assert_ok(tg_corrected_count(&c, 0, &count, &clearance, NULL));
        assert_int_equal(count, over ? 7 : 0);
        assert_near(clearance, 0.5e-4, 1e-6); /* |1 - c|/(1 + c), at z = 1 */
    }
}

/* Coefficients of H by products of polynomials: an algorithm of its own. */
static size_t
expand(const tg_corrected *c, double *h)
{
    double all[MOST] = { 1 }, drive[MOST] = { 0 };
    size_t n = 1; /* of both */

    for (size_t g = 0; g < c->groups; g++) {
        const tg_corrected_group *k = &c->group[g];
        double                    d[MOST] = { 1 }, next[2][MOST] = { { 0 }, { 0 } };
        const size_t              m = k->laws + k->owns - 1;
        for (size_t i = 0; i < k->laws; i++)
            for (size_t j = 0; j < k->owns; j++) d[i + j] += c->e * k->law[i] * k->own[j];
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < m; j++) {
                next[0][i + j] += all[i] * d[j];
                next[1][i + j] += drive[i] * d[j];
            }
            for (size_t j = 0; j < k->laws; j++)
                next[1][i + j] += k->rate * all[i] * k->law[j];
        }
        n += m - 1;
        memcpy(all, next[0], sizeof all);
        memcpy(drive, next[1], sizeof drive);
    }
    memset(h, 0, MOST * sizeof *h);
    for (size_t i = 0; i < n; i++) {
        h[i] += all[i] + c->dt / 2 * drive[i];
        h[i + 1] += -all[i] + c->dt / 2 * drive[i];
    }
    while (n > 0 && h[n] == 0) n--;
    return n;
}

/* Zeros of the polynomial right of the line in s, and how near the nearest is to it. */
static size_t
zeros_right_of(const tg_corrected *c, double line, double *nearest)
{
    double       h[MOST], re[MOST], im[MOST], a[MOST * MOST] = { 0 };
    const size_t n = expand(c, h);
    size_t       count = 0;

    for (size_t i = 0; i < n; i++) {
        a[i * n + n - 1] = -h[i] / h[n];
        if (i > 0) a[i * n + i - 1] = 1;
    }
    assert_int_equal(LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)n, a,
                                   (lapack_int)n, re, im, NULL, 1, NULL, 1),
                     0);
    *nearest = INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double complex z = re[i] + im[i] * I, s = 2 / c->dt * (1 - z) / (1 + z);
        count += creal(s) > line;
        *nearest = fmin(*nearest, fabs(creal(s) - line));
    }
    return count;
}

/* Random series: counted and found as the companion matrix has them. */
static void
test_companion(void **state)
{
    tg_rng g = tg_rng_stream(11, TG_PURPOSE_TEST, 0);
    size_t tried = 0, unstable = 0;

    (void)state;
    for (int i = 0; i < 200; i++) {
        double             law[3][8], own[3][6];
        tg_corrected_group group[3];
        tg_corrected       c = { .dt = 0.3, .groups = 1 + (size_t)(i % 3), .group = group };
        c.e = 1.5 * tg_rng_uniform(&g) / (double)c.groups;
        for (size_t k = 0; k < c.groups; k++) {
            double sum = 0;
            for (int j = 0; j < 8; j++) sum += law[k][j] = tg_rng_uniform(&g);
            for (int j = 0; j < 8; j++) law[k][j] /= sum;
            for (int j = 0; j < 6; j++)
                own[k][j] = (j == 0) + (tg_rng_uniform(&g) - 0.5) / 2;
            group[k] =
                (tg_corrected_group){ 4 * tg_rng_uniform(&g), law[k], own[k], 8, 6, 0 };
        }
        for (double line = 0; line > -0.5; line -= 0.3) {
            double       nearest;
            const size_t right = zeros_right_of(&c, line, &nearest);
            size_t       count;
            tg_roots     r;
            if (nearest < 1e-3) continue;
            assert_ok(tg_corrected_count(&c, line, &count, NULL, NULL));
            assert_int_equal(count, right);
            assert_ok(tg_corrected_right_of(&c, line, &r));
            assert_int_equal(r.certificate.found, right);
            for (size_t k = 0; k < r.count; k++)
                assert_true(cabs(tg_corrected_value(&c, r.root[k].s)) <
                            1e-10 * (1 + cabs(r.root[k].s)));
            tg_roots_free(&r);
            tried++;
            unstable += right > 0;
        }
    }
    print_message("%zu counts, %zu of them not 0\n", tried, unstable);
    assert_true(tried > 300 && unstable > 60);
}

/* Without own past it is the mean field's loop: its threshold, from both sides, and its roots with an
 * error of second order in the step. */
static void
test_mean_field(void **state)
{
    double    law[202] = { 0 }, one = 1, error[2];
    tg_delay *d = NULL;

    (void)state;
    assert_ok(tg_delay_parse("{law: constant, value: 1}", &d));
    for (int i = 0; i < 2; i++) {
        const size_t n = i ? 200 : 100; /* of steps in the delay */
        tg_loop      l = { .a = 1, .delay = d };
        tg_roots     mine, theirs;
        memset(law, 0, sizeof law);
        law[n] = 1;
        tg_corrected_group g = {
            .rate = 1, .law = law, .own = &one, .laws = n + 1, .owns = 1
        };
        const tg_corrected c = { .dt = 1 / (double)n, .e = 0, .groups = 1, .group = &g };
        assert_ok(tg_corrected_right_of(&c, -2, &mine));
        assert_ok(tg_roots_right_of(&l, -2, &theirs));
        assert_int_equal(mine.count, theirs.count);
        error[i] = cabs(mine.root[0].s - theirs.root[0].s);
        tg_roots_free(&mine);
        tg_roots_free(&theirs);
        const double pi = 3.14159265358979323846, edge = pi / 2;
        for (int side = -1; side <= 1; side += 2) {
            size_t count;
            g.rate = edge * (1 + 1e-3 * side);
            assert_ok(tg_corrected_count(&c, 0, &count, NULL, NULL));
            assert_int_equal(count, side > 0 ? 2 : 0);
        }
    }
    assert_near(log2(error[0] / error[1]), 2, 0.05);
    tg_delay_free(d);
}

static void
test_bad_input(void **state)
{
    const double       one = 1;
    tg_corrected_group g = { .rate = 1, .law = &one, .own = &one, .laws = 1, .owns = 1 };
    tg_corrected       c = { .dt = 0.1, .e = 0.1, .groups = 1, .group = &g };
    size_t             count = 77;
    tg_roots           r;

    (void)state;
    assert_fails(tg_corrected_count(&c, -11, &count, NULL, NULL), TG_EDOMAIN,
                 "right of -11");
    assert_fails(tg_corrected_count(&c, NAN, &count, NULL, NULL), TG_EDOMAIN,
                 "right of nan");
    g.owns = 0;
    assert_fails(tg_corrected_count(&c, 0, &count, NULL, NULL), TG_EDOMAIN, "group 0");
    g.owns = 1;
    g.rate = INFINITY;
    assert_fails(tg_corrected_count(&c, 0, &count, NULL, NULL), TG_EDOMAIN, "group 0");
    g.rate = 0; /* s = 0 lies on the line, and is found when that is moved off it */
    assert_fails(tg_corrected_count(&c, 0, &count, NULL, NULL), TG_ENOCONV, "on the line");
    assert_int_equal(count, 77);
    assert_ok(tg_corrected_right_of(&c, 0, &r));
    assert_true(r.count == 1 && cabs(r.root[0].s) < 1e-12 && r.certificate.moved > 0);
    tg_roots_free(&r);
    c.groups = 0;
    assert_fails(tg_corrected_right_of(&c, 0, &r), TG_EDOMAIN, "a group");
}

RUN(cmocka_unit_test(test_known_zeros), cmocka_unit_test(test_companion),
    cmocka_unit_test(test_mean_field), cmocka_unit_test(test_bad_input))
