/* live_claims: what is predicted of a real run, by simulator and theory, and how it compares
 *
 * The error of a claim is that of the run: rates, means and shares by batches, losses by how much
 * single runs differ when they are simulated. The model error is what the source is known to leave
 * out: of the study's own laws, the part of a round trip that is computing and server; of fitted laws,
 * their distance from the times, for shares.
 */
#include "study/live.h"

#include "core/parallel.h"
#include "study/cost.h"
#include "study/rows.h"
#include "study/scene.h"
#include "study/setting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEWEST = 4, MOST = 100 /* replicas that a run is compared with */ };

void
tg_live_source_clear(tg_live_source *s)
{
    tg_prediction_free(s->predicted);
    tg_simulation_free(s->simulated);
    tg_cluster_free(s->cluster);
    s->predicted = NULL;
    s->simulated = NULL;
    s->cluster = NULL;
}

/* ---- simulator and theory -------------------------------------------------------------- */

/* As many replicas as take about as long as the run. */
static size_t
replicas_for(const tg_living *l)
{
    enum { CELLS = 200 };

    const tg_problem *p = l->setup.problem;
    double            each = 1e-6 * (double)l->run->ledger.delivered;

    if (l->replicas != SIZE_MAX) return l->replicas;
    for (size_t w = 0; w < l->run->workers; w++)
        each += l->run->worker[w].computing + l->run->worker[w].serving;
    if (!p->kind->cheap_loss && p->kind->seconds)
        each += (CELLS + (double)l->run->points) * p->kind->seconds(p->self, true);
    const double n = l->run->seconds * (double)tg_parallel_threads() / each;
    const size_t most = l->study->replicas < MOST ? l->study->replicas : MOST;
    return n < FEWEST         ? FEWEST
           : n < (double)most ? (size_t)n
           : most < FEWEST    ? FEWEST
                              : most;
}

static tg_status
simulate(const tg_living *l, tg_live_source *s)
{
    const tg_replicas_plan plan = { .horizon = tg_live_end(l),
                                    .points = l->run->points,
                                    .target = l->study->target,
                                    .replicas = replicas_for(l) };
    tg_setup               setup = l->setup;

    if (plan.replicas == 0) return TG_OK;
    setup.cluster = s->cluster;
    return tg_replicas_run(&setup, &plan, &s->simulated);
}

/* What these workers come down to under the rule. */
static tg_status
setting_of(const tg_living *l, const tg_cluster *c, tg_setting *out)
{
    const tg_setting_source source = { l->study, l->algorithm };
    tg_cluster             *copy = NULL;

    TG_TRY(tg_cluster_create(c->groups, c->count, c->law, c->together, &copy));
    return tg_study_setting_of_cluster(&source, copy, out);
}

static tg_status
predict_modes(const tg_living *l, tg_live_source *s, const tg_modes *modes)
{
    const tg_predict_plan plan = { .horizon = tg_live_end(l),
                                   .points = l->run->points,
                                   .target = l->study->target };
    tg_setting            setting;

    TG_TRY(setting_of(l, s->cluster, &setting));
    s->gradients = setting.gradients;
    const tg_status status =
        tg_setting_predict(&setting, modes, l->setup.step, &plan, &s->predicted);
    tg_setting_free(&setting);
    return status;
}

/* By the problem's modes, weighed by who delivers how much. */
static tg_status
predict(const tg_living *l, tg_live_source *s)
{
    const char *rule;
    double      number;
    tg_modes    modes = { 0 };

    TG_TRY(tg_study_theory(l->study, l->algorithm, &rule, &number));
    if (tg_study_trigger(l->study, l->algorithm) > 0)
        return tg_fail(TG_EDOMAIN, "theory does not know real runs with send_norm yet");
    TG_TRY(tg_cost_of_predictions(l->ask->listener, l->scene, 1));
    double *weight = malloc(s->cluster->workers * sizeof *weight);
    if (!weight) return tg_fail(TG_ENOMEM, "out of memory");
    tg_cluster_weights(s->cluster, weight);
    tg_status status = tg_problem_modes(l->setup.problem, weight, &modes);
    free(weight);
    if (status == TG_OK) status = predict_modes(l, s, &modes);
    tg_modes_free(&modes);
    return status;
}

/* ---- claims -------------------------------------------------------------------------- */

typedef struct judge {
    const tg_living      *l;
    const tg_live_source *s;
    const char           *by;
    tg_table             *claims;
    tg_tally             *tally;
    tg_live_mean          rate; /* of the run's second half */
    double                slip; /* relative error of the rate that is predicted */
} judge;

static tg_status
claim(const judge *j, const char *name, const char *unit, double predicted, double measured,
      double error, double model_error)
{
    tg_claim c = { .predicted = predicted,
                   .simulated = measured,
                   .error = error,
                   .model_error = model_error,
                   .unit = unit,
                   .level = j->by };

    snprintf(c.name, sizeof c.name, "%s", name);
    snprintf(c.where, sizeof c.where, "%.47s", j->l->where);
    tg_claim_judge(&c);
    tg_tally_add(j->tally, c.judgement);
    return tg_live_add_claim(j->claims, &c, j->s->name);
}

/* A source that leaves out a share of a round trip predicts a rate that is as much too large. */
static tg_status
claim_rate(const judge *j, double predicted)
{
    return claim(j, "arrivals", "1/time", predicted, j->rate.mean,
                 hypot(j->rate.error, j->slip * predicted), j->s->left_out * predicted);
}

static tg_status
claim_staleness(const judge *j, double predicted, double model_error)
{
    const tg_live_mean m = tg_live_staleness(j->l->run);

    return claim(j, "mean staleness", "updates", predicted, m.mean, m.error, model_error);
}

/* The share of deliveries up to the staleness that `share` of the simulated ones do not exceed. */
static tg_status
claim_share(const judge *j, double share)
{
    const tg_simulation *r = j->s->simulated;
    double               all = 0, below = 0;
    size_t               most = 0;
    char                 name[48];

    for (size_t k = 0; k < TG_STALENESS_BINS; k++) all += (double)r->staleness[k];
    below = (double)r->staleness[0];
    while (below < share * all) below += (double)r->staleness[++most];
    snprintf(name, sizeof name, "staleness up to %zu", most);
    const tg_live_mean m = tg_live_no_staler(j->l->run, (double)most);
    return claim(j, name, "", below / all, m.mean, m.error,
                 j->s->distance + j->s->left_out * (1 - below / all));
}

/* y (n, on the run's grid) at t, linear. */
static double
at_time(const judge *j, const double *y, size_t n, double t)
{
    const double x = fmin(fmax(t / tg_live_end(j->l), 0), 1) * (double)(n - 1);
    const size_t i = x < (double)(n - 1) ? (size_t)x : n - 2;

    return y[i] + (x - (double)i) * (y[i + 1] - y[i]);
}

/* A loss of single runs at grid point i: how they differ, and what comes of a clock that goes a
 * little faster or slower than is predicted. */
static tg_status
claim_loss(const judge *j, const double *loss, const double *off, size_t i)
{
    const tg_live       *run = j->l->run;
    const tg_simulation *r = j->s->simulated;
    const size_t         n = run->points;
    const double         t = run->point[i].t, late = j->s->left_out;
    const double         here = at_time(j, loss, n, t);
    const double         slow = at_time(j, loss, n, t * (1 - late)) - here,
                 slip = (at_time(j, loss, n, t * (1 + j->slip)) -
                         at_time(j, loss, n, t * (1 - j->slip))) /
                        2;
    const double runs = (double)r->replicas;
    const double apart = sqrt(tg_stats_variance(&r->loss[i]) * (1 + 1 / runs));
    char         name[48];

    snprintf(name, sizeof name, "loss at t = %.4g", t);
    return claim(j, name, "loss", here, run->point[i].loss, hypot(apart, slip),
                 (off ? off[i] : 0) + fabs(slow));
}

/* At a quarter, a half and the end. */
static tg_status
claim_losses(const judge *j, const double *loss, const double *off)
{
    const size_t last = j->l->run->points - 1;

    if (!j->s->simulated || j->s->simulated->replicas < 2) return TG_OK;
    if (last >= 8) TG_TRY(claim_loss(j, loss, off, last / 4));
    if (last >= 4) TG_TRY(claim_loss(j, loss, off, last / 2));
    return claim_loss(j, loss, off, last);
}

/* Averaged over the last half, single runs differ less. */
static tg_status
claim_late_loss(const judge *j)
{
    const tg_stats *late = &j->s->simulated->floor;
    const double    apart = sqrt(tg_stats_variance(late) * (1 + 1 / late->n));

    if (j->l->run->points < 16 || late->n < 2 || j->s->left_out > 0) return TG_OK;
    return claim(j, "loss in the last half", "loss", late->mean, tg_live_late_loss(j->l),
                 apart, 0);
}

static tg_status
claim_simulated(const judge *j)
{
    const tg_simulation *r = j->s->simulated;
    const double         runs = (double)r->replicas;
    double              *mean = malloc(r->points * sizeof *mean);

    if (!mean) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < r->points; i++) mean[i] = r->loss[i].mean;
    tg_status status =
        claim_rate(j, (double)r->ledger.delivered / runs / tg_live_end(j->l));
    if (status == TG_OK) status = claim_staleness(j, tg_mean_staleness(r), 0);
    if (status == TG_OK && j->l->run->workers > 1) status = claim_share(j, 0.5);
    if (status == TG_OK && j->l->run->workers > 1) status = claim_share(j, 0.9);
    if (status == TG_OK && r->diverged == 0) status = claim_losses(j, mean, NULL);
    if (status == TG_OK && r->diverged == 0) status = claim_late_loss(j);
    free(mean);
    return status;
}

/* Theory's mean staleness is in deliveries, and that of all jobs: those on their way at the end have not
 * delivered theirs. */
static tg_status
claim_predicted(const judge *j)
{
    const tg_prediction *p = j->s->predicted;
    const tg_live       *run = j->l->run;

    TG_TRY(claim_rate(j, j->s->gradients));
    if (run->ledger.updates == run->ledger.delivered || p->staleness == 0)
        TG_TRY(claim_staleness(j, p->staleness,
                               (double)run->pending / (double)run->ledger.delivered));
    if (!p->stable || !p->stable_square) return TG_OK;
    double *off = malloc(p->points * sizeof *off);
    if (!off) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < p->points; i++) off[i] = (p->high[i] - p->low[i]) / 2;
    const tg_status status = claim_losses(j, p->loss, off);
    free(off);
    return status;
}

tg_status
tg_live_compare(tg_living *l, tg_live_source *s, tg_table *claims, tg_tally *tally)
{
    const double       end = tg_live_end(l);
    const tg_live_mean first = tg_live_rate(l->run, 0, end / 2);
    judge              j = { .l = l,
                             .s = s,
                             .claims = claims,
                             .tally = tally,
                             .rate = tg_live_rate(l->run, end / 2, end) };

    j.slip = s->left_out > 0 ? 0 : first.error / first.mean;
    TG_TRY(simulate(l, s));
    const tg_status status = predict(l, s);
    if (status != TG_OK && !tg_scene_is_of_one_row(status)) return status;
    if (status != TG_OK) snprintf(s->why, sizeof s->why, "%s", tg_message());
    j.by = "simulator";
    if (s->simulated) TG_TRY(claim_simulated(&j));
    j.by = "theory";
    return s->predicted ? claim_predicted(&j) : TG_OK;
}
