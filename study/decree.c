#include "study/decree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LAG = 4096 };
static const double LEFT = 1e-12; /* of a geometric law, where it is cut */

bool
tg_study_is_decreed(const tg_study *study, size_t i)
{
    return ((const tg_rule_kind *)study->algorithm[i].rule.kind)->late != NULL;
}

static bool
is_rule(const tg_study_algorithm *a, const tg_rule_kind *kind)
{
    return a->rule.kind == &kind->is;
}

/* The longest lag of a geometric law of this mean, cut. */
static size_t
longest(double mean)
{
    const double ratio = mean / (1 + mean);

    return ratio > 0 ? (size_t)fmin(ceil(log(LEFT) / log(ratio)), MOST_LAG) : 0;
}

static tg_status
weights(const tg_study_algorithm *a, double **weight, size_t *most)
{
    const double *param = a->rule.param, *table = a->lags ? a->lag.weight : NULL;
    const bool    geometric = is_rule(a, &tg_rule_stale_geometric);

    *most = is_rule(a, &tg_rule_stale_table) ? (table ? a->lag.most : 0)
            : geometric                      ? longest(param[0])
                                             : (size_t)param[0];
    if (!(*weight = calloc(*most + 1, sizeof **weight)))
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t r = 0; r <= *most; r++) {
        if (is_rule(a, &tg_rule_stale_uniform))
            (*weight)[r] = 1;
        else if (geometric)
            (*weight)[r] = pow(param[0] / (1 + param[0]), (double)r);
        else if (is_rule(a, &tg_rule_stale_constant))
            (*weight)[r] = r == *most;
        else
            (*weight)[r] = table ? table[r] : 1;
    }
    return TG_OK;
}

static tg_status
find_momentum(const tg_study_algorithm *a, tg_decree_momentum *out)
{
    *out = (tg_decree_momentum){ 0 };
    if (a->optimiser.kind == &tg_optimiser_sgd.is) return TG_OK;
    if (a->optimiser.kind != &tg_optimiser_heavy_ball.is &&
        a->optimiser.kind != &tg_optimiser_nesterov.is)
        return tg_fail(TG_EDOMAIN, "theory does not know the rule %s with optimiser %s yet",
                       a->rule.kind->name, a->optimiser.kind->name);
    out->beta = a->optimiser.param[0];
    out->ahead = a->optimiser.kind == &tg_optimiser_nesterov.is;
    return TG_OK;
}

tg_status
tg_study_decree(const tg_study *study, size_t i, double **weight, size_t *most,
                tg_decree_momentum *momentum)
{
    const tg_study_algorithm *a = &study->algorithm[i];

    if (a->lags && a->lag.parts > 0)
        return tg_fail(TG_EDOMAIN, "theory does not know %s with stages of a pipeline yet",
                       a->label);
    TG_TRY(find_momentum(a, momentum));
    return weights(a, weight, most);
}
