#include "asgd/sim/batch.h"

#include <math.h>
#include <stdlib.h>

/* Where the parts of a block begin [bytes]. */
typedef struct layout {
    size_t replica, loss, sum, staleness, metrics, end;
} layout;

static size_t
aligned(size_t bytes)
{
    return (bytes + 15) / 16 * 16;
}

static size_t
room_of(const tg_metric_plan *p, size_t m)
{
    return aligned(((const tg_metric_kind *)p->list[m])->room(p));
}

static layout
lay_out(const tg_replica_grids *g, const tg_metric_plan *metrics, size_t room)
{
    layout at = { .replica = 16 };

    at.loss = at.replica + aligned(room * sizeof(tg_replica));
    at.sum = at.loss + aligned(g->points * sizeof(tg_stats));
    at.staleness = at.sum + aligned(g->cells * sizeof(double));
    at.metrics = at.staleness + TG_STALENESS_BINS * sizeof(uint64_t);
    at.end = at.metrics;
    for (size_t m = 0; metrics && metrics->list[m]; m++) at.end += room_of(metrics, m);
    return at;
}

double
tg_batch_bytes(const tg_replica_grids *grids, const tg_metric_plan *metrics, size_t room)
{
    return (double)lay_out(grids, metrics, room).end;
}

/* One pointer for each metric's room in the block. */
static tg_status
open_metrics(tg_batch *b, const tg_metric_plan *metrics, size_t at)
{
    size_t n = 0;

    while (metrics->list[n]) n++;
    if (!(b->metric = calloc(n + 1, sizeof *b->metric)))
        return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t m = 0; m < n; at += room_of(metrics, m++))
        b->metric[m] = (char *)b->block + at;
    return TG_OK;
}

tg_status
tg_batch_create(const tg_replica_grids *grids, const tg_metric_plan *metrics, size_t room,
                tg_batch *out)
{
    const layout at = lay_out(grids, metrics, room);
    char        *block = calloc(1, at.end);

    *out = (tg_batch){ .block = block, .bytes = at.end };
    if (!block) return tg_fail(TG_ENOMEM, "out of memory");
    out->count = (void *)block;
    out->replica = (void *)(block + at.replica);
    out->loss = (void *)(block + at.loss);
    out->sum = (void *)(block + at.sum);
    out->staleness = (void *)(block + at.staleness);
    return metrics ? open_metrics(out, metrics, at.metrics) : TG_OK;
}

void
tg_batch_clear(tg_batch *b)
{
    free(b->block);
    free(b->metric);
    *b = (tg_batch){ 0 };
}

tg_status
tg_batch_run(tg_batch *b, const tg_setup *setup, size_t index,
             const tg_replica_grids *grids, const tg_metric_plan *metrics, double *loss,
             double *own)
{
    const tg_replica_room room = { loss, own, b->staleness, metrics, b->metric };

    TG_TRY(tg_replica_run(setup, index, grids, &room, &b->replica[*b->count]));
    for (size_t k = 0; k < grids->cells; k++) b->sum[k] += own[k];
    for (size_t i = 0; i < grids->points; i++) tg_stats_add(&b->loss[i], loss[i]);
    ++*b->count;
    return TG_OK;
}
