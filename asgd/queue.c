#include "asgd/queue.h"

#include <math.h>
#include <stdlib.h>

typedef struct entry {
    double time;
    size_t index;
} entry;

/* Leaves are entries 0 .. leaves-1, a power of two, padded with times that never come.
 * Inner node i holds the loser of the match between its children 2i and 2i+1. */
struct tg_queue {
    size_t leaves;
    entry  winner;
    entry  loser[]; /* (leaves), [0] unused */
};

static int
before(entry a, entry b)
{
    return a.time < b.time || (a.time == b.time && a.index < b.index);
}

/* Play all matches below a node; returns the winner. */
static entry
play(tg_queue *q, size_t node, size_t n, const double *times)
{
    if (node >= q->leaves) {
        const size_t i = node - q->leaves;
        return (entry){ i < n ? times[i] : INFINITY, i };
    }
    const entry a = play(q, 2 * node, n, times), b = play(q, 2 * node + 1, n, times);
    q->loser[node] = before(a, b) ? b : a;
    return before(a, b) ? a : b;
}

tg_status
tg_queue_create(size_t n, const double *times, tg_queue **out)
{
    size_t leaves = 1;

    while (leaves < n) leaves *= 2;
    tg_queue *q = malloc(sizeof *q + leaves * sizeof *q->loser);
    if (!q) return tg_fail(TG_ENOMEM, "out of memory");
    q->leaves = leaves;
    q->winner = play(q, 1, n, times);
    *out = q;
    return TG_OK;
}

void
tg_queue_free(tg_queue *q)
{
    free(q);
}

size_t
tg_queue_first(const tg_queue *q)
{
    return q->winner.index;
}

double
tg_queue_time(const tg_queue *q)
{
    return q->winner.time;
}

/* Climb from the winner's leaf; at each node the better of the two goes on. */
void
tg_queue_reschedule(tg_queue *q, double time)
{
    entry best = { time, q->winner.index };

    for (size_t node = (best.index + q->leaves) / 2; node > 0; node /= 2) {
        const entry other = q->loser[node];
        const int   lost = before(other, best);
        q->loser[node] = lost ? best : other;
        best = lost ? other : best;
    }
    q->winner = best;
}
