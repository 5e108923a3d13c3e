/* Negative controls: for each invariant a rule, added from outside the library, that breaks
 * it in a way seen in real simulators, and is found out. */
#include "validation/unit/rules.h"

#include "asgd/rules/rule.h"

enum { N = 7 };

static size_t
room(size_t dim, size_t workers, const double *param)
{
    (void)workers;
    (void)param;
    return (dim + 1) * sizeof(double);
}

/* Asks for a gradient twice. */
static tg_status
greedy(tg_sim *s, void *g, const tg_job *job)
{
    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    return tg_sim_assign(s, job->worker);
}

/* Forgets its workers. */
static tg_status
forgetful(tg_sim *s, void *g, const tg_job *job)
{
    TG_TRY(tg_sim_gradient(s, job, g));
    return tg_sim_step(s, g, 1);
}

/* The worker reads before its own gradient is applied: staleness off by one. */
static tg_status
early(tg_sim *s, void *g, const tg_job *job)
{
    TG_TRY(tg_sim_assign(s, job->worker));
    TG_TRY(tg_sim_gradient(s, job, g));
    return tg_sim_step(s, g, 1);
}

/* The worker is sent home until the next one comes. */
static tg_status
sleepy(tg_sim *s, void *g, const tg_job *job)
{
    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    for (size_t w = 0; w < tg_sim_workers(s); w++)
        if (!tg_sim_running(s, w) && (w != job->worker || tg_sim_workers(s) == 1))
            TG_TRY(tg_sim_assign(s, w));
    return TG_OK;
}

/* Work that began when nobody was told: its time is no draw of its law. */
static tg_status
backdated(tg_sim *s, void *g, const tg_job *job)
{
    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    return tg_sim_assign_since(s, job->worker, tg_sim_now(s) - 50);
}

/* Rounds that do not wait for the last, who is counted in the next. */
static tg_status
impatient(tg_sim *s, void *room_, const tg_job *job)
{
    double      *g = room_, *count = g + tg_sim_dim(s);
    const double n = (double)tg_sim_workers(s);

    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1 / n));
    if (++*count < n - 1) return TG_OK;
    *count = 0;
    return tg_sim_assign_idle(s);
}

/* The limit is looked at with the wrong sign of equality, thrice. */
static tg_status
drops_late(tg_sim *s, void *g, const tg_job *job)
{
    if ((double)tg_sim_staleness(s, job) <= tg_sim_param(s)[0] + 1) {
        TG_TRY(tg_sim_gradient(s, job, g));
        TG_TRY(tg_sim_step(s, g, 1));
    }
    return tg_sim_assign(s, job->worker);
}

static tg_status
aborts_late(tg_sim *s, void *g, const tg_job *job)
{
    const tg_job *oldest;

    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    TG_TRY(tg_sim_assign(s, job->worker));
    while ((oldest = tg_sim_oldest(s)) &&
           (double)tg_sim_staleness(s, oldest) > tg_sim_param(s)[0]) {
        const size_t worker = oldest->worker;
        TG_TRY(tg_sim_abort(s, worker));
        TG_TRY(tg_sim_assign(s, worker));
    }
    return TG_OK;
}

static tg_status
admits_too_many(tg_sim *s, void *g, const tg_job *job)
{
    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    for (size_t w = 0; w < tg_sim_workers(s); w++) {
        const tg_job *oldest = tg_sim_oldest(s);
        if (!tg_sim_running(s, w) &&
            (!oldest || (double)(tg_sim_staleness(s, oldest) + tg_sim_jobs(s)) <=
                            tg_sim_param(s)[0] + 1))
            TG_TRY(tg_sim_assign(s, w));
    }
    return TG_OK;
}

static const tg_param limit[] = { { "limit", "", "limit", 3, 0, 1e9, false, true }, { 0 } };

#define BROKEN(what)                                                                       \
    {                                                                                      \
        .is = { #what, "broken", "", limit }, .ages = true, .room = room, .deliver = what  \
    }

static tg_setup
broken(const tg_rule_kind *kind, size_t n, double sigma)
{
    return tg_setup_of(random_problem(1, n, sigma), random_cluster(1, n, true),
                       tg_rule(kind), .1, 1);
}

static void
clear(const tg_setup *u)
{
    tg_problem_free((tg_problem *)u->problem);
    tg_cluster_free((tg_cluster *)u->cluster);
}

static void
test_books(void **state)
{
    const tg_rule_kind bad[] = { BROKEN(greedy), BROKEN(forgetful) };

    (void)state;
    for (int i = 0; i < 2; i++) {
        const tg_setup u = broken(&bad[i], N, 0.5);
        assert_false(ledger_holds(&u, 2000));
        clear(&u);
    }
}

static void
test_times(void **state)
{
    static durations   right, wrong;
    const tg_rule_kind bad[] = { BROKEN(early), BROKEN(sleepy), BROKEN(backdated) };
    tg_setup           u = broken(&bad[0], N, 0.5);

    (void)state;
    assert_true(ledger_holds(&u, 2000)); /* the books do not show it */
    assert_false(staleness_adds_up(&u, 5000));
    assert_true(throughput_holds(&u, 4000));
    u.rule = tg_rule(&bad[1]);
    assert_false(throughput_holds(&u, 4000));
    u.rule = tg_rule(&tg_rule_asgd);
    measure_durations(u, 3000, &right);
    u.rule = tg_rule(&bad[2]);
    measure_durations(u, 3000, &wrong);
    assert_false(same_durations(&right, &wrong, N, 0));
    u.seed = 2; /* nor are other draws the same */
    u.rule = tg_rule(&tg_rule_asgd);
    measure_durations(u, 3000, &wrong);
    assert_false(same_durations(&right, &wrong, N, 0));
    clear(&u);
}

static void
test_descent(void **state)
{
    const tg_rule_kind bad[] = { BROKEN(early), BROKEN(impatient) };
    const tg_setup     one = broken(&bad[0], 1, 0), many = broken(&bad[1], N, 0);

    (void)state;
    assert_false(is_gradient_descent(&one, 60, 1e-3));
    assert_false(is_gradient_descent(&many, 60, 1e-3));
    clear(&one);
    clear(&many);
}

static void
test_limits(void **state)
{
    const tg_rule_kind late[] = { BROKEN(drops_late), BROKEN(aborts_late),
                                  BROKEN(admits_too_many) };

    (void)state;
    for (int i = 0; i < 3; i++) {
        const tg_setup u = broken(&late[i], N, 0.5);
        const uint64_t most = stalest(&u, 20000, true);
        assert_true(i == 1 ? most >= 3 : most > 3);
        clear(&u);
    }
}

/* With limit 0 one more than one works: no gradient descent by one worker after another. */
static void
test_nobody_beside(void **state)
{
    const tg_rule_kind bad = BROKEN(admits_too_many);
    tg_setup           u = broken(&bad, N, 0);

    (void)state;
    u.rule.param[0] = 0;
    assert_true(stalest(&u, 2000, false) > 0);
    u.rule = rule_with(&tg_rule_wait, "limit", 0);
    assert_int_equal(stalest(&u, 2000, false), 0);
    clear(&u);
}

RUN(cmocka_unit_test(test_books), cmocka_unit_test(test_times),
    cmocka_unit_test(test_descent), cmocka_unit_test(test_limits),
    cmocka_unit_test(test_nobody_beside))
