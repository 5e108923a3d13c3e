/* predict_twin: what level sde misses of a rule, measured where it can be
 *
 * Level sde takes arrivals for a Poisson process with independent delays and steps for a flow; for
 * few workers it is off by an amount that nothing in it knows. The twin of a cluster, exponential
 * workers of the same means, has an exact solution for every rule of theory's table, so what sde
 * misses is known there,
 *
 *     E = 2 |exact - sde| of the twin,
 *
 * and that is added to what the prediction states. Twice, since the law matters too: staleness that
 * is dropped or weighed has another distribution. Steps by staleness of many workers, whose twin has
 * too many ages, have a twin of a few: of the same gain and noise, of which jumps take a share as their energy e^2 lambda E c^2 has. Where
 * the twin is not solved, a prediction says only the order of magnitude. Derived here, theory 4.
 */
#include "asgd/theory/predict_twin.h"

#include "asgd/theory/predict_like.h"

#include "asgd/theory/predict_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 6 };
static const double MARGIN = 2,
                    LATEST = 0.2; /* of a time: what a swing more of the twin may make */

typedef struct twin {
    tg_cluster *cluster; /* owned */
    tg_modes    modes;   /* borrowed but for sigma2 */
    double      step, number;
    double      share; /* of what it misses */
} twin;

static void
close_twin(twin *t)
{
    tg_cluster_free(t->cluster);
    free(t->modes.sigma2);
}

/* Exponential workers of the same means. */
static tg_status
make_twin(const tg_cluster *c, tg_cluster **out)
{
    tg_delay **law = calloc(c->groups, sizeof *law);
    tg_status  status = law ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t g = 0; g < c->groups && status == TG_OK; g++) {
        const double mean = tg_delay_mean(c->law[g]);
        status = tg_delay_create("exponential", &mean, &law[g]);
    }
    if (status == TG_OK)
        status = tg_cluster_create(c->groups, c->count, law, c->together, out);
    for (size_t g = 0; law && g < c->groups; g++) tg_delay_free(law[g]);
    free(law);
    return status;
}

typedef struct pair {
    const tg_prediction *exact, *sde; /* of the twin */
    double               margin, target;
} pair;

static double
missed(const pair *t, double exact, double sde)
{
    return isfinite(exact) && isfinite(sde) ? t->margin * fabs(exact - sde) : 0;
}

/* Of one number: so much of it as of the twin's. */
static double
share(const pair *t, double value, double exact, double sde)
{
    return isfinite(value) && sde != 0 ? fabs(value / sde) * missed(t, exact, sde) : 0;
}

static void
doubt_outcome(tg_prediction *p)
{
    if (fabs(p->gain - p->threshold_square) <= p->threshold_error)
        p->outcome = TG_UNDECIDED;
}

static void
widen(tg_prediction *p, const pair *t)
{
    const tg_prediction *exact = t->exact, *sde = t->sde;

    for (size_t i = 0; i < p->points; i++) {
        const double error = missed(t, exact->loss[i], sde->loss[i]);
        p->low[i] = fmax(p->low[i] - error, 0);
        p->high[i] += error;
    }
    p->floor_error += share(t, p->floor, exact->floor, sde->floor);
    p->rate_error += share(t, p->rate, exact->rate, sde->rate);
    const double late = share(t, p->settle, exact->settle, sde->settle);
    if (isfinite(p->settle))
        p->settle_error = fmax(p->settle_error + fmin(late, LATEST * p->settle),
                               tg_predict_settle_error(p, t->target));
    p->threshold_error +=
        share(t, p->threshold_square, exact->threshold_square, sde->threshold_square);
    doubt_outcome(p);
}

/* So many times the values themselves: 1, or 9 where no more than an order of magnitude is known. */
static void
widen_wholly(tg_prediction *p, double times)
{
    for (size_t i = 0; i < p->points; i++) {
        p->low[i] = 0;
        p->high[i] += times * p->loss[i];
    }
    p->floor_error = times * p->floor;
    p->rate_error = times * fabs(p->rate);
    p->settle_error = times * p->settle;
    p->threshold_error = times * p->threshold_square;
    doubt_outcome(p);
}

/* c(J) of `workers` exponential workers, of whom J is geometric: E c^n. Far beyond its edge c is taken at
 * the middle of a few numbers together. */
static double
expected(const tg_weights *w, double workers, int n)
{
    const double edge = floor(tg_weights_edge(w)), others = 1 - 1 / workers;
    double       sum = -expm1((fmax(edge, 0) + 1) * log1p(-1 / workers)), next;

    for (double j = fmax(edge, 0) + 1; j < 40 * workers; j = next) {
        next = j + fmax(floor(fmin(j - edge, workers) / 256), 1);
        sum += (pow(others, j) - pow(others, next)) *
               pow(tg_weights_at(w, (j + next - 1) / 2), n);
    }
    return sum;
}

/* Few workers whose mean steps move x as fast as all of them do, under as much noise. */
static tg_status
make_few(const tg_modes *m, const tg_cluster *c, const tg_linear_kind *kind, double number,
         double step, twin *t)
{
    const size_t   few = FEW;
    const double   P = (double)c->workers, n = FEW, mean = P / tg_cluster_rate(c);
    tg_linear_rule all, some;
    tg_delay      *law = NULL;
    double         mean_step;

    if (m->minimum) return tg_fail(TG_EDOMAIN, "few workers have no minima of many");
    TG_TRY(tg_linear_make(kind->name, step, 1, P, number, &all));
    mean_step = step * P / n * expected(&all.weights, P, 1);
    t->step = step * P / n;
    for (int i = 0; i < 20; i++) {
        t->number = kind->stepped ? number * step / t->step * P / n : number;
        TG_TRY(tg_linear_make(kind->name, t->step, 1, n, t->number, &some));
        t->step = mean_step / expected(&some.weights, n, 1);
    }
    const double noise = step * step * P * expected(&all.weights, P, 2) /
                         (t->step * t->step * n * expected(&some.weights, n, 2));
    for (size_t j = 0; j < m->count; j++) t->modes.sigma2[j] *= noise;
    t->share = fmin(fmax(noise, n / P), 1);
    TG_TRY(tg_delay_create("exponential", &mean, &law));
    const tg_status status = tg_cluster_create(1, &few, &law, c->together, &t->cluster);
    tg_delay_free(law);
    return status;
}

/* Who delivers goes with how stale it is where workers are unlike: a step by staleness and Nesterov's memory
 * see that, level sde and its twin do not. */
static bool
sees_who(const char *rule, const tg_linear_rule *r)
{
    return r->weights.power > 0 || !strcmp(rule, "nesterov");
}

static tg_status
open_twin(const tg_modes *m, const tg_cluster *c, const char *rule, double number,
          double step, twin *out)
{
    const tg_linear_kind *kind = tg_linear_find(rule);
    twin                  t = { .modes = *m, .step = step, .number = number, .share = 1 };
    tg_linear_rule        r;

    TG_TRY(tg_linear_make(rule, step, 1, (double)c->workers, number, &r));
    if (tg_predict_are_unlike(c) && sees_who(rule, &r))
        return tg_fail(TG_EDOMAIN, "no twin knows who delivers");
    if (!(t.modes.sigma2 = malloc((m->count + 1) * sizeof *m->sigma2)))
        return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(t.modes.sigma2, m->sigma2, m->count * sizeof *m->sigma2);
    const tg_status status = r.weights.power > 0 && c->workers > FEW
                                 ? make_few(m, c, kind, number, step, &t)
                                 : make_twin(c, &t.cluster);
    if (status == TG_OK)
        *out = t;
    else
        close_twin(&t);
    return status;
}

/* A tight limit drops most of what comes, and the law moves that share more than it moves a mean. */
static double
margin_of(const twin *t, const char *rule)
{
    const bool tight = !strcmp(rule, "drop") && 2 * t->number < (double)t->cluster->workers;

    return tight ? 2 * MARGIN : MARGIN;
}

/* Errors: TG_EDOMAIN the twin is not solved. */
static tg_status
widen_by(const twin *t, const char *rule, const tg_predict_plan *plan, tg_prediction *p)
{
    tg_prediction  *exact = NULL, *sde = NULL;
    tg_predict_plan best = *plan, field = *plan;

    best.single = field.single = false;
    field.level = TG_LEVEL_SDE;
    tg_status status = tg_predict_undoubted(&t->modes, t->cluster, rule, t->number, t->step,
                                            &best, &exact);
    if (status == TG_OK && exact->level != TG_LEVEL_EXACT)
        status = tg_fail(TG_EDOMAIN, "the twin is not solved");
    if (status == TG_OK)
        status = tg_predict_undoubted(&t->modes, t->cluster, rule, t->number, t->step,
                                      &field, &sde);
    if (status == TG_OK)
        widen(p, &(pair){ exact, sde, margin_of(t, rule) * t->share, plan->target });
    tg_prediction_free(exact);
    tg_prediction_free(sde);
    return status;
}

tg_status
tg_predict_twin(const tg_modes *modes, const tg_cluster *cluster, const char *rule,
                double number, double step, const tg_predict_plan *plan, tg_prediction *p)
{
    twin      t = { 0 };
    tg_status status = open_twin(modes, cluster, rule, number, step, &t);
    if (status == TG_OK) {
        status = widen_by(&t, rule, plan, p);
        close_twin(&t);
    }
    if (status == TG_EDOMAIN || status == TG_ENOCONV) {
        widen_wholly(p, tg_predict_are_unlike(cluster) ? 9 : 1);
        status = TG_OK;
    }
    if (status == TG_OK) status = tg_predict_like(cluster, rule, number, step, 3000, p);
    return status;
}
