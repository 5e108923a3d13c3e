#include "cli/keys.h"

#include "asgd/links/link.h"
#include "asgd/optimisers/optimiser.h"
#include "asgd/problems/dataset.h"
#include "asgd/rules/rule.h"
#include "asgd/sim/metric.h"
#include "asgd/workers/behaviour.h"
#include "asgd/workers/pace.h"

#include <math.h>
#include <stdio.h>

const char *
key_type(const tg_key *k)
{
    switch (k->type) {
    case TG_KEY_MAP:
        return "map";
    case TG_KEY_LIST:
        return "list";
    case TG_KEY_CHOICE:
        return "choice";
    case TG_KEY_NUMBER:
        return "number";
    case TG_KEY_STEP:
        return "number, or tune";
    case TG_KEY_WHOLE:
        return "whole";
    case TG_KEY_TRUTH:
        return "true/false";
    case TG_KEY_TEXT:
        return "word";
    case TG_KEY_LAW:
        return "law";
    case TG_KEY_NUMBERS:
        return "number(s)";
    }
    return "";
}

void
key_remark(const tg_key *k, char *out, size_t room)
{
    size_t n = 0;

    *out = '\0';
    if (*k->unit) n += (size_t)snprintf(out + n, room - n, " [%s]", k->unit);
    if (isfinite(k->min) && k->max > k->min && isfinite(k->max))
        n += (size_t)snprintf(out + n, room - n, " in %c%g, %g]", k->open ? '(' : '[',
                              k->min, k->max);
    else if (isfinite(k->min) && k->max > k->min)
        n += (size_t)snprintf(out + n, room - n, " %s %g", k->open ? ">" : ">=", k->min);
    if (k->required) n += (size_t)snprintf(out + n, room - n, " required");
    if (k->fallback && *k->fallback)
        snprintf(out + n, room - n, " (default %s)", k->fallback);
}

const named_registry named_registries[] = {
    { "algorithms", tg_rules },
    { "optimisers", tg_optimisers },
    { "schedules of the step", tg_schedules },
    { "behaviours of workers", tg_behaviours },
    { "speeds of workers", tg_paces },
    { "links", tg_links },
    { "splits of data", tg_splits },
    { "measured of each algorithm, tables/NAME-ALGORITHM.csv", tg_metrics_coherent },
    { 0 },
};
