/* Answers: what is asked in words equals what the parts compute, to the last bit. */
#include "validation/unit/check.h"

#include "core/parallel.h"
#include "study/answer.h"
#include "study/rows.h"
#include "study/scene.h"

#include <complex.h>
#include <jansson.h>

static const char text[] =
    "{objective: {quadratic: {eigenvalues: [1, 0.5], noise: {additive: 0.1}}}, "
    "workers: {count: 4, compute: {law: exponential, mean: 1}}, "
    "algorithm: {name: asgd, step: 0.05}, target: {loss: 0.05}, horizon: 60, replicas: 3, "
    "sweep: {workers: [2, 4]}}";

static json_t *
ask(const char *command, const char *study, const char *const *option, size_t options)
{
    char *answer = NULL;

    assert_ok(tg_answer_text(command, study, NULL, option, options, NULL, &answer));
    json_t *document = json_loads(answer, 0, NULL);
    assert_non_null(document);
    tg_answer_text_free(answer);
    return document;
}

static const json_t *
cell(const json_t *document, const char *table, size_t row, const char *column)
{
    return json_object_get(json_array_get(json_object_get(document, table), row), column);
}

static double
number(const json_t *document, const char *table, size_t row, const char *column)
{
    return json_number_value(cell(document, table, row, column));
}

/* Seventeen digits carry a double whole: the answer's numbers are the prediction's. */
static void
test_predict_is_the_prediction(void **state)
{
    json_t        *document = ask("predict", text, NULL, 0);
    tg_study      *study = NULL;
    tg_scene       s;
    tg_prediction *p = NULL;

    (void)state;
    assert_ok(tg_study_parse(text, "study", &study));
    for (size_t i = 0; i < 2; i++) {
        assert_ok(tg_scene_open(study, study->sweep_workers[i], &s));
        assert_ok(tg_scene_predict(&s, 0, &p));
        assert_near(number(document, "prediction", i, "rate"), p->rate, 0);
        assert_near(number(document, "prediction", i, "floor"), p->floor, 0);
        assert_near(number(document, "prediction", i, "settle"), p->settle, 0);
        assert_near(number(document, "prediction", i, "workers"), 2 + 2 * (double)i, 0);
        assert_string_equal(json_string_value(cell(document, "prediction", i, "verdict")),
                            tg_verdict_text(p));
        tg_prediction_free(p);
        tg_scene_close(&s);
    }
    tg_study_free(study);
    json_decref(document);
}

static void
test_settings_and_provenance(void **state)
{
    static const char *const option[] = { "set=horizon=50", "level=sde", "set=seed=7" };
    json_t                  *document = ask("predict", text, option, 3);
    const json_t            *notes = json_object_get(document, "provenance");

    (void)state;
    assert_string_equal(
        json_string_value(json_object_get(notes, "command")),
        "tardigrad predict study --set horizon=50 --set seed=7 --level sde");
    assert_near(json_number_value(json_object_get(notes, "horizon")), 50, 0);
    assert_near(json_number_value(json_object_get(notes, "seed")), 7, 0);
    assert_string_equal(json_string_value(cell(document, "prediction", 0, "level")), "sde");
    json_decref(document);
}

/* A simulation asked for twice, and with other threads, is the same text. */
static void
test_simulate_repeats(void **state)
{
    char *one = NULL, *two = NULL;

    (void)state;
    assert_ok(tg_answer_text("simulate", text, NULL, NULL, 0, NULL, &one));
    setenv("TARDIGRAD_THREADS", "3", 1);
    assert_ok(tg_answer_text("simulate", text, NULL, NULL, 0, NULL, &two));
    unsetenv("TARDIGRAD_THREADS");
    assert_string_equal(one, two);
    assert_int_equal(one[strlen(one) - 1], '\n');
    tg_answer_text_free(one);
    tg_answer_text_free(two);
}

/* One worker of constant delay: x' = (1 - eta h) x, which is lost at eta h = 2. */
static void
test_explain_one_worker(void **state)
{
    static const char *const option[] = { "largest-eigenvalue=10", "step=0.05", "workers=1",
                                          "law={law: constant, value: 1}",
                                          "observed=1 diverges" };
    json_t                  *document = ask("explain", NULL, option, 5);

    (void)state;
    assert_near(number(document, "prediction", 0, "threshold_square"), 2, 1e-12);
    assert_near(number(document, "observed", 0, "low"), 2 / 0.05, 1e-9);
    assert_string_equal(json_string_value(cell(document, "observed", 0, "high")),
                        "Infinity");
    assert_string_equal(json_string_value(cell(document, "observed", 0, "possible")),
                        "not with this one");
    json_decref(document);
}

/* The sentences beside the tables: the same document but for them. */
static void
test_words(void **state)
{
    static const char *const option[] = { "words" };
    json_t                  *with = ask("predict", text, option, 1);
    json_t                  *without = ask("predict", text, NULL, 0);
    const char              *words = json_string_value(json_object_get(with, "words"));

    (void)state;
    assert_non_null(strstr(words, "It converges: eta h P = 0.2 is"));
    assert_int_equal(json_object_del(with, "words"), 0);
    assert_true(json_equal(with, without));
    json_decref(with);
    json_decref(without);
}

/* ---- what is refused ----------------------------------------------------------------- */

static void
test_complaints(void **state)
{
    static const struct {
        const char *command, *study, *option, *words;
    } bad[] = {
        { "predcit", text, NULL,
          "there is no answer to \"predcit\", did you mean predict" },
        { "predict", NULL, NULL, "expected a study, got none" },
        { "predict", text, "levl=sde", "unknown option --levl; did you mean --level?" },
        { "predict", text, "xyzzyx",
          "unknown option --xyzzyx; see tardigrad predict --help" },
        { "predict", text, "level", "--level: expected LEVEL" },
        { "predict", text, "single-run=1", "--single-run takes no value" },
        { "predict", text, "set", "--set: expected PATH=VALUE" },
        { "predict", text, "set=horizont=1", "did you mean \"horizon\"" },
        { "predict", "{", NULL, "study:2:1: not valid YAML" },
        { "explain", text, NULL, "explain takes no study" },
        { "explain", NULL, "set=seed=1", "--set does not apply to tardigrad explain" },
        { "fit", NULL, NULL, "expected a log, got none" },
        { "region", text, NULL, "--x is needed" },
        { "region", text, "x=horizon=1:2", "expected PATH=LOW:HIGH:COUNT" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char           *answer = (char *)"untouched";
        const tg_status status =
            tg_answer_text(bad[i].command, bad[i].study, NULL, &bad[i].option,
                           bad[i].option != NULL, NULL, &answer);
        assert_int_equal(status, TG_EINPUT);
        assert_string_equal(answer, "untouched");
        if (!strstr(tg_message(), bad[i].words))
            fail_msg("%s: got \"%s\"", bad[i].words, tg_message());
    }
}

static void
test_too_many_settings(void **state)
{
    const char *option[TG_MOST_SETS + 1];
    char       *answer = NULL;

    (void)state;
    for (size_t i = 0; i <= TG_MOST_SETS; i++) option[i] = "set=horizon=5";
    assert_int_equal(
        tg_answer_text("predict", text, NULL, option, TG_MOST_SETS + 1, NULL, &answer),
        TG_EINPUT);
    assert_ok(tg_answer_text("predict", text, NULL, option, TG_MOST_SETS, NULL, &answer));
    tg_answer_text_free(answer);
}

static void
test_stop(void **state)
{
    char *answer = NULL;

    (void)state;
    tg_stop_request();
    assert_int_equal(tg_answer_text("simulate", text, NULL, NULL, 0, NULL, &answer),
                     TG_ESTOP);
    tg_stop_clear();
    assert_null(answer);
    assert_ok(tg_answer_text("simulate", text, NULL, NULL, 0, NULL, &answer));
    tg_answer_text_free(answer);
}

/* ---- what is said beside it ---------------------------------------------------------- */

typedef struct heard {
    size_t   times;
    tg_topic topic;
    char     sentence[300];
} heard;

static void
hear(tg_topic topic, const char *sentence, void *context)
{
    heard *h = context;

    h->times++;
    h->topic = topic;
    snprintf(h->sentence, sizeof h->sentence, "%s", sentence);
}

static void
test_missing_rows_are_heard(void **state)
{
    static const char *const option[] = {
        "set=algorithm=[{name: asgd, step: 0.05}, {name: ringmaster, r: 3, step: 0.05}]"
    };
    heard             h = { 0 };
    const tg_listener l = { .hear = hear, .context = &h };
    char             *answer = NULL;

    (void)state;
    assert_ok(tg_answer_text("predict", text, NULL, option, 1, &l, &answer));
    assert_int_equal(h.times, 1);
    assert_int_equal(h.topic, TG_TOPIC_MISSING);
    assert_non_null(strstr(h.sentence, "2 of 4 rows could not be computed"));
    assert_non_null(strstr(answer, "not computed: "));
    tg_answer_text_free(answer);
}

/* ---- the description of itself ------------------------------------------------------- */

static void
test_manuals(void **state)
{
    char  *answer = NULL;
    size_t i = 0;

    (void)state;
    assert_ok(tg_answer_manuals(&answer));
    json_t *list = json_loads(answer, 0, NULL);
    for (; tg_answerers[i]; i++) {
        const tg_answerer *a = tg_answerers[i], *found = NULL;
        const json_t      *m = json_array_get(list, i);
        size_t             options = 0;
        assert_ok(tg_answerer_find(a->is.name, &found));
        assert_ptr_equal(found, a);
        assert_string_equal(json_string_value(json_object_get(m, "name")), a->is.name);
        for (const tg_option *o = a->is.options; o && o->name; o++) options++;
        assert_int_equal(json_array_size(json_object_get(m, "options")), options);
        assert_true(json_object_size(json_object_get(m, "tables")) > 0);
    }
    assert_int_equal(json_array_size(list), i);
    json_decref(list);
    tg_answer_text_free(answer);
}

/* An answer has the tables, and these the columns, that its manual says. */
static void
test_tables_are_as_described(void **state)
{
    static const char *const none[2] = { NULL };
    static const char *const some[][2] = {
        { "x=horizon=1:2:2", "y=algorithm.step=0.01:0.1:2" },
        { "choices", "set=schedule.steps=6" },
        { "sleep", "unit=0.0005" },
        { "over=algorithm.step=0.05,0.1", "per=workers[0].count=1,2" },
    };

    (void)state;
    for (const tg_answerer *const *a = tg_answerers; *a; a++) {
        if (!(*a)->study) continue;
        const char *const *option = *a == &tg_answer_region     ? some[0]
                                    : *a == &tg_answer_schedule ? some[1]
                                    : *a == &tg_answer_live     ? some[2]
                                    : *a == &tg_answer_slowdown ? some[3]
                                                                : none;
        json_t *document = ask((*a)->is.name, text, option, option == none ? 0 : 2);
        size_t  n = 0;
        for (const tg_answer_table *t = (*a)->tables; t->name; t++, n++) {
            const json_t *rows = json_object_get(document, t->name);
            assert_non_null(rows);
            for (size_t c = 0; c < t->count && json_array_size(rows); c++)
                assert_non_null(cell(document, t->name, 0, t->columns[c].name));
        }
        assert_int_equal(json_object_size(document), n + 1); /* and the provenance */
        json_decref(document);
    }
}

/* Never is told from not known, in one place. */
static void
test_infinities(void **state)
{
    static const char *const far[] = { "set=horizon=1" };
    json_t                  *document = ask("predict", text, far, 1);
    const char *settle = json_string_value(cell(document, "prediction", 0, "settle"));

    (void)state;
    assert_string_equal(settle, "Infinity");
    assert_true(strtod(settle, NULL) == INFINITY);
    assert_true(json_is_null(cell(document, "prediction", 0, "threshold_single")));
    json_decref(document);
}

/* A document of its own, not made of the tables: s + e^{-2 s} = 0 has 258 roots right of
 * -3, and with the words they are in it too. */
static void
test_roots_are_a_document(void **state)
{
    static const char *const option[] = { "damping=1", "law={law: constant, value: 2}",
                                          "right-of=-3", "words" };
    json_t                  *document = ask("roots", NULL, option, 4);

    (void)state;
    assert_int_equal(json_array_size(json_object_get(document, "roots")), 258);
    for (size_t i = 0; i < 258; i++) {
        const double         re = number(document, "roots", i, "re");
        const double complex s = re + I * number(document, "roots", i, "im");
        assert_near(cabs(s + cexp(-2 * s)) / (1 + cabs(s)), 0, 1e-12);
    }
    assert_non_null(json_object_get(document, "words"));
    json_decref(document);
}

/* A study may be given, or not; options that the study sets are refused. */
static void
test_perhaps_a_study(void **state)
{
    static const char *const both[] = { "paths=64", "rows=4", "damping=1" };
    char                    *answer = NULL;

    (void)state;
    json_t *of_study = ask("integrate", text, both, 2);
    assert_int_equal(json_array_size(json_object_get(of_study, "ensemble")), 5);
    assert_near(number(of_study, "ensemble", 4, "t"), 60, 0);
    json_decref(of_study);
    assert_int_equal(tg_answer_text("integrate", text, NULL, both, 3, NULL, &answer),
                     TG_EINPUT);
    assert_int_equal(tg_answer_text("integrate", NULL, NULL, both, 2, NULL, &answer),
                     TG_EINPUT);
    assert_null(answer);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_predict_is_the_prediction),
        cmocka_unit_test(test_settings_and_provenance),
        cmocka_unit_test(test_simulate_repeats),
        cmocka_unit_test(test_explain_one_worker),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_complaints),
        cmocka_unit_test(test_too_many_settings),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_missing_rows_are_heard),
        cmocka_unit_test(test_manuals),
        cmocka_unit_test(test_infinities),
        cmocka_unit_test(test_roots_are_a_document),
        cmocka_unit_test(test_perhaps_a_study),
        cmocka_unit_test(test_tables_are_as_described),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
