#include "asgd/theory/schedule_team.h"

#include "asgd/theory/predict_finite.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- tables -------------------------------------------------------------------------- */

enum { WHOLE = 4, MOST_NODES = 64, AROUND = 4 };

/* Ratios of the numbers of workers of neighbouring tables, where the limit of gains comes to a number
 * as workers grow in number, and where it grows without end like a power above STEEP. */
static const double APART = 1.9, NEAR = 1.25, STEEP = 0.1;

static size_t
next_node(size_t workers, double apart)
{
    return workers < WHOLE ? workers + 1 : (size_t)ceil(apart * (double)workers);
}

static tg_status
fill_node(const tg_schedule_task *task, size_t workers, tg_mode_table *out)
{
    tg_setting s = { 0 };

    TG_TRY(tg_stop_check());
    TG_TRY(task->setting(task->context, workers, &s));
    const tg_status status =
        tg_mode_table_fill(s.cluster, s.rule, s.number, task->horizon, out);
    out->workers = (double)workers;
    tg_setting_free(&s);
    return status;
}

/* The problem's modes as the setting has them. */
static tg_status
modes_of(const tg_schedule_task *task, const tg_setting *s, size_t workers, tg_modes *out)
{
    tg_modes all = { 0 };

    TG_TRY(task->modes(task->context, workers, &all));
    const tg_status status = tg_setting_modes(s, &all, out);
    tg_modes_free(&all);
    return status;
}

/* Whether modes differ in nothing but gain, start and noise. */
static tg_status
are_alike(const tg_schedule_task *task, size_t workers, bool *yes)
{
    tg_setting s = { 0 };
    tg_modes   m = { 0 };

    TG_TRY(task->setting(task->context, workers, &s));
    const tg_status status = modes_of(task, &s, workers, &m);
    const bool      stepped = tg_linear_find(s.rule)->stepped;
    const bool other = s.delta > 0 || s.late; /* more than their gain tells them apart */
    tg_setting_free(&s);
    TG_TRY(status);
    *yes = !m.minimum && !stepped && !other;
    for (size_t j = 0; j < m.count; j++) *yes = *yes && !(m.spread[j] > 0);
    tg_modes_free(&m);
    return TG_OK;
}

/* L of so many workers; NaN: so many cannot. */
static tg_status
limit_of(const tg_schedule_task *task, size_t workers, double *limit)
{
    tg_setting s = { 0 };

    *limit = NAN;
    const tg_status status = task->setting(task->context, workers, &s);
    if (status != TG_OK) return status == TG_EDOMAIN ? TG_OK : status;
    const tg_status found = tg_mode_table_limit(s.cluster, s.rule, s.number, limit);
    tg_setting_free(&s);
    return found;
}

/* How near tables must be. */
static tg_status
ratio_of(const tg_schedule_task *task, size_t most, double *apart)
{
    double few, many;

    *apart = APART;
    if (most < 2 * WHOLE) return TG_OK;
    TG_TRY(limit_of(task, (most + 1) / 2, &few));
    TG_TRY(limit_of(task, most, &many));
    if (fabs(log(many / few)) > STEEP * log(2)) *apart = NEAR;
    return TG_OK;
}

tg_status
tg_team_tables_make(const tg_schedule_task *task, size_t least, size_t most,
                    tg_team_tables *out)
{
    tg_team_tables t = { 0 };
    tg_status      status;
    bool           alike;
    size_t         from = 1;
    double         apart;

    TG_TRY(are_alike(task, most, &alike));
    if (!alike) {
        *out = t;
        return TG_OK;
    }
    TG_TRY(ratio_of(task, most, &apart));
    if (!(t.table = calloc(MOST_NODES, sizeof *t.table)))
        return tg_fail(TG_ENOMEM, "out of memory");
    while (next_node(from, apart) <= least) from = next_node(from, apart);
    for (size_t n = from, last = 0; last < most && t.count < MOST_NODES;
         n = next_node(n, apart)) {
        last = least == most ? most : n;
        status = fill_node(task, last, &t.table[t.count]);
        if (status == TG_OK) t.count++;
        if (status == TG_OK || status == TG_EDOMAIN || status == TG_ENOCONV) continue;
        tg_team_tables_free(&t);
        return status;
    }
    if (t.count == 0) {
        free(t.table);
        return tg_fail_within(TG_EDOMAIN, "no number of workers from %zu to %zu", least,
                              most);
    }
    *out = t;
    return TG_OK;
}

void
tg_team_tables_free(tg_team_tables *t)
{
    free(t->table);
    *t = (tg_team_tables){ 0 };
}

/* Up to four around a number, none of them of fewer workers than WHOLE unless it is one. */
static void
take_table(const tg_team_tables *t, const tg_team *c)
{
    const tg_mode_table *node[AROUND];
    const double         P = (double)c->workers;
    size_t               at = 0, first, n = 0;

    while (at + 1 < t->count && t->table[at + 1].workers <= P) at++;
    if (t->table[at].workers == P) {
        *c->table = t->table[at];
        return;
    }
    first = at > 0 ? at - 1 : 0;
    if (t->table[first].workers < WHOLE - 1) first = at;
    for (; n < AROUND && first + n < t->count; n++) node[n] = &t->table[first + n];
    const double size = (double)c->s.cluster->workers;
    tg_mode_table_between(node, n, P, size, size / tg_cluster_rate(c->s.cluster), c->table);
}

/* ---- teams --------------------------------------------------------------------------- */

/* Shares of beginnings: late ones are rare, and what a mean loss is made of in the end. */
static const double begins[TG_TEAM_BEGINNINGS] = { 0.15, 0.15, 0.15, 0.15,  0.12,  0.1,
                                                   0.08, 0.05, 0.03, 0.014, 0.005, 0.001 };

/* When DuDe-ASGD begins, in the middle of each share. */
static tg_status
find_beginnings(tg_team *c)
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

/* The largest step of a team without a table. */
static tg_status
find_limit(tg_team *c)
{
    tg_prediction        *p = NULL;
    const tg_predict_plan plan = { .horizon = c->task->horizon, .quick = true };

    const double step =
        isnan(c->task->step) ? 0.1 / (c->h_max * (double)c->workers) : c->task->step;

    TG_TRY(tg_setting_predict_modes(&c->s, &c->modes, step, &plan, &p));
    c->step_limit = p->step_limit;
    c->limit_error = p->threshold_error / p->threshold_square;
    c->known[0] = p->threshold;
    c->known[1] = p->threshold_square;
    tg_prediction_free(p);
    return TG_OK;
}

static tg_status
open_table(const tg_team_tables *tables, tg_team *c)
{
    if (tables->count == 0) return find_limit(c);
    if (!(c->table = malloc(sizeof *c->table))) return tg_fail(TG_ENOMEM, "out of memory");
    take_table(tables, c);
    c->step_limit =
        c->table->limit / (c->table->share * c->h_max * (double)c->s.cluster->workers);
    c->limit_error = c->table->limit_error / c->table->limit;
    return find_beginnings(c);
}

tg_status
tg_team_open(const tg_schedule_task *task, const tg_team_tables *tables, size_t workers,
             tg_team *out)
{
    tg_team c = { .task = task, .workers = workers };

    TG_TRY(tg_stop_check());
    TG_TRY(task->setting(task->context, workers, &c.s));
    tg_status status = modes_of(task, &c.s, workers, &c.modes);
    for (size_t j = 0; status == TG_OK && j < c.modes.count; j++)
        c.h_max = fmax(c.h_max, c.modes.h[j]);
    if (status == TG_OK) status = open_table(tables, &c);
    if (status == TG_OK)
        *out = c;
    else
        tg_team_close(&c);
    return status;
}

void
tg_team_close(tg_team *c)
{
    free(c->table);
    tg_modes_free(&c->modes);
    tg_setting_free(&c->s);
    *c = (tg_team){ 0 };
}

tg_status
tg_team_predict(const tg_team *c, double step, double target, tg_prediction **out)
{
    const double mean = (double)c->s.cluster->workers / tg_cluster_rate(c->s.cluster),
                 points = fmin(fmax(8 * c->task->horizon / mean, 240), 2000);
    tg_predict_plan plan = { .horizon = c->task->horizon,
                             .points = (size_t)points + 1,
                             .target = target };

    if (c->s.late) memcpy(plan.known, c->known, sizeof plan.known);
    return tg_setting_predict_modes(&c->s, &c->modes, step, &plan, out);
}

double
tg_team_merit(const tg_team *c, double target, const tg_team_point *p)
{
    if (isfinite(p->time)) return p->time;
    return c->task->horizon * (1 + fmin(fmax(log(p->loss / target), 0), 1e3));
}

/* ---- a point from the table ---------------------------------------------------------- */

enum { SWING = 15 }; /* steps of a third of a round trip */
static const double BACK = 1.5, ROUGH = 1e-3, EXACT = 1e-6;
static const double SWINGS =
    0.3; /* a loop gain below 1/e, up to which a mean does not swing */

typedef struct look {
    const tg_team *c;
    tg_table_row  *row;                      /* (modes) */
    double         rate, rest, left, target; /* left: floor of what the modes leave out */
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
        l->rate = fmin(l->rate, l->row[j].rate);
        out->floor += h / 2 * m->sigma2[j] / (h * h) * l->row[j].variance;
    }
    l->left = c->table->share * step / 4 * m->left_noise;
    out->floor += l->left;
    out->rate = l->rate;
    out->loss = loss_at(l, c->task->horizon);
    out->time = out->loss < l->target ? settling(l) : INFINITY;
}

static tg_status
predict_at(const tg_team *c, double step, double target, tg_team_point *out)
{
    tg_prediction *p = NULL;

    TG_TRY(tg_team_predict(c, step, target, &p));
    const double end = p->loss[p->points - 1];
    *out = (tg_team_point){ p->settle, end, p->rate, p->floor + p->bias_loss };
    if (isfinite(p->settle) && !(end < target)) out->time = INFINITY;
    tg_prediction_free(p);
    return TG_OK;
}

tg_status
tg_team_at(const tg_team *c, double step, double target, tg_team_point *out)
{
    look l = { .c = c, .target = target };

    *out = (tg_team_point){ INFINITY, INFINITY, NAN, INFINITY };
    if (!(step < 0.9999 * c->step_limit)) return TG_OK;
    if (!c->table) return predict_at(c, step, target, out);
    if (!(l.row = malloc(c->modes.count * sizeof *l.row)))
        return tg_fail(TG_ENOMEM, "out of memory");
    *out = (tg_team_point){ 0 };
    look_at(&l, step, out);
    free(l.row);
    return TG_OK;
}
