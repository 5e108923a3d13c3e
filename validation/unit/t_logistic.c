/* Logistic regression: gradients against differences, splits, the published run on phishing. */
#include "validation/unit/rules.h"

#include "asgd/problems/logistic.h"
#include "core/stats.h"

static const char text[] =
    "-1 1:0.5 3:2\n+1 2:1.25\n\n1 1:-1 2:1 3:0.5 # a remark\n-1 2:-0.75\n"
    "1 3:1\n-1 1:1\n";

static tg_dataset
data(const char *split, size_t workers)
{
    tg_dataset d = { 0 };
    tg_choice  how;

    assert_ok(tg_libsvm_read(write_temporary("a.svm", text, sizeof text - 1), 100, &d));
    assert_ok(tg_choice_find(tg_splits, "split", split, &how));
    if (!strcmp(split, "dirichlet")) how.param[0] = 1;
    assert_ok(tg_dataset_split(&d, workers, &how, 1));
    return d;
}

static tg_problem *
problem(const char *split, size_t workers, tg_logistic plan)
{
    tg_dataset  d = data(split, workers);
    tg_problem *p = NULL;

    assert_ok(tg_problem_logistic(&d, &plan, &p));
    return p;
}

static void
test_reading(void **state)
{
    tg_dataset d = data("contiguous", 3);

    (void)state;
    assert_int_equal(d.samples, 6);
    assert_int_equal(d.features, 3);
    assert_int_equal(d.classes, 2);
    const uint8_t label[] = { 0, 1, 1, 0, 1, 0 };
    assert_memory_equal(d.label, label, 6);
    assert_int_equal(d.row[1], 2);
    assert_int_equal(d.feature[1], 2);
    assert_near(d.value[1], 2, 0);
    assert_int_equal(d.row[6], 9);
    tg_dataset_free(&d);
}

/* F by its formula, and its gradient by central differences of F. */
static void
test_gradient(void **state)
{
    static const char *const split[] = { "contiguous", "identical", "label", "dirichlet" };
    const double             x[] = { .3, -.8, 1.1 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        tg_problem *p = problem(split[i], 2, (tg_logistic){ .1, .2, 0, 0 });
        double      g[3], share[3], mean[3] = { 0 };
        p->kind->slope(p->self, x, NULL, g);
        for (int j = 0; j < 3; j++) {
            double high[3], low[3];
            memcpy(high, x, sizeof x);
            memcpy(low, x, sizeof x);
            high[j] += 1e-6;
            low[j] -= 1e-6;
            const double slope =
                (p->kind->loss(p->self, high, NULL) - p->kind->loss(p->self, low, NULL)) /
                2e-6;
            assert_near(g[j], slope, 1e-8);
        }
        for (size_t w = 0; w < 2; w++) { /* F is the mean of the workers' */
            p->kind->gradient(p->self, w, x, NULL, NULL, share);
            for (int j = 0; j < 3; j++) mean[j] += share[j] / 2;
        }
        for (int j = 0; j < 3; j++) assert_near(mean[j], g[j], 1e-14);
        tg_problem_free(p);
    }
}

/* Minibatches are unbiased. */
static void
test_minibatch(void **state)
{
    enum { N = 20000 };
    const double x[] = { .3, -.8, 1.1 };
    tg_problem  *all = problem("contiguous", 2, (tg_logistic){ .1, .2, 0, 0 }),
               *some = problem("contiguous", 2, (tg_logistic){ .1, .2, 2, 0 });
    double   exact[3], g[3];
    tg_stats mean[3] = { { 0 } };

    (void)state;
    all->kind->gradient(all->self, 1, x, NULL, NULL, exact);
    for (uint32_t i = 0; i < N; i++) {
        tg_rng draws = tg_rng_of(3, TG_PURPOSE_NOISE, 1, i);
        some->kind->gradient(some->self, 1, x, &draws, NULL, g);
        for (int j = 0; j < 3; j++) tg_stats_add(&mean[j], g[j]);
    }
    for (int j = 0; j < 3; j++)
        assert_near(mean[j].mean, exact[j], 4 * tg_stats_error(&mean[j]) + 1e-15);
    tg_problem_free(all);
    tg_problem_free(some);
}

/* With l2 alone the loss is that above the minimum, where the gradient vanishes. */
static void
test_minimum(void **state)
{
    tg_problem *p = problem("contiguous", 2, (tg_logistic){ .1, 0, 0, 0 });
    double      x[3] = { 0 }, g[3];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        p->kind->slope(p->self, x, NULL, g);
        for (int j = 0; j < 3; j++) x[j] -= .3 * g[j];
    }
    assert_near(p->kind->loss(p->self, x, NULL), 0, 1e-11);
    x[0] += .01;
    assert_true(p->kind->loss(p->self, x, NULL) > 1e-6);
    tg_problem_free(p);
}

/* Phishing, 10 workers of speeds 1 .. 10 with contiguous shares, nonconvex .1, x0 = 1: |grad F| after
 * 0, 1, 10, 50, 200 updates, by two programs. */
static void
test_phishing(void **state)
{
    const char  *folder = getenv("TARDIGRAD_DATA");
    const size_t after[] = { 0, 1, 10, 50, 200 };
    const double step[] = { .5, .125 };
    const double norm[2][5] = {
        { .732643021608, .749959991147, .776785916154, .237003630537, .0189792598168 },
        { .732643021608, .737010007243, .774779128383, .668832523484, .0163454792089 }
    };
    char        path[512];
    double      time[10];
    tg_dataset  d = { 0 };
    tg_choice   how;
    tg_problem *p = NULL;

    (void)state;
    if (!folder) {
        print_message("skipped: TARDIGRAD_DATA is not set\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/libsvm/phishing.txt", folder);
    assert_ok(tg_libsvm_read(path, 11000, &d));
    assert_int_equal(d.features, 68);
    assert_ok(tg_choice_find(tg_splits, "split", "contiguous", &how));
    assert_ok(tg_dataset_split(&d, 10, &how, 1));
    assert_ok(tg_problem_logistic(&d, &(tg_logistic){ 0, .1, 0, 1 }, &p));
    for (int i = 0; i < 10; i++) time[i] = i + 1;
    tg_cluster *c = cluster_of_times(time, 10);
    for (int k = 0; k < 2; k++) {
        const tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), step[k], 1);
        tg_sim        *s = simulation(&u, 0);
        for (int i = 0; i < 5; i++) {
            while (tg_sim_updates(s) < after[i]) advance(s);
            assert_near(tg_sim_slope(s), norm[k][i], 1e-11);
        }
        tg_sim_free(s);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
}

static void
test_bad_input(void **state)
{
    static const struct {
        const char *text, *words;
    } bad[] = { { "", "no samples" },
                { "1\n", "no samples" },
                { "x 1:2\n", ":1: expected a whole number as label" },
                { "1.5 1:2\n", "whole number" },
                { "1 1:2\n0 0:1\n", ":2: expected INDEX:VALUE" },
                { "1 2:2 1:1\n", "indices must rise" },
                { "1 1:nan\n", "not a number" },
                { "1 1\n", "expected INDEX:VALUE" } };
    tg_dataset  d = { 0 };
    tg_problem *p = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(tg_libsvm_read(
                         write_temporary("bad", bad[i].text, strlen(bad[i].text)), 10, &d),
                     TG_EINPUT, bad[i].words);
    assert_fails(tg_libsvm_read("/nonexistent", 10, &d), TG_EIO, "/nonexistent");
    assert_null(d.row);
    assert_ok(tg_libsvm_read(write_temporary("one", "1 1:1\n1 1:2\n", 12), 10, &d));
    const tg_choice how = tg_choice_of(tg_splits[0]);
    assert_ok(tg_dataset_split(&d, 1, &how, 1));
    assert_fails(tg_problem_logistic(&d, &(tg_logistic){ 0, 0, 0, 0 }, &p), TG_EDOMAIN,
                 "2 classes, the data have 1");
    assert_fails(tg_problem_logistic(&d, &(tg_logistic){ -1, 0, 0, 0 }, &p), TG_EDOMAIN,
                 "l2");
    tg_dataset_free(&d);
}

RUN(cmocka_unit_test(test_reading), cmocka_unit_test(test_gradient),
    cmocka_unit_test(test_minibatch), cmocka_unit_test(test_minimum),
    cmocka_unit_test(test_phishing), cmocka_unit_test(test_bad_input))
