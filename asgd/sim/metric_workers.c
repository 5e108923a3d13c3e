/* metric_workers: what each worker did, and how stale what it sent was
 *
 * The model delay of a delivery is its staleness in updates. The data delay of a worker at a
 * delivery of anybody's is how many updates its latest applied gradient is old, counted from
 * the model it was computed at; its mean is over updates.
 */
#include "asgd/sim/metric.h"

#include <math.h>

/* Sums over replicas. */
typedef struct worker {
    uint64_t delivered, applied, aborted, skipped, longest;
    double   staleness, busy; /* sum over deliveries; time at work on jobs that ended */
    double   queue;           /* sum over grid times of the jobs that wait for it */
    double   data;            /* sum over updates of the age of its latest gradient */
    uint64_t read, since,
        seen; /* of that gradient: its version; updates when it came; 1: there is one */
} worker;

typedef struct workers {
    uint64_t replicas, updates;
    worker   of[]; /* (workers) */
} workers;

static size_t
room(const tg_metric_plan *p)
{
    return sizeof(workers) + p->workers * sizeof(worker);
}

static void
begin(const tg_metric_plan *p, void *room_)
{
    workers *r = room_;

    for (size_t w = 0; w < p->workers; w++) r->of[w].seen = 0;
}

/* Ages at updates since + 1 .. now of a gradient of version `read`, added up: they rise by one at
 * each. */
static double
ages(uint64_t since, uint64_t now, uint64_t read)
{
    const double n = (double)(now - since);

    return n * ((double)since - (double)read) + n * (n + 1) / 2;
}

static void
account(worker *w, uint64_t now)
{
    if (w->seen) w->data += ages(w->since, now, w->read);
    w->since = now;
}

static void
see(const tg_metric_plan *p, void *room_, const tg_sim *s, const tg_job *job, tg_fate fate)
{
    workers       *r = room_;
    worker        *w = &r->of[job->worker];
    const uint64_t now = tg_sim_updates(s);

    (void)p;
    if (job->stage >= TG_COMPUTES)
        w->busy += fmin(job->finished, tg_sim_now(s)) - job->began;
    w->aborted += fate == TG_ABORTED;
    w->skipped += fate == TG_SKIPPED;
    if (!tg_fate_delivered(fate)) return;
    const uint64_t stale = tg_sim_stale(s);
    w->delivered++;
    w->staleness += (double)stale;
    if (stale > w->longest) w->longest = stale;
    if (fate == TG_DROPPED) return;
    w->applied++;
    account(w, now);
    w->read = job->read;
    w->seen = 1;
}

static void
look(const tg_metric_plan *p, void *room_, tg_sim *s, size_t i)
{
    workers *r = room_;

    (void)i;
    for (size_t w = 0; w < p->workers; w++) r->of[w].queue += (double)tg_sim_queue(s, w);
}

static void
finish(const tg_metric_plan *p, void *room_, const tg_sim *s)
{
    workers *r = room_;

    for (size_t w = 0; w < p->workers; w++) account(&r->of[w], tg_sim_updates(s));
    r->replicas++;
    r->updates += tg_sim_updates(s);
}

static void
merge(const tg_metric_plan *p, void *into, const void *one)
{
    workers       *a = into;
    const workers *b = one;

    a->replicas += b->replicas;
    a->updates += b->updates;
    for (size_t w = 0; w < p->workers; w++) {
        worker       *x = &a->of[w];
        const worker *y = &b->of[w];
        x->delivered += y->delivered;
        x->applied += y->applied;
        x->aborted += y->aborted;
        x->skipped += y->skipped;
        x->longest = y->longest > x->longest ? y->longest : x->longest;
        x->staleness += y->staleness;
        x->busy += y->busy;
        x->queue += y->queue;
        x->data += y->data;
    }
}

static const tg_column column[] = {
    { "worker", "", "from 0", false },
    { "delivered", "", "results, a replica", false },
    { "applied", "", "of these", false },
    { "aborted", "", "jobs ended before they were delivered, a replica", false },
    { "skipped", "", "results that were not worth sending, a replica", false },
    { "busy", "", "share of the time at work on jobs that came to an end", false },
    { "queue", "", "jobs that wait for it, mean over the times of the grid", false },
    { "model_delay", "updates", "mean staleness of what it delivered", false },
    { "largest_delay", "updates", "the largest", false },
    { "data_delay", "updates", "mean age of its latest gradient, over updates", false },
};

static tg_status
report(const tg_metric_plan *p, const void *room_, tg_table *out)
{
    const workers *r = room_;
    const double   n = (double)r->replicas;

    for (size_t i = 0; i < p->workers; i++) {
        const worker *w = &r->of[i];
        TG_TRY(tg_table_add(
            out,
            (tg_cell[]){
                TG_NUMBER((double)i), TG_NUMBER((double)w->delivered / n),
                TG_NUMBER((double)w->applied / n), TG_NUMBER((double)w->aborted / n),
                TG_NUMBER((double)w->skipped / n), TG_NUMBER(w->busy / (n * p->horizon)),
                TG_NUMBER(w->queue / (n * (double)p->points)),
                TG_NUMBER(w->staleness / (double)w->delivered),
                TG_NUMBER((double)w->longest), TG_NUMBER(w->data / (double)r->updates) }));
    }
    return TG_OK;
}

const tg_metric_kind tg_metric_workers = {
    .is = { "workers", "what each worker did, and how stale it was", "", NULL },
    .room = room,
    .begin = begin,
    .see = see,
    .look = look,
    .finish = finish,
    .merge = merge,
    .column = column,
    .columns = sizeof column / sizeof *column,
    .report = report,
};
