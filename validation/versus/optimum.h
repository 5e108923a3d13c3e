/* optimum: the best number of workers and step, predicted, against simulation: of a grid around the predicted
 * best the point that is best in simulation lies within what is predicted to be within 5 % of the best,
 * and the time there is as predicted. */
#ifndef TG_VALIDATION_OPTIMUM_H
#define TG_VALIDATION_OPTIMUM_H

#include "validation/versus/versus.h"

#include "asgd/theory/schedule.h"
#include "asgd/theory/schedule_team.h"

/* A problem of so many modes from 1, under a rule and its number; up to `most` workers. */
typedef struct study {
    const char *law, *rule;
    double      number;
    size_t      modes;
    double      h[4], sigma, target, horizon;
    size_t      most;
} study;

static const study optimum_studies[] = {
    { "{law: gamma, shape: 4, mean: 1}", "asgd", 0, 4, { 1, .5, .2, .1 }, .1, .01, 60, 12 },
    { "{law: exponential, mean: 1}", "asgd", 0, 4, { 1, .5, .2, .1 }, .1, .02, 60, 12 },
    { "{law: constant, value: 1}", "asgd", 0, 3, { 1, .5, .25 }, .2, .02, 60, 10 },
    { "{law: uniform, min: .5, max: 1.5}", "asgd", 0, 2, { 1, .2 }, .3, .05, 60, 10 },
    { "{law: lognormal, mean: 1, cv: .7}", "asgd", 0, 2, { 2, .5 }, .2, .03, 60, 10 },
    { "{law: gamma, shape: 2, mean: 2}", "asgd", 0, 1, { 1 }, .5, .03, 80, 10 },
    { "{law: gamma, shape: 4, mean: 1}", "dude", 0, 3, { 1, .5, .2 }, .1, .02, 80, 10 },
    { "{law: exponential, mean: 1}", "dude", 0, 2, { 1, .3 }, .2, .03, 80, 10 },
    { "{law: gamma, shape: 4, mean: 1}", "sync", 0, 3, { 1, .5, .2 }, .5, .02, 80, 10 },
    { "{law: exponential, mean: 1}", "sync", 0, 2, { 1, .3 }, .5, .03, 80, 10 },
    { "{law: exponential, mean: 1}", "fedbuff", 3, 2, { 1, .3 }, .3, .03, 60, 10 },
    { "{law: uniform, min: 0, max: 2}", "k_sync", 3, 3, { 1, .5, .2 }, .4, .02, 80, 10 },
};
enum { OPTIMUM_STUDIES = sizeof optimum_studies / sizeof *optimum_studies, REPLICAS = 400 };

static inline tg_problem *
problem_of(const study *s, size_t workers)
{
    const double start[4] = { 1, 1, 1, 1 },
                 sigma[4] = { s->sigma, s->sigma, s->sigma, s->sigma };
    tg_problem *p = NULL;

    must(tg_problem_quadratic(s->modes, s->h, start, sigma, workers, NULL, &p));
    return p;
}

static inline tg_status
setting_of(void *context, size_t workers, tg_setting *out)
{
    const study *s = context;
    tg_cluster  *c = cluster_of(s->law, workers);

    if (!strcmp(s->rule, "sync"))
        return tg_setting_rounds(c, &(tg_rounds){ .gradients = workers }, out);
    if (!strcmp(s->rule, "k_sync"))
        return tg_setting_rounds(c, &(tg_rounds){ .gradients = (size_t)s->number }, out);
    return tg_setting_plain(c, s->rule, s->number, out);
}

static inline tg_status
modes_with(void *context, size_t workers, tg_modes *out)
{
    tg_cluster *c = cluster_of(((const study *)context)->law, workers);
    tg_problem *p = problem_of(context, workers);

    *out = modes_of(p, c);
    tg_problem_free(p);
    tg_cluster_free(c);
    return TG_OK;
}

/* Simulated time to target, and its error. */
static inline double
simulated(const study *s, size_t workers, double step, double *error)
{
    tg_cluster    *c = cluster_of(s->law, workers);
    tg_problem    *p = problem_of(s, workers);
    tg_setup       setup = { .problem = p, .cluster = c, .step = step, .seed = 1 };
    tg_simulation *r = NULL;

    must(tg_rule_find(s->rule, &setup.rule));
    if (s->number > 0) setup.rule.param[0] = s->number;
    must(tg_replicas_run(&setup,
                         &(tg_replicas_plan){ .horizon = s->horizon,
                                              .points = 121,
                                              .target = s->target,
                                              .replicas = REPLICAS },
                         &r));
    const double time = r->settle;
    *error = r->settle_error;
    tg_simulation_free(r);
    tg_problem_free(p);
    tg_cluster_free(c);
    return time;
}

/* The predicted time there. */
static inline double
predicted(const tg_schedule_task *task, size_t workers, double step)
{
    tg_team_tables tables;
    tg_team        team;
    tg_team_point  at;

    must(tg_team_tables_make(task, workers, workers, &tables));
    must(tg_team_open(task, &tables, workers, &team));
    must(tg_team_at(&team, step, task->target, &at));
    tg_team_close(&team);
    tg_team_tables_free(&tables);
    return at.time;
}

/* Print both; returns how many of them fail. */
static inline int
compare(const study *s, size_t number)
{
    size_t                 workers[16], n = 0;
    tg_schedule           *plan = NULL;
    char                   where[80];
    double                 least = INFINITY, least_error = 0, here = NAN, here_error = 0;
    double                 best_step = NAN;
    size_t                 best = 0;
    const tg_schedule_task task = { .setting = setting_of,
                                    .modes = modes_with,
                                    .context = (void *)s,
                                    .target = s->target,
                                    .horizon = s->horizon,
                                    .step = 0.01,
                                    .high = INFINITY,
                                    .workers = workers,
                                    .count = s->most,
                                    .price = 1 };

    while (n < s->most) workers[n] = n + 1, n++;
    must(tg_schedule_make(&task, &plan));
    const size_t P = plan->best.workers;
    const size_t few = P > 1 ? (2 * P + 2) / 3 : 1, many = P + (P + 1) / 2;
    for (int i = 0; i < 9; i++) {
        const size_t at = i / 3 == 0 ? few : i / 3 == 1 ? P : many;
        const double scale = !strcmp(s->rule, "sync") ? 1 : (double)P / (double)at;
        const double step = plan->best.step * scale *
                            (i % 3 == 0   ? .7
                             : i % 3 == 1 ? 1
                                          : 1.3);
        double       error;
        const double time = simulated(s, at, step, &error);
        if (i == 4) here = time, here_error = error;
        if (!(time < least)) continue;
        least = time;
        least_error = error;
        best = at;
        best_step = step;
    }
    snprintf(where, sizeof where, "%zu: %s, %s", number, s->rule, s->law);
    const double there = predicted(&task, best, best_step), most = 1.05 * plan->best.time;
    const int    in = there <= most + 2 * (least_error + here_error);
    printf("%-26s %-46s %zu workers, step %.4g: %.4g predicted, best %.4g: %s\n",
           "best in simulation", where, best, best_step, there, plan->best.time,
           in ? "within 5 %" : "FAILS");
    const int failed = claim_row("time at the best", where, plan->there->settle,
                                 plan->there->settle_error + 0.01 * plan->there->settle,
                                 here, here_error, tg_level_name(plan->there->level));
    tg_schedule_free(plan);
    return failed + !in;
}

#endif
