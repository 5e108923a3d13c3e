#include "asgd/theory/schedule.h"

#include "asgd/theory/schedule_team.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

const char *
tg_binding_name(tg_binding b)
{
    static const char *const names[] = { "nothing", "stability", "speed",
                                         "floor",   "uplink",    "range" };

    return names[b];
}

/* ---- all numbers of workers ---------------------------------------------------------- */

static tg_schedule_row
no_row(size_t workers)
{
    return (tg_schedule_row){ .workers = workers,
                              .step_limit = NAN,
                              .limit_error = NAN,
                              .step = NAN,
                              .time = INFINITY,
                              .loss = INFINITY,
                              .rate = NAN,
                              .rate_error = NAN,
                              .floor = NAN,
                              .step_floor = NAN,
                              .gradients = INFINITY,
                              .bytes = INFINITY,
                              .cost = INFINITY,
                              .objective = INFINITY,
                              .own_time = INFINITY,
                              .own_safe = INFINITY };
}

typedef struct search {
    const tg_schedule_task *task;
    tg_team_tables          tables;
    tg_schedule            *s;
    tg_schedule_row        *known; /* (many) of the numbers looked at, in no order */
    size_t                  many, room;
} search;

static tg_status
row_with(const search *w, size_t workers, double *map, tg_schedule_row *out)
{
    tg_team   c;
    tg_status status = tg_team_open(w->task, &w->tables, workers, &c);

    *out = no_row(workers);
    for (size_t i = 0; map && i < w->s->steps; i++) map[i] = NAN;
    if (status == TG_EDOMAIN) return TG_OK;
    TG_TRY(status);
    status = tg_team_row(&c, out);
    for (size_t i = 0; map && c.table && i < w->s->steps && status == TG_OK; i++) {
        tg_team_point p;
        status = tg_team_at(&c, w->s->step[i], w->task->target, &p);
        map[i] = p.time;
    }
    tg_team_close(&c);
    if (status != TG_EDOMAIN && status != TG_ENOCONV) return status;
    *out = no_row(workers);
    return TG_OK;
}

static tg_status
listed_row(size_t i, size_t thread, void *context)
{
    const search *w = context;

    (void)thread;
    return row_with(w, w->task->workers[i], w->s->map + i * w->s->steps, &w->s->row[i]);
}

/* The row of any number of workers, found once. */
static tg_status
find(search *w, size_t workers, tg_schedule_row *out)
{
    for (size_t i = 0; i < w->many; i++)
        if (w->known[i].workers == workers) {
            *out = w->known[i];
            return TG_OK;
        }
    TG_TRY(row_with(w, workers, NULL, out));
    if (w->many == w->room) {
        const size_t     room = 2 * w->room + 64;
        tg_schedule_row *more = realloc(w->known, room * sizeof *more);
        if (!more) return tg_fail(TG_ENOMEM, "out of memory");
        w->known = more;
        w->room = room;
    }
    w->known[w->many++] = *out;
    return TG_OK;
}

typedef double what(const tg_schedule_row *r);

static double
of_objective(const tg_schedule_row *r)
{
    return r->objective;
}

static double
of_own_safe(const tg_schedule_row *r)
{
    return r->own_safe;
}

static double
of_cost(const tg_schedule_row *r)
{
    return (double)r->workers * r->time;
}

static double
of_time(const tg_schedule_row *r)
{
    return r->time;
}

/* The least among rows between two numbers of workers: at most AT_ONCE at a time, then between
 * the neighbours of the best of these. */
static tg_status
narrow(search *w, what *f, size_t low, size_t high, tg_schedule_row *best)
{
    enum { AT_ONCE = 12 };
    tg_schedule_row r;

    for (;;) {
        const size_t stride = (high - low) / (AT_ONCE + 1) + 1;
        for (size_t n = low; n <= high; n += stride) {
            TG_TRY(find(w, n, &r));
            if (f(&r) < f(best)) *best = r;
        }
        if (stride <= 1) return TG_OK;
        if (best->workers < low || best->workers > high) return TG_OK;
        low = best->workers > low + stride ? best->workers - stride : low;
        high = best->workers + stride < high ? best->workers + stride : high;
    }
}

/* The same over the whole range, around the best of those listed. */
static tg_status
best_of(search *w, what *f, tg_schedule_row *best)
{
    size_t at = 0;

    for (size_t i = 1; i < w->s->count; i++)
        if (f(&w->s->row[i]) < f(&w->s->row[at])) at = i;
    *best = w->s->row[at];
    if (!isfinite(f(best)) || w->s->count < 2) return TG_OK;
    return narrow(w, f, w->s->row[at > 0 ? at - 1 : 0].workers,
                  w->s->row[at + 1 < w->s->count ? at + 1 : at].workers, best);
}

/* From the best towards an end of the range: the last within 5 % of it. */
static tg_status
reach(search *w, bool up, tg_schedule_row *last)
{
    const double most = 1.05 * w->s->best.objective;
    const size_t n = w->s->count;
    size_t       out = w->s->row[up ? n - 1 : 0].workers;

    *last = w->s->best;
    for (size_t k = 0; k < n; k++) { /* the first listed that is outside */
        const tg_schedule_row *r = &w->s->row[up ? k : n - 1 - k];
        if (up ? r->workers <= last->workers : r->workers >= last->workers) continue;
        if (r->objective > most) {
            out = r->workers;
            break;
        }
        *last = *r;
    }
    while (last->workers != out) {
        const size_t a = last->workers,
                     middle = up ? a + (out - a + 1) / 2 : a - (a - out + 1) / 2;
        tg_schedule_row r;
        TG_TRY(find(w, middle, &r));
        if (r.objective <= most)
            *last = r;
        else
            out = up ? middle - 1 : middle + 1;
    }
    return TG_OK;
}

static tg_status
find_best(search *w)
{
    tg_schedule *s = w->s;
    what        *other = w->task->least == TG_LEAST_TIME ? of_cost : of_time;

    TG_TRY(best_of(w, of_own_safe, &s->own));
    TG_TRY(best_of(w, of_objective, &s->best));
    s->low = s->high = s->cheapest = s->best;
    if (!isfinite(s->best.objective)) return TG_OK;
    TG_TRY(reach(w, false, &s->low));
    TG_TRY(reach(w, true, &s->high));
    s->cheapest = other(&s->low) < other(&s->high) ? s->low : s->high;
    TG_TRY(narrow(w, other, s->low.workers, s->high.workers, &s->cheapest));
    if (s->cheapest.objective > 1.05 * s->best.objective) s->cheapest = s->best;
    const size_t P = s->best.workers;
    if (s->count > 1 &&
        (P == s->row[s->count - 1].workers || (P == s->row[0].workers && P > 1)))
        s->best.binds = TG_BINDS_RANGE;
    return TG_OK;
}

/* ---- the best point, predicted ------------------------------------------------------- */

static tg_status
confirm(search *w)
{
    tg_schedule_row *best = &w->s->best;
    tg_team          c;

    if (!isfinite(best->time)) return TG_OK;
    TG_TRY(tg_team_open(w->task, &w->tables, best->workers, &c));
    tg_status status = tg_team_predict(&c, best->step, w->task->target, &w->s->there);
    if (status == TG_OK) w->s->off = best->time / w->s->there->settle - 1;
    tg_team_close(&c);
    return status == TG_EDOMAIN || status == TG_ENOCONV ? TG_OK : status;
}

/* ---- all of it ----------------------------------------------------------------------- */

void
tg_schedule_free(tg_schedule *s)
{
    if (!s) return;
    tg_prediction_free(s->there);
    free(s->row);
    free(s->step);
    free(s);
}

static tg_status
allocate(const tg_schedule_task *t, tg_schedule **out)
{
    tg_schedule *s = calloc(1, sizeof *s);

    if (s) {
        s->row = calloc(t->count, sizeof *s->row);
        s->step = calloc((t->count + 1) * t->steps + 1, sizeof *s->step);
    }
    if (!s || !s->row || !s->step) {
        tg_schedule_free(s);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    s->count = t->count;
    s->steps = t->steps;
    s->map = s->step + t->steps;
    for (size_t i = 0; i < t->count; i++) s->row[i] = no_row(t->workers[i]);
    *out = s;
    return TG_OK;
}

/* Learning rates of the map: evenly in ln eta, from what few workers bear down to a hundredth of
 * what many do. */
static tg_status
lay_steps(search *w)
{
    const tg_schedule_task *t = w->task;
    double                  least = INFINITY, most = 0;

    for (size_t i = 0; i < t->count && w->s->steps > 0;
         i += t->count > 1 ? t->count - 1 : 1) {
        tg_team         c;
        const tg_status status = tg_team_open(t, &w->tables, t->workers[i], &c);
        if (status == TG_EDOMAIN || status == TG_ENOCONV) continue;
        TG_TRY(status);
        least = fmin(least, c.step_limit);
        most = fmax(most, c.step_limit);
        tg_team_close(&c);
    }
    const double high = fmin(isfinite(t->high) ? t->high : INFINITY, 1.3 * most),
                 low = fmax(t->low, fmin(least, most / 10) / 30);
    for (size_t i = 0; i < w->s->steps; i++)
        w->s->step[i] = low * pow(high / low, (double)i / fmax((double)w->s->steps - 1, 1));
    return TG_OK;
}

static tg_status
make(search *w)
{
    const tg_schedule_task *t = w->task;

    TG_TRY(tg_team_tables_make(t, t->workers[0], t->workers[t->count - 1], &w->tables));
    TG_TRY(lay_steps(w));
    TG_TRY(tg_parallel_run(t->count, w->tables.count ? 0 : 1, listed_row, w, NULL));
    w->room = t->count;
    w->known = malloc(w->room * sizeof *w->known);
    if (!w->known) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < t->count; i++) w->known[w->many++] = w->s->row[i];
    TG_TRY(find_best(w));
    return confirm(w);
}

tg_status
tg_schedule_make(const tg_schedule_task *t, tg_schedule **out)
{
    search w = { .task = t };

    if (!(t->target > 0 && t->horizon > 0) || t->step <= 0 || t->count == 0)
        return tg_fail(TG_EDOMAIN, "a schedule needs a target, a horizon, steps > 0 and "
                                   "numbers of workers");
    TG_TRY(allocate(t, &w.s));
    const tg_status status = make(&w);
    tg_team_tables_free(&w.tables);
    free(w.known);
    if (status == TG_OK)
        *out = w.s;
    else
        tg_schedule_free(w.s);
    return status;
}
