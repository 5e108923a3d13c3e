#include "asgd/sim/event.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Times are >= 0, so their bits are in their order; below them what, who and the slot. */
__extension__ typedef unsigned __int128 key;

struct tg_events {
    key      *heap; /* (room) [0] .. [n - 1]; a family's four children share a cache line */
    void     *block;
    uint8_t  *dead; /* (room) by slot */
    uint32_t *free; /* (frees) slots to be used again */
    size_t    n, room, frees, cancelled;
    bool      hole; /* heap[0] was taken and its place not yet filled */
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
    free(q->block);
    free(q->dead);
    free(q->free);
    free(q);
}

static uint32_t
slot_of(key k)
{
    return (uint32_t)k;
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

/* Children of i are 4 i + 1 .. 4 i + 4; heap[1] begins a cache line. */
static tg_status
grow(tg_events *q)
{
    const size_t room = q->room ? 2 * q->room : 60;
    char        *block = tg_memory_wide((room + 4) * sizeof(key));
    uint8_t     *dead = realloc(q->dead, room);
    if (dead) q->dead = dead;
    uint32_t *slots = realloc(q->free, room * sizeof *slots);
    if (slots) q->free = slots;

    if (!block || !dead || !slots) {
        free(block);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    key *heap = (key *)(void *)(block + 48);
    if (q->n > 0) memcpy(heap, q->heap, q->n * sizeof *heap);
    free(q->block);
    q->block = block;
    q->heap = heap;
    for (size_t i = room; i-- > q->room;) q->free[q->frees++] = (uint32_t)i;
    q->room = room;
    return TG_OK;
}

static void
sift_up(key *heap, size_t i, key k)
{
    for (; i > 0 && k < heap[(i - 1) / 4]; i = (i - 1) / 4) heap[i] = heap[(i - 1) / 4];
    heap[i] = k;
}

/* The least of four, without a branch. */
static size_t
least_child(const key *child)
{
    const size_t a = child[1] < child[0], b = 2 + (child[3] < child[2]);

    return child[b] < child[a] ? b : a;
}

/* From i down: the least child moves up all the way, then k goes up to where it belongs, which is
 * not far: what is new comes late (Wegener 1993). */
static void
sift_down(key *heap, size_t n, size_t top, key k)
{
    size_t i = top, first = 4 * i + 1;

    for (; first + 4 <= n; first = 4 * i + 1) {
        const size_t c = first + least_child(heap + first);
        heap[i] = heap[c];
        i = c;
    }
    if (first < n) {
        size_t c = first;
        for (size_t j = first + 1; j < n; j++)
            if (heap[j] < heap[c]) c = j;
        heap[i] = heap[c];
        i = c;
    }
    for (; i > top && k < heap[(i - 1) / 4]; i = (i - 1) / 4) heap[i] = heap[(i - 1) / 4];
    heap[i] = k;
}

static void
release(tg_events *q, key k)
{
    q->free[q->frees++] = slot_of(k);
}

static void
fill_hole(tg_events *q)
{
    if (!q->hole) return;
    q->hole = false;
    q->n--;
    if (q->n > 0) sift_down(q->heap, q->n, 0, q->heap[q->n]);
}

/* Until the first entry is to happen. */
static void
settle(tg_events *q)
{
    fill_hole(q);
    while (q->cancelled > 0 && q->n > 0 && q->dead[slot_of(q->heap[0])]) {
        q->cancelled--;
        release(q, q->heap[0]);
        q->hole = true;
        fill_hole(q);
    }
}

/* Throw out what was cancelled and make a heap of the rest (Floyd 1964). */
static void
sweep(tg_events *q)
{
    size_t left = 0;

    fill_hole(q);
    for (size_t i = 0; i < q->n; i++)
        if (q->dead[slot_of(q->heap[i])])
            release(q, q->heap[i]);
        else
            q->heap[left++] = q->heap[i];
    q->n = left;
    q->cancelled = 0;
    for (size_t i = left / 4 + 1; i-- > 0;)
        if (i < left) sift_down(q->heap, left, i, q->heap[i]);
}

tg_status
tg_event_add(tg_events *q, double t, unsigned what, size_t who, tg_event *out)
{
    if (!(t >= 0)) return tg_fail(TG_EDOMAIN, "an event must be at a time >= 0, got %g", t);
    if (q->frees == 0) TG_TRY(grow(q));
    const uint32_t slot = q->free[--q->frees];
    const key      k = key_of(t, what, who, slot);

    q->dead[slot] = 0;
    if (q->hole) {
        q->hole = false;
        sift_down(q->heap, q->n, 0, k);
    } else {
        q->n++;
        sift_up(q->heap, q->n - 1, k);
    }
    *out = slot + 1;
    return TG_OK;
}

void
tg_event_cancel(tg_events *q, tg_event e)
{
    if (e == 0) return;
    q->dead[e - 1] = 1;
    q->cancelled++;
    if (q->cancelled > 64 && 2 * q->cancelled > q->n) sweep(q);
}

double
tg_event_next(tg_events *q)
{
    settle(q);
    return q->n > 0 ? time_of(q->heap[0]) : INFINITY;
}

static inline bool
first(tg_events *q, double *t, unsigned *what, size_t *who, tg_event *handle)
{
    settle(q);
    if (q->n == 0) return false;
    const key      k = q->heap[0];
    const uint32_t rank = (uint32_t)((uint64_t)k >> 32);

    *t = time_of(k);
    *what = rank >> 28;
    *who = rank & TG_MOST_WHO;
    *handle = slot_of(k) + 1;
    return true;
}

bool
tg_event_peek(tg_events *q, double *t, unsigned *what, size_t *who, tg_event *handle)
{
    return first(q, t, what, who, handle);
}

bool
tg_event_pop(tg_events *q, double *t, unsigned *what, size_t *who, tg_event *handle)
{
    if (!first(q, t, what, who, handle)) return false;
    q->free[q->frees++] = *handle - 1;
    q->hole = true;
    return true;
}

size_t
tg_events_ahead(const tg_events *q, uint32_t who[4])
{
    size_t n = 0;

    for (size_t i = 1; i < 5 && i < q->n; i++)
        who[n++] = (uint32_t)((uint64_t)q->heap[i] >> 32) & TG_MOST_WHO;
    return n;
}
