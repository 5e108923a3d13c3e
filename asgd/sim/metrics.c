#include "asgd/sim/metric.h"

#include <stdlib.h>

const tg_kind *const tg_metrics[] = { &tg_metric_workers.is, &tg_metric_progress.is,
                                      &tg_metric_spread.is, &tg_metric_gaps.is, NULL };

const tg_kind *const tg_metrics_coherent[] = {
    &tg_metric_workers.is, &tg_metric_progress.is,  &tg_metric_spread.is,
    &tg_metric_gaps.is,    &tg_metric_coherence.is, NULL
};

static const tg_metric_kind *
kind(const tg_metric_plan *p, size_t m)
{
    return (const tg_metric_kind *)p->list[m];
}

double
tg_metrics_bytes(const tg_metric_plan *p)
{
    double sum = 0;

    for (size_t m = 0; p->list[m]; m++) sum += (double)kind(p, m)->room(p);
    return sum;
}

tg_status
tg_metrics_create(const tg_metric_plan *p, void ***out)
{
    size_t n = 0;

    while (p->list[n]) n++;
    void **room = calloc(n + 1, sizeof *room);
    bool   whole = room;
    for (size_t m = 0; whole && m < n; m++) {
        const size_t bytes = kind(p, m)->room(p);
        whole = (room[m] = calloc(1, bytes > 0 ? bytes : 1)) != NULL;
    }
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
    for (size_t m = 0; room && room[m]; m++) free(room[m]);
    free(room);
}

void
tg_metrics_merge(const tg_metric_plan *p, void *const *into, void *const *one)
{
    for (size_t m = 0; p->list[m]; m++) kind(p, m)->merge(p, into[m], one[m]);
}
