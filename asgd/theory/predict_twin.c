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
 * is dropped or weighed has another distribution. Where the twin is not solved, a prediction of few
 * workers says only the order of magnitude. Derived here, theory 4.
 */
#include "asgd/theory/predict_twin.h"

#include <math.h>
#include <stdlib.h>

static const double MARGIN = 2;

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

static double
missed(double exact, double sde)
{
    return isfinite(exact) && isfinite(sde) ? MARGIN * fabs(exact - sde) : 0;
}

/* Of one number: so much of it as of the twin's. */
static double
share(double value, double exact, double sde)
{
    return isfinite(value) && sde != 0 ? fabs(value / sde) * missed(exact, sde) : 0;
}

static void
doubt_outcome(tg_prediction *p)
{
    if (fabs(p->gain - p->threshold_square) <= p->threshold_error)
        p->outcome = TG_UNDECIDED;
}

static void
widen(tg_prediction *p, const tg_prediction *exact, const tg_prediction *sde)
{
    for (size_t i = 0; i < p->points; i++) {
        const double error = missed(exact->loss[i], sde->loss[i]);
        p->low[i] = fmax(p->low[i] - error, 0);
        p->high[i] += error;
    }
    p->floor_error += share(p->floor, exact->floor, sde->floor);
    p->rate_error += share(p->rate, exact->rate, sde->rate);
    p->settle_error += share(p->settle, exact->settle, sde->settle);
    p->threshold_error +=
        share(p->threshold_square, exact->threshold_square, sde->threshold_square);
    doubt_outcome(p);
}

/* As much as the values themselves. */
static void
widen_wholly(tg_prediction *p)
{
    for (size_t i = 0; i < p->points; i++) {
        p->low[i] = 0;
        p->high[i] += p->loss[i];
    }
    p->floor_error = p->floor;
    p->rate_error = fabs(p->rate);
    p->settle_error = p->settle;
    p->threshold_error = p->threshold_square;
    doubt_outcome(p);
}

tg_status
tg_predict_twin(const tg_modes *modes, const tg_cluster *cluster, const char *rule,
                double number, double step, const tg_predict_plan *plan, tg_prediction *p)
{
    tg_cluster     *c = NULL;
    tg_prediction  *exact = NULL, *sde = NULL;
    tg_predict_plan best = *plan, field = *plan;

    best.single = field.single = false;
    field.level = TG_LEVEL_SDE;
    TG_TRY(make_twin(cluster, &c));
    tg_status status = tg_predict_undoubted(modes, c, rule, number, step, &best, &exact);
    if (status == TG_OK && exact->level == TG_LEVEL_EXACT) {
        status = tg_predict_undoubted(modes, c, rule, number, step, &field, &sde);
        if (status == TG_OK) widen(p, exact, sde);
    } else if (status == TG_OK || status == TG_EDOMAIN || status == TG_ENOCONV) {
        widen_wholly(p);
        status = TG_OK;
    }
    tg_prediction_free(exact);
    tg_prediction_free(sde);
    tg_cluster_free(c);
    return status;
}
