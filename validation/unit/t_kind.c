#include "validation/unit/check.h"

#include "asgd/links/link.h"
#include "asgd/optimisers/optimiser.h"
#include "asgd/rules/rule.h"
#include "asgd/workers/pace.h"
#include "core/kind.h"

static const tg_param params[] = {
    { "whole", "", "a whole number", 2, 1, 9, false, true },
    { "open", "time", "above 0", NAN, 0, 5, true, false },
    { "closed", "1", "from -1 on", 0, -1, INFINITY, false, false },
    { 0 },
};
static const tg_kind first = { "first", "the first", "Somebody 1999", params },
                     second = { "second", "the second", "", NULL };
static const tg_kind *const registry[] = { &first, &second, NULL };

static void
test_finding(void **state)
{
    tg_choice c = { 0 };

    (void)state;
    assert_int_equal(tg_kind_params(&first), 3);
    assert_int_equal(tg_kind_params(&second), 0);
    assert_int_equal(tg_kind_param(&first, "closed"), 2);
    assert_true(tg_kind_param(&first, "close") == SIZE_MAX);
    assert_true(tg_kind_param(&second, "whole") == SIZE_MAX);
    assert_ok(tg_choice_find(registry, "thing", "first", &c));
    assert_ptr_equal(c.kind, &first);
    assert_true(c.param[0] == 2 && isnan(c.param[1]) && c.param[2] == 0);
    assert_fails(tg_choice_find(registry, "thing", "secund", &c), TG_EINPUT,
                 "unknown thing \"secund\"; did you mean \"second\"");
    assert_fails(tg_choice_find(registry, "thing", "quite other", &c), TG_EINPUT,
                 "there is for example \"first\"");
    assert_ptr_equal(c.kind, &first); /* as it was */
}

static void
test_setting(void **state)
{
    tg_choice c = tg_choice_of(&first), none = tg_choice_of(&second);

    (void)state;
    assert_fails(tg_choice_check(&c), TG_EDOMAIN, "first needs open: above 0");
    assert_ok(tg_choice_set(&c, "open", 5));
    assert_ok(tg_choice_check(&c));
    assert_ok(tg_choice_check(&none));
    assert_fails(tg_choice_set(&c, "opne", 1), TG_EINPUT, "did you mean \"open\"");
    assert_fails(tg_choice_set(&none, "open", 1), TG_EINPUT, "has none");
    static const struct {
        const char *name, *words;
        double      value;
    } bad[] = { { "open", "> 0 and <= 5", 0 },    { "open", "> 0 and <= 5", 5.001 },
                { "open", "needs open", NAN },    { "whole", "whole number", 2.5 },
                { "whole", ">= 1 and <= 9", 10 }, { "closed", ">= -1", -1.5 } };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_fails(tg_choice_set(&c, bad[i].name, bad[i].value), TG_EDOMAIN,
                     bad[i].words);
        assert_ok(tg_choice_check(&c)); /* a refused value changes nothing */
    }
    assert_ok(tg_choice_set(&c, "closed", INFINITY));
    assert_ok(tg_choice_set(&c, "closed", -1));
    assert_ok(tg_choice_set(&c, "whole", 9));
    assert_true(c.param[0] == 9 && c.param[1] == 5 && c.param[2] == -1);
    c.param[0] = 1.5;
    assert_fails(tg_choice_check(&c), TG_EDOMAIN, "whole of first");
}

/* What every registry promises: names once, words for help, no more parameters than a choice has
 * room for, fallbacks that are in range or must be given, and finding each by its name. */
static void
check_registry(const tg_kind *const *list)
{
    for (size_t i = 0; list[i]; i++) {
        const tg_kind *k = list[i];
        tg_choice      c;
        assert_true(k->name[0] && k->doc[0] && k->source);
        assert_true(tg_kind_params(k) <= TG_MOST_PARAMS);
        assert_ok(tg_choice_find(list, "kind", k->name, &c));
        assert_ptr_equal(c.kind, k);
        for (size_t j = 0; j < tg_kind_params(k); j++) {
            const tg_param *p = &k->param[j];
            assert_true(p->doc[0] && p->unit && p->min < p->max);
            assert_int_equal(tg_kind_param(k, p->name), j);
            if (!isnan(p->fallback)) assert_ok(tg_choice_set(&c, p->name, p->fallback));
        }
    }
}

static void
test_registries(void **state)
{
    (void)state;
    check_registry(tg_rules);
    check_registry(tg_optimisers);
    check_registry(tg_schedules);
    check_registry(tg_paces);
    check_registry(tg_links);
}

RUN(cmocka_unit_test(test_finding), cmocka_unit_test(test_setting),
    cmocka_unit_test(test_registries))
