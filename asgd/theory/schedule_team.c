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
    return tg_team_find_beginnings(c);
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
