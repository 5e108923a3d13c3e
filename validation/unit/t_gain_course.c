/* What a chart interpolates of a loop over its gain is what is solved there, counts to the last; another
 * loop is another course. */
#include "validation/unit/clusters.h"

#include "asgd/theory/finite_rate.h"
#include "asgd/theory/gain_course.h"
#include "asgd/theory/mode_roots.h"
#include "core/rng.h"

enum { GAINS = 400 };

static tg_case
case_of(const char *law, size_t workers, const tg_algorithm *rule, tg_cluster **cluster)
{
    tg_case c;

    *cluster = cluster_of(law, workers);
    assert_ok(tg_case_open(*cluster, rule, 0.1, &c));
    return c;
}

static tg_mode_prediction
solved(const tg_case *c, double a, double horizon)
{
    const tg_loop      l = tg_case_loop(c, a);
    tg_mode_prediction m = { .a = a };

    assert_ok(tg_case_roots(&l, &m));
    assert_ok(tg_case_effective_rate(c, 1, horizon, &m));
    return m;
}

/* With the workers of its cluster. */
static double
rate_of(const tg_case *c, const tg_mode_prediction *field)
{
    const tg_finite_rate f = tg_finite_rate_of(c);
    const tg_loop        l = tg_case_loop(c, field->a);
    double complex       root;

    if (!f.known) return field->rate;
    return tg_finite_rate_at(&f, &l, (double)c->cluster->workers,
                             field->re + fabs(field->im) * I, &root);
}

/* Gains evenly in their logarithm, from far below the threshold to past several. */
static void
check_law(const char *law, size_t workers, const tg_algorithm *rule, double tolerance)
{
    tg_cluster     *cluster = NULL;
    tg_case         c = case_of(law, workers, rule, &cluster);
    tg_gain_course *course = NULL;
    tg_rng          g = tg_rng_stream(5, TG_PURPOSE_TEST, 0);
    size_t          most = 0;

    assert_ok(tg_gain_course_create(50, &course));
    assert_ok(tg_gain_course_turn(course, &c));
    for (int i = 0; i < GAINS; i++) {
        const double             a = exp(-5 + 8 * tg_rng_uniform(&g));
        const tg_mode_prediction s = solved(&c, a, 50);
        tg_mode_prediction       m;
        assert_ok(tg_gain_course_at(course, &c, a, &m));
        assert_int_equal(m.unstable, s.unstable);
        assert_int_equal(m.exponential, s.exponential);
        assert_int_equal(m.effective, s.effective);
        assert_near(m.re, s.re, 2e-6 * hypot(s.re, s.im));
        assert_near(fabs(m.im), fabs(s.im), 2e-6 * hypot(s.re, s.im));
        const double rate = rate_of(&c, &s);
        assert_near(m.rate, rate, tolerance * hypot(rate, s.im));
        if (m.unstable > most) most = m.unstable;
    }
    assert_true(most >= 2); /* there were changes to see */
    tg_gain_course_free(course);
    tg_case_close(&c);
    tg_cluster_free(cluster);
}

static void
test_is_what_is_solved(void **state)
{
    (void)state;
    const char *const laws[] = { "{law: gamma, shape: 4, mean: 1}",
                                 "{law: uniform, min: 0.5, max: 1.5}",
                                 "{law: constant, value: 1}" };
    for (int i = 0; i < 3; i++) {
        check_law(laws[i], 10, &tg_asgd, 2e-6);
        check_law(laws[i], 8, &tg_asgd, 2e-4); /* cubics in 1/P */
        check_law(laws[i], 300, &tg_asgd, 2e-4);
    }
    check_law("{law: uniform, min: 0.5, max: 1.5}", 1, &tg_asgd, 1e-12);
    check_law("{law: erlang, stages: 3, mean: 1}", 8, &tg_dude, 2e-6);
}

/* The rates of a chart are those of a prediction, and of the roots that are counted. */
static void
test_is_what_is_predicted(void **state)
{
    static const char *const laws[] = {
        "{law: erlang, stages: 2, mean: 1}", "{law: uniform, min: 0.2, max: 1.8}",
        "{law: hyperexponential, weights: [.8, .2], means: [.5, 3]}",
        "{law: constant, value: 1}", "{law: exponential, mean: 1}"
    };

    (void)state;
    for (int i = 0; i < 5; i++)
        for (size_t P = 1; P < 20; P = 2 * P + 1)
            for (double k = 0.1; k < 1.2; k += 0.3) {
                tg_cluster        *cluster = NULL;
                tg_case            c = case_of(laws[i], P, &tg_asgd, &cluster);
                tg_mode_prediction m = solved(&c, k, 50);
                const double       rate = rate_of(&c, &m);
                tg_mode_equation   q;
                tg_roots           r;
                double             line = NAN;
                assert_ok(tg_cluster_equation(cluster, &tg_asgd, k / (double)P, 1, &q));
                assert_ok(tg_mode_roots(&q, &line, &r));
                /* the grid's error, and that of the match, of which G knows two moments */
                const double size = i == 1 && P > 1
                                        ? 0.15 * cabs(r.count ? r.root[0].s : 1) / (double)P
                                        : 1e-3;
                if (r.count > 0)
                    assert_near(rate, -creal(r.root[0].s), size);
                else
                    assert_true(isnan(rate) || rate > -line);
                tg_roots_free(&r);
                tg_mode_equation_close(&q);
                tg_case_close(&c);
                tg_cluster_free(cluster);
            }
}

/* No root, so the rate is over the horizon: to a thousandth. */
static void
test_heavy_tail(void **state)
{
    tg_cluster     *cluster = NULL;
    tg_case         c;
    tg_gain_course *course = NULL;

    (void)state;
    c = case_of("{law: lognormal, mean: 1, cv: 0.5}", 8, &tg_asgd, &cluster);
    assert_ok(tg_gain_course_create(10, &course));
    assert_ok(tg_gain_course_turn(course, &c));
    for (double a = 0.05; a < 0.3; a *= 1.017) {
        const tg_mode_prediction s = solved(&c, a, 10);
        tg_mode_prediction       m;
        assert_ok(tg_gain_course_at(course, &c, a, &m));
        assert_true(m.effective && s.effective);
        assert_near(m.rate / s.rate, 1, 2e-3);
    }
    tg_gain_course_free(course);
    tg_case_close(&c);
    tg_cluster_free(cluster);
}

/* A loop that the course is not of is solved, and what was asked before does not show: forwards and
 * backwards, with another loop between, the same bits. */
static void
test_another_loop(void **state)
{
    enum { ASKED = 12 };
    tg_cluster        *cluster[2] = { NULL };
    tg_case            c[2];
    tg_gain_course    *course[2] = { NULL };
    tg_mode_prediction m, first[ASKED];

    (void)state;
    c[0] = case_of("{law: gamma, shape: 4, mean: 1}", 8, &tg_asgd, &cluster[0]);
    c[1] = case_of("{law: gamma, shape: 4, mean: 2}", 8, &tg_asgd, &cluster[1]);
    for (int k = 0; k < 2; k++) {
        assert_ok(tg_gain_course_create(50, &course[k]));
        assert_ok(tg_gain_course_turn(course[k], &c[0]));
    }
    for (int i = 0; i < ASKED; i++)
        assert_ok(tg_gain_course_at(course[0], &c[0], 0.1 + 0.02 * i, &first[i]));
    for (int i = ASKED; i-- > 0;) {
        const double             a = 0.1 + 0.02 * i;
        const tg_mode_prediction s = solved(&c[1], a, 50);
        assert_ok(tg_gain_course_at(course[1], &c[1], a, &m));
        assert_true(m.re == s.re && m.rate == s.rate);
        assert_ok(tg_gain_course_at(course[1], &c[0], a, &m));
        assert_true(m.re == first[i].re && m.im == first[i].im && m.rate == first[i].rate);
    }
    for (int k = 0; k < 2; k++) {
        tg_gain_course_free(course[k]);
        tg_case_close(&c[k]);
        tg_cluster_free(cluster[k]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_is_what_is_solved),
                                        cmocka_unit_test(test_is_what_is_predicted),
                                        cmocka_unit_test(test_heavy_tail),
                                        cmocka_unit_test(test_another_loop) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
