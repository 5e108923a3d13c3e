#include "asgd/theory/predict.h"

#include "asgd/theory/classes.h"
#include "asgd/theory/predict_finite.h"
#include "asgd/theory/predict_hits.h"
#include "asgd/theory/predict_parts.h"
#include "asgd/theory/predict_twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "best", "sde", "jump", "renewal", "exact" };

const char *
tg_level_name(tg_level level)
{
    return names[level];
}

tg_status
tg_level_find(const char *name, tg_level *out)
{
    for (int l = TG_LEVEL_BEST; l <= TG_LEVEL_JUMP; l++)
        if (!strcmp(name, names[l])) {
            *out = (tg_level)l;
            return TG_OK;
        }
    return tg_fail(TG_EINPUT, "level: expected best, sde or jump, got \"%s\"", name);
}

void
tg_prediction_free(tg_prediction *p)
{
    if (!p) return;
    free(p->t);
    free(p->sent);
    free(p->mode);
    free(p);
}

tg_status
tg_prediction_create(size_t modes, size_t points, tg_prediction **out)
{
    tg_prediction *p = calloc(1, sizeof *p);

    if (p) {
        p->mode = calloc(modes + 1, sizeof *p->mode);
        p->t = calloc(4 * points + 1, sizeof *p->t);
    }
    if (!p || !p->mode || !p->t) {
        tg_prediction_free(p);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    p->modes = modes;
    p->points = points;
    p->loss = p->t + points;
    p->low = p->loss + points;
    p->high = p->low + points;
    *out = p;
    return TG_OK;
}

/* ---- the loop ------------------------------------------------------------------------ */

double
tg_predict_steepest(const tg_modes *m)
{
    double h = 0;

    for (size_t j = 0; j < m->count; j++) h = fmax(h, m->h[j]);
    return h;
}

/* Where weights depend on the step: the gain that is its own threshold, to 1e-3. */
static tg_status
own_threshold(const tg_case *c, double h, double *threshold)
{
    const double unit = c->lambda * h * tg_delay_mean(c->delay);
    double       k = c->step * unit;

    for (int i = 0; i < 20; i++) {
        tg_case at;
        TG_TRY(tg_case_of_rule(c->cluster, c->kind, c->number, k / unit, &at));
        const tg_status status = tg_case_threshold(&at, threshold);
        tg_case_close(&at);
        TG_TRY(status);
        const double next = isfinite(*threshold) ? sqrt(k * *threshold) : 4 * k;
        if (fabs(next / k - 1) < 1e-3 || next > 1e9) break;
        k = next;
    }
    return TG_OK;
}

static tg_status
fill_cluster(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan,
             tg_prediction *p)
{
    const tg_cluster *cluster = c->cluster;

    p->workers = cluster->workers;
    p->lambda = c->lambda;
    p->delay_mean = tg_delay_mean(c->delay);
    p->delay_cv = tg_delay_cv(c->delay);
    p->staleness = (double)cluster->workers - 1;
    p->threshold = INFINITY; /* of one worker a table has no use of it */
    if (plan->known[0] > 0) {
        p->threshold = plan->known[0];
        return TG_OK;
    }
    if (plan->quick && cluster->workers == 1 && c->solved) return TG_OK;
    return c->kind->stepped ? own_threshold(c, tg_predict_steepest(m), &p->threshold)
                            : tg_case_threshold(c, &p->threshold);
}

/* Gain k = a E T of the largest eigenvalue. */
static void
fill_gain(const tg_case *c, const tg_modes *m, tg_prediction *p)
{
    p->gain = c->step * c->weigh * c->lambda * tg_predict_steepest(m) * p->delay_mean;
}

static void
fill_grid(const tg_predict_plan *plan, tg_prediction *p)
{
    p->settle = INFINITY;
    p->settle_error = NAN;
    for (size_t i = 0; i < p->points; i++)
        p->t[i] = plan->horizon * (double)i / (double)(p->points - 1);
}

static void
fill_gains(const tg_case *c, const tg_modes *m, tg_prediction *p)
{
    for (size_t j = 0; j < m->count; j++) {
        const double a = c->step * c->weigh * c->lambda * m->h[j];
        p->mode[j] = (tg_mode_prediction){ .h = m->h[j],
                                           .a = a,
                                           .gain = a * p->delay_mean,
                                           .re = NAN,
                                           .im = NAN,
                                           .mean_square = NAN };
    }
}

static tg_status
fill(const tg_case *c, const tg_modes *m, const tg_predict_plan *plan, tg_prediction *p)
{
    fill_gain(c, m, p);
    fill_grid(plan, p);
    p->start_curvature =
        m->start_largest > 0 ? m->start_largest / tg_predict_steepest(m) : 1;
    p->resolved = m->start_loss > 0 ? fmin(m->start_covered / m->start_loss, 1) : 1;
    p->threshold_single = p->single_error = p->clearance = NAN;
    tg_predict_plan field = *plan;
    bool            finite = c->solved;
    if (plan->level == TG_LEVEL_BEST && !c->solved) {
        TG_TRY(tg_finite_applies(c, m, &finite));
        field.level = TG_LEVEL_SDE;
    }
    if ((plan->level == TG_LEVEL_BEST && finite) || plan->level == TG_LEVEL_RENEWAL) {
        fill_gains(c, m, p);
        return tg_predict_finite(c, m, plan, p);
    }
    if (!c->filter)
        return tg_fail(TG_EDOMAIN, "%s is known of exponential workers only",
                       c->kind->name);
    const tg_case few = tg_case_few(c);
    return tg_predict_field(plan->level == TG_LEVEL_BEST ? &few : c, m, &field, p);
}

/* Where the others are not known, or nothing settles, this is not either. What was left open
 * because single runs may settle is decided past their own threshold. */
static tg_status
fill_single(const tg_cluster *cluster, const tg_algorithm *rule, tg_prediction *p)
{
    const tg_status status =
        tg_predict_single(cluster, rule, fmin(p->threshold_square, p->threshold), 1,
                          &p->threshold_single, &p->single_error);

    if (p->outcome == TG_UNDECIDED && p->gain > p->threshold_square + p->threshold_error &&
        p->gain > p->threshold_single + 4 * p->single_error)
        p->outcome = TG_DIVERGES;
    return status == TG_EDOMAIN || status == TG_ENOCONV ? TG_OK : status;
}

/* Weighed arrivals of groups that differ in speed do not settle where arrivals weigh equally. */
static tg_status
check_weighed(const tg_cluster *c, const tg_modes *m, const char *name)
{
    double away = 0;

    for (size_t j = 0; j < m->count; j++) away += fabs(m->shift[j]) + m->spread[j];
    if (c->groups == 1 || away == 0) return TG_OK;
    return tg_fail(
        TG_EDOMAIN,
        "theory does not know %s for groups of workers with minima of their own; "
        "they are simulated",
        name);
}

static tg_status
predict(const tg_case *c, const tg_modes *modes, const tg_predict_plan *plan,
        tg_prediction **out)
{
    tg_prediction *p = NULL;

    if (c->kept) TG_TRY(check_weighed(c->cluster, modes, c->kind->name));
    TG_TRY(tg_prediction_create(modes->count, plan->points, &p));
    tg_status status = fill_cluster(c, modes, plan, p);
    if (status == TG_OK) status = fill(c, modes, plan, p);
    if (status == TG_OK)
        *out = p;
    else
        tg_prediction_free(p);
    return status;
}

static tg_status
check(const tg_predict_plan *plan)
{
    return plan->level > TG_LEVEL_JUMP
               ? tg_fail(TG_EDOMAIN, "a plan may ask for levels best, sde and jump")
               : TG_OK;
}

static tg_status
predict_algorithm(const tg_modes *modes, const tg_cluster *cluster,
                  const tg_algorithm *algorithm, double step, const tg_predict_plan *plan,
                  tg_prediction **out)
{
    tg_case        c;
    tg_prediction *p = NULL;

    TG_TRY(check(plan));
    TG_TRY(tg_case_open(cluster, algorithm, step, &c));
    tg_status status = predict(&c, modes, plan, &p);
    if (status == TG_OK && plan->single) status = fill_single(cluster, algorithm, p);
    tg_case_close(&c);
    if (status == TG_OK)
        *out = p;
    else
        tg_prediction_free(p);
    return status;
}

/* One worker is never stale, and a rule of steps by staleness is plain. */
static const tg_linear_kind *
plainest(const tg_linear_kind *kind, const tg_cluster *cluster, double number, double step)
{
    tg_linear_rule r;

    if (cluster->workers > 1 ||
        tg_linear_make(kind->name, step, 1, 1, number, &r) != TG_OK ||
        (r.weights.power == 0 && r.limit == 0) || tg_weights_at(&r.weights, 0) < 1)
        return kind;
    return tg_linear_find("asgd");
}

tg_status
tg_predict_undoubted(const tg_modes *modes, const tg_cluster *cluster, const char *rule,
                     double number, double step, const tg_predict_plan *plan,
                     tg_prediction **out)
{
    const tg_linear_kind *kind = tg_linear_find(rule);
    tg_case               c;

    if (!kind) return tg_fail(TG_EINPUT, "theory knows no rule \"%s\"", rule);
    kind = plainest(kind, cluster, number, step);
    TG_TRY(tg_case_of_rule(cluster, kind, number, step, &c));
    const tg_status status = predict(&c, modes, plan, out);
    tg_case_close(&c);
    return status;
}

static tg_status
predict_rule(const tg_modes *modes, const tg_cluster *cluster, const char *rule,
             double number, double step, const tg_predict_plan *plan, tg_prediction **out)
{
    tg_prediction *p = NULL;

    TG_TRY(check(plan));
    TG_TRY(tg_predict_undoubted(modes, cluster, rule, number, step, plan, &p));
    tg_status status = TG_OK;
    if (plan->level == TG_LEVEL_BEST && p->level == TG_LEVEL_SDE)
        status = tg_predict_twin(modes, cluster, rule, number, step, plan, p);
    if (status == TG_OK && plan->single && tg_algorithm_find(rule))
        status = fill_single(cluster, tg_algorithm_find(rule), p);
    if (status == TG_OK)
        *out = p;
    else
        tg_prediction_free(p);
    return status;
}

/* ---- many groups --------------------------------------------------------------------- */

tg_status
tg_predict(const tg_modes *modes, const tg_cluster *cluster, const tg_algorithm *algorithm,
           double step, const tg_predict_plan *plan, tg_prediction **out)
{
    tg_classes k;

    TG_TRY(tg_classes_of(cluster, modes, &k));
    const tg_status status =
        predict_algorithm(k.modes, k.cluster, algorithm, step, plan, out);
    tg_classes_clear(&k);
    return status;
}

tg_status
tg_predict_rule(const tg_modes *modes, const tg_cluster *cluster, const char *rule,
                double number, double step, const tg_predict_plan *plan,
                tg_prediction **out)
{
    tg_classes k;

    TG_TRY(tg_classes_of(cluster, modes, &k));
    const tg_status status =
        predict_rule(k.modes, k.cluster, rule, number, step, plan, out);
    tg_classes_clear(&k);
    return status;
}
