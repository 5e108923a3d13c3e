#include "asgd/theory/compare.h"

#include <math.h>
#include <stdio.h>

static const double MOST_STANDARD_ERRORS = 4, MOST_OF_VALUE = 0.25;
static const double NOTHING = 1e-24; /* of the loss at the start: what rounding leaves */
static const double ROUNDING = 1e-9; /* of a value: two ways to the same number */

const char *
tg_judgement_name(tg_judgement j)
{
    static const char *const name[] = { "holds", "fails", "undecided" };

    return name[j];
}

void
tg_claim_judge(tg_claim *c)
{
    const double value = fmax(fabs(c->predicted), fabs(c->simulated));
    const double off = fabs(c->simulated - c->predicted);
    const double gap = isfinite(value) && off <= ROUNDING * value ? 0 : off;
    const double stated = c->model_error + MOST_STANDARD_ERRORS * c->error;

    c->z = NAN;
    c->judgement = TG_OPEN;
    if (isnan(c->predicted) || isnan(c->simulated)) return;
    if (isinf(c->predicted) && c->predicted == c->simulated) {
        c->z = 0;
        c->judgement = TG_HOLDS;
        return;
    }
    if (!isfinite(stated)) return;
    const double beyond = fmax(gap - c->model_error, 0);
    c->z = beyond == 0 ? 0 : beyond / c->error;
    if (gap > stated)
        c->judgement = TG_FAILS;
    else if (stated <= MOST_OF_VALUE * value)
        c->judgement = TG_HOLDS;
}

void
tg_tally_add(tg_tally *t, tg_judgement j)
{
    t->of[j]++;
}

void
tg_tally_text(const tg_tally *t, char text[80])
{
    snprintf(text, 80, "%zu hold, %zu fail, %zu undecided", t->of[TG_HOLDS],
             t->of[TG_FAILS], t->of[TG_OPEN]);
}

static tg_claim
claim(const char *name, const char *where, const char *unit, const char *level)
{
    tg_claim c = { .unit = unit, .level = level };

    snprintf(c.name, sizeof c.name, "%s", name);
    snprintf(c.where, sizeof c.where, "%s", where);
    return c;
}

static double
number_of(tg_outcome o)
{
    return o == TG_UNDECIDED ? (double)NAN : o == TG_CONVERGES;
}

/* Runs that begin where nothing moves them tell nothing. */
static bool
stand_still(const tg_simulation *s)
{
    return s->loss[0].mean == 0 && s->loss[s->points - 1].mean == 0;
}

static tg_claim
verdict(const tg_prediction *p, const tg_simulation *s, const char *where)
{
    tg_claim c = claim("converges", where, "", tg_level_name(p->level));

    c.predicted = number_of(p->outcome);
    c.simulated = stand_still(s) ? NAN : number_of(s->growth.outcome);
    tg_claim_judge(&c);
    return c;
}

/* Where no run has left its start, exp(-10) says that less than 10/n ever would: 4 errors. */
static double
error_of(const tg_stats *first, const tg_stats *last)
{
    const double error = tg_stats_error(last);

    return error == 0 && last->mean == first->mean ? 2.5 / (double)last->n * last->mean
                                                   : error;
}

/* Few replicas carry a mean whose 4 standard errors exceed a quarter of it (asgd/sim/growth.h): what
 * is rarer than they are it does not know, nor does its standard error, and it is likely too low. */
static bool
is_carried_by_few(double mean, double error)
{
    return MOST_STANDARD_ERRORS * error > MOST_OF_VALUE * mean;
}

static bool
is_bound_below(const tg_claim *c)
{
    return c->predicted > c->simulated && is_carried_by_few(c->simulated, c->error);
}

/* So is a time that is read off such means. */
static bool
is_early(const tg_claim *c, const tg_simulation *s)
{
    size_t i = 0;

    if (!(c->predicted > c->simulated)) return false;
    while (i + 1 < s->points && s->t[i + 1] <= c->simulated) i++;
    return is_carried_by_few(s->loss[i].mean, tg_stats_error(&s->loss[i]));
}

static tg_claim
end_loss(const tg_prediction *p, const tg_simulation *s, const char *where)
{
    tg_claim     c = claim("loss at the horizon", where, "loss", tg_level_name(p->level));
    const size_t last = p->points - 1;

    c.predicted = p->loss[last];
    c.simulated = s->loss[last].mean;
    c.error = error_of(&s->loss[0], &s->loss[last]);
    c.model_error = c.simulated > c.predicted ? p->high[last] - c.predicted
                                              : c.predicted - p->low[last];
    c.model_error = fmax(c.model_error, NOTHING * s->loss[0].mean);
    if (is_bound_below(&c)) c.error = NAN;
    tg_claim_judge(&c);
    return c;
}

static tg_claim
target_time(const tg_prediction *p, const tg_simulation *s, const char *where,
            double target)
{
    tg_claim c = claim("time to target", where, "time", tg_level_name(p->level));

    c.predicted = p->settle;
    c.simulated = s->settle;
    c.error = s->settle_error;
    c.model_error = p->settle_error;
    if (isinf(p->settle)) /* its lower edge may be below the target */
        c.model_error = isinf(tg_settling_time(p->t, p->low, p->points, target, NULL))
                            ? 0
                            : (double)NAN;
    if (is_early(&c, s)) c.error = NAN;
    if (isnan(c.error) && isinf(c.simulated)) c.error = 0; /* no resampled mean settles */
    tg_claim_judge(&c);
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
    const bool decides = p->outcome != TG_DIVERGES && s->growth.outcome != TG_DIVERGES;
    size_t     n = 0;

    if (!s->growth.too_short) out[n++] = verdict(p, s, where);
    if (!decides || !p->stable || !p->stable_square || p->points != s->points ||
        s->replicas < 2)
        return n;
    out[n++] = end_loss(p, s, where);
    if (target > 0 && is_decided(p, s)) out[n++] = target_time(p, s, where, target);
    return n;
}

size_t
tg_compare_hits(const tg_waiting *integrated, const tg_waiting *simulated,
                const char *where, tg_claim out[TG_WAITINGS])
{
    size_t n = 0;

    for (int i = 0; i < TG_WAITINGS; i++) {
        tg_claim c = claim("", where, "time", "integrator");
        if (isinf(integrated->value[i]) && isinf(simulated->value[i])) continue;
        snprintf(c.name, sizeof c.name, "hit: %s", tg_waiting_name(i));
        c.predicted = integrated->value[i];
        c.simulated = simulated->value[i];
        c.error = hypot(integrated->error[i], simulated->error[i]);
        tg_claim_judge(&c);
        out[n++] = c;
    }
    return n;
}

const tg_column tg_claim_columns[TG_CLAIM_COLUMNS] = {
    { "claim", "", "what is predicted", true },
    { "where", "", "algorithm and cluster", true },
    { "unit", "", "unit of the next four columns", true },
    { "predicted", "", "by theory; hits by the integrator", false },
    { "simulated", "", "by the event simulator", false },
    { "error", "", "standard error of the simulation; of hits, of both", false },
    { "model_error", "", "expected size of the prediction's own error", false },
    { "z", "", "difference beyond the model error, in standard errors", false },
    { "level", "", "level of the prediction", true },
    { "verdict", "", "holds, fails or undecided", true },
};

tg_status
tg_claim_add(tg_table *table, const tg_claim *c)
{
    return tg_table_add(
        table, (tg_cell[]){ TG_TEXT(c->name), TG_TEXT(c->where), TG_TEXT(c->unit),
                            TG_NUMBER(c->predicted), TG_NUMBER(c->simulated),
                            TG_NUMBER(c->error), TG_NUMBER(c->model_error), TG_NUMBER(c->z),
                            TG_TEXT(c->level), TG_TEXT(tg_judgement_name(c->judgement)) });
}
