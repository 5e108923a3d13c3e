/* Limits so tight that nothing is stale, as studies: what is claimed holds when simulated; a wrong law's claim does
 * not; looser limits are said not to be known. */
#include "validation/unit/check.h"

#include "asgd/theory/compare.h"
#include "study/scene.h"

static const char text[] =
    "objective: {quadratic: {eigenvalues: [1], noise: {additive: .1}}}\n"
    "workers: [{count: 6, compute: {law: %s, mean: 1}}]\n"
    "algorithm: {name: %s, step: .3}\n"
    "target: {loss: .02}\nhorizon: 20\nreplicas: 1500\n";

/* How many claims hold of the first study's prediction against the second's simulation. */
static size_t
holding(const char *predicted, const char *simulated, size_t *all)
{
    tg_study      *study[2] = { NULL, NULL };
    tg_scene       s[2];
    tg_prediction *p = NULL;
    tg_simulation *r = NULL;
    tg_claim       claim[TG_CLAIMS];
    size_t         hold = 0;

    assert_ok(tg_study_parse(predicted, "limits", &study[0]));
    assert_ok(tg_study_parse(simulated, "limits", &study[1]));
    for (int i = 0; i < 2; i++) assert_ok(tg_scene_open(study[i], 0, &s[i]));
    assert_ok(tg_scene_predict(&s[0], 0, &p));
    assert_int_equal(p->workers, 6);
    assert_ok(tg_scene_simulate(&s[1], 0, NULL, &r));
    *all = tg_compare(p, r, "limits", .02, claim);
    for (size_t i = 0; i < *all; i++) hold += claim[i].judgement == TG_HOLDS;
    tg_prediction_free(p);
    tg_simulation_free(r);
    for (int i = 0; i < 2; i++) {
        tg_scene_close(&s[i]);
        tg_study_free(study[i]);
    }
    return hold;
}

static void
test_nothing_is_stale(void **state)
{
    static const char *const law[] = { "exponential", "gamma, shape: 4" };
    static const char *const rule[] = { "ringmaster, r: 1", "wait, limit: 0" };

    (void)state;
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++) {
            char   mine[400], others[400];
            size_t all, none;
            snprintf(mine, sizeof mine, text, law[k], rule[i]);
            snprintf(others, sizeof others, text, law[k], rule[1 - i]);
            const size_t hold = holding(mine, mine, &all);
            assert_true(all >= 2 && hold == all);
            assert_true(holding(mine, others, &none) < none);
        }
}

static void
test_others(void **state)
{
    static const char *const rule[] = { "ringmaster, r: 3", "wait, limit: 4" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        char           words[400];
        tg_study      *study = NULL;
        tg_scene       s;
        tg_prediction *p = NULL;
        snprintf(words, sizeof words, text, "exponential", rule[i]);
        assert_ok(tg_study_parse(words, "limits", &study));
        assert_ok(tg_scene_open(study, 0, &s));
        assert_fails(tg_scene_predict(&s, 0, &p), TG_EDOMAIN, "stale");
        tg_scene_close(&s);
        tg_study_free(study);
    }
}

RUN(cmocka_unit_test(test_nothing_is_stale), cmocka_unit_test(test_others))
