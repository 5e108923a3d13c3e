#include "cli/advice.h"

#include "core/parallel.h"

#include <math.h>

/* ---- the best number of workers ------------------------------------------------------ */

typedef struct search {
    const study_run *run;
    size_t           rule;
    advice          *advice;
} search;

/* Predicted time to target with this many workers; inf: never. */
static tg_status
time_with(const search *s, size_t workers, double *time, double *error)
{
    tg_scene       one;
    tg_prediction *p = NULL;

    TG_TRY(tg_stop_check());
    TG_TRY(tg_scene_open(s->run->study, workers, &one));
    one.level = s->run->level;
    const tg_status status = tg_scene_predict(&one, s->rule, &p);
    *time = INFINITY;
    *error = NAN;
    if (status == TG_OK) {
        *time = p->settle;
        *error = p->settle_error;
    }
    tg_prediction_free(p);
    tg_scene_close(&one);
    return tg_scene_is_of_one_row(status) ? TG_OK : status;
}

static tg_status
consider(const search *s, size_t workers)
{
    double time, error;

    TG_TRY(time_with(s, workers, &time, &error));
    if (!(time < s->advice->best_time)) return TG_OK;
    s->advice->best = (double)workers;
    s->advice->best_time = time;
    s->advice->best_error = error;
    return TG_OK;
}

/* The best between two numbers: at most 24 at a time, then between the neighbours of the
 * best of these. */
static tg_status
narrow(const search *s, size_t low, size_t high)
{
    enum { AT_ONCE = 24 };

    for (;;) {
        const size_t stride = (high - low + AT_ONCE) / (AT_ONCE + 1);
        for (size_t n = low + stride; n < high; n += stride) TG_TRY(consider(s, n));
        if (stride <= 1) return TG_OK;
        const size_t best = (size_t)s->advice->best;
        low = best > low + stride ? best - stride : low;
        high = best + stride < high ? best + stride : high;
    }
}

/* From the best towards `end`: the last number within 5 % of it, and the time of the next
 * one (NaN: not looked at). */
static tg_status
reach(const search *s, size_t end, double *last, double *beyond)
{
    const double most = 1.05 * s->advice->best_time;
    size_t       in = (size_t)s->advice->best, out = end;
    double       time, error;

    *last = (double)end;
    *beyond = NAN;
    TG_TRY(time_with(s, end, &time, &error));
    if (time <= most) return TG_OK;
    *beyond = time;
    while ((in < out ? out - in : in - out) > 1) {
        const size_t middle = (in + out) / 2;
        TG_TRY(time_with(s, middle, &time, &error));
        if (time <= most) {
            in = middle;
        } else {
            out = middle;
            *beyond = time;
        }
    }
    *last = (double)in;
    return TG_OK;
}

static tg_status
refine(const search *s, size_t low, size_t high)
{
    advice *v = s->advice;
    double  beyond;

    TG_TRY(narrow(s, low, high));
    TG_TRY(reach(s, low, &v->best_low, &beyond));
    TG_TRY(reach(s, high, &v->best_high, &beyond));
    if (!(beyond > 1.1 * v->best_time)) return TG_OK;
    v->cliff = v->best_high + 1;
    v->cliff_time = beyond;
    return TG_OK;
}

/* Whether predictions are cheap enough to look between the numbers tried. */
static bool
is_cheap(const study_run *r)
{
    return r->study->objective == TG_QUADRATIC;
}

/* Among those tried: the best, and the first and last whose band reaches to within 5 % of
 * it. Returns its place; r->n if none comes to the target. */
static size_t
best_tried(const study_run *r, size_t rule, advice *v)
{
    size_t at = r->n;

    v->best_time = INFINITY;
    v->tried = v->tried_low = v->tried_high = NAN;
    for (size_t i = 0; i < r->n; i++) {
        const tg_prediction *p = outcome_at(r, i, rule)->prediction;
        if (!(p->settle < v->best_time)) continue;
        at = i;
        v->best_time = p->settle;
        v->best_error = p->settle_error;
        v->tried = (double)r->workers[i];
    }
    for (size_t i = 0; i < r->n; i++) {
        const tg_prediction *p = outcome_at(r, i, rule)->prediction;
        if (!(p->settle - p->settle_error <= 1.05 * v->best_time)) continue;
        if (isnan(v->tried_low)) v->tried_low = (double)r->workers[i];
        v->tried_high = (double)r->workers[i];
    }
    return at;
}

/* Then all whole numbers between the nearest ones tried that are not within 5 %. */
static tg_status
advise_predicted(const study_run *r, size_t rule, advice *v)
{
    const search s = { r, rule, v };
    const size_t at = best_tried(r, rule, v);
    size_t       low = at, high = at;

    v->best = v->tried;
    v->best_low = v->tried_low;
    v->best_high = v->tried_high;
    v->cliff = v->cliff_time = NAN;
    v->limit = outcome_at(r, r->own_index, rule)->prediction->workers_limit;
    if (at == r->n || r->n < 2 || !is_cheap(r)) return TG_OK;
    const double most = 1.05 * v->best_time;
    do low -= low > 0;
    while (low > 0 && outcome_at(r, low, rule)->prediction->settle <= most);
    do high += high + 1 < r->n;
    while (high + 1 < r->n && outcome_at(r, high, rule)->prediction->settle <= most);
    return refine(&s, r->workers[low], r->workers[high]);
}

/* ---- what the simulation says -------------------------------------------------------- */

static void
advise_simulated(const study_run *r, size_t rule, advice *v)
{
    v->simulated_time = INFINITY;
    v->simulated_best = v->last_converged = NAN;
    v->first_diverged = INFINITY;
    for (size_t i = 0; i < r->n; i++) {
        const tg_simulation *s = outcome_at(r, i, rule)->simulation;
        const tg_outcome     o = s->growth.outcome;
        if (s->settle < v->simulated_time) {
            v->simulated_time = s->settle;
            v->simulated_best = (double)r->workers[i];
        }
        if (o == TG_DIVERGES && isinf(v->first_diverged))
            v->first_diverged = (double)r->workers[i];
        if (o == TG_CONVERGES) v->last_converged = (double)r->workers[i];
    }
}

tg_status
advise(study_run *r, size_t rule)
{
    TG_TRY(advise_predicted(r, rule, &r->advice[rule]));
    advise_simulated(r, rule, &r->advice[rule]);
    return TG_OK;
}
