#include "validation/unit/check.h"

#include "study/schema.h"
#include "study/study.h"
#include "study/tree.h"

#define HEAD "objective: {quadratic: {eigenvalues: [1.0, 0.5]}}\n"
#define REST                                                                               \
    "workers:\n  - {count: 3, compute: {law: constant, value: 1}}\n"                       \
    "algorithm: {name: asgd, step: 0.01}\nhorizon: 10\n"

static tg_study *
parse(const char *text)
{
    tg_study *s = NULL;

    assert_ok(tg_study_parse(text, "s.yaml", &s));
    return s;
}

static void
test_values_and_defaults(void **state)
{
    tg_study *s = parse(HEAD REST);

    (void)state;
    assert_int_equal(s->quadratic.dim, 2);
    assert_near(s->quadratic.h[1], 0.5, 0);
    assert_near(s->quadratic.start[1], 1, 0);
    assert_near(s->algorithm[0].step, 0.01, 0);
    assert_true(isnan(s->target));
    assert_int_equal(s->replicas, 100);
    assert_int_equal(s->groups, 1);
    assert_int_equal(s->algorithms, 1);
    assert_string_equal(s->algorithm[0].label, "asgd");
    assert_ptr_equal(s->algorithm[0].optimiser.kind, &tg_optimiser_sgd.is);
    assert_near(tg_delay_mean(s->group[0].law), 1, 0);
    tg_study_free(s);
}

/* Every complaint: place, key, what was expected, what came, the nearest key. */
static void
test_complaints(void **state)
{
    static const struct {
        const char *text, *words;
    } bad[] = {
        { HEAD REST "horizont: 3\n",
          "s.yaml:6:1: unknown key \"horizont\"; did you mean \"horizon\"?" },
        { HEAD REST "objective.quadratic.noise.additive: 5\n",
          "s.yaml:6:1: unknown key \"objective.quadratic.noise.additive\"" },
        { HEAD REST "algorithm.step: 5\n", "unknown key \"algorithm.step\"" },
        { HEAD REST "xyzzyx: 3\n", "unknown key \"xyzzyx\"; expected one of: name, seed" },
        { HEAD REST "replicas: 2x\n",
          "s.yaml:6:11: replicas: expected a whole number >= 0, got \"2x\"" },
        { HEAD REST "replicas: 0\n", "expected a number in [1, 1e+07], got 0" },
        { HEAD REST "target: {loss: nan}\n", "expected a finite number, got \"nan\"" },
        { HEAD REST "target: {loss: -1}\n",
          "target.loss: expected a number > 0 loss, got -1" },
        { HEAD REST "target: 3\n", "target: expected a map" },
        { REST, "missing key \"objective\"" },
        { "objective: {quadratic: {eigenvalues: []}}\n" REST, "at least one number" },
        { "objective: {quadratic: {eigenvalues: [1, -2]}}\n" REST,
          "eigenvalues: expected a number > 0" },
        { HEAD "algorithm: {name: asgd, step: 1}\nhorizon: 1\nworkers: []\n",
          "expected a list of maps" },
        { HEAD "algorithm: {name: asgd, step: 1}\nhorizon: 1\n"
               "workers: [{count: 0, compute: {law: constant, value: 1}}]\n",
          "got 0" },
        { HEAD "algorithm: {name: asgd, step: 1}\nhorizon: 1\n"
               "workers: [{count: 1, compute: {law: gama, shape: 4, mean: 1}}]\n",
          "gamma" },
        { HEAD "algorithm: {name: asgd, step: 1}\nhorizon: 1\n"
               "workers: [{count: 1, compute: {law: exponential, mean: -1}}]\n",
          "-1" },
        { HEAD "algorithm: {name: asgd, step: 1}\nhorizon: 1\n"
               "workers: [{count: 4, compute: {law: exponential, mean: 1}, "
               "speed: {name: straggler, worker: 4, factor: 2}}]\n",
          "the group has 4 workers, there is no worker 4" },
        { HEAD REST "uplink: {bytes: 1, bandwidth: 1, compression: 0}\n",
          "uplink.compression: expected a number > 0" },
        { "- 1\n", "study: expected a map" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tg_study *s = NULL;
        assert_fails(tg_study_parse(bad[i].text, "s.yaml", &s), TG_EINPUT, bad[i].words);
        assert_null(s);
    }
}

static void
test_settings(void **state)
{
    tg_study *s = parse(HEAD REST), *t = NULL;

    (void)state;
    assert_ok(tg_study_with(s, "workers[0].count", "32", &t));
    assert_int_equal(t->group[0].count, 32);
    assert_int_equal(s->group[0].count, 3);
    tg_study_free(t);
    t = NULL;
    assert_fails(tg_study_with(s, "workers[0].cuont", "32", &t), TG_EINPUT,
                 "did you mean \"count\"");
    assert_fails(tg_study_with(s, "algorithm.optimiser.beta1", ".5", &t), TG_EINPUT,
                 "s.yaml: algorithm[].optimiser: expected a name");
    assert_fails(tg_study_with(s, "algorithm.step", "2x", &t), TG_EINPUT,
                 "--set algorithm.step:1:1");
    assert_null(t);
    const char *const wrong[] = { "workers" };
    const char       *path = write_temporary("s.yaml", HEAD REST, sizeof HEAD REST - 1);
    assert_fails(tg_study_read(path, wrong, 1, &t), TG_EINPUT, "expected PATH=VALUE");
    assert_fails(tg_study_read("/nonexistent.yaml", NULL, 0, &t), TG_EIO,
                 "/nonexistent.yaml");
    tg_study_free(s);
}

static void
test_files(void **state)
{
    tg_study *s =
        parse("objective: {softmax: {images: $TG_TEST_DIR/a.gz, labels: b.gz}}\n" REST);
    char *path = NULL;

    (void)state;
    unsetenv("TG_TEST_DIR");
    assert_fails(tg_tree_file(s->root, "objective.softmax.images", &path), TG_EINPUT,
                 "TG_TEST_DIR is not set; it must name the folder that holds a.gz");
    setenv("TG_TEST_DIR", "/data", 1);
    assert_ok(tg_tree_file(s->root, "objective.softmax.images", &path));
    assert_string_equal(path, "/data/a.gz");
    free(path);
    assert_ok(tg_tree_file(s->root, "objective.softmax.labels", &path));
    assert_string_equal(path, "b.gz");
    free(path);
    tg_study_free(s);
}

/* The schema is sound: parents exist, defaults lie within their own ranges. */
static void
test_schema(void **state)
{
    (void)state;
    for (const tg_key *k = tg_schema; k->path; k++) {
        char        parent[128];
        const char *dot = strrchr(k->path, '.');
        assert_ptr_equal(tg_schema_find(k->path), k);
        if (dot) {
            snprintf(parent, sizeof parent, "%.*s", (int)(dot - k->path), k->path);
            const size_t n = strlen(parent);
            if (n > 2 && parent[n - 1] == ']') parent[n - 2] = '\0';
            assert_non_null(tg_schema_find(parent));
        }
        if (k->fallback && (k->type == TG_KEY_NUMBER || k->type == TG_KEY_WHOLE)) {
            const double value = strtod(k->fallback, NULL);
            assert_true(value >= k->min && value <= k->max &&
                        !(k->open && value == k->min));
        }
        assert_false(k->required && k->fallback);
    }
}

/* Every key that takes numbers: the range that it is documented with, and nothing beyond. */
static void
test_ranges(void **state)
{
    static const struct {
        const char *path, *fallback;
        double      min, max;
        int         open, whole;
    } want[] = {
        { "seed", "1", 0, 0x1p53, 0, 1 },
        { "objective.quadratic.eigenvalues", NULL, 0, INFINITY, 1, 0 },
        { "objective.quadratic.spectrum.checkpoint", NULL, -INFINITY, INFINITY, 0, 0 },
        { "objective.quadratic.spectrum.count", NULL, 1, 1e6, 0, 1 },
        { "objective.quadratic.spectrum.largest", "1", 0, INFINITY, 1, 0 },
        { "objective.quadratic.spectrum.smallest", "0.01", 0, INFINITY, 1, 0 },
        { "objective.quadratic.spectrum.decay", "1", 0, 100, 0, 0 },
        { "objective.quadratic.spectrum.ratio", "0.5", 0, 1, 1, 0 },
        { "objective.quadratic.start", "1", -INFINITY, INFINITY, 0, 0 },
        { "objective.quadratic.minimum_spread", "0", 0, INFINITY, 0, 0 },
        { "objective.quadratic.noise.additive", "0", 0, INFINITY, 0, 0 },
        { "objective.quadratic.noise.batch", "0", 0, 1e9, 0, 1 },
        { "objective.quadratic.noise.label", "0", 0, INFINITY, 0, 0 },
        { "objective.tridiagonal.dim", NULL, 1, 1e7, 0, 1 },
        { "objective.tridiagonal.noise", "0", 0, INFINITY, 0, 0 },
        { "objective.softmax.samples", "1000000000", 1, 1e9, 0, 1 },
        { "objective.softmax.ridge", "0.01", 0, INFINITY, 1, 0 },
        { "objective.softmax.batch", "32", 1, 1e9, 0, 1 },
        { "objective.softmax.modes", "20", 1, 1000, 0, 1 },
        { "objective.logistic.samples", "1000000000", 1, 1e9, 0, 1 },
        { "objective.logistic.l2", "0", 0, INFINITY, 0, 0 },
        { "objective.logistic.nonconvex", "0", 0, INFINITY, 0, 0 },
        { "objective.logistic.batch", "32", 0, 1e9, 0, 1 },
        { "objective.logistic.start", "0", -INFINITY, INFINITY, 0, 0 },
        { "objective.factorisation.synthetic.users", NULL, 1, 1e6, 0, 1 },
        { "objective.factorisation.synthetic.items", NULL, 1, 1e6, 0, 1 },
        { "objective.factorisation.synthetic.count", NULL, 2, 1e8, 0, 1 },
        { "objective.factorisation.synthetic.rank", "5", 1, 1000, 0, 1 },
        { "objective.factorisation.synthetic.noise", "0", 0, 1000, 0, 0 },
        { "objective.factorisation.samples", "1000000000", 2, 1e9, 0, 1 },
        { "objective.factorisation.test", "0.1", 0, 0.9, 0, 0 },
        { "objective.factorisation.rank", "5", 1, 1000, 0, 1 },
        { "objective.factorisation.l2", "0", 0, INFINITY, 0, 0 },
        { "objective.factorisation.batch", "32", 0, 1e9, 0, 1 },
        { "objective.factorisation.start", "0.1", 0, INFINITY, 1, 0 },
        { "objective.lda.synthetic.documents", NULL, 1, 1e8, 0, 1 },
        { "objective.lda.synthetic.words", NULL, 1, 1e7, 0, 1 },
        { "objective.lda.synthetic.topics", NULL, 1, 1e5, 0, 1 },
        { "objective.lda.synthetic.length", "100", 1, 1e7, 0, 1 },
        { "objective.lda.synthetic.alpha", "0.1", 0, 1e6, 1, 0 },
        { "objective.lda.synthetic.beta", "0.1", 0, 1e6, 1, 0 },
        { "objective.lda.documents", "1000000000", 1, 1e9, 0, 1 },
        { "objective.lda.topics", "10", 1, 1e5, 0, 1 },
        { "objective.lda.alpha", "0.1", 0, 1e6, 1, 0 },
        { "objective.lda.beta", "0.1", 0, 1e6, 1, 0 },
        { "objective.lda.batch", "0", 0, 1e9, 0, 1 },
        { "objective.network.data.synthetic.samples", NULL, 2, 1e7, 0, 1 },
        { "objective.network.data.synthetic.test", "0", 0, 1e7, 0, 1 },
        { "objective.network.data.synthetic.classes", "10", 2, 255, 0, 1 },
        { "objective.network.data.synthetic.height", "8", 1, 1000, 0, 1 },
        { "objective.network.data.synthetic.width", "8", 1, 1000, 0, 1 },
        { "objective.network.data.synthetic.channels", "1", 1, 100, 0, 1 },
        { "objective.network.data.synthetic.noise", "1", 0, 100, 0, 0 },
        { "objective.network.samples", "1000000000", 1, 1e9, 0, 1 },
        { "objective.network.batch", "32", 0, 1e6, 0, 1 },
        { "objective.network.measured", "0", 0, 1e9, 0, 1 },
        { "workers[].count", NULL, 1, 1e7, 0, 1 },
        { "workers[].minimum", "0", -INFINITY, INFINITY, 0, 0 },
        { "workers[].speed_times", NULL, 0, INFINITY, 0, 0 },
        { "workers[].speed_values", NULL, 0, INFINITY, 0, 0 },
        { "uplink.bytes", "0", 0, INFINITY, 0, 0 },
        { "uplink.compression", "1", 0, INFINITY, 1, 0 },
        { "uplink.bandwidth", "0", 0, INFINITY, 0, 0 },
        { "uplink.latency", "0", 0, INFINITY, 0, 0 },
        { "downlink.bytes", "0", 0, INFINITY, 0, 0 },
        { "downlink.compression", "1", 0, INFINITY, 1, 0 },
        { "downlink.bandwidth", "0", 0, INFINITY, 0, 0 },
        { "downlink.latency", "0", 0, INFINITY, 0, 0 },
        { "algorithm[].step", NULL, 0, INFINITY, 1, 0 },
        { "algorithm[].clip", "0", 0, INFINITY, 0, 0 },
        { "algorithm[].weight_decay", "0", 0, INFINITY, 0, 0 },
        { "algorithm[].lag_weights", NULL, 0, INFINITY, 0, 0 },
        { "algorithm[].stage_sizes", NULL, 1, 1e9, 0, 0 },
        { "algorithm[].stage_lags", NULL, 0, 4096, 0, 0 },
        { "target.loss", NULL, 0, INFINITY, 1, 0 },
        { "horizon", NULL, 0, INFINITY, 1, 0 },
        { "replicas", "100", 1, 1e7, 0, 1 },
        { "points", "241", 2, 1e6, 0, 1 },
        { "sweep.workers", NULL, 1, 1e7, 0, 0 },
        { "sweep.step", NULL, 0, INFINITY, 1, 0 },
        { "schedule.targets", NULL, 0, INFINITY, 1, 0 },
        { "schedule.workers", NULL, 1, 1e7, 0, 0 },
        { "schedule.step", NULL, 0, INFINITY, 1, 0 },
        { "schedule.steps", "40", 2, 1000, 0, 1 },
        { "schedule.price", "1", 0, INFINITY, 1, 0 },
    };
    size_t found = 0;
    (void)state;

    for (const tg_key *k = tg_schema; k->path; k++) {
        if (k->type != TG_KEY_NUMBER && k->type != TG_KEY_WHOLE &&
            k->type != TG_KEY_NUMBERS && k->type != TG_KEY_STEP)
            continue;
        assert_true(found < sizeof want / sizeof *want);
        assert_string_equal(k->path, want[found].path);
        assert_true(k->min == want[found].min && k->max == want[found].max);
        assert_int_equal(!k->open, !want[found].open);
        assert_int_equal(k->type == TG_KEY_WHOLE, want[found].whole);
        assert_int_equal(!k->fallback, !want[found].fallback);
        if (k->fallback) assert_string_equal(k->fallback, want[found].fallback);
        found++;
    }
    assert_int_equal(found, sizeof want / sizeof *want);
}

/* Ends of ranges: the last value that is allowed, and the first that is not. */
static void
test_ends(void **state)
{
    static const struct {
        const char *path, *good[2], *bad[2];
    } end[] = {
        { "seed", { "0", "9007199254740992" }, { "-1", "9007199254740994" } },
        { "workers[0].count", { "1", "10000000" }, { "0", "10000001" } },
        { "replicas", { "1", "10000000" }, { "0", "10000001" } },
        { "points", { "2", "1000000" }, { "1", "1000001" } },
        { "horizon", { "1e-300", "1e300" }, { "0", "inf" } },
        { "algorithm[0].step", { "1e-300", "1e300" }, { "0", "-1" } },
        { "workers[0].minimum", { "-1e300", "[1, 2, 3]" }, { "nan", "x" } },
        { "sweep.workers", { "1", "[1, 1e7]" }, { "0.5", "[1, 1.1e7]" } },
    };
    tg_study *s = parse(HEAD REST), *t = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof end / sizeof *end; i++)
        for (int k = 0; k < 2; k++) {
            if (tg_study_with(s, end[i].path, end[i].good[k], &t) != TG_OK)
                fail_msg("%s = %s: %s", end[i].path, end[i].good[k], tg_message());
            tg_study_free(t);
            t = NULL;
            if (tg_study_with(s, end[i].path, end[i].bad[k], &t) != TG_EINPUT)
                fail_msg("%s = %s", end[i].path, end[i].bad[k]);
        }
    tg_study_free(s);
}

static void
test_provenance(void **state)
{
    const tg_column column = { "x", "", "", false };
    tg_study       *s = parse(HEAD REST);
    tg_table       *t = NULL;

    (void)state;
    assert_ok(tg_table_create(&column, 1, &t));
    assert_ok(tg_study_note(s, t));
    assert_string_equal(tg_table_find_note(t, "horizon"), "10");
    assert_string_equal(tg_table_find_note(t, "seed"), "1 (default)");
    assert_string_equal(tg_table_find_note(t, "objective.quadratic.eigenvalues"),
                        "[1.0, 0.5]");
    assert_non_null(strstr(tg_table_find_note(t, "workers"), "count: 3"));
    assert_null(tg_table_find_note(t, "objective.softmax.ridge"));
    tg_table_free(t);
    tg_study_free(s);
}

/* The model of a study's algorithm i after n deliveries, into x. */
static void
follow(const tg_study *study, size_t i, size_t n, double *x, double *loss)
{
    tg_cluster  *c = NULL;
    tg_problem  *p = NULL;
    tg_sim      *s = NULL;
    tg_happening h;

    assert_ok(tg_study_cluster(study, 0, &c));
    assert_ok(tg_study_problem(study, c, &p));
    const tg_setup u = tg_study_setup(study, i, p, c);
    assert_ok(tg_sim_create(&u, 0, &s));
    for (size_t k = 0; k < n; k++) assert_ok(tg_sim_advance(s, &h));
    memcpy(x, tg_sim_model(s), p->dim * sizeof *x);
    *loss = tg_sim_loss(s);
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* A table of equal weights is the uniform law, to the bit; a stage's moves come to the cache two rounds
 * late, to the server's model at once, beside a stage without a lag. */
static void
test_lags(void **state)
{
    tg_study *s = NULL;
    enum { ROUNDS = 20 };
    double x[2], y[2], loss, move[ROUNDS], plain = 1, server = 1, cache = 1;

    (void)state;
    assert_ok(tg_study_parse(
        "objective: {quadratic: {eigenvalues: [1, .5], noise: {additive: .2}}}\n"
        "workers: {count: 4, compute: {law: exponential, mean: 1}}\n"
        "algorithm:\n  - {name: stale_uniform, step: .1, most: 2}\n"
        "  - {name: stale_table, step: .1, lag_weights: [3, 3, 3]}\nhorizon: 9\n",
        "test", &s));
    follow(s, 0, 60, x, &loss);
    follow(s, 1, 60, y, &loss);
    assert_memory_equal(x, y, sizeof x);
    tg_study_free(s);
    assert_ok(tg_study_parse("objective: {quadratic: {eigenvalues: [1, .5]}}\n"
                             "workers: {count: 1, compute: {law: constant, value: 1}}\n"
                             "algorithm: {name: stale_constant, step: .3, extra: 0,\n"
                             "            stage_sizes: [1, 1], stage_lags: [0, 2]}\n"
                             "horizon: 30\nworkers_start: together\n",
                             "test", &s));
    for (size_t t = 0; t < ROUNDS; t++) {
        move[t] = -.3 * .5 * cache;
        server += move[t];
        if (t >= 2) cache += move[t - 2];
        plain -= .3 * plain;
        follow(s, 0, t + 1, x, &loss);
        assert_near(x[1], server, 1e-14);
    }
    assert_near(x[0], plain, 1e-15);
    tg_study_free(s);
}

/* F(x0) - F* = x'Ax/2 - b'x + d/(8 (d + 1)) at (sqrt d, 0, .., 0). */
static void
test_tridiagonal(void **state)
{
    enum { D = 9 };
    tg_study *s = NULL;
    double    x[D], loss;

    (void)state;
    assert_ok(tg_study_parse("objective: {tridiagonal: {dim: 9, noise: .1, shared: true}}\n"
                             "workers: {count: 2, compute: {law: exponential, mean: 1}}\n"
                             "algorithm: {name: asgd, step: .1}\nhorizon: 9\n",
                             "test", &s));
    follow(s, 0, 0, x, &loss);
    assert_near(x[0], 3, 0);
    assert_near(loss, 9 / 4. + 3 / 4. + 9 / 80., 1e-14);
    tg_study_free(s);
}

RUN(cmocka_unit_test(test_values_and_defaults), cmocka_unit_test(test_complaints),
    cmocka_unit_test(test_settings), cmocka_unit_test(test_files),
    cmocka_unit_test(test_schema), cmocka_unit_test(test_ranges),
    cmocka_unit_test(test_ends), cmocka_unit_test(test_provenance),
    cmocka_unit_test(test_lags), cmocka_unit_test(test_tridiagonal))
