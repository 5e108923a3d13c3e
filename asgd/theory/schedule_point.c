/* schedule_point: what a team does at a learning rate, from its table */
#include "asgd/theory/schedule_team.h"

#include "asgd/theory/predict_finite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- beginnings ---------------------------------------------------------------------- */

/* Shares of beginnings: late ones are rare, and what a mean loss is made of in the end. */
static const double begins[TG_TEAM_BEGINNINGS] = { 0.15, 0.15, 0.15, 0.15,  0.12,  0.1,
                                                   0.08, 0.05, 0.03, 0.014, 0.005, 0.001 };

/* When DuDe-ASGD begins, in the middle of each share. */
tg_status
tg_team_find_beginnings(tg_team *c)
{
    double left = 1, waiting[TG_TEAM_BEGINNINGS + 2], at[TG_TEAM_BEGINNINGS + 2];

    c->waits = !strcmp(c->s.rule, "dude") && c->s.cluster->workers > 1 && !c->table->whole;
    if (!c->waits) return TG_OK;
    waiting[0] = 1;
    waiting[TG_TEAM_BEGINNINGS + 1] = 0;
    for (size_t i = 0; i < TG_TEAM_BEGINNINGS; left -= begins[i++])
        waiting[i + 1] = left - begins[i] / 2;
    TG_TRY(tg_predict_begin(c->s.cluster, 2 * c->task->horizon, waiting, at,
                            TG_TEAM_BEGINNINGS + 2));
    memcpy(c->begin, at + 1, sizeof c->begin);
    return TG_OK;
}

/* ---- a point from the table ---------------------------------------------------------- */

enum { SWING = 15 }; /* steps of a third of a round trip */
static const double BACK = 1.5, ROUGH = 1e-3, EXACT = 1e-6;
static const double SWINGS =
    0.3; /* a loop gain below 1/e, up to which a mean does not swing */

typedef struct look {
    const tg_team *c;
    tg_table_row  *row; /* (modes) */
    double         rate, rate_error, rest, target;
    double         left; /* floor of what the modes leave out */
    bool           swings;
} look;

/* The loss a time t after the beginning. */
static double
loss_after(const look *l, double t)
{
    const tg_modes *m = &l->c->modes;
    const double    gone = exp(-2 * l->rate * t);
    double          sum = (l->rest > 0 ? l->rest * gone : 0) + l->left * (1 - gone), a, b;

    for (size_t j = 0; j < m->count; j++) {
        const double h = m->h[j];
        tg_mode_table_at(l->c->table, &l->row[j], t, &a, &b);
        sum += h / 2 * (m->start[j] * m->start[j] * a + m->sigma2[j] / (h * h) * b);
    }
    return sum;
}

static double
loss_at(const look *l, double t)
{
    double sum = 0;

    t = tg_setting_clock(&l->c->s, t);
    if (!l->c->waits) return loss_after(l, t);
    for (size_t i = 0; i < TG_TEAM_BEGINNINGS; i++)
        sum += begins[i] * loss_after(l, fmax(t - l->c->begin[i], 0));
    return sum;
}

/* Between a time above the target and one below it, to this share of it: by regula falsi on the loss's logarithm, the end
 * that stays counting half (Illinois). */
static double
crossing(const look *l, double early, double late, double share)
{
    const double goal = log(l->target);
    double       high = log(loss_at(l, early)) - goal, low = log(loss_at(l, late)) - goal;
    int          side = 0;

    for (int i = 0; i < 60 && late - early > share * late; i++) {
        const double part = i % 8 == 7 ? 0.5 : high / (high - low);
        const double t =
            early + fmin(fmax(part, share / 4), 1 - share / 4) * (late - early);
        const double now = log(loss_at(l, t)) - goal;
        if (now > 0) {
            early = t, high = now;
            if (side > 0) low /= 2;
            side = 1;
        } else {
            late = t, low = now;
            if (side < 0) high /= 2;
            side = -1;
        }
    }
    return late;
}

/* Backwards from the horizon in even ratios to a time at which the loss is above the target; then, where there are swings,
 * on from the crossing for some round trips, in which the mean may swing back above it. */
static double
settling(const look *l)
{
    const double horizon = l->c->task->horizon, step = l->c->table->mean / 3;
    double       early = horizon, late = horizon;

    for (; loss_at(l, early) <= l->target;
         early = early < 1e-4 * horizon ? 0 : early / BACK) {
        if (early == 0) return 0;
        late = early;
    }
    if (!l->swings) return crossing(l, early, late, EXACT);
    late = crossing(l, early, late, ROUGH);
    early = late * (1 - ROUGH);
    for (double t = late + step, end = late + SWING * step; t < fmin(end, horizon);
         t += step) {
        if (loss_at(l, t) > l->target) {
            early = t;
            end = t + SWING * step;
        } else if (t - step <= early)
            late = t;
    }
    return crossing(l, early, late, EXACT);
}

static void
look_at(look *l, double step, tg_team_point *out)
{
    const tg_team  *c = l->c;
    const tg_modes *m = &c->modes;

    l->rate = INFINITY;
    l->swings = false;
    l->rest = m->start_loss - m->start_covered;
    if (!(l->rest > 1e-12 * m->start_loss)) l->rest = 0;
    for (size_t j = 0; j < m->count; j++) {
        const double h = m->h[j];
        const double k = c->table->share * step * h * (double)c->s.cluster->workers;
        l->row[j] = tg_mode_table_row(c->table, k);
        l->swings = l->swings || k > SWINGS;
        if (l->row[j].rate < l->rate) {
            l->rate = l->row[j].rate;
            l->rate_error = l->row[j].rate_error;
        }
        out->floor += h / 2 * m->sigma2[j] / (h * h) * l->row[j].variance;
    }
    l->left = c->table->share * step / 4 * m->left_noise;
    out->floor += l->left;
    out->rate = l->rate;
    out->rate_error = l->rate_error;
    out->loss = loss_at(l, c->task->horizon);
    out->time = out->loss < l->target ? settling(l) : INFINITY;
}

static tg_status
predict_at(const tg_team *c, double step, double target, tg_team_point *out)
{
    tg_prediction *p = NULL;

    TG_TRY(tg_team_predict(c, step, target, &p));
    const double end = p->loss[p->points - 1];
    *out =
        (tg_team_point){ p->settle, end, p->rate, p->rate_error, p->floor + p->bias_loss };
    if (isfinite(p->settle) && !(end < target)) out->time = INFINITY;
    tg_prediction_free(p);
    return TG_OK;
}

tg_status
tg_team_at(const tg_team *c, double step, double target, tg_team_point *out)
{
    look l = { .c = c, .target = target };

    *out = (tg_team_point){ INFINITY, INFINITY, NAN, NAN, INFINITY };
    if (!(step < 0.9999 * c->step_limit)) return TG_OK;
    if (!c->table) return predict_at(c, step, target, out);
    if (!(l.row = malloc(c->modes.count * sizeof *l.row)))
        return tg_fail(TG_ENOMEM, "out of memory");
    *out = (tg_team_point){ 0 };
    look_at(&l, step, out);
    free(l.row);
    return TG_OK;
}
