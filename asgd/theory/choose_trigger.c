#include "asgd/theory/choose_trigger.h"

#include "asgd/theory/descend.h"
#include "asgd/theory/predict_finite.h"

#include <math.h>

enum { SCAN = 10, ROUNDS = 10, POINTS = 401 };

typedef struct search {
    const tg_schedule_task *t;
    tg_setting              s;
    tg_modes                modes;
} search;

/* ---- one threshold ------------------------------------------------------------------- */

static double
objective_of(const search *w, const tg_trigger_choice *c)
{
    const tg_schedule_task *t = w->t;

    switch (t->least) {
    case TG_LEAST_GRADIENTS:
        return w->s.gradients * c->time;
    case TG_LEAST_BYTES:
        return isfinite(c->time) ? t->bytes * c->uploads : INFINITY;
    case TG_LEAST_PRICE:
        return w->s.workers * t->price * c->time;
    default:
        return c->time;
    }
}

static tg_status
look(const search *w, double delta, bool quick, tg_trigger_choice *out)
{
    const tg_predict_plan plan = {
        .horizon = w->t->horizon, .points = POINTS, .target = w->t->target, .quick = quick
    };
    tg_setting     s = w->s;
    tg_prediction *p = NULL;

    s.delta = delta;
    *out = (tg_trigger_choice){ .delta = delta, .time = INFINITY, .objective = INFINITY };
    const tg_status status = tg_setting_predict(&s, &w->modes, w->t->step, &plan, &p);
    if (quick && (status == TG_EDOMAIN || status == TG_ENOCONV)) return TG_OK;
    TG_TRY(status);
    const double end = p->loss[p->points - 1], time = fmin(p->settle, w->t->horizon);
    *out = (tg_trigger_choice){ .delta = delta,
                                .time = end < w->t->target ? p->settle : INFINITY,
                                .time_error = p->settle_error,
                                .uploads = w->s.uploads * time };
    if (p->sent) out->uploads = tg_predict_between(p->t, p->uploads, p->points, time);
    out->objective = objective_of(w, out);
    tg_prediction_free(p);
    return TG_OK;
}

/* ---- the best ------------------------------------------------------------------------ */

/* Longer than gradients are at the target, noise and all. */
static double
longest(const search *w)
{
    double h = 0, noise = 0;

    for (size_t j = 0; j < w->modes.count; j++) {
        h = fmax(h, w->modes.h[j]);
        noise += w->modes.sigma2[j];
    }
    return 1.5 * sqrt(2 * h * w->t->target) + 4 * sqrt(noise);
}

static tg_status
quickly(double log_delta, void *context, double *objective)
{
    tg_trigger_choice c;

    TG_TRY(look(context, exp(log_delta), true, &c));
    *objective = fmin(c.objective, 1e290);
    return TG_OK;
}

/* The best of a scan, and between its neighbours. */
static tg_status
find_best(search *w, tg_trigger_choice *best)
{
    static const double SURE = 0.02; /* of ln delta */
    const double        high = log(longest(w)), apart = log(60) / (SCAN - 1);
    tg_descend_at       scan[SCAN], here;
    size_t              at = 0;

    for (size_t i = 0; i < SCAN; i++) {
        scan[i].x = high - apart * (double)(SCAN - 1 - i);
        TG_TRY(quickly(scan[i].x, w, &scan[i].value));
        if (scan[i].value < scan[at].value) at = i;
    }
    here = scan[at];
    if (at > 0 && at + 1 < SCAN)
        TG_TRY(tg_descend(quickly, w, scan[at - 1], scan[at + 1], SURE, ROUNDS, &here));
    if (here.value < 1e290) return look(w, exp(here.x), false, best);
    *best = (tg_trigger_choice){ .objective = INFINITY, .time = INFINITY };
    return TG_OK;
}

static tg_status
seek(search *w, tg_trigger_choice *best, tg_trigger_choice *all, tg_trigger_choice *own)
{
    TG_TRY(look(w, 0, false, all));
    TG_TRY(look(w, w->s.delta, false, own));
    TG_TRY(find_best(w, best));
    if (own->objective < best->objective) *best = *own;
    if (!(best->objective < all->objective)) *best = *all;
    return TG_OK;
}

tg_status
tg_choose_trigger(const tg_schedule_task *t, tg_trigger_choice *best,
                  tg_trigger_choice *all, tg_trigger_choice *own)
{
    search w = { .t = t };

    TG_TRY(t->setting(t->context, 0, &w.s));
    tg_status status = w.s.delta > 0 ? t->modes(t->context, 0, &w.modes)
                                     : tg_fail(TG_EDOMAIN, "everything is sent");
    if (status == TG_OK) status = seek(&w, best, all, own);
    tg_modes_free(&w.modes);
    tg_setting_free(&w.s);
    return status;
}
