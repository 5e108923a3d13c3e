/* Schedules: tables against predictions, the optimiser against brute force, known optima, what binds. */
#include "validation/unit/check.h"

#include "asgd/sim/replicas.h"
#include "asgd/theory/schedule.h"
#include "asgd/theory/schedule_team.h"

#include <stdlib.h>
#include <string.h>

/* ---- a task -------------------------------------------------------------------------- */

typedef struct job {
    const char *law, *rule;
    double      number;
    size_t      modes;
    double      h[4], start, sigma;
    size_t      round; /* K of rounds of some workers; 0: no rounds */
} job;

static tg_status
setting_of(void *context, size_t workers, tg_setting *out)
{
    const job  *j = context;
    tg_delay   *law = NULL;
    tg_cluster *c = NULL;

    assert_ok(tg_delay_parse(j->law, &law));
    assert_ok(tg_cluster_create(1, &workers, &law, false, &c));
    tg_delay_free(law);
    if (j->round) return tg_setting_rounds(c, &(tg_rounds){ .gradients = j->round }, out);
    return tg_setting_plain(c, j->rule, j->number, out);
}

static tg_status
modes_of(void *context, size_t workers, tg_modes *out)
{
    const job *j = context;

    (void)workers;
    assert_ok(tg_modes_alloc(j->modes, 0, out));
    out->least = INFINITY;
    for (size_t i = 0; i < j->modes; i++) {
        out->h[i] = j->h[i];
        out->start[i] = j->start;
        out->sigma2[i] = j->sigma * j->sigma;
        out->least = fmin(out->least, j->h[i]);
        out->start_loss += j->h[i] / 2 * j->start * j->start;
    }
    out->start_covered = out->start_loss;
    return TG_OK;
}

static tg_schedule_task
task_of(job *j, double target, double horizon, const size_t *workers, size_t count)
{
    return (tg_schedule_task){ .setting = setting_of,
                               .modes = modes_of,
                               .context = j,
                               .target = target,
                               .horizon = horizon,
                               .step = 0.01,
                               .high = INFINITY,
                               .workers = workers,
                               .count = count,
                               .steps = 4,
                               .price = 1,
                               .bytes = 8 };
}

static const job quick = { .law = "{law: gamma, shape: 4, mean: 1}",
                           .rule = "asgd",
                           .modes = 4,
                           .h = { 1, .5, .2, .1 },
                           .start = 1,
                           .sigma = .1 };

/* ---- tables -------------------------------------------------------------------------- */

/* A team's points are those of predictions: times, where there are no cliffs near, within 3 %, for
 * numbers of workers that have tables of their own and for those between. */
static void
test_tables(void **state)
{
    static const job    jobs[] = { { .law = "{law: gamma, shape: 4, mean: 1}",
                                     .rule = "asgd" },
                                   { .law = "{law: exponential, mean: 2}", .rule = "asgd" },
                                   { .law = "{law: exponential, mean: 2}", .rule = "dude" },
                                   { .law = "{law: constant, value: 1}", .rule = "dude" } };
    static const size_t P[] = { 1, 3, 5, 11 };
    static const double part[] = { .02, .1, .3, .45 };

    (void)state;
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        job j = quick;
        j.law = jobs[i].law;
        j.rule = jobs[i].rule;
        tg_schedule_task t = task_of(&j, .05, 200, P, 4);
        tg_team_tables   tables = { 0 };
        assert_ok(tg_team_tables_make(&t, 1, 11, &tables));
        assert_true(tables.count >= 5);
        for (size_t k = 0; k < 4; k++) {
            tg_team c;
            assert_ok(tg_team_open(&t, &tables, P[k], &c));
            for (size_t s = 0; s < 4; s++) {
                const double   step = part[s] * c.step_limit;
                tg_team_point  at;
                tg_prediction *p = NULL;
                assert_ok(tg_team_at(&c, step, t.target, &at));
                assert_ok(tg_team_predict(&c, step, t.target, &p));
                assert_near(c.step_limit, p->step_limit, 0.02 * p->step_limit);
                assert_int_equal(isfinite(at.time), isfinite(p->settle));
                if (isfinite(at.time))
                    assert_near(at.time, p->settle, 0.03 * p->settle + p->settle_error);
                assert_near(at.floor, p->floor, 0.03 * p->floor);
                tg_prediction_free(p);
            }
            tg_team_close(&c);
        }
        tg_team_tables_free(&tables);
    }
}

/* ---- optima -------------------------------------------------------------------------- */

/* Ten thousand points do not beat it by a thousandth; nothing within the range is more than 5 % worse, and
 * its ends are ends. */
/* Between tables long after all has settled, and near the limit: what is as good as nothing in one table and less in
 * another is nothing between them. */
static void
test_late_times(void **state)
{
    job                 j = quick;
    static const size_t P[] = { 13, 37, 53 };
    static const double part[] = { .1, .5, .8, .93 }, h[] = { 1, 1. / 9, .03, .01 };
    memcpy(j.h, h, sizeof h);
    tg_schedule_task t = task_of(&j, .02, 2000, P, 3);
    tg_team_tables   tables = { 0 };

    (void)state;
    assert_ok(tg_team_tables_make(&t, 1, 64, &tables));
    for (size_t k = 0; k < 3; k++) {
        tg_team c;
        assert_ok(tg_team_open(&t, &tables, P[k], &c));
        for (size_t s = 0; s < 4; s++) {
            tg_team_point  at;
            tg_prediction *p = NULL;
            assert_ok(tg_team_at(&c, part[s] * c.step_limit, t.target, &at));
            assert_ok(tg_team_predict(&c, part[s] * c.step_limit, t.target, &p));
            assert_int_equal(isfinite(at.time), isfinite(p->settle));
            if (isfinite(at.time))
                assert_near(at.time, p->settle, 0.03 * p->settle + p->settle_error);
            assert_near(at.loss, p->loss[p->points - 1], 0.05 * at.loss);
            tg_prediction_free(p);
        }
        tg_team_close(&c);
    }
    tg_team_tables_free(&tables);
}

static void
test_brute_force(void **state)
{
    enum { MOST = 40, STEPS = 250 };
    static const size_t P[] = { 1, 2, 4, 7, 12, 24, MOST };
    job                 j = quick;
    tg_schedule_task    t = task_of(&j, .01, 120, P, 7);
    tg_schedule        *s = NULL;
    tg_team_tables      tables = { 0 };
    double              least = INFINITY, with[MOST + 1];

    (void)state;
    assert_ok(tg_schedule_make(&t, &s));
    assert_ok(tg_team_tables_make(&t, 1, MOST, &tables));
    for (size_t n = 1; n <= MOST; n++) {
        tg_team c;
        assert_ok(tg_team_open(&t, &tables, n, &c));
        with[n] = INFINITY;
        for (size_t i = 0; i < STEPS; i++) {
            tg_team_point p;
            const double  step = c.step_limit * pow(10, -2 * (double)i / STEPS) * .995;
            assert_ok(tg_team_at(&c, step, t.target / 1.05, &p));
            with[n] = fmin(with[n], p.time);
        }
        least = fmin(least, with[n]);
        tg_team_close(&c);
    }
    tg_team       c;
    tg_team_point best;
    assert_ok(tg_team_open(&t, &tables, s->best.workers, &c));
    assert_ok(tg_team_at(&c, s->best.step, t.target / 1.05, &best));
    tg_team_close(&c);
    assert_true(best.time < 1.001 * least);
    for (size_t n = s->low.workers; n <= s->high.workers; n++)
        assert_true(with[n] < 1.06 * least);
    if (s->low.workers > 1) assert_true(with[s->low.workers - 1] > 1.04 * least);
    assert_true(s->cheapest.workers >= s->low.workers);
    assert_true(s->cheapest.workers <= s->high.workers);
    assert_true((double)s->cheapest.workers * s->cheapest.time <=
                (double)s->best.workers * s->best.time);
    assert_non_null(s->there);
    assert_near(s->off, 0, 0.01);
    tg_team_tables_free(&tables);
    tg_schedule_free(s);
}

/* Constant times, condition number kappa (theory 9): best gain at h_max, and rate of the slowest mode,
 * of the mean field, which 60 workers are near to. Targets so far that the slowest rate alone decides. */
static void
test_two_pressures(void **state)
{
    static const double want[][3] = { { 5, 1.057, .280 },
                                      { 10, 1.275, .148 },
                                      { 30, 1.461, .0513 } };
    static const size_t P[] = { 60 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const double     kappa = want[i][0], rate = want[i][2];
        job              j = { .law = "{law: constant, value: 1}",
                               .rule = "asgd",
                               .modes = 2,
                               .h = { 1, 1 / kappa },
                               .start = 1 };
        tg_schedule_task t = task_of(&j, 1e-9, 20 / rate, P, 1);
        tg_schedule     *s = NULL;
        assert_ok(tg_schedule_make(&t, &s));
        assert_near(s->best.step * 60, want[i][1], 0.04 * want[i][1]);
        assert_near(s->best.time, log(.5 / kappa / 1e-9) / (2 * rate), 0.1 * s->best.time);
        tg_schedule_free(s);
    }
}

/* Rounds of one mode without noise: a step of 1/h is there after one of them, so any number of workers
 * is as good as its round is short, and one is best. */
static void
test_rounds(void **state)
{
    static const size_t P[] = { 1, 2, 3, 4, 5, 6 };
    job                 j = { .law = "{law: exponential, mean: 1}",
                              .rule = "asgd",
                              .modes = 2,
                              .h = { 1, .5 },
                              .start = 1,
                              .sigma = .5,
                              .round = 3 };
    tg_schedule_task    t = task_of(&j, .02, 100, P, 6);
    tg_schedule        *s = NULL;

    (void)state;
    assert_ok(tg_schedule_make(&t, &s));
    for (int i = 0; i < 2; i++) { /* fewer than K cannot */
        assert_true(isnan(s->row[i].step_limit));
        assert_true(isinf(s->row[i].time));
    }
    assert_int_equal(s->best.workers, 6);
    assert_near(s->row[5].step_limit, 2, 1e-9);
    /* E of the third of 6 is 1/6 + 1/5 + 1/4, of 3 1 + 1/2 + 1/3; nothing else differs but its spread */
    assert_near(s->row[2].time / s->row[5].time, (11. / 6) / (37. / 60), 0.1);
    assert_near(s->row[2].step, s->row[5].step, 0.05 * s->row[5].step);
    tg_schedule_free(s);
}

/* ---- bad input ----------------------------------------------------------------------- */

static void
test_unreachable(void **state)
{
    static const size_t P[] = { 1, 4, 16 };
    job                 j = quick;
    tg_schedule_task    t = task_of(&j, 1e-7, 120, P, 3);
    tg_schedule        *s = NULL;

    (void)state;
    j.law = "{law: exponential, mean: 1}";
    assert_ok(
        tg_schedule_make(&t, &s)); /* the target is below what 120 units of time allow */
    assert_true(isinf(s->best.time));
    assert_null(s->there);
    for (int i = 0; i < 3; i++) {
        const tg_schedule_row *r = &s->row[i];
        assert_int_equal(r->binds, TG_BINDS_NOTHING);
        assert_true(r->loss > t.target && isfinite(r->loss));
        /* floors are proportional to small steps: (eta/2) sum of sigma^2/2 for one worker */
        if (i == 0) assert_near(r->step_floor, 1e-7 / (4 * .01 / 4), 0.02 * r->step_floor);
    }
    tg_schedule_free(s);
    s = NULL;
    t.target = 0;
    assert_int_equal(tg_schedule_make(&t, &s), TG_EDOMAIN);
    t.target = .01;
    t.count = 0;
    assert_int_equal(tg_schedule_make(&t, &s), TG_EDOMAIN);
    assert_null(s);
}

/* What is least, and a range of steps. */
static void
test_objectives(void **state)
{
    static const size_t P[] = { 1, 2, 4 };
    job                 j = quick;
    tg_schedule_task    t = task_of(&j, .02, 120, P, 3);
    tg_schedule        *s = NULL;

    (void)state;
    j.law = "{law: exponential, mean: 1}";
    for (t.least = TG_LEAST_TIME; t.least <= TG_LEAST_PRICE; t.least++) {
        assert_ok(tg_schedule_make(&t, &s));
        for (int i = 0; i < 3; i++) {
            const tg_schedule_row *r = &s->row[i];
            const double           n = (double)r->workers;
            assert_near(r->gradients, n * r->time, 1e-9 * r->gradients);
            assert_near(r->bytes, 8 * n * r->time, 1e-9 * r->bytes);
            assert_near(r->cost, n * r->time, 1e-9 * r->cost);
            assert_true(s->best.objective <= r->objective);
        }
        assert_int_equal(s->best.workers > 1, t.least == TG_LEAST_TIME);
        tg_schedule_free(s);
        s = NULL;
    }
    t.least = TG_LEAST_TIME;
    t.high = 0.05;
    assert_ok(tg_schedule_make(&t, &s));
    assert_int_equal(s->row[2].binds, TG_BINDS_RANGE);
    assert_near(s->row[2].step, .05, 1e-3);
    tg_schedule_free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),      cmocka_unit_test(test_late_times),
        cmocka_unit_test(test_brute_force), cmocka_unit_test(test_two_pressures),
        cmocka_unit_test(test_rounds),      cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_objectives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
