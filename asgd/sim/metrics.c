#include "asgd/sim/metric.h"

#include <stdlib.h>

const tg_kind *const tg_metrics[] = { &tg_metric_workers.is, &tg_metric_progress.is, NULL };

enum { METRICS = sizeof tg_metrics / sizeof *tg_metrics - 1 };

static const tg_metric_kind *
kind(size_t m)
{
    return (const tg_metric_kind *)tg_metrics[m];
}

double
tg_metrics_bytes(const tg_metric_plan *p)
{
    double sum = 0;

    for (size_t m = 0; m < METRICS; m++) sum += (double)kind(m)->room(p);
    return sum;
}

tg_status
tg_metrics_create(const tg_metric_plan *p, void ***out)
{
    void **room = calloc(METRICS, sizeof *room);
    bool   whole = room;

    for (size_t m = 0; whole && m < METRICS; m++)
        whole = (room[m] = calloc(1, kind(m)->room(p))) != NULL;
    if (!whole) {
        tg_metrics_free(room);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    *out = room;
    return TG_OK;
}

void
tg_metrics_free(void **room)
{
    for (size_t m = 0; room && m < METRICS; m++) free(room[m]);
    free(room);
}

void
tg_metrics_merge(const tg_metric_plan *p, void *const *into, void *const *one)
{
    for (size_t m = 0; m < METRICS; m++) kind(m)->merge(p, into[m], one[m]);
}
