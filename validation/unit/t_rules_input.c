/* What cannot be: parameters that are unknown, missing, out of range, or too much for so
 * many workers; and rules, optimisers and behaviours describe themselves. */
#include "validation/unit/rules.h"

enum { N = 4 };

static tg_status
try(tg_choice rule)
{
    tg_cluster *c = random_cluster(1, N, true);
    tg_problem *p = random_problem(1, N, 0);
    tg_sim     *s = NULL;

    const tg_status status =
        tg_sim_create((tg_setup[]){ tg_setup_of(p, c, rule, .1, 1) }, 0, &s);
    assert_true((status == TG_OK) == (s != NULL));
    tg_sim_free(s);
    tg_problem_free(p);
    tg_cluster_free(c);
    return status;
}

static void
test_names(void **state)
{
    tg_choice c;

    (void)state;
    assert_fails(tg_rule_find("ringmasta", &c), TG_EINPUT, "did you mean \"ringmaster\"");
    assert_fails(tg_rule_find("fed_buff", &c), TG_EINPUT, "did you mean \"fedbuff\"");
    assert_ok(tg_rule_find("wait", &c));
    assert_ptr_equal(c.kind, &tg_rule_wait.is);
    assert_fails(tg_choice_set(&c, "limmit", 3), TG_EINPUT, "did you mean \"limit\"");
    c = tg_rule(&tg_rule_sync);
    assert_fails(tg_choice_set(&c, "k", 3), TG_EINPUT, "it has none");
}

/* Every parameter without a fallback must be given; none takes NaN or what is below its
 * range. */
static void
test_ranges(void **state)
{
    (void)state;
    for (size_t i = 0; tg_rules[i]; i++) {
        tg_rng          g = tg_rng_stream(1, TG_PURPOSE_TEST, i);
        const tg_choice good = fitted(tg_rules[i], N, &g, false),
                        plain = tg_choice_of(tg_rules[i]);
        assert_ok(try(good));
        for (size_t j = 0; j < tg_kind_params(tg_rules[i]); j++) {
            const tg_param *p = &tg_rules[i]->param[j];
            tg_choice       bad = good;
            bad.param[j] = NAN;
            assert_fails(try(bad), TG_EDOMAIN, p->name);
            bad.param[j] = p->min - 1;
            assert_fails(try(bad), TG_EDOMAIN, p->name);
            bad.param[j] = p->min;
            if (p->open) assert_fails(try(bad), TG_EDOMAIN, p->name);
            bad.param[j] = p->min + .5;
            if (p->whole) assert_fails(try(bad), TG_EDOMAIN, "whole number");
            if (isnan(p->fallback)) assert_fails(try(plain), TG_EDOMAIN, "needs");
            bad = good;
            assert_fails(tg_choice_set(&bad, p->name, INFINITY), TG_EDOMAIN, p->name);
            assert_memory_equal(&bad, &good, sizeof bad);
        }
    }
}

static void
test_more_than_workers(void **state)
{
    (void)state;
    assert_fails(try(rule_with(&tg_rule_k_sync, "k", N + 1)), TG_EDOMAIN,
                 "of 4 workers the first 5 cannot be waited for");
    assert_fails(try(rule_with(&tg_rule_k_async, "k", N + 1)), TG_EDOMAIN, "of 4 workers");
    assert_ok(try(rule_with(&tg_rule_k_sync, "k", N)));
    assert_ok(try(rule_with(&tg_rule_k_batch_sync, "k", N + 1)));
    assert_ok(try(rule_with(&tg_rule_fedbuff, "k", 10 * N)));
}

static void
described(const tg_kind *const *registry, size_t least)
{
    size_t n = 0;

    for (; registry[n]; n++) {
        assert_true(strlen(registry[n]->name) > 0 && strlen(registry[n]->doc) > 10);
        assert_non_null(registry[n]->source);
        assert_true(tg_kind_params(registry[n]) <= TG_MOST_PARAMS);
        for (size_t m = 0; m < n; m++)
            assert_true(strcmp(registry[n]->name, registry[m]->name));
        for (size_t j = 0; j < tg_kind_params(registry[n]); j++) {
            const tg_param *p = &registry[n]->param[j];
            assert_true(strlen(p->doc) > 0 && p->unit && p->min < p->max);
            assert_true(isnan(p->fallback) ||
                        (p->fallback >= p->min && p->fallback <= p->max));
        }
    }
    assert_true(n >= least);
}

static void
test_descriptions(void **state)
{
    (void)state;
    described(tg_rules, 24);
    described(tg_behaviours, 4);
    described(tg_optimisers, 7);
    described(tg_schedules, 4);
}

RUN(cmocka_unit_test(test_names), cmocka_unit_test(test_ranges),
    cmocka_unit_test(test_more_than_workers), cmocka_unit_test(test_descriptions))
