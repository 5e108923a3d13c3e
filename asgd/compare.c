#include "asgd/compare.h"

#include <math.h>
#include <stdio.h>

static const double MOST_STANDARD_ERRORS = 4;

void
tg_claim_judge(tg_claim *c)
{
    if (!isfinite(c->predicted) || !isfinite(c->simulated)) {
        c->holds = c->predicted == c->simulated;
        c->z = c->holds ? 0 : INFINITY;
        return;
    }
    if (isnan(c->model_error)) {
        c->holds = false;
        c->z = NAN;
        return;
    }
    const double gap = fmax(fabs(c->simulated - c->predicted) - c->model_error, 0);
    c->z = gap == 0 ? 0 : gap / c->error;
    c->holds = c->z <= MOST_STANDARD_ERRORS;
}

static tg_claim
claim(const char *name, const char *where, const char *unit, const char *level)
{
    tg_claim c = { .unit = unit, .level = level };

    snprintf(c.name, sizeof c.name, "%s", name);
    snprintf(c.where, sizeof c.where, "%s", where);
    return c;
}

/* Whether it converges, 1 or 0: in mean square, since the loss is one. A prediction leaves
 * it open within 1/P of the threshold in mean, and where the mean settles and the variance
 * does not. */
static tg_claim
verdict(const tg_prediction *p, const tg_simulation *s, const char *where)
{
    tg_claim     c = claim("converges", where, "", tg_level_name(p->level));
    const double margin = fabs(p->gain / p->threshold - 1);

    c.predicted = p->stable && p->stable_square;
    c.simulated = !s->grew;
    c.model_error = p->workers > 1 && margin < 1 / (double)p->workers;
    if (p->stable && !p->stable_square && p->level != TG_LEVEL_FINITE_P) c.model_error = 1;
    return c;
}

static tg_claim
end_loss(const tg_prediction *p, const tg_simulation *s, const char *where)
{
    tg_claim     c = claim("loss at the horizon", where, "loss", tg_level_name(p->level));
    const size_t last = p->points - 1;

    c.predicted = p->loss[last];
    c.simulated = s->loss[last].mean;
    c.error = tg_stats_error(&s->loss[last]);
    c.model_error = (p->high[last] - p->low[last]) / 2;
    return c;
}

static tg_claim
target_time(const tg_prediction *p, const tg_simulation *s, const char *where)
{
    tg_claim c = claim("time to target", where, "time", tg_level_name(p->level));

    c.predicted = p->settle;
    c.simulated = s->settle;
    c.error = s->settle_error;
    c.model_error = p->settle_error;
    return c;
}

/* Both settle, or one does so clearly before the horizon that the other should have. */
static bool
is_decided(const tg_prediction *p, const tg_simulation *s)
{
    const double horizon = s->t[s->points - 1];

    if (isfinite(p->settle) && isfinite(s->settle)) return true;
    if (isfinite(p->settle)) return p->settle + p->settle_error < 0.8 * horizon;
    return s->settle < 0.8 * horizon;
}

size_t
tg_compare(const tg_prediction *p, const tg_simulation *s, const char *where, double target,
           tg_claim out[TG_CLAIMS])
{
    size_t n = 0;

    out[n++] = verdict(p, s, where);
    if (p->stable && p->stable_square && !s->grew && p->points == s->points &&
        s->replicas > 1) {
        out[n++] = end_loss(p, s, where);
        if (target > 0 && is_decided(p, s)) out[n++] = target_time(p, s, where);
    }
    for (size_t i = 0; i < n; i++) tg_claim_judge(&out[i]);
    return n;
}

const tg_column tg_claim_columns[TG_CLAIM_COLUMNS] = {
    { "claim", "", "what is predicted", true },
    { "where", "", "algorithm and cluster", true },
    { "unit", "", "unit of the next four columns", true },
    { "predicted", "", "by theory", false },
    { "simulated", "", "by the event simulator", false },
    { "error", "", "standard error of the simulation", false },
    { "model_error", "", "expected size of the prediction's own error", false },
    { "z", "", "difference beyond the model error, in standard errors", false },
    { "level", "", "level of the prediction", true },
    { "verdict", "", "holds if z <= 4", true },
};

tg_status
tg_claim_add(tg_table *table, const tg_claim *c)
{
    return tg_table_add(
        table, (tg_cell[]){ TG_TEXT(c->name), TG_TEXT(c->where), TG_TEXT(c->unit),
                            TG_NUMBER(c->predicted), TG_NUMBER(c->simulated),
                            TG_NUMBER(c->error), TG_NUMBER(c->model_error), TG_NUMBER(c->z),
                            TG_TEXT(c->level), TG_TEXT(c->holds ? "holds" : "fails") });
}
