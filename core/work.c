#include "core/work.h"

#include "core/parallel.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Blocks that took less time than this are not worth a record [s]. */
static const double LEAST_KEPT = 0.01;

struct tg_queue {
    const tg_work *work;
    tg_share       share;
    size_t         count;
    uint32_t      *stage;  /* (stages) dearest first, to a part in 256 */
    uint32_t      *before; /* (stages) blocks of the share in those that come earlier */
};

/* ---- the share of a list --------------------------------------------------------------- */

/* Numbers below `end` that belong to a share. */
static size_t
below(tg_share s, size_t end)
{
    return end > s.part ? (end - s.part - 1) / s.parts + 1 : 0;
}

static size_t
in_stage(const tg_work *w, tg_share share, size_t stage)
{
    return below(share, (stage + 1) * w->each) - below(share, stage * w->each);
}

size_t
tg_work_blocks(const tg_work *w, tg_share share)
{
    return below(share, w->stages * w->each);
}

double
tg_work_seconds(const tg_work *w, tg_share share)
{
    double sum = 0;

    for (size_t s = 0; w->cost && s < w->stages; s++)
        sum += w->cost[s] * (double)in_stage(w, share, s);
    return sum;
}

/* ---- dearest first --------------------------------------------------------------------- */

enum { RANKS = 1 << 20 };

/* Costs that differ by less than a part in 256 may share one; the dearer the later. */
static size_t
rank_of(double cost)
{
    uint64_t bits;

    memcpy(&bits, &cost, sizeof bits);
    return (size_t)(bits >> 44);
}

/* By counting: stages of one rank keep their order. */
static tg_status
sort(const double *cost, size_t n, uint32_t *stage)
{
    uint32_t *place = calloc(RANKS, sizeof *place), sum = 0;

    if (!place) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t s = 0; s < n; s++) place[rank_of(cost[s])]++;
    for (size_t r = RANKS; r-- > 0;) {
        const uint32_t count = place[r];
        place[r] = sum;
        sum += count;
    }
    for (size_t s = 0; s < n; s++) stage[place[rank_of(cost[s])]++] = (uint32_t)s;
    free(place);
    return TG_OK;
}

tg_status
tg_queue_create(const tg_work *w, tg_share share, tg_queue **out)
{
    tg_queue *q = calloc(1, sizeof *q);

    if (q) {
        *q = (tg_queue){ .work = w, .share = share, .count = tg_work_blocks(w, share) };
        q->stage = malloc((w->stages + 1) * sizeof *q->stage);
        q->before = malloc((w->stages + 1) * sizeof *q->before);
    }
    tg_status status =
        q && q->stage && q->before ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    for (size_t s = 0; status == TG_OK && s < w->stages; s++) q->stage[s] = (uint32_t)s;
    if (status == TG_OK && w->cost) status = sort(w->cost, w->stages, q->stage);
    if (status != TG_OK) {
        tg_queue_free(q);
        return status;
    }
    size_t sum = 0;
    for (size_t s = 0; s < w->stages; s++) {
        q->before[s] = (uint32_t)sum;
        sum += in_stage(w, share, q->stage[s]);
    }
    *out = q;
    return TG_OK;
}

void
tg_queue_free(tg_queue *q)
{
    if (!q) return;
    free(q->stage);
    free(q->before);
    free(q);
}

size_t
tg_queue_count(const tg_queue *q)
{
    return q->count;
}

/* The last stage before which there are no more than index, by halving. */
size_t
tg_queue_number(const tg_queue *q, size_t index)
{
    size_t low = 0, high = q->work->stages;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (q->before[middle] <= index)
            low = middle;
        else
            high = middle;
    }
    const size_t earlier = below(q->share, q->stage[low] * q->work->each);
    return q->share.part + q->share.parts * (earlier + index - q->before[low]);
}

/* ---- computing it ---------------------------------------------------------------------- */

typedef struct run {
    const tg_work  *work;
    const tg_queue *queue;
    tg_progress    *progress;
    tg_records     *records;
} run;

static tg_status
compute(size_t index, size_t thread, void *context)
{
    const run   *a = context;
    const size_t number = tg_queue_number(a->queue, index);
    void        *data = NULL;
    size_t       size = 0;
    tg_status    status = TG_OK;

    (void)thread;
    if (!tg_records_has(a->records, number, &size)) {
        status = a->work->block(number, a->work->context, &data, &size);
        if (status == TG_OK) status = tg_records_add(a->records, number, data, size);
        free(data);
    }
    if (status == TG_OK) tg_progress_tick(a->progress);
    return status;
}

tg_status
tg_work_run(const tg_work *w, tg_share share, size_t threads, tg_progress *progress,
            tg_records *records)
{
    tg_queue *queue = NULL;

    TG_TRY(tg_queue_create(w, share, &queue));
    run             a = { w, queue, progress, records };
    const tg_status status =
        tg_parallel_run(tg_queue_count(queue), threads, compute, &a, NULL);
    tg_queue_free(queue);
    return status;
}

/* ---- beside a computation ------------------------------------------------------------- */

double
tg_work_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

tg_status
tg_work_keep(tg_records *r, size_t number, const void *data, size_t size, double since)
{
    if (!r || tg_work_clock() - since < LEAST_KEPT) return TG_OK;
    const tg_status kept = tg_records_add(r, number, data, size);
    return kept == TG_ENOMEM ? kept : TG_OK;
}
