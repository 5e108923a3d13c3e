/* Which workers to use and a rule's best number: what the search finds is what trying all of them
 * finds. */
#include "validation/unit/check.h"

#include "asgd/theory/choose.h"

typedef struct source {
    const char *rule; /* NULL: rounds of `count` workers or, of groups, of all */
    size_t      groups;
    double      mean[3];
    size_t      looks;
} source;

static tg_status
modes_of(void *context, size_t workers, tg_modes *out)
{
    static const double h[] = { 1, .3 };

    (void)context, (void)workers;
    assert_ok(tg_modes_alloc(2, 0, out));
    for (int i = 0; i < 2; i++) {
        out->h[i] = h[i];
        out->start[i] = 1;
        out->sigma2[i] = .04;
        out->start_loss += h[i] / 2;
    }
    out->least = .3;
    out->start_covered = out->start_loss;
    return TG_OK;
}

static tg_status
setting_of_groups(void *context, const size_t *count, tg_setting *out)
{
    source     *s = context;
    tg_delay   *law[3] = { NULL };
    tg_cluster *c = NULL;

    s->looks++;
    for (size_t g = 0; g < s->groups; g++)
        assert_ok(tg_delay_create("exponential", &s->mean[g], &law[g]));
    const tg_status status = tg_cluster_create(s->groups, count, law, false, &c);
    for (size_t g = 0; g < s->groups; g++) tg_delay_free(law[g]);
    TG_TRY(status);
    if (!s->rule) return tg_setting_rounds(c, &(tg_rounds){ .gradients = c->workers }, out);
    return tg_setting_plain(c, s->rule, 0, out);
}

/* Rounds of the first `number` of five. */
static tg_status
setting_of_number(void *context, const size_t *number, tg_setting *out)
{
    source     *s = context;
    size_t      five = 5;
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    s->looks++;
    assert_ok(tg_delay_create("exponential", s->mean, &law));
    assert_ok(tg_cluster_create(1, &five, &law, false, &c));
    tg_delay_free(law);
    return tg_setting_rounds(c, &(tg_rounds){ .gradients = *number }, out);
}

static tg_choose_task
task_of(source *s, const size_t *most)
{
    return (tg_choose_task){ .setting = setting_of_groups,
                             .context = s,
                             .plan = { .modes = modes_of,
                                       .context = s,
                                       .target = .02,
                                       .horizon = 40,
                                       .step = .1,
                                       .high = INFINITY,
                                       .price = 1 },
                             .most = most,
                             .groups = s->groups };
}

/* All choices of up to two of each of two groups, of which one is slow: rounds do without the slow
 * ones. */
static void
test_all_choices(void **state)
{
    static const size_t most[] = { 2, 2 };
    source              jobs[] = { { "asgd", 2, { 1, 5 }, 0 }, { NULL, 2, { 1, 5 }, 0 } };

    (void)state;
    for (int i = 0; i < 2; i++) {
        const tg_choose_task t = task_of(&jobs[i], most);
        tg_chosen            best;
        double               least = INFINITY;
        assert_ok(tg_choose_workers(&t, &best));
        assert_true(best.looks <= 8);
        for (size_t k = 1; k < 9; k++) {
            const size_t    count[] = { k / 3, k % 3 };
            tg_schedule_row r;
            assert_ok(tg_choose_look(&t, count, &r));
            least = fmin(least, r.objective);
            if (count[0] == 2 && count[1] == 2)
                assert_near(best.all.time, r.time, 1e-9 * r.time);
        }
        assert_near(best.row.objective, least, 1e-3 * least);
        assert_int_equal(best.row.workers, best.count[0] + best.count[1]);
        if (i == 1) assert_int_equal(best.count[1], 0);
    }
}

static void
test_number(void **state)
{
    static const size_t most = 5;
    source              s = { .groups = 1, .mean = { 1 } };
    tg_choose_task      t = task_of(&s, &most);
    tg_chosen           best;
    double              least = INFINITY;

    (void)state;
    t.setting = setting_of_number;
    assert_ok(tg_choose_number(&t, 1, &best));
    for (size_t K = 1; K <= most; K++) {
        tg_schedule_row r;
        assert_ok(tg_choose_look(&t, &K, &r));
        least = fmin(least, r.time);
    }
    assert_near(best.row.time, least, 1e-3 * least);
    assert_true(best.count[0] >= 1 && best.count[0] <= most);
}

static void
test_bad_input(void **state)
{
    static const size_t most[] = { 1, 1 };
    source              s = { "asgd", 2, { 1, 5 }, 0 };
    tg_choose_task      t = task_of(&s, most);
    tg_chosen           best;

    (void)state;
    t.groups = 0;
    assert_fails(tg_choose_workers(&t, &best), TG_EDOMAIN, "groups");
    t.groups = 2;
    assert_fails(tg_choose_number(&t, 1, &best), TG_EDOMAIN, "number");
    t.plan.target = 1e-9; /* below what the horizon allows */
    assert_fails(tg_choose_workers(&t, &best), TG_EDOMAIN, "no choice");
}

RUN(cmocka_unit_test(test_all_choices), cmocka_unit_test(test_number),
    cmocka_unit_test(test_bad_input))
