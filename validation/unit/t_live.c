/* live: identities of real runs, which hold however slow or loaded the machine is. Nothing here is
 * about how fast anything is. */
#include "asgd/live/live.h"

#include "core/parallel.h"

#include "validation/unit/rules.h"

#include <pthread.h>
#include <time.h>

enum { N = 4 };

static const double even[N] = { 1, 1, 1, 1 };

/* A run of so many seconds without sleep. */
static tg_live *
live(const tg_setup *u, double seconds)
{
    const tg_live_plan plan = { .horizon = seconds, .unit = 1, .points = 9 };
    tg_live           *l = NULL;

    assert_ok(tg_live_run(u, &plan, &l));
    return l;
}

static bool
is_delivered(const tg_live_job *j)
{
    return j->fate == TG_APPLIED || j->fate == TG_DROPPED;
}

/* ---- what every run keeps ------------------------------------------------------------- */

/* Sent = applied + dropped + in flight; the log is in order; every worker's jobs are numbered without a
 * gap, and one is over before the next begins. */
static void
check_counts(const tg_live *l, uint32_t steps, const char *name)
{
    const tg_ledger *a = &l->ledger;
    uint64_t         fates[4] = { 0 }, stale = 0, sum = 0;
    double           ended = 0, free_at[N] = { 0 };
    uint32_t         number[N] = { 0 };

    if (a->begun != a->applied + a->dropped + a->aborted + a->skipped + l->running)
        fail_msg("%s: begun %d", name, (int)a->begun);
    for (size_t i = 0; i < l->jobs; i++) {
        const tg_live_job *j = &l->job[i];
        fates[j->fate]++;
        if (is_delivered(j))
            stale +=
                j->staleness < TG_STALENESS_BINS ? j->staleness : TG_STALENESS_BINS - 1;
        assert_true(j->ended >= ended);
        ended = j->ended;
        if (j->fate == TG_ABORTED) {
            number[j->worker] = j->number; /* one that had not begun has no number */
            continue;
        }
        assert_true(j->since <= j->began && j->began <= j->finished &&
                    j->finished <= j->ended);
        assert_true(j->began >= free_at[j->worker]);
        free_at[j->worker] = j->finished;
        assert_true(j->number >= number[j->worker] && j->number % steps == 0);
        if (a->aborted == 0) assert_int_equal(j->number, number[j->worker]);
        number[j->worker] = j->number + steps;
    }
    for (size_t k = 0; k < TG_STALENESS_BINS; k++) sum += k * l->staleness[k];
    assert_int_equal(sum, stale);
    assert_int_equal(fates[TG_APPLIED], a->applied);
    assert_int_equal(fates[TG_DROPPED], a->dropped);
    assert_int_equal(fates[TG_ABORTED], a->aborted);
    assert_int_equal(fates[TG_SKIPPED], a->skipped);
    for (size_t i = 1; i < l->points; i++)
        assert_true(l->point[i].t > l->point[i - 1].t &&
                    l->point[i].ledger.updates >= l->point[i - 1].ledger.updates);
}

static bool
can_be_live(const tg_kind *rule)
{
    const tg_rule_kind *k = (const tg_rule_kind *)rule;

    return !k->late && !k->ring;
}

/* Every rule, with every behaviour in turn. */
static void
test_every_rule(void **state)
{
    tg_cluster *c = cluster_of_times(even, N);
    tg_problem *p = random_problem(1, N, 0.5);
    tg_rng      g = tg_rng_stream(1, TG_PURPOSE_TEST, 7);
    size_t      ran = 0;

    (void)state;
    for (size_t i = 0; tg_rules[i]; i++) {
        tg_setup u = tg_setup_of(p, c, fitted(tg_rules[i], N, &g, false), 1e-4, i);
        if (!can_be_live(tg_rules[i])) continue;
        u.behaviour = fitted(tg_behaviours[ran++ % 4], N, &g, false);
        const tg_behaviour_kind *b = (const tg_behaviour_kind *)u.behaviour.kind;
        tg_live                 *l = live(&u, 0.05);
        check_counts(l, b->steps ? b->steps(u.behaviour.param) : 1, tg_rules[i]->name);
        assert_true(l->ledger.begun >= N && !l->stopped && isinf(l->diverged));
        assert_int_equal(l->points, 9);
        tg_live_free(l);
    }
    assert_true(ran > 15);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* ---- the run, done again in one thread ------------------------------------------------- */

/* ASGD is x_{k+1} = x_k - eta g(x_{k-s}), whoever computes it: from the order of deliveries, their
 * staleness and their numbers alone the losses are those of the run, to the bit. So every worker has read
 * one whole model, and every gradient was applied once. `late`: read models one update too old. */
static bool
is_done_again(const tg_setup *u, const tg_live *l, uint64_t late)
{
    const tg_problem *p = u->problem;
    const size_t      steps = l->ledger.updates, dim = p->dim;
    double           *x = malloc((steps + 1) * dim * sizeof *x), g[2];
    size_t            k = 0;
    bool              good = true;

    assert_non_null(x);
    assert_int_equal(dim, 2);
    p->kind->start(p->self, x);
    for (size_t i = 0; i < l->jobs; i++) {
        const tg_live_job *j = &l->job[i];
        const uint64_t     back = j->staleness + late > k ? k : j->staleness + late;
        tg_rng             draws =
            tg_rng_of(tg_rng_mix(u->seed, 0), TG_PURPOSE_NOISE, j->worker, j->number);
        assert_true(j->staleness <= k);
        p->kind->gradient(p->self, j->worker, x + (k - back) * dim, &draws, NULL, g);
        for (size_t d = 0; d < dim; d++)
            x[(k + 1) * dim + d] = x[k * dim + d] - u->step * g[d];
        k++;
    }
    assert_int_equal(k, steps);
    for (size_t i = 0; i < l->points; i++) {
        const double *at = x + l->point[i].ledger.updates * dim;
        good = good && l->point[i].loss == p->kind->loss(p->self, at, NULL);
        if (!good || !p->kind->slope) continue;
        p->kind->slope(p->self, at, NULL, g);
        assert_near(l->point[i].slope, hypot(g[0], g[1]), 1e-12 * l->point[i].slope);
    }
    free(x);
    return good;
}

/* All N workers are always busy: what was delivered stale, and what is on its way, adds up to N - 1 for
 * every update, exactly; in the mean that is P - 1. */
static void
test_asgd(void **state)
{
    tg_cluster *c = cluster_of_times(even, N);
    tg_problem *p = random_problem(2, N, 0.5);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), 1e-3, 5);
    tg_live    *l = live(&u, 0.2);
    uint64_t    sum = l->pending;

    (void)state;
    check_counts(l, 1, "asgd");
    for (size_t i = 0; i < l->jobs; i++) sum += l->job[i].staleness;
    assert_int_equal(l->ledger.updates, l->ledger.applied);
    assert_int_equal(l->running, N);
    assert_int_equal(sum, (N - 1) * l->ledger.updates);
    assert_true(l->ledger.updates > 20);
    assert_true(is_done_again(&u, l, 0));
    assert_false(is_done_again(&u, l, 1));
    tg_live_free(l);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* ---- rules ----------------------------------------------------------------------------- */

/* Rounds: nobody is stale, and there is an update for every P that are delivered; FedBuff: for every
 * K. */
static void
test_rounds(void **state)
{
    tg_cluster *c = cluster_of_times(even, N);
    tg_problem *p = random_problem(3, N, 0.5);
    tg_setup    u = tg_setup_of(p, c, tg_rule(&tg_rule_sync), 1e-3, 5);

    (void)state;
    tg_live *l = live(&u, 0.1);
    check_counts(l, 1, "sync");
    assert_int_equal(l->staleness[0], l->ledger.delivered);
    assert_int_equal(l->ledger.updates, l->ledger.delivered / N);
    assert_true(l->ledger.updates > 0);
    tg_live_free(l);
    u.rule = rule_with(&tg_rule_fedbuff, "k", 3);
    l = live(&u, 0.1);
    check_counts(l, 1, "fedbuff");
    assert_int_equal(l->ledger.updates, l->ledger.delivered / 3);
    tg_live_free(l);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* A worker that sleeps for a day is woken when its job is given up, again and again: r = 2 lets nobody be
 * staler than 1. */
static void
test_abort(void **state)
{
    const double   time[N] = { 1e-3, 1e-3, 1e-3, 86400 };
    tg_cluster    *c = cluster_of_times(time, N);
    tg_problem    *p = random_problem(4, N, 0.5);
    const tg_setup u = tg_setup_of(p, c, rule_with(&tg_rule_ringmaster, "r", 2), 1e-3, 5);
    const tg_live_plan plan = { .horizon = 0.3, .unit = 1, .sleep = true, .points = 3 };
    tg_live           *l = NULL;

    (void)state;
    assert_ok(tg_live_run(&u, &plan, &l));
    check_counts(l, 1, "ringmaster");
    assert_true(l->ledger.aborted > 0);
    for (size_t k = 2; k < TG_STALENESS_BINS; k++) assert_int_equal(l->staleness[k], 0);
    assert_int_equal(l->worker[3].delivered, 0);
    tg_live_free(l);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* A sleep is at least as long as the law asks for, in units of the study's time, and not a part of what
 * the law says without `sleep`. */
static void
test_sleep(void **state)
{
    const double       time[N] = { 2, 3, 4, 5 };
    tg_cluster        *c = cluster_of_times(time, N);
    tg_problem        *p = random_problem(5, N, 0.5);
    const tg_setup     u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), 1e-3, 5);
    const tg_live_plan plan = { .horizon = 200, .unit = 1e-3, .sleep = true, .points = 5 };
    tg_live           *l = NULL;

    (void)state;
    assert_ok(tg_live_run(&u, &plan, &l));
    check_counts(l, 1, "asleep");
    for (size_t i = 0; i < l->jobs; i++)
        assert_true(l->job[i].finished - l->job[i].began >=
                    time[l->job[i].worker] * (1 - 1e-6));
    for (size_t w = 0; w < N; w++) {
        const tg_live_worker *at = &l->worker[w];
        assert_near(at->asked, 1e-3 * time[w] * (double)at->delivered, 1e-9);
        assert_true(at->slept >= at->asked);
        assert_true(at->delivered == 0 || (at->computing > 0 && at->serving > 0));
        assert_true((double)at->delivered <= 200 / time[w]);
    }
    tg_live_free(l);
    tg_problem_free(p);
    tg_cluster_free(c);
}

/* ---- ends ------------------------------------------------------------------------------ */

static void *
stop_soon(void *unused)
{
    (void)unused;
    nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
    tg_stop_request();
    return NULL;
}

/* An hour ends soon after it is asked to, asleep or not, with what was done. */
static void
test_stop(void **state)
{
    const double time[N] = { 3600, 3600, 3600, 3600 };
    tg_problem  *p = random_problem(6, N, 0.5);

    (void)state;
    for (int asleep = 0; asleep < 2; asleep++) {
        tg_cluster        *c = cluster_of_times(time, N);
        const tg_setup     u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), 1e-3, 5);
        const tg_live_plan plan = {
            .horizon = 3600, .unit = 1, .sleep = asleep, .points = 360001
        };
        tg_live  *l = NULL;
        pthread_t id;
        assert_int_equal(pthread_create(&id, NULL, stop_soon, NULL), 0);
        assert_ok(tg_live_run(&u, &plan, &l));
        pthread_join(id, NULL);
        tg_stop_clear();
        check_counts(l, 1, "stopped");
        assert_true(l->stopped && l->seconds < 600 && l->points >= 1 && l->points < 60000);
        assert_true(isfinite(l->point[0].loss));
        if (asleep) assert_int_equal(l->ledger.delivered, 0);
        tg_live_free(l);
        tg_cluster_free(c);
    }
    tg_problem_free(p);
}

static tg_status
fail_at_tenth(tg_sim *s, void *room, const tg_job *job)
{
    double g[2];

    (void)room;
    TG_TRY(tg_sim_gradient(s, job, g));
    TG_TRY(tg_sim_step(s, g, 1));
    if (tg_sim_updates(s) == 10) return tg_fail(TG_ENOCONV, "the tenth is too much");
    return tg_sim_assign(s, job->worker);
}

/* A rule that fails in one thread fails the run, with its message; a model that leaves the finite range
 * ends it. */
static void
test_failure(void **state)
{
    const tg_rule_kind broken = { .is = { "broken", "", "", NULL },
                                  .deliver = fail_at_tenth };
    tg_cluster        *c = cluster_of_times(even, N);
    tg_problem        *p = random_problem(7, N, 0.5);
    const tg_live_plan plan = { .horizon = 60, .unit = 1, .points = 60001 };
    tg_setup           u = tg_setup_of(p, c, tg_choice_of(&broken.is), 1e-3, 5);
    tg_live           *l = NULL;

    (void)state;
    assert_fails(tg_live_run(&u, &plan, &l), TG_ENOCONV, "the tenth is too much");
    assert_null(l);
    u = tg_setup_of(p, c, tg_rule(&tg_rule_asgd), 100, 5);
    assert_ok(tg_live_run(&u, &plan, &l));
    assert_true(isfinite(l->diverged) && l->stopped && l->seconds < 59);
    assert_false(isfinite(l->point[l->points - 1].loss));
    tg_live_free(l);
    tg_problem_free(p);
    tg_cluster_free(c);
}

static void
test_refused(void **state)
{
    tg_cluster        *c = cluster_of_times(even, N);
    tg_problem        *p = random_problem(8, N, 0.5);
    const tg_live_plan good = { .horizon = 0.01, .unit = 1, .points = 2 };
    tg_live_plan       plan = good;
    tg_setup           u = tg_setup_of(p, c, tg_rule(&tg_rule_local), 1e-3, 5);
    tg_live           *l = NULL;

    (void)state;
    assert_fails(tg_live_run(&u, &plan, &l), TG_EDOMAIN, "alarm");
    u.rule = rule_with(&tg_rule_stale_constant, "extra", 1);
    assert_fails(tg_live_run(&u, &plan, &l), TG_EDOMAIN, "decrees");
    u.rule = tg_rule(&tg_rule_asgd);
    plan.horizon = NAN;
    assert_fails(tg_live_run(&u, &plan, &l), TG_EDOMAIN, "must be > 0");
    plan = good;
    plan.unit = 0;
    assert_fails(tg_live_run(&u, &plan, &l), TG_EDOMAIN, "must be > 0");
    plan = good;
    plan.points = 1;
    assert_fails(tg_live_run(&u, &plan, &l), TG_EDOMAIN, "points");
    plan.points = (size_t)1 << 40;
    assert_fails(tg_live_run(&u, &plan, &l), TG_EDOMAIN, "fewer points");
    u.step = 0;
    plan = good;
    assert_fails(tg_live_run(&u, &plan, &l), TG_EDOMAIN, "step must be > 0");
    assert_null(l);
    tg_live_free(NULL);
    tg_problem_free(p);
    tg_cluster_free(c);
}

RUN(cmocka_unit_test(test_every_rule), cmocka_unit_test(test_asgd),
    cmocka_unit_test(test_rounds), cmocka_unit_test(test_abort),
    cmocka_unit_test(test_sleep), cmocka_unit_test(test_stop),
    cmocka_unit_test(test_failure), cmocka_unit_test(test_refused))
