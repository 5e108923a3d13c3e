/* Every allocation outside solver/ fails once (exhaust.h). */
#include "asgd/networks/net.h"
#include "asgd/problems/dataset.h"
#include "asgd/problems/lda.h"
#include "asgd/sim/replicas.h"
#include "asgd/theory/predict.h"
#include "asgd/traces/fitted.h"
#include "roots/find.h"
#include "roots/system.h"
#include "roots/threshold.h"

#include "core/node.h"
#include "study/study.h"

#include "validation/unit/exhaust.h"
#include "validation/unit/laws.h"
#include "validation/unit/rules.h"

/* ---- core ---------------------------------------------------------------------------- */

static size_t now; /* the law whose turn it is */

static tg_status
parse_law(void)
{
    tg_delay       *d = NULL;
    const tg_status status = tg_delay_parse(laws[now], &d);

    assert_true((status == TG_OK) == (d != NULL));
    tg_delay_free(d);
    return status;
}

static void
test_laws(void **state)
{
    (void)state;
    for (now = 0; now < LAWS; now++) exhaust(laws[now], parse_law);
}

static const char study_text[] =
    "objective: {quadratic: {eigenvalues: [1.0, 0.3], noise: {additive: 0.1}}}\n"
    "workers: {count: 3, compute: {law: gamma, shape: 4, mean: 1.0}}\n"
    "algorithm: [{name: asgd, step: 0.05}, {name: dude, step: 0.03}]\n"
    "horizon: 5\npoints: 6\nreplicas: 2\n";

static tg_status
parse_study(void)
{
    tg_study *s = NULL, *t = NULL;
    tg_status status = tg_study_parse(study_text, "text", &s);

    assert_true((status == TG_OK) == (s != NULL));
    if (status == TG_OK) {
        status = tg_study_with(s, "horizon", "7", &t);
        assert_true((status == TG_OK) == (t != NULL));
    }
    tg_study_free(s);
    tg_study_free(t);
    return status;
}

static tg_status
fill_table(void)
{
    static const tg_column columns[] = { { "a", "", "", false }, { "b", "", "", true } };
    tg_table              *t = NULL;
    tg_status              status = tg_table_create(columns, 2, &t);

    assert_true((status == TG_OK) == (t != NULL));
    if (status == TG_OK) status = tg_table_note(t, "key", "%d", 3);
    for (size_t i = 0; status == TG_OK && i < 40; i++) {
        status = tg_table_add(t, (tg_cell[]){ TG_NUMBER(1), TG_TEXT("word") });
        assert_int_equal(tg_table_rows(t), i + (status == TG_OK));
    }
    tg_table_free(t);
    return status;
}

static const char *csv;

static tg_status
read_table(void)
{
    tg_table       *t = NULL;
    const tg_status status = tg_table_read(csv, &t);

    assert_true((status == TG_OK) == (t != NULL));
    tg_table_free(t);
    return status;
}

static tg_status
read_trace(void)
{
    tg_trace  t = { 0 };
    tg_fitted f = { 0 };
    double   *seconds = NULL;
    size_t    n = 0, workers;
    tg_status status = tg_trace_read(csv, &t);

    if (status == TG_OK)
        status = tg_trace_group(&t, 0, TG_TRACE_JOB, &seconds, &n, &workers);
    if (status == TG_OK) status = tg_fitted_of(&t, 1, &f);
    free(seconds);
    tg_fitted_free(&f);
    tg_trace_free(&t);
    return status;
}

static tg_status
read_log(void)
{
    tg_log          log = { 0 };
    const tg_status status = tg_log_read(csv, NULL, &log);

    tg_log_free(&log);
    return status;
}

static void
test_files(void **state)
{
    static const char *const other[] = {
        "{\"worker\": 1, \"seconds\": 2}\n",
        "[{\"ph\": \"B\", \"pid\": 1, \"name\": \"a\", \"ts\": 1}, {\"ph\": \"E\", "
        "\"pid\": 1, \"ts\": 2}]",
        ":::MLLOG {\"key\": \"a_start\", \"time_ms\": 1}\n"
        ":::MLLOG {\"key\": \"a_stop\", \"time_ms\": 2}\n",
        "JobID|Elapsed|State|NodeList\n1|00:01|COMPLETED|n[1-2]\n"
    };
    static const char log[] = "worker,seconds\na,1\nb,2\na,1.5\nb,2.5\na,1.2\nb,2.1\n";

    (void)state;
    exhaust("study", parse_study);
    exhaust("table", fill_table);
    csv = write_temporary("log.csv", log, sizeof log - 1);
    exhaust("table from a file", read_table);
    exhaust("trace", read_trace);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        csv = write_temporary("log", other[i], strlen(other[i]));
        exhaust(other[i], read_log);
    }
}

static tg_delay *half, *gamma_law;

/* ---- roots --------------------------------------------------------------------------- */

static tg_status
find_roots(void)
{
    const tg_loop l = { .a = 1, .delay = now ? gamma_law : half };
    tg_roots      r = { .count = 7 };
    tg_rightmost  most;
    tg_threshold  k;
    tg_status     status = tg_roots_right_of(&l, -3, &r);

    assert_true(status == TG_OK || (r.count == 7 && !r.root));
    tg_roots_free(&r);
    if (status == TG_OK) status = tg_loop_rightmost(&l, &most);
    if (status == TG_OK) status = tg_loop_threshold(&l, &k);
    return status;
}

static tg_status
find_system_roots(void)
{
    static const double  A[] = { -1, 0, 0, -2 }, B[] = { -1, .2, .1, -.5 };
    const tg_system_term term = { half, B };
    const tg_system      s = { 2, A, &term, 1 };
    tg_roots             r = { .count = 7 };
    const tg_status      status = tg_system_roots(&s, -2, &r);

    assert_true(status == TG_OK || (r.count == 7 && !r.root));
    tg_roots_free(&r);
    return status;
}

static void
test_roots(void **state)
{
    (void)state;
    for (now = 0; now < 2; now++) exhaust("roots of a loop", find_roots);
    exhaust("roots of a system", find_system_roots);
}

/* ---- asgd ---------------------------------------------------------------------------- */

static tg_study *study;

/* The study's cluster, problem and modes; what failed stays NULL. */
typedef struct scene {
    tg_cluster *cluster;
    tg_problem *problem;
    tg_modes    modes;
} scene;

static tg_status
open_scene(scene *s)
{
    double weight[3];

    TG_TRY(tg_study_cluster(study, 0, &s->cluster));
    TG_TRY(tg_study_problem(study, s->cluster, &s->problem));
    tg_cluster_weights(s->cluster, weight);
    return tg_problem_modes(s->problem, weight, &s->modes);
}

static tg_status
predict_and_simulate(void)
{
    const tg_predict_plan  plan = { .horizon = 5, .points = 6, .target = .02 };
    const tg_replicas_plan more = {
        .horizon = 5, .points = 6, .target = .02, .replicas = 2, .threads = 1
    };
    const tg_algorithm *rule = now ? &tg_dude : &tg_asgd;
    tg_prediction      *p = NULL;
    tg_simulation      *r = NULL;
    scene               s = { 0 };
    tg_status           status = open_scene(&s);

    if (status == TG_OK) {
        status = tg_predict(&s.modes, s.cluster, rule, .05, &plan, &p);
        assert_true((status == TG_OK) == (p != NULL));
    }
    if (status == TG_OK) {
        const tg_setup setup = tg_setup_of(
            s.problem, s.cluster, tg_rule(now ? &tg_rule_dude : &tg_rule_asgd), .05, 1);
        status = tg_replicas_run(&setup, &more, &r);
        assert_true((status == TG_OK) == (r != NULL));
    }
    tg_prediction_free(p);
    tg_simulation_free(r);
    tg_modes_free(&s.modes);
    tg_problem_free(s.problem);
    tg_cluster_free(s.cluster);
    return status;
}

static void
test_asgd(void **state)
{
    (void)state;
    for (now = 0; now < 2; now++) exhaust("prediction and replicas", predict_and_simulate);
}

static tg_setup server; /* the rule and the behaviour whose turn it is */

static tg_status
serve(void)
{
    tg_sim      *s = NULL;
    tg_happening h;
    tg_status    status = tg_sim_create(&server, 0, &s);

    assert_true((status == TG_OK) == (s != NULL));
    for (int i = 0; status == TG_OK && i < 80; i++) status = tg_sim_advance(s, &h);
    tg_sim_free(s);
    return status;
}

static void
test_rules(void **state)
{
    tg_cluster *c = random_cluster(1, 5, false);
    tg_problem *p = random_problem(1, 5, .1);
    tg_rng      g = tg_rng_stream(1, TG_PURPOSE_TEST, 0);

    (void)state;
    for (size_t i = 0; tg_rules[i]; i++) {
        server = tg_setup_of(p, c, fitted(tg_rules[i], 5, &g, false), .05, 1);
        if (strncmp(tg_rules[i]->name, "stale_", 6)) /* these are for plain workers */
            server.behaviour = fitted(tg_behaviours[i % 4], 5, &g, false);
        exhaust(tg_rules[i]->name, serve);
    }
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* Speeds that change, own factors and a log; a change that fails leaves the cluster as it was. */
static tg_status
furnish(tg_cluster *c)
{
    const double  at[] = { 1, 2 }, speed[] = { .5, 2 }, log[] = { .3, .4 };
    const size_t  count[] = { 0, 0, 0, 0, 2 };
    const tg_pace pace = { tg_choice_of(&tg_pace_schedule.is), at, speed, 2 };
    const double  rate = tg_cluster_rate(c);
    tg_delay     *factor = NULL;
    tg_status     status = tg_delay_parse("{law: gamma, shape: 4, mean: 1}", &factor);

    if (status == TG_OK) {
        status = tg_cluster_spread(c, 0, 3, factor, 1);
        assert_true((status == TG_OK) == (tg_cluster_rate(c) != rate));
    }
    tg_delay_free(factor);
    TG_TRY(status);
    const double spread = tg_cluster_rate(c);
    status = tg_cluster_replay(c, count, log, true);
    assert_true((status == TG_OK) == (tg_cluster_rate(c) != spread));
    TG_TRY(status);
    status = tg_cluster_set_pace(c, 1, 2, &pace);
    assert_true((status == TG_OK) == (c->pace_of != NULL));
    return status;
}

/* A run of it over links, whose queues grow on the way. */
static tg_status
run_over_links(void)
{
    const size_t count = 5;
    const double one = 1, none = 0;
    tg_cluster  *c = NULL;
    tg_problem  *p = NULL;
    tg_sim      *s = NULL;
    tg_happening h;
    tg_status    status = tg_cluster_create(1, &count, &gamma_law, false, &c);

    if (status == TG_OK) status = furnish(c);
    if (status == TG_OK)
        status = tg_problem_quadratic(1, &one, &one, &none, count, NULL, &p);
    if (status == TG_OK) {
        tg_setup u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), .05, 1);
        u.uplink = (tg_link){ tg_choice_of(&tg_link_shared.is), half, .latency = .1 };
        u.downlink = (tg_link){ .kind = tg_choice_of(&tg_link_fifo.is), .transfer = half };
        status = tg_sim_create(&u, 0, &s);
        assert_true((status == TG_OK) == (s != NULL));
    }
    for (int i = 0; i < 60 && status == TG_OK; i++) status = tg_sim_advance(s, &h);
    for (size_t w = 0; w < 70 && status == TG_OK; w++) status = tg_sim_assign(s, w % count);
    for (size_t w = 0; w < count && status == TG_OK; w++) status = tg_sim_abort(s, w);
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
    return status;
}

static void
test_links(void **state)
{
    (void)state;
    exhaust("a run over links", run_over_links);
}

static int
prepare(void **state)
{
    (void)state;
    return tg_delay_parse("{law: constant, value: 0.5}", &half) ||
           tg_delay_parse("{law: gamma, shape: 2.5, mean: 0.5}", &gamma_law) ||
           tg_study_parse(study_text, "text", &study);
}

static int
drop(void **state)
{
    (void)state;
    tg_delay_free(half);
    tg_delay_free(gamma_law);
    tg_study_free(study);
    return 0;
}

/* ---- networks ------------------------------------------------------------------------ */

static const char *network_text; /* of its layers or model, and data */

static tg_status
make_network(void)
{
    char        text[1000];
    tg_study   *s = NULL;
    tg_cluster *c = NULL;
    tg_problem *p = NULL;

    snprintf(text, sizeof text,
             "objective: {network: {batch: 2, split: contiguous, %s}}\n"
             "workers: {count: 2, compute: {law: exponential, mean: 1}}\n"
             "algorithm: {name: asgd, step: 0.05}\nhorizon: 2\npoints: 3\nreplicas: 1\n",
             network_text);
    tg_status status = tg_study_parse(text, "text", &s);
    if (status == TG_OK) status = tg_study_cluster(s, 0, &c);
    if (status == TG_OK) status = tg_study_problem(s, c, &p);
    assert_true((status == TG_OK) == (p != NULL));
    double *x = p ? calloc(3 * p->dim, sizeof *x) : NULL;
    if (status == TG_OK && !x) status = TG_ENOMEM;
    if (status == TG_OK) status = tg_net_curve(p, x, x, NULL, x + p->dim, x + 2 * p->dim);
    free(x);
    tg_problem_free(p);
    tg_cluster_free(c);
    tg_study_free(s);
    return status;
}

static void
test_network(void **state)
{
    static const char synthetic[] =
        "data: {synthetic: {samples: 6, test: 4, classes: 2, height: 4, width: 4}}, ";
    char text[600];

    (void)state;
    setenv("TARDIGRAD_THREADS", "1", 1);
    snprintf(text, sizeof text, "%s model: {name: resnet, width: 2, groups: 1}", synthetic);
    network_text = text;
    exhaust("a network by name", make_network);
    snprintf(text, sizeof text,
             "%s layers: [{name: dense, width: 2}, {name: squared_loss}]", synthetic);
    exhaust("a network by layers", make_network);
    unsetenv("TARDIGRAD_THREADS");
}

/* ---- ratings ------------------------------------------------------------------------- */

static const char *ratings_file; /* NULL: planted ones */

static tg_status
make_factorisation(void)
{
    const tg_factorisation plan = {
        .rank = 2, .start = 1, .workers = 2, .split = tg_choice_of(tg_splits[0])
    };
    tg_ratings  r = { 0 };
    tg_problem *p = NULL;

    tg_status status = ratings_file
                           ? tg_ratings_read(ratings_file, 9, &r)
                           : tg_ratings_planted(&(tg_planted){ 3, 2, 5, 2, 0 }, 1, &r);
    assert_true((status == TG_OK) == (r.user != NULL));
    if (status == TG_OK) status = tg_ratings_hold_out(&r, .5, 1);
    if (status == TG_OK) status = tg_problem_factorisation(&r, &plan, &p);
    assert_true((status == TG_OK) == (p != NULL));
    tg_ratings_free(&r);
    tg_problem_free(p);
    return status;
}

static void
test_factorisation(void **state)
{
    static const char text[] = "7::30::4::97\n7::10::2.5::98\n1::30::5::0\n1::10::5::0\n";

    (void)state;
    exhaust("factors of planted ratings", make_factorisation);
    ratings_file = write_temporary("ratings", text, sizeof text - 1);
    exhaust("factors of ratings from a file", make_factorisation);
}

/* ---- topics -------------------------------------------------------------------------- */

static const char *corpus_file, *corpus_folder; /* NULL: a drawn one */

static tg_status
make_lda(void)
{
    const tg_lda plan = { .topics = 2, .workers = 2, .alpha = 1, .beta = 1 };
    tg_corpus    c = { 0 };
    tg_problem  *p = NULL;

    tg_status status = corpus_folder ? tg_corpus_texts(corpus_folder, 9, &c)
                       : corpus_file
                           ? tg_corpus_read(corpus_file, 9, &c)
                           : tg_corpus_drawn(&(tg_drawn){ 3, 4, 2, 5, 1, 1 }, 1, &c);
    assert_true((status == TG_OK) == (c.first != NULL));
    if (status == TG_OK) status = tg_problem_lda(&c, &plan, &p);
    assert_true((status == TG_OK) == (p != NULL));
    tg_problem_free(p);
    tg_corpus_free(&c);
    return status;
}

static void
test_lda(void **state)
{
    static const char text[] = "3\n5\n3\n1 5 2\n1 2 1\n3 1 3\n";

    (void)state;
    exhaust("topics of a drawn corpus", make_lda);
    corpus_file = write_temporary("docword", text, sizeof text - 1);
    exhaust("topics of a corpus from a file", make_lda);
    char folder[] = "/tmp/tardigrad-test-XXXXXX", path[300];
    assert_non_null(mkdtemp(folder));
    for (char name = 'a'; name < 'c'; name++) {
        snprintf(path, sizeof path, "%s/%c", folder, name);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fprintf(f, "words of a text, and words %c%c%c", name, name, name);
        fclose(f);
    }
    corpus_folder = folder;
    exhaust("topics of a folder of texts", make_lda);
    for (char name = 'a'; name < 'c'; name++) {
        snprintf(path, sizeof path, "%s/%c", folder, name);
        remove(path);
    }
    remove(folder);
}

/* A folder of two records. */
static char cifar_folder[] = "/tmp/tardigrad-test-XXXXXX";

static tg_status
read_cifar(void)
{
    tg_images       d = { 0 };
    const tg_status status = tg_images_cifar_folder(cifar_folder, false, 9, &d);

    assert_true((status == TG_OK) == (d.pixel != NULL));
    tg_images_free(&d);
    return status;
}

static void
test_cifar(void **state)
{
    static const uint8_t record[2 * 3073];
    char                 path[300];

    (void)state;
    assert_non_null(mkdtemp(cifar_folder));
    snprintf(path, sizeof path, "%s/data_batch_3.bin", cifar_folder);
    FILE *f = fopen(path, "wb");
    assert_int_equal(fwrite(record, 3073, 2, f), 2);
    fclose(f);
    exhaust("CIFAR's layout", read_cifar);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laws),    cmocka_unit_test(test_files),
        cmocka_unit_test(test_roots),   cmocka_unit_test(test_asgd),
        cmocka_unit_test(test_rules),   cmocka_unit_test(test_links),
        cmocka_unit_test(test_network), cmocka_unit_test(test_factorisation),
        cmocka_unit_test(test_lda),     cmocka_unit_test(test_cifar)
    };

    return cmocka_run_group_tests(tests, prepare, drop);
}
