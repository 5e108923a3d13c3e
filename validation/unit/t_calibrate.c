#include "validation/unit/calibrated.h"

/* ---- inside the model ------------------------------------------------------------------- */

/* Of sixteen runs of random workers and objectives each number is in its interval of 95 % in all but what a binomial
 * allows (four standard errors), and hardly any is said not to fit. validation/versus has a hundred. */
static void
test_coverage(void **state)
{
    enum { RUNS = 16 };
    static const char *const name[] = { "mean job time", "CV of job times", "eigenvalue",
                                        "noise" };
    static const char *const of[] = { "group 1", "group 1", "mode 1", "all modes" };
    size_t                   covered[4] = { 0 }, seen = 0;

    (void)state;
    for (uint64_t i = 0; i < RUNS; i++) {
        const truth    t = truth_draw(1000 + 2 * i); /* of one mode */
        const recorded r = recorded_make();
        const double   value[] = { t.mean, t.cv, t.h[0], t.sigma };
        char           step[40];
        tg_answer      a = { 0 };
        record(&r, t.study, 0, 201, 0);
        snprintf(step, sizeof step, "step=%.17g", t.step);
        assert_ok(calibrate(
            &r, (const char *const[]){ step, "least=0", "modes=1", "runs=99", NULL }, &a));
        for (size_t k = 0; k < 4; k++) covered[k] += covers(&a, name[k], of[k], value[k]);
        seen += effects_seen(&a, NULL) > 0;
        tg_answer_free(&a);
        recorded_remove(&r);
    }
    for (size_t k = 0; k < 4; k++) assert_true(covered[k] >= 12);
    assert_true(seen <= 2);
}

/* ---- outside of it ---------------------------------------------------------------------- */

#define QUADRATIC                                                                          \
    "objective: {quadratic: {eigenvalues: [1.0], start: 1.0, noise: {additive: 0.3}}}\n"
#define WORKERS(more)                                                                      \
    "workers: [{count: 12, compute: {law: gamma, shape: 4, mean: 1}" more "}]\n"
#define REST "workers_start: together\nalgorithm: {name: asgd, step: 0.005}\nhorizon: 250\n"

/* Each effect is seen and named; beside it a run without one is said to fit. */
static void
test_effects(void **state)
{
    static const struct {
        const char *study, *effect;
    } made[] = {
        { QUADRATIC WORKERS("") REST, NULL },
        { QUADRATIC WORKERS(", speed: {name: drift, correlation: 20, spread: 0.5}") REST,
          "correlated jobs" },
        { QUADRATIC WORKERS(", speed: {name: on_off, on: 20, off: 10, slow: 0.2}") REST,
          "correlated jobs" },
        { QUADRATIC WORKERS(", speed: {name: on_off, on: 20, off: 10, slow: 0.2}") REST,
          "slow spells" },
        { QUADRATIC WORKERS("") "uplink: {kind: fifo, bytes: 0.08, bandwidth: 1}\n" REST,
          "contention" },
        { QUADRATIC WORKERS("") "uplink: {kind: fifo, bytes: 0.05, bandwidth: 1}\n" REST,
          "contention" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        for (uint64_t k = 0; k < (made[i].effect ? 1 : 3); k++) {
            const recorded r = recorded_make();
            tg_answer      a = { 0 };
            record(&r, made[i].study, k, 201, 0);
            assert_ok(calibrate(
                &r, (const char *const[]){ "step=0.005", "least=0", "runs=39", NULL }, &a));
            if (made[i].effect)
                assert_int_equal(effects_seen(&a, made[i].effect), 1);
            else
                assert_int_equal(effects_seen(&a, NULL), 0);
            tg_answer_free(&a);
            recorded_remove(&r);
        }
}

/* Six workers that idle between jobs, each of which takes longer by the share `grows` for every other one that is at
 * work when it begins; and a loss that falls as it should. */
static void
record_crowd(const recorded *r, double grows, uint64_t number)
{
    enum { WORKERS = 6, POINTS = 61 };
    const double end = 300;
    FILE        *log = fopen(r->log, "w"), *curve = fopen(r->curve, "w");
    tg_rng       g = tg_rng_stream(2, TG_PURPOSE_TEST, number);
    double       next[WORKERS], begin[WORKERS];
    bool         busy[WORKERS] = { false };

    assert_true(log && curve);
    fprintf(log, "worker,start,end\n");
    for (int w = 0; w < WORKERS; w++) next[w] = tg_rng_exponential(&g);
    for (;;) {
        int w = 0, others = 0;
        for (int k = 1; k < WORKERS; k++) w = next[k] < next[w] ? k : w;
        for (int k = 0; k < WORKERS; k++) others += busy[k] && k != w;
        if (next[w] > end) break;
        if (busy[w]) fprintf(log, "w%d,%.17g,%.17g\n", w, begin[w], next[w]);
        begin[w] = next[w];
        next[w] += busy[w] ? tg_rng_exponential(&g)
                           : tg_rng_gamma(&g, 4) / 4 * (1 + grows * others);
        busy[w] = !busy[w];
    }
    fprintf(curve, "time,loss\n");
    for (int i = 0; i < POINTS; i++)
        fprintf(curve, "%.17g,%.17g\n", end * i / (POINTS - 1), exp(-.1 * i) + .01);
    fclose(log);
    fclose(curve);
}

static void
test_crowding(void **state)
{
    (void)state;
    for (int grows = 0; grows < 2; grows++) {
        const recorded r = recorded_make();
        tg_answer      a = { 0 };
        record_crowd(&r, .15 * grows, (uint64_t)grows);
        assert_ok(calibrate(
            &r, (const char *const[]){ "step=.02", "runs=19", "least=.01", NULL }, &a));
        assert_int_equal(effects_seen(&a, "crowding"), grows);
        tg_answer_free(&a);
        recorded_remove(&r);
    }
}

/* 300 samples of two classes in three dimensions. */
static void
write_classes(const char *path)
{
    FILE  *f = fopen(path, "w");
    tg_rng g = tg_rng_stream(1, TG_PURPOSE_TEST, 0);

    assert_non_null(f);
    for (int i = 0; i < 300; i++) {
        double x[3];
        for (int j = 0; j < 3; j++) x[j] = tg_rng_normal(&g);
        fprintf(f, "%d 1:%.6f 2:%.6f 3:%.6f\n",
                x[0] - x[1] / 2 + tg_rng_normal(&g) > 0 ? 1 : -1, x[0], x[1], x[2]);
    }
    fclose(f);
}

/* A logistic loss far from its minimum falls at a speed that changes, and a network's curvature does on the way. */
static void
test_not_quadratic(void **state)
{
    static const char network[] =
        "objective: {network: {layers: [{name: dense, width: 16}, {name: tanh}, "
        "{name: dense, width: 10}, {name: softmax_loss}], data: {synthetic: {samples: 500, "
        "test: "
        "10, noise: 3}}, batch: 64}}\nworkers: [{count: 8, compute: {law: gamma, shape: 4, "
        "mean: "
        "1}}]\nworkers_start: together\nalgorithm: {name: asgd, step: 0.02}\nhorizon: "
        "150\n";
    char logistic[600], path[100];

    (void)state;
    for (int which = 0; which < 2; which++) {
        const recorded r = recorded_make();
        tg_answer      a = { 0 };
        snprintf(path, sizeof path, "%s/classes.svm", r.folder);
        write_classes(path);
        snprintf(logistic, sizeof logistic,
                 "objective: {logistic: {file: %s, batch: 300, start: 10, l2: "
                 "1.0e-3}}\nworkers: "
                 "[{count: 8, compute: {law: gamma, shape: 4, mean: 1}}]\nworkers_start: "
                 "together\nalgorithm: {name: asgd, step: 0.05}\nhorizon: 250\n",
                 path);
        record(&r, which ? network : logistic, 0, which ? 81 : 201, 0);
        assert_ok(calibrate(
            &r, (const char *const[]){ which ? "step=0.02" : "step=0.05", "runs=99", NULL },
            &a));
        assert_true(effects_seen(&a, "shape of the loss curve") +
                        effects_seen(&a, "structure of the residuals") >
                    0);
        tg_answer_free(&a);
        (void)unlink(path);
        recorded_remove(&r);
    }
}

/* ---- what is asked ---------------------------------------------------------------------- */

/* Loss above F*, eigenvalues that are given, threads: F* is found, eigenvalues stand, and the same comes of one
 * thread and of two. */
static void
test_known_and_least(void **state)
{
    static const char study[] =
        "objective: {quadratic: {eigenvalues: [1, 0.3, 0.1], start: 1.0, noise: {additive: "
        "0.3}}}\n" WORKERS("") REST;
    const recorded r = recorded_make();
    tg_answer      a = { 0 }, b = { 0 };
    char          *one = NULL, *two = NULL;

    (void)state;
    record(&r, study, 0, 201, 5);
    const char *const how[] = { "step=0.005", "eigenvalues=1, .3, .1", "runs=39", NULL };
    setenv("TARDIGRAD_THREADS", "1", 1);
    assert_ok(calibrate(&r, how, &a));
    setenv("TARDIGRAD_THREADS", "2", 1);
    assert_ok(calibrate(&r, how, &b));
    unsetenv("TARDIGRAD_THREADS");
    assert_ok(tg_answer_json(&a, &one));
    assert_ok(tg_answer_json(&b, &two));
    assert_string_equal(one, two);
    assert_near(parameter(&a, "least loss F*", "objective", 3), 5, 2e-3);
    assert_near(parameter(&a, "excess at the start", "all modes", 3), .7, .02);
    assert_true(covers(&a, "noise", "all modes", .3));
    assert_true(isnan(parameter(&a, "eigenvalue", "mode 1", 3)));
    assert_int_equal(effects_seen(&a, NULL), 0);
    tg_answer_text_free(one);
    tg_answer_text_free(two);
    tg_answer_free(&a);
    tg_answer_free(&b);
    recorded_remove(&r);
}

static void
put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

#define LOG   "worker,start,end\na,0,1\na,1,2.5\na,2.5,3\nb,0,1.2\nb,1.2,2\nb,2,3.1\n"
#define CURVE "time,loss\n0,1\n.5,.8\n1,.6\n1.5,.5\n2,.4\n2.5,.3\n"

static void
test_bad_input(void **state)
{
    static const struct {
        const char *log, *curve, *option, *words;
    } bad[] = {
        { LOG, CURVE, NULL, "expected --step" },
        { LOG, CURVE, "step=0", "learning rate > 0, got 0" },
        { LOG, CURVE, "step=nan", "--step" },
        { LOG, "time,loss\n0,1\n1,.5\n2,.3\n3,.2\n", "step=.1", "5 points or more, got 4" },
        { LOG, "time,loss\n0,1\n1,.5\n1,.3\n2,.2\n3,.1\n", "step=.1", "times must rise" },
        { LOG, "time,loss\n0,1\n1,nan\n2,.3\n2.5,.2\n3,.1\n", "step=.1",
          "finite time and loss" },
        { LOG, "time,loss\n0,1\n1,2\n2,3\n2.5,4\n3,5\n", "step=.1", "only rises" },
        { LOG, "time,loss\n50,1\n51,.5\n52,.3\n53,.2\n54,.1\n", "step=.1",
          "do not overlap" },
        { LOG, "epoch,loss\n0,1\n1,.5\n2,.4\n2.5,.3\n3,.2\n", "step=.1",
          "no column is a time by its name" },
        { LOG, "time,loss,loss_error\n0,1,0\n1,.5,.1\n2,.4,.1\n2.5,.3,.1\n3,.2,.1\n",
          "step=.1", "mean of several runs" },
        { "worker,start,end\n", CURVE, "step=.1", "no rows" },
        { LOG, CURVE, "modes=4", "1 to 3" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const recorded r = recorded_make();
        tg_answer      a = { 0 };
        put(r.log, bad[i].log);
        put(r.curve, bad[i].curve);
        const bool      modes = bad[i].option && !strncmp(bad[i].option, "modes", 5);
        const tg_status status = calibrate(
            &r, (const char *const[]){ bad[i].option, modes ? "step=.1" : NULL, NULL }, &a);
        assert_int_equal(status, TG_EINPUT);
        if (!strstr(tg_message(), bad[i].words))
            fail_msg("%s: got \"%s\"", bad[i].words, tg_message());
        recorded_remove(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_coverage),        cmocka_unit_test(test_effects),
        cmocka_unit_test(test_not_quadratic),   cmocka_unit_test(test_crowding),
        cmocka_unit_test(test_known_and_least), cmocka_unit_test(test_bad_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
