#include "asgd/sim/event.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Times are >= 0, so their bits are in their order; below them what, who and the slot. */
__extension__ typedef unsigned __int128 key;

static const key NEVER = ~(key)0;

/* node[room + slot] is an event, node[i] the earlier one of node[2 i] and node[2 i + 1]. */
struct tg_events {
    key *node; /* (2 room) from 1 on */
    uint32_t
          *free; /* (frees) slots that are empty; those of the last ones taken come first */
    size_t room, frees; /* room: a power of 2 */
    bool   hole;        /* the event of slot free[frees - 1] was taken and is still there */
};

tg_status
tg_events_create(tg_events **out)
{
    tg_events *q = calloc(1, sizeof *q);

    if (!q) return tg_fail(TG_ENOMEM, "out of memory");
    *out = q;
    return TG_OK;
}

void
tg_events_free(tg_events *q)
{
    if (!q) return;
    free(q->node);
    free(q->free);
    free(q);
}

static double
time_of(key k)
{
    const uint64_t bits = (uint64_t)(k >> 64);
    double         t;

    memcpy(&t, &bits, sizeof t);
    return t;
}

static key
key_of(double t, unsigned what, size_t who, uint32_t slot)
{
    uint64_t bits;

    t += 0; /* no -0 */
    memcpy(&bits, &t, sizeof bits);
    return (key)bits << 64 | (uint64_t)((uint32_t)what << 28 | (uint32_t)who) << 32 | slot;
}

static inline key
earlier(key a, key b)
{
    return a < b ? a : b;
}

/* The matches of a slot are played again. Whom it meets on the way up is known beforehand, so that
 * nothing waits for memory twice. */
static void
replay(tg_events *q, uint32_t slot, key k)
{
    size_t i = q->room + slot;

    for (q->node[i] = k; i > 1; q->node[i] = k) {
        k = earlier(k, q->node[i ^ 1]);
        i /= 2;
    }
}

/* Twice the room; all matches are played. */
static tg_status
grow(tg_events *q)
{
    const size_t old = q->room, room = old ? 2 * old : 64;
    key         *node = tg_memory_wide(2 * room * sizeof *node);
    uint32_t    *slots = realloc(q->free, room * sizeof *slots);

    if (slots) q->free = slots;
    if (!node || !slots) {
        free(node);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < room; i++) node[room + i] = i < old ? q->node[old + i] : NEVER;
    for (size_t i = room; i-- > 1;) node[i] = earlier(node[2 * i], node[2 * i + 1]);
    for (size_t i = room; i-- > old;) q->free[q->frees++] = (uint32_t)i;
    free(q->node);
    q->node = node;
    q->room = room;
    return TG_OK;
}

static void
fill_hole(tg_events *q)
{
    if (q->hole) replay(q, q->free[q->frees - 1], NEVER);
    q->hole = false;
}

tg_status
tg_event_add(tg_events *q, double t, unsigned what, size_t who, tg_event *out)
{
    if (!(t >= 0)) return tg_fail(TG_EDOMAIN, "an event must be at a time >= 0, got %g", t);
    if (q->frees == 0) TG_TRY(grow(q));
    const uint32_t slot = q->free[--q->frees];

    q->hole = false;
    replay(q, slot, key_of(t, what, who, slot));
    *out = slot + 1;
    return TG_OK;
}

void
tg_event_cancel(tg_events *q, tg_event e)
{
    if (e == 0) return;
    fill_hole(q);
    replay(q, e - 1, NEVER);
    q->free[q->frees++] = e - 1;
}

double
tg_event_next(tg_events *q)
{
    fill_hole(q);
    return q->room > 0 && q->node[1] != NEVER ? time_of(q->node[1]) : INFINITY;
}

bool
tg_event_peek(tg_events *q, double *t, unsigned *what, size_t *who, tg_event *handle)
{
    fill_hole(q);
    if (q->room == 0 || q->node[1] == NEVER) return false;
    const key      k = q->node[1];
    const uint32_t rank = (uint32_t)((uint64_t)k >> 32);

    *t = time_of(k);
    *what = rank >> 28;
    *who = rank & TG_MOST_WHO;
    *handle = (uint32_t)k + 1;
    return true;
}

bool
tg_event_pop(tg_events *q, double *t, unsigned *what, size_t *who, tg_event *handle)
{
    if (!tg_event_peek(q, t, what, who, handle)) return false;
    q->free[q->frees++] = *handle - 1;
    q->hole = true;
    return true;
}

/* The second is one of those whom the first has beaten: it was in the last match half of the time, in
 * the one before a quarter. */
size_t
tg_events_ahead(const tg_events *q, uint32_t who[4])
{
    const int depth = __builtin_ctzll(q->room);
    size_t    n = 0, first = q->room + (uint32_t)q->node[1];

    for (int level = 1; level <= 4; level++) {
        const key k = q->node[first >> (depth - level) ^ 1];
        if (k != NEVER) who[n++] = (uint32_t)((uint64_t)k >> 32) & TG_MOST_WHO;
    }
    return n;
}
