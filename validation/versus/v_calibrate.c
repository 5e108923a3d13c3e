/* v_calibrate: a hundred simulated runs of random workers and objectives; how often the intervals of
 * tardigrad calibrate have what they were made with, and how often it says that such a run does not fit */
#include "validation/unit/calibrated.h"

enum { RUNS = 100, KINDS = 5 };

static const char *const kinds[KINDS] = { "mean job time", "CV of job times", "eigenvalue",
                                          "second eigenvalue", "noise" };

typedef struct count {
    size_t covered[KINDS], of[KINDS], seen;
} count;

static void
add(count *n, size_t kind, bool covered)
{
    n->of[kind]++;
    n->covered[kind] += covered;
}

/* Its number of modes is told. */
static void
try_run(uint64_t number, count *n)
{
    const truth    t = truth_draw(number);
    const recorded r = recorded_make();
    char           step[40], modes[20];
    tg_answer      a = { 0 };

    record(&r, t.study, 0, 201, 0);
    snprintf(step, sizeof step, "step=%.17g", t.step);
    snprintf(modes, sizeof modes, "modes=%zu", t.modes);
    assert_ok(calibrate(&r, (const char *const[]){ step, modes, "least=0", NULL }, &a));
    add(n, 0, covers(&a, kinds[0], "group 1", t.mean));
    add(n, 1, covers(&a, kinds[1], "group 1", t.cv));
    add(n, 2, covers(&a, kinds[2], "mode 1", t.h[0]));
    if (t.modes == 2) add(n, 3, covers(&a, kinds[2], "mode 2", t.h[1]));
    add(n, 4, covers(&a, kinds[4], "all modes", t.sigma));
    n->seen += effects_seen(&a, NULL) > 0;
    tg_answer_free(&a);
    recorded_remove(&r);
}

/* No less than four standard errors of a binomial below 95 of 100. */
static void
test_coverage(void **state)
{
    count n = { 0 };

    (void)state;
    for (uint64_t i = 0; i < RUNS; i++) try_run(i, &n);
    printf("in the interval of 95 %%, of %d runs\n", RUNS);
    for (size_t k = 0; k < KINDS; k++)
        printf("  %-20s %3zu of %3zu\n", kinds[k], n.covered[k], n.of[k]);
    printf("  said not to fit      %3zu of %3d\n", n.seen, RUNS);
    for (size_t k = 0; k < KINDS; k++) {
        const double of = (double)n.of[k];
        assert_true((double)n.covered[k] >= .95 * of - 4 * sqrt(.95 * .05 * of));
    }
    assert_true(n.seen <= RUNS / 20);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_coverage) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
