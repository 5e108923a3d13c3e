#include "asgd/theory/choose_trigger.h"

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

/* The least between two neighbours of the best of a scan, by golden sections of ln delta. */
static tg_status
narrow(const search *w, double low, double high, tg_trigger_choice *best)
{
    const double part = (sqrt(5) - 1) / 2;

    for (int i = 0; i < ROUNDS; i++) {
        const double x =
            i % 2 ? log(low) + part * log(high / low) : log(high) - part * log(high / low);
        tg_trigger_choice c;
        TG_TRY(look(w, exp(x), true, &c));
        if (c.objective < best->objective) {
            *(c.delta > best->delta ? &low : &high) = best->delta;
            *best = c;
        } else
            *(c.delta > best->delta ? &high : &low) = c.delta;
    }
    return TG_OK;
}

static tg_status
seek(const search *w, tg_trigger_choice *best, tg_trigger_choice *all,
     tg_trigger_choice *own)
{
    const double high = longest(w), ratio = pow(60, 1. / (SCAN - 1));

    TG_TRY(look(w, 0, false, all));
    TG_TRY(look(w, w->s.delta, false, own));
    *best = (tg_trigger_choice){ .objective = INFINITY, .time = INFINITY };
    for (int i = 0; i < SCAN; i++) {
        tg_trigger_choice c;
        TG_TRY(look(w, high / pow(ratio, i), true, &c));
        if (c.objective < best->objective) *best = c;
    }
    if (isfinite(best->objective)) {
        const double at = best->delta;
        TG_TRY(narrow(w, at / ratio, at * ratio, best));
        TG_TRY(look(w, best->delta, false, best));
    }
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
