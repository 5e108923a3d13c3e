/* A setting and its values: commas within braces, all items of a list, bad input. */
#include "validation/unit/check.h"

#include "study/setting_list.h"

static const char text[] = "workers: {count: 2, compute: {law: constant, value: 1}}\n"
                           "objective: {quadratic: {eigenvalues: [1]}}\n"
                           "algorithm: [{name: asgd, step: 1}, {name: dude, step: 2}]\n"
                           "horizon: 1\n";

static void
test_reading(void **state)
{
    tg_setting_list s = { 0 };

    (void)state;
    assert_ok(tg_setting_list_read("over", "a.b={c: [1, 2], d: 3},4,[5,6]", &s));
    assert_string_equal(s.path, "a.b");
    assert_string_equal(tg_setting_list_word(&s), "b");
    assert_int_equal(s.count, 3);
    assert_string_equal(s.value[0], "{c: [1, 2], d: 3}");
    assert_string_equal(s.value[1], "4");
    assert_string_equal(s.value[2], "[5,6]");
    tg_setting_list_free(&s);
    assert_ok(tg_setting_list_read("over", "seed=1=2", &s));
    assert_string_equal(tg_setting_list_word(&s), "seed");
    assert_string_equal(s.value[0], "1=2");
    tg_setting_list_free(&s);
    assert_fails(tg_setting_list_read("over", "seed", &s), TG_EINPUT,
                 "--over: expected PATH");
    assert_fails(tg_setting_list_read("over", "=1", &s), TG_EINPUT, "expected PATH");
    assert_fails(tg_setting_list_read("per", "seed=", &s), TG_EINPUT, "--per: an empty");
    assert_fails(tg_setting_list_read("per", "seed=1,", &s), TG_EINPUT, "an empty");
    assert_null(s.value);
}

static void
test_applying(void **state)
{
    tg_study       *study = NULL, *changed = NULL;
    tg_setting_list s = { 0 };

    (void)state;
    assert_ok(tg_study_parse(text, "test", &study));
    assert_ok(tg_setting_list_read("over", "algorithm[].step=.5,x", &s));
    assert_ok(tg_setting_list_apply(&s, study, 0, &changed));
    assert_near(changed->algorithm[0].step, .5, 0);
    assert_near(changed->algorithm[1].step, .5, 0);
    assert_near(study->algorithm[1].step, 2, 0);
    tg_study_free(changed);
    changed = NULL;
    assert_fails(tg_setting_list_apply(&s, study, 1, &changed), TG_EINPUT, "x");
    assert_null(changed);
    tg_setting_list_free(&s);
    assert_ok(tg_setting_list_read("over", "sweep[].x=1", &s));
    assert_fails(tg_setting_list_apply(&s, study, 0, &changed), TG_EINPUT, "no such list");
    tg_setting_list_free(&s);
    tg_study_free(study);
}

RUN(cmocka_unit_test(test_reading), cmocka_unit_test(test_applying))
