#include "asgd/theory/predict_hits.h"

#include "solver/workers.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_FOLLOWED = 10000 };

static bool
is_known(const tg_algorithm *rule)
{
    return rule == &tg_asgd || rule == &tg_dude;
}

bool
tg_predict_hits_apply(const tg_modes *m, const tg_algorithm *rule)
{
    return is_known(rule) && m->start_covered >= m->start_loss * (1 - 1e-9);
}

/* The cluster's groups that have workers; free out->group. */
static tg_status
workers_of(const tg_cluster *c, const tg_algorithm *rule, tg_workers *out)
{
    if (!is_known(rule))
        return tg_fail(TG_EDOMAIN, "single runs are known of asgd and dude, not of %s",
                       rule->name);
    if (!tg_cluster_renews(c))
        return tg_fail(TG_EDOMAIN,
                       "single runs are not known where speeds change or workers "
                       "stop");
    tg_workers_group *group = calloc(c->groups, sizeof *group);
    if (!group) return tg_fail(TG_ENOMEM, "out of memory");
    *out = (tg_workers){ .group = group,
                         .rule = rule == &tg_dude ? TG_WORKERS_DUDE : TG_WORKERS_ASGD,
                         .together = c->together };
    for (size_t g = 0; g < c->groups; g++)
        if (c->count[g] > 0)
            group[out->groups++] = (tg_workers_group){ c->law[g], c->count[g] };
    return TG_OK;
}

/* ---- hitting times ------------------------------------------------------------------- */

static tg_status
run(const tg_workers *w, const tg_workers_run *r, bool settles, double *time,
    tg_hits_prediction *out)
{
    tg_hits_prediction made = { .hit = { 0 } };
    size_t             done;

    TG_TRY(tg_workers_hitting(w, r, time, settles ? time + w->paths : NULL, &done));
    TG_TRY(tg_waiting_of(time, done, r->horizon, &made.hit));
    if (settles) TG_TRY(tg_waiting_of(time + w->paths, done, r->horizon, &made.settled));
    *out = made;
    return TG_OK;
}

tg_status
tg_predict_hits(const tg_modes *m, const tg_cluster *c, const tg_algorithm *rule,
                double step, const tg_hits_plan *plan, tg_hits_prediction *out)
{
    tg_workers       w = { 0 };
    tg_workers_mode *mode = calloc(m->count, sizeof *mode);
    double          *time = malloc((2 * plan->paths + 1) * sizeof *time);

    tg_status status =
        mode && time ? workers_of(c, rule, &w) : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) {
        const tg_workers_run r = { mode, m->count,     m->minimum,
                                   step, plan->target, plan->horizon };
        w.paths = plan->paths;
        w.threads = plan->threads;
        w.seed = plan->seed;
        for (size_t j = 0; j < m->count; j++)
            mode[j] = (tg_workers_mode){ m->h[j], m->start[j], sqrt(m->sigma2[j]) };
        status = run(&w, &r, plan->settles, time, out);
    }
    free((void *)w.group);
    free(mode);
    free(time);
    return status;
}

/* ---- single runs --------------------------------------------------------------------- */

/* Workers of constant times keep their phases, so there each path has its own; elsewhere the
 * beginning is forgotten, and the simplest does. */
static bool
forget_phases(const tg_workers *w)
{
    for (size_t g = 0; g < w->groups; g++)
        if (!(tg_delay_cv(w->group[g].law) >= 0.05)) return false;
    return true;
}

/* Half a million deliveries in all, each worker's enough to forget where it began. */
static void
share_out(double effort, double workers, tg_workers *w, double *each)
{
    const double all = 5e5 * effort;

    *each = fmax(all / 64 / workers, 60);
    w->paths = (size_t)fmin(fmax(all / (*each * workers), 8), 64);
}

tg_status
tg_predict_single(const tg_cluster *c, const tg_algorithm *rule, double low, double effort,
                  double *gain, double *error)
{
    tg_workers w;
    double     each;

    if (c->workers > MOST_FOLLOWED)
        return tg_fail(TG_EDOMAIN, "single runs are followed for up to %d workers, got %zu",
                       (int)MOST_FOLLOWED, c->workers);
    if (!(low > 0)) return tg_fail(TG_EDOMAIN, "expected a gain > 0, got %g", low);
    if (isinf(low)) {
        *gain = INFINITY;
        *error = 0;
        return TG_OK;
    }
    TG_TRY(workers_of(c, rule, &w));
    w.seed = 1;
    w.together = w.together || forget_phases(&w);
    share_out(effort, (double)c->workers, &w, &each);
    const tg_status status = tg_workers_threshold(&w, each, low / 2, gain, error);
    free((void *)w.group);
    return status;
}
