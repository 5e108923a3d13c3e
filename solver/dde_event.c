/* Each step is looked at in PARTS parts. An event keeps its last sign that was not 0 and
 * when it had it; the opposite sign at the end of a part is a passage, located by bisection
 * between.
 */
#include "solver/dde_solution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PARTS 9

static tg_status
sign_at(const tg_dde_solution *s, const tg_dde_event *e, size_t which, double t, double *x,
        int *sign)
{
    size_t hint = s->count ? s->count - 1 : 0;
    double value = NAN;

    TG_TRY(tg_dde_look(s, t, &hint, x));
    TG_TRY(e->value(t, x, &value, e->context));
    if (!isfinite(value))
        return tg_fail(TG_EDIVERGED, "event %zu is not finite at t = %g", which, t);
    *sign = (value > 0) - (value < 0);
    return TG_OK;
}

/* Look at t; *when is inf, or where since the last look e passed 0 in its direction. */
static tg_status
look(const tg_dde_solution *s, const tg_dde_event *e, size_t which, double t,
     tg_dde_sight *sight, double *x, double *when)
{
    double low = sight->since, high = t;
    int    now, sign;

    *when = INFINITY;
    TG_TRY(sign_at(s, e, which, t, x, &now));
    if (now == 0) return TG_OK;
    const tg_dde_sight before = *sight;
    *sight = (tg_dde_sight){ now, t };
    if (before.sign != -now || e->direction * now < 0) return TG_OK;
    for (;;) {
        const double middle = low + (high - low) / 2;
        if (!(middle > low && middle < high)) break;
        TG_TRY(sign_at(s, e, which, middle, x, &sign));
        *(sign == before.sign ? &low : &high) = middle;
    }
    *when = high;
    return TG_OK;
}

static tg_status
keep(tg_dde_solution *s, size_t event, double t)
{
    if (s->passages == s->passage_room) {
        const size_t  room = s->passage_room ? 2 * s->passage_room : 16;
        tg_dde_found *found = realloc(s->found, room * sizeof *found);
        if (!found) return tg_fail(TG_ENOMEM, "out of memory for %zu passages", room);
        s->found = found;
        s->passage_room = room;
    }
    size_t k = s->passages++;
    for (; k > 0 && s->found[k - 1].t > t; k--) s->found[k] = s->found[k - 1];
    s->found[k] = (tg_dde_found){ event, t };
    return TG_OK;
}

tg_status
tg_dde_watch_begin(tg_dde_solution *s)
{
    const double t0 = s->begin[0];

    for (size_t i = 0; i < s->eq->events; i++) {
        s->sight[i].since = t0;
        TG_TRY(sign_at(s, &s->eq->event[i], i, t0, s->x, &s->sight[i].sign));
    }
    return TG_OK;
}

tg_status
tg_dde_watch(tg_dde_solution *s, int *ended)
{
    const double a = s->begin[s->count - 1], b = s->begin[s->count];

    *ended = 0;
    for (int part = 1; s->eq->events && part <= PARTS && !*ended; part++) {
        const double t = part < PARTS ? a + part * (b - a) / PARTS : b;
        for (size_t i = 0; i < s->eq->events; i++) {
            const tg_dde_event *e = &s->eq->event[i];
            double              when;
            TG_TRY(look(s, e, i, t, &s->sight[i], s->x, &when));
            if (when < INFINITY) TG_TRY(keep(s, i, when));
            if (e->terminal) s->cut = fmin(s->cut, when);
        }
        *ended = s->cut < INFINITY;
    }
    while (s->passages && s->found[s->passages - 1].t > s->cut) s->passages--;
    return TG_OK;
}

size_t
tg_dde_passages(const tg_dde_solution *s)
{
    return s->passages;
}

tg_status
tg_dde_passage(const tg_dde_solution *s, size_t k, size_t *event, double *t)
{
    if (k >= s->passages)
        return tg_fail(TG_EDOMAIN, "passage %zu of only %zu", k, s->passages);
    *event = s->found[k].event;
    *t = s->found[k].t;
    return TG_OK;
}

typedef struct height {
    size_t i;
    double level;
} height;

static tg_status
above(double t, const double *x, double *e, void *context)
{
    const height *h = context;

    (void)t;
    *e = x[h->i] - h->level;
    return TG_OK;
}

static tg_status
cross(const tg_dde_solution *s, const tg_dde_event *e, double after, double *x, double *t)
{
    const double end = tg_dde_end(s);
    tg_dde_sight sight = { 0, fmax(after, s->begin[0]) };

    *t = INFINITY;
    if (!(sight.since < end)) return TG_OK;
    TG_TRY(sign_at(s, e, 0, sight.since, x, &sight.sign));
    for (size_t k = 0; k < s->count; k++)
        for (int part = 1; part <= PARTS; part++) {
            const double a = s->begin[k], b = s->begin[k + 1];
            const double at = fmin(end, part < PARTS ? a + part * (b - a) / PARTS : b);
            if (!(at > sight.since)) continue;
            TG_TRY(look(s, e, 0, at, &sight, x, t));
            if (*t < INFINITY) return TG_OK;
        }
    return TG_OK;
}

tg_status
tg_dde_crossing(const tg_dde_solution *s, size_t i, double level, double after, double *t)
{
    height             h = { i, level };
    const tg_dde_event e = { .value = above, .context = &h };
    double             when;

    if (i >= s->eq->dim)
        return tg_fail(TG_EDOMAIN, "component %zu of only %zu", i, s->eq->dim);
    if (isnan(level) || isnan(after))
        return tg_fail(TG_EDOMAIN, "level %g after %g", level, after);
    double *x = malloc(s->eq->dim * sizeof *x);
    if (!x) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = cross(s, &e, after, x, &when);
    if (status == TG_OK) *t = when;
    free(x);
    return status;
}
