#include "asgd/theory/choose.h"

#include "asgd/theory/schedule_team.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- one choice ---------------------------------------------------------------------- */

typedef struct look {
    const tg_choose_task *t;
    const size_t         *count;
} look;

static tg_status
setting_of(void *context, size_t workers, tg_setting *out)
{
    const look *l = context;

    (void)workers;
    return l->t->setting(l->t->context, l->count, out);
}

static tg_status
modes_of(void *context, size_t workers, tg_modes *out)
{
    const look *l = context;

    return l->t->plan.modes(l->t->plan.context, workers, out);
}

tg_status
tg_choose_look(const tg_choose_task *t, const size_t *count, tg_schedule_row *out)
{
    look             l = { t, count };
    tg_schedule_task plan = t->plan;
    tg_setting       s = { 0 };
    tg_team_tables   tables = { 0 };
    tg_team          team;
    tg_schedule_row  r = { .time = INFINITY, .objective = INFINITY, .own_time = INFINITY };

    plan.context = &l;
    plan.setting = setting_of;
    plan.modes = modes_of;
    TG_TRY(tg_stop_check());
    tg_status status = t->setting(t->context, count, &s);
    if (status == TG_OK) {
        const size_t workers = (size_t)s.workers;
        tg_setting_free(&s);
        status = tg_team_tables_make(&plan, workers, workers, &tables);
        if (status == TG_OK) status = tg_team_open(&plan, &tables, workers, &team);
        if (status == TG_OK) {
            status = tg_team_row(&team, &r);
            tg_team_close(&team);
        }
        tg_team_tables_free(&tables);
    }
    if (status != TG_OK && status != TG_EDOMAIN && status != TG_ENOCONV) return status;
    *out = r;
    return TG_OK;
}

/* ---- what was looked at -------------------------------------------------------------- */

typedef struct seen {
    size_t          count[TG_MOST_GROUPS];
    tg_schedule_row row;
} seen;

typedef struct search {
    const tg_choose_task *t;
    seen                 *seen; /* (looks) */
    size_t                looks, room;
    seen                  best;
} search;

static tg_status
consider(search *w, const size_t *count, tg_schedule_row *out)
{
    const size_t bytes = w->t->groups * sizeof *count;

    for (size_t i = 0; i < w->looks; i++)
        if (!memcmp(w->seen[i].count, count, bytes)) {
            *out = w->seen[i].row;
            return TG_OK;
        }
    if (w->looks == w->room) {
        const size_t room = 2 * w->room + 32;
        seen        *more = realloc(w->seen, room * sizeof *more);
        if (!more) return tg_fail(TG_ENOMEM, "out of memory");
        w->seen = more;
        w->room = room;
    }
    TG_TRY(tg_choose_look(w->t, count, out));
    memcpy(w->seen[w->looks].count, count, bytes);
    w->seen[w->looks].row = *out;
    if (w->looks == 0 || out->objective < w->best.row.objective)
        w->best = w->seen[w->looks];
    w->looks++;
    return TG_OK;
}

/* ---- workers ------------------------------------------------------------------------- */

/* `up` joins so many of it, `down` leaves so many; a group past the last: none. Returns whether there is
 * a change that leaves somebody. */
static bool
move(const tg_choose_task *t, size_t *count, size_t up, size_t down, size_t stride)
{
    size_t all = 0;
    bool   moved = false;

    if (up < t->groups) {
        const size_t more =
            t->most[up] - count[up] < stride ? t->most[up] - count[up] : stride;
        count[up] += more;
        moved = more > 0;
    }
    if (down < t->groups) {
        const size_t less = count[down] < stride ? count[down] : stride;
        count[down] -= less;
        moved = moved || less > 0;
    }
    for (size_t g = 0; g < t->groups; g++) all += count[g];
    return moved && all > 0;
}

/* The best of all moves by `stride` from `here`, if it is better. */
static tg_status
improve(search *w, seen *here, size_t stride, bool *better)
{
    const tg_choose_task *t = w->t;
    const seen            from = *here;

    *better = false;
    for (size_t up = 0; up <= t->groups; up++)
        for (size_t down = 0; down <= t->groups; down++) {
            seen to = from;
            if (up == down || !move(t, to.count, up, down, stride)) continue;
            TG_TRY(consider(w, to.count, &to.row));
            if (!(to.row.objective < here->row.objective)) continue;
            *here = to;
            *better = true;
        }
    return TG_OK;
}

static tg_status
descend(search *w, const size_t *start)
{
    seen   here = { { 0 }, { 0 } };
    size_t stride = 1;
    bool   better;

    memcpy(here.count, start, w->t->groups * sizeof *start);
    TG_TRY(consider(w, here.count, &here.row));
    for (size_t g = 0; g < w->t->groups; g++)
        while (2 * stride <= w->t->most[g]) stride *= 2;
    for (; stride > 0; stride /= 2) do
            TG_TRY(improve(w, &here, stride, &better));
        while (better);
    return TG_OK;
}

static tg_status
finish(search *w, tg_status status, tg_chosen *out)
{
    if (status == TG_OK && !isfinite(w->best.row.objective))
        status = tg_fail(TG_EDOMAIN, "no choice comes to the target");
    if (status == TG_OK) {
        memcpy(out->count, w->best.count, sizeof out->count);
        out->row = w->best.row;
        out->all = w->seen[0].row;
        out->looks = w->looks;
    }
    free(w->seen);
    return status;
}

tg_status
tg_choose_workers(const tg_choose_task *t, tg_chosen *out)
{
    search    w = { .t = t };
    tg_status status;

    if (t->groups == 0 || t->groups > TG_MOST_GROUPS)
        return tg_fail(TG_EDOMAIN, "expected 1 to %d groups, got %zu", TG_MOST_GROUPS,
                       t->groups);
    status = descend(&w, t->most);
    for (size_t g = 0; g < t->groups && t->groups > 1 && status == TG_OK; g++) {
        size_t alone[TG_MOST_GROUPS] = { 0 };
        alone[g] = t->most[g];
        status = descend(&w, alone);
    }
    return finish(&w, status, out);
}

/* ---- a number ------------------------------------------------------------------------ */

static tg_status
search_number(search *w, size_t least)
{
    const size_t    most = w->t->most[0];
    tg_schedule_row r;
    size_t          stride;

    TG_TRY(consider(w, &most, &r));
    for (size_t n = least; n<most; n = 2 * n> n ? 2 * n : n + 1)
        TG_TRY(consider(w, &n, &r));
    for (stride = (w->best.count[0] + 1) / 2; stride > 0; stride /= 2)
        for (int side = 0; side < 2; side++) {
            const size_t at = w->best.count[0];
            const size_t n = side ? at + stride : at > stride ? at - stride : least;
            if (n < least || n > most) continue;
            TG_TRY(consider(w, &n, &r));
        }
    return TG_OK;
}

tg_status
tg_choose_number(const tg_choose_task *t, size_t least, tg_chosen *out)
{
    search w = { .t = t };

    if (t->groups != 1 || least == 0 || least > t->most[0])
        return tg_fail(TG_EDOMAIN, "expected a number from 1 on, and a range of it");
    return finish(&w, search_number(&w, least), out);
}
