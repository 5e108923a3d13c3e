/* The jobs of a run as a table: they add up, replay to the same bits, and open as a timeline. */
#include "validation/unit/rules.h"

#include "asgd/sim/timeline.h"
#include "study/study.h"

#include <jansson.h>

static tg_study *
study_of(const char *rule, const char *more)
{
    char      text[1024];
    tg_study *s = NULL;

    snprintf(text, sizeof text,
             "objective: {quadratic: {eigenvalues: [1, .3], noise: {additive: .1}}}\n"
             "workers:\n  - {count: 3, compute: {law: gamma, shape: 2, mean: 1}}\n"
             "  - {count: 2, compute: {law: lognormal, mean: 2, cv: 1}}\n"
             "workers_start: together\nalgorithm: {step: .05, %s}\nhorizon: 25\n%s",
             rule, more);
    assert_ok(tg_study_parse(text, "s.yaml", &s));
    return s;
}

static tg_table *
record(const tg_study *s, tg_ledger *ledger)
{
    tg_cluster *c = NULL;
    tg_problem *p = NULL;
    tg_table   *t = NULL;
    tg_sim     *sim = NULL;

    assert_ok(tg_study_cluster(s, 0, &c));
    assert_ok(tg_study_problem(s, c, &p));
    assert_ok(tg_table_create(tg_timeline_columns, TG_TIMELINE_COLUMNS, &t));
    const tg_setup u = tg_study_setup(s, 0, p, c);
    assert_ok(tg_timeline_record(&u, 0, s->horizon, t));
    assert_ok(tg_sim_create(&u, 0, &sim));
    while (tg_sim_next(sim) <= s->horizon) advance(sim);
    *ledger = tg_sim_ledger(sim);
    tg_sim_free(sim);
    tg_problem_free(p);
    tg_cluster_free(c);
    return t;
}

static size_t
count(const tg_table *t, const char *fate)
{
    size_t n = 0;

    for (size_t i = 0; i < tg_table_rows(t); i++)
        n += !strcmp(tg_table_cell(t, i, 7).text, fate);
    return n;
}

static const char *const rules[] = {
    "name: asgd",
    "name: ringmaster, r: 4",
    "name: drop, limit: 3",
    "name: k_sync, k: 2",
    "name: uniform",
    "name: ringmaster, r: 4, behaviour: {name: local_steps, steps: 3, rate: .1}",
    "name: asgd, behaviour: {name: send_norm, delta: .3}"
};

static void
test_rows_add_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        tg_study *s = study_of(rules[i], "");
        tg_ledger l;
        tg_table *t = record(s, &l);
        assert_int_equal(count(t, "applied"), l.applied);
        assert_int_equal(count(t, "dropped"), l.dropped);
        assert_int_equal(count(t, "aborted"), l.aborted);
        assert_int_equal(tg_table_rows(t), l.begun);
        for (size_t k = 0; k < tg_table_rows(t); k++) {
            const double read = tg_table_number(t, k, 2), began = tg_table_number(t, k, 3),
                         ended = tg_table_number(t, k, 5);
            assert_true(isnan(began) || (read <= began && began <= ended));
        }
        tg_table_free(t);
        tg_study_free(s);
    }
}

/* What is recorded under a rule and replayed gives the same table, to the bit; other times do not. */
static void
test_replay(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        tg_study *s = study_of(rules[i], "");
        tg_ledger l;
        tg_table *t = record(s, &l);
        char      path[300], more[400];
        snprintf(path, sizeof path, "%s", write_temporary("events.csv", "", 0));
        assert_ok(tg_table_write(t, path));
        snprintf(more, sizeof more, "replay: %s\nseed: 1", path);
        tg_study *again = study_of(rules[i], more), *other = study_of(rules[i], "seed: 2");
        tg_table *u = record(again, &l), *v = record(other, &l);
        bool      differs = tg_table_rows(v) != tg_table_rows(t);
        assert_int_equal(tg_table_rows(u), tg_table_rows(t));
        for (size_t k = 0; k < tg_table_rows(t); k++)
            for (size_t j = 0; j < 7; j++) {
                const double x = tg_table_number(t, k, j), y = tg_table_number(u, k, j);
                /* planned times of what never ended are sums over the recorded differences */
                if (j == 4 && strcmp(tg_table_cell(t, k, 7).text, "applied"))
                    assert_true(isnan(x) ? isnan(y) : fabs(x - y) <= 1e-14 * x);
                else
                    assert_true(isnan(x) ? isnan(y) : x == y);
                differs = differs || tg_table_number(v, k, j) != x;
            }
        assert_true(differs);
        tg_table_free(t);
        tg_table_free(u);
        tg_table_free(v);
        tg_study_free(s);
        tg_study_free(again);
        tg_study_free(other);
    }
}

static void
test_chrome(void **state)
{
    tg_study *s =
        study_of("name: asgd", "uplink: {kind: fifo, transfer: {law: exponential, "
                               "mean: .1}}");
    tg_ledger   l;
    tg_table   *t = record(s, &l);
    const char *path = write_temporary("timeline.json", "", 0);
    size_t      sends = 0, works = 0;

    (void)state;
    assert_ok(tg_timeline_chrome(t, 2, path));
    json_t *root = json_load_file(path, 0, NULL), *e;
    assert_non_null(root);
    size_t i;
    json_array_foreach(json_object_get(root, "traceEvents"), i, e)
    {
        const int lane = (int)json_integer_value(json_object_get(e, "tid"));
        assert_true(json_number_value(json_object_get(e, "dur")) >= 0);
        sends += lane % 2 == 1;
        works += lane % 2 == 0;
    }
    assert_true(works >= l.delivered && sends >= l.delivered);
    json_decref(root);
    tg_table_free(t);
    tg_study_free(s);
}

static void
test_bad_logs(void **state)
{
    static const struct {
        const char *text, *words;
    } bad[] = { { "worker,number,began\n0,0,0\n", "finished" },
                { "worker,number,began,finished\n5,0,0,1\n",
                  "there are 5 workers, got worker 5" },
                { "worker,number,began,finished\n0,0,1,.5\n",
                  "expected number, began and finished" },
                { "worker,number,began,finished\n0,1,0,1\n", "numbered from 0" },
                { "worker,number,began,finished\n0,0,0,1\n0,0,1,2\n", "each once" } };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char        more[400];
        tg_cluster *c = NULL;
        snprintf(more, sizeof more, "replay: %s",
                 write_temporary("bad.csv", bad[i].text, strlen(bad[i].text)));
        tg_study *s = study_of("name: asgd", more);
        assert_fails(tg_study_cluster(s, 0, &c), TG_EINPUT, bad[i].words);
        assert_null(c);
        tg_study_free(s);
    }
}

RUN(cmocka_unit_test(test_rows_add_up), cmocka_unit_test(test_replay),
    cmocka_unit_test(test_chrome), cmocka_unit_test(test_bad_logs))
