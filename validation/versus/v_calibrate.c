/* v_calibrate: a hundred simulated runs of random workers and objectives; how often the intervals of
 * tardigrad calibrate have what they were made with, and how often it says that such a run does not fit */
#include "validation/unit/calibrated.h"

enum { RUNS = 100, KINDS = 5 };

static const char *const kinds[KINDS] = { "mean job time", "CV of job times", "eigenvalue",
                                          "noise", "second eigenvalue" };

typedef struct count {
    size_t covered[KINDS], of[KINDS], seen, modes;
} count;

static void
add(count *n, size_t kind, bool covered)
{
    n->of[kind]++;
    n->covered[kind] += covered;
}

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
    add(n, 3, covers(&a, kinds[3], "all modes", t.sigma));
    if (t.modes == 2) add(n, 4, covers(&a, kinds[2], "mode 2", t.h[1]));
    const bool more = !isnan(parameter(&a, "eigenvalue", "mode 3", 3)),
               two = !isnan(parameter(&a, "eigenvalue", "mode 2", 3));
    n->modes += (size_t)1 + two + more == t.modes;
    n->seen += effects_seen(&a, NULL) > 0;
    if (getenv("TARDIGRAD_EACH")) {
        printf("%3u P %2zu modes %zu/%zu: ", (unsigned)number, t.workers, t.modes,
               (size_t)1 + two + more);
        printf("mean %d cv %d h %.4g %.4g..%.4g noise %.4g %.4g..%.4g",
               covers(&a, kinds[0], "group 1", t.mean),
               covers(&a, kinds[1], "group 1", t.cv), t.h[0],
               parameter(&a, kinds[2], "mode 1", 4), parameter(&a, kinds[2], "mode 1", 5),
               t.sigma, parameter(&a, kinds[3], "all modes", 4),
               parameter(&a, kinds[3], "all modes", 5));
        if (t.modes == 2)
            printf(" h2 %.4g %.4g..%.4g", t.h[1], parameter(&a, kinds[2], "mode 2", 4),
                   parameter(&a, kinds[2], "mode 2", 5));
        for (size_t i = 0; i < tg_table_rows(a.table[2]); i++)
            if (!strcmp(tg_table_cell(a.table[2], i, 4).text, "seen"))
                printf(" SEEN %s %.2f", tg_table_cell(a.table[2], i, 0).text,
                       tg_table_number(a.table[2], i, 3));
        printf("\n");
        fflush(stdout);
    }
    tg_answer_free(&a);
    recorded_remove(&r);
}

/* At least four standard errors of a binomial below 95 of 100. */
static void
test_coverage(void **state)
{
    count n = { 0 };

    (void)state;
    for (uint64_t i = 0; i < RUNS; i++) try_run(i, &n);
    for (size_t k = 0; k < KINDS; k++) {
        const double of = (double)n.of[k];
        printf("%-20s %3zu of %3zu within the interval of 95 %%\n", kinds[k], n.covered[k],
               n.of[k]);
        assert_true((double)n.covered[k] >= .95 * of - 4 * sqrt(.95 * .05 * of));
    }
    printf("number of modes right in %zu, \"does not fit\" said of %zu of %d\n", n.modes,
           n.seen, RUNS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_coverage) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
