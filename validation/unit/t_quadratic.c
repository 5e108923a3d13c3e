#include "validation/unit/check.h"

#include "asgd/problems/problem.h"
#include "asgd/sim/cluster.h"
#include "core/stats.h"
#include "study/study.h"

/* The study's text with these workers (and more of the objective), for P workers. */
static tg_problem *
problem_of(const char *objective, const char *workers, size_t total)
{
    char        text[1024];
    tg_study   *study = NULL;
    tg_problem *p = NULL;
    tg_cluster *c = NULL;

    snprintf(text, sizeof text,
             "objective: {quadratic: {%s}}\nworkers:\n%s"
             "algorithm: {name: asgd, step: 0.1}\nhorizon: 1\nseed: 5\n",
             objective, workers);
    assert_ok(tg_study_parse(text, "test", &study));
    assert_ok(tg_study_cluster(study, total, &c));
    assert_ok(tg_study_problem(study, c, &p));
    tg_cluster_free(c);
    tg_study_free(study);
    return p;
}

/* b_wj, read off the gradient h_j (x_j - b_wj) at x = 0. */
static double
minimum(const tg_problem *p, size_t worker, size_t j, double h)
{
    double x[8] = { 0 }, g[8], scratch[64];
    tg_rng noise = tg_rng_of(1, TG_PURPOSE_NOISE, 0, 0);

    p->kind->gradient(p->self, worker, x, &noise, scratch, g);
    return -g[j] / h;
}

#define GROUP(count, more)                                                                 \
    "  - {count: " count ", compute: {law: constant, value: 1}" more "}\n"

/* workers[].minimum of any one group, and of both; a list is used in turn; the group of a
 * worker in a scaled cluster is found in proportion. */
static void
test_minima_of_groups(void **state)
{
    static const struct {
        const char *workers;
        size_t      total;
        double      b[6];
    } study[] = {
        { GROUP("2", ", minimum: 3") GROUP("3", ""), 5, { 3, 3, 0, 0, 0 } },
        { GROUP("2", "") GROUP("3", ", minimum: -1"), 5, { 0, 0, -1, -1, -1 } },
        { GROUP("1", ", minimum: 7") GROUP("2", ", minimum: 4"), 3, { 7, 4, 4 } },
        { GROUP("3", ", minimum: [1, -1]") GROUP("2", ", minimum: [5, 6]"),
          5,
          { 1, -1, 1, 5, 6 } },
        { GROUP("1", ", minimum: 2") GROUP("2", ", minimum: 8"), 6, { 2, 2, 8, 8, 8, 8 } },
        { GROUP("4", ""), 4, { 0, 0, 0, 0 } },
    };

    (void)state;
    for (size_t k = 0; k < sizeof study / sizeof *study; k++) {
        tg_problem *p =
            problem_of("eigenvalues: [2, 0.5]", study[k].workers, study[k].total);
        assert_int_equal(p->workers, study[k].total);
        for (size_t w = 0; w < study[k].total; w++) {
            assert_near(minimum(p, w, 0, 2), study[k].b[w], 1e-15);
            assert_near(minimum(p, w, 1, .5), study[k].b[w], 1e-15);
        }
        tg_problem_free(p);
    }
}

/* minimum_spread alone, and on top of a minimum: centred, of the given deviation. */
static void
test_spread(void **state)
{
    enum { P = 4000 };

    (void)state;
    for (int with = 0; with < 2; with++) {
        tg_problem *p =
            problem_of("eigenvalues: [2, 0.5], minimum_spread: 0.3",
                       with ? GROUP("4000", ", minimum: 5") : GROUP("4000", ""), P);
        for (size_t j = 0; j < 2; j++) {
            tg_stats s = { 0 };
            for (size_t w = 0; w < P; w++) tg_stats_add(&s, minimum(p, w, j, j ? .5 : 2));
            assert_near(s.mean, with ? 5 : 0, 1e-12);
            assert_near(sqrt(tg_stats_variance(&s)), .3, 4 * .3 / sqrt(2. * P));
        }
        tg_problem_free(p);
    }
}

/* Of three workers with minima 1, 2, 6 (centre 3) that deliver in shares 1/2, 1/4, 1/4:
 * shift 5/2 - 3, spread E b^2 - (E b)^2 = 10.5 - 6.25, and the losses they cost. */
static void
test_modes(void **state)
{
    const double weight[] = { .5, .25, .25 };
    tg_problem  *p = problem_of("eigenvalues: [2, 0.5, 4], start: [4, 3, 1], "
                                 "noise: {additive: [0.1, 0, 3]}",
                                GROUP("1", ", minimum: 1") GROUP("1", ", minimum: 2")
                                    GROUP("1", ", minimum: 6"),
                                3);
    const double h[] = { 2, .5, 4 }, start[] = { 1, 0, -2 }, sigma[] = { .1, 0, 3 };
    double       loss = 0, shifted = 0;
    tg_modes     m;

    (void)state;
    assert_ok(tg_problem_modes(p, weight, &m));
    assert_int_equal(m.count, 3);
    for (int j = 0; j < 3; j++) {
        assert_near(m.h[j], h[j], 0);
        assert_near(m.start[j], start[j], 1e-15);
        assert_near(m.sigma2[j], sigma[j] * sigma[j], 1e-15);
        assert_near(m.shift[j], -.5, 1e-15);
        assert_near(m.spread[j], 4.25, 1e-14);
        loss += h[j] * start[j] * start[j] / 2;
        shifted += h[j] * .25 / 2;
    }
    assert_near(m.least, .5, 0);
    assert_near(m.start_loss, loss, 1e-14);
    assert_near(m.start_covered, loss, 1e-14);
    assert_near(m.shift_loss, shifted, 1e-14);
    tg_modes_free(&m);
    tg_problem_free(p);
}

/* One value for all modes, or one for each; not another number of them. */
static void
test_values_per_mode(void **state)
{
    tg_study *study = NULL;

    (void)state;
    assert_fails(
        tg_study_parse("objective: {quadratic: {eigenvalues: [1, 2, 3], start: [1, "
                       "2]}}\nworkers: [{count: 1, compute: {law: constant, value: "
                       "1}}]\nalgorithm: {name: asgd, step: 1}\nhorizon: 1\n",
                       "test", &study),
        TG_EINPUT, "one number or 3");
    assert_null(study);
}

RUN(cmocka_unit_test(test_minima_of_groups), cmocka_unit_test(test_spread),
    cmocka_unit_test(test_modes), cmocka_unit_test(test_values_per_mode))
