/* worklog: a rule that writes down who worked from when to when, for tests of the process */
#ifndef TG_VALIDATION_WORKLOG_H
#define TG_VALIDATION_WORKLOG_H

#include "validation/unit/check.h"

#include "asgd/sim/simulate.h"
#include "core/stats.h"

enum { MOST_LOG = 400000 };

typedef struct logged {
    size_t worker;
    double since, began, now; /* read, begun to compute, delivered */
} logged;

static logged worklog[MOST_LOG];
static size_t worklogs;

static inline void
write_down(const tg_sim *s, const tg_job *job)
{
    assert_true(worklogs < MOST_LOG);
    worklog[worklogs++] = (logged){ job->worker, job->since, job->began, tg_sim_now(s) };
}

/* Its worker reads again at once. */
static inline tg_status
log_and_assign(tg_sim *s, void *room, const tg_job *job)
{
    (void)room;
    write_down(s, job);
    return tg_sim_assign(s, job->worker);
}

static const tg_rule_kind logging = { .is = { "logging", "writes down", "", NULL },
                                      .deliver = log_and_assign };

static inline tg_delay *
law_of(const char *text)
{
    tg_delay *d = NULL;

    assert_ok(tg_delay_parse(text, &d));
    return d;
}

static inline tg_cluster *
cluster_of(size_t workers, const char *text, bool together)
{
    tg_cluster *c = NULL;
    tg_delay   *law = law_of(text);

    assert_ok(tg_cluster_create(1, &workers, &law, together, &c));
    tg_delay_free(law);
    return c;
}

/* One noisy parabola for so many workers. */
static inline tg_problem *
parabola(size_t workers)
{
    const double h = 1, x0 = 1, noise = .5;
    tg_problem  *p = NULL;

    assert_ok(tg_problem_quadratic(1, &h, &x0, &noise, workers, NULL, &p));
    return p;
}

/* Until the next event lies after `horizon`; the log begins anew. Returns the deliveries. */
static inline size_t
run_until(const tg_setup *setup, uint64_t replica, double horizon)
{
    tg_sim      *s = NULL;
    tg_happening h;

    worklogs = 0;
    assert_ok(tg_sim_create(setup, replica, &s));
    while (tg_sim_next(s) <= horizon) assert_ok(tg_sim_advance(s, &h));
    const size_t delivered = (size_t)tg_sim_ledger(s).delivered;
    tg_sim_free(s);
    return delivered;
}

/* |mean - expected| within 4 standard errors, with something to see. */
#define assert_mean(stats, expected)                                                       \
    assert_near((stats).mean, (expected), 4 * tg_stats_error(&(stats)) + 1e-12 * (expected))

#endif
