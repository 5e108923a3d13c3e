#include "asgd/sim/replica.h"

#include "asgd/sim/replicas.h"
#include "core/parallel.h"

#include <math.h>

enum { LISTEN = 4096 /* events between looks at the stop flag */ };

/* A loss this many times the largest of its beginning (until every worker has delivered
 * twice or so) is counted as diverged, long before it overflows. */
static const double EXPLODED = 1e12;

/* A replica under way. */
typedef struct walk {
    tg_sim                 *sim;
    const tg_replica_grids *grids;
    tg_replica_room         room;
    tg_replica             *r;
    size_t                  i, k; /* grid points and cells filled */
    double                  scale, beginning;
    uint64_t                events;
} walk;

/* See the loss that holds from `now` on. */
static void
look(walk *w, double now, double loss)
{
    const uint64_t updates = tg_sim_updates(w->sim);

    if ((double)updates <= w->beginning) w->scale = fmax(w->scale, loss);
    if (updates == 0) w->r->began = now;
    if (!(loss <= EXPLODED * w->scale) || isinf(loss))
        w->r->diverged_at = fmin(w->r->diverged_at, now);
    if (loss <= w->grids->target && isinf(w->r->hit)) {
        w->r->hit = now;
        w->r->hit_gradients = (double)tg_sim_ledger(w->sim).gradients;
    }
}

/* ---- metrics ------------------------------------------------------------------------- */

static const tg_metric_kind *
metric(const walk *w, size_t m)
{
    return (const tg_metric_kind *)w->room.plan->list[m];
}

static void
metrics_begin(const walk *w)
{
    for (size_t m = 0; w->room.metric && w->room.metric[m]; m++)
        if (metric(w, m)->begin) metric(w, m)->begin(w->room.plan, w->room.metric[m]);
}

static void
metrics_see(void *context, const tg_sim *s, const tg_job *job, tg_fate fate)
{
    const walk *w = context;

    for (size_t m = 0; w->room.metric[m]; m++)
        if (metric(w, m)->see)
            metric(w, m)->see(w->room.plan, w->room.metric[m], s, job, fate);
}

static void
metrics_look(const walk *w, size_t i)
{
    for (size_t m = 0; w->room.metric && w->room.metric[m]; m++)
        if (metric(w, m)->look)
            metric(w, m)->look(w->room.plan, w->room.metric[m], w->sim, i);
}

static void
metrics_finish(const walk *w)
{
    for (size_t m = 0; w->room.metric && w->room.metric[m]; m++)
        if (metric(w, m)->finish)
            metric(w, m)->finish(w->room.plan, w->room.metric[m], w->sim);
}

/* ---- the way ------------------------------------------------------------------------- */

/* Between deliveries the loss is constant: grid times before the next one get it. */
static void
fill(walk *w, double next, double loss)
{
    const tg_replica_grids *g = w->grids;

    while (w->k < g->cells && g->cell[w->k] < next) w->room.own[w->k++] = loss;
    for (; w->i < g->points && g->t[w->i] < next; w->i++) {
        w->room.loss[w->i] = loss;
        metrics_look(w, w->i);
    }
}

/* The next event, and every so often a look at the stop flag. */
static tg_status
advance(walk *w)
{
    tg_happening h;

    TG_TRY(tg_sim_advance(w->sim, &h));
    if (h.what == TG_DELIVERS)
        w->room.staleness[h.staleness < TG_STALENESS_BINS ? h.staleness
                                                          : TG_STALENESS_BINS - 1]++;
    return ++w->events % LISTEN == 0 ? tg_stop_check() : TG_OK;
}

/* The loss is known after every delivery. */
static tg_status
follow(walk *w)
{
    double loss = tg_sim_loss(w->sim), now = 0;

    for (;;) {
        const double next = tg_sim_next(w->sim);
        look(w, now, loss);
        if (isfinite(w->r->diverged_at)) return TG_OK;
        fill(w, next, loss);
        if (next > w->grids->horizon) return TG_OK;
        TG_TRY(advance(w));
        now = next;
        loss = tg_sim_loss(w->sim);
    }
}

/* A loss that costs a pass over the data is asked for at grid times only; what is found out
 * of it rests on the cells. */
static tg_status
follow_dear(walk *w)
{
    const tg_replica_grids *g = w->grids;

    for (;;) {
        const double next = tg_sim_next(w->sim);
        const bool   own = w->k < g->cells && g->cell[w->k] < next;
        if (own || (w->i < g->points && g->t[w->i] < next)) {
            const double loss = tg_sim_loss(w->sim);
            TG_TRY(tg_stop_check()); /* which may have cut it short */
            if (own) look(w, g->cell[w->k], loss);
            if (isfinite(w->r->diverged_at)) return TG_OK;
            fill(w, next, loss);
            TG_TRY(tg_stop_check());
        }
        if (next > g->horizon) return TG_OK;
        TG_TRY(advance(w));
    }
}

/* Mean loss over each quarter of the horizon, by the trapezium rule on the cells; a cell counts for
 * a quarter by what it has of it. */
static void
fill_quarters(const tg_replica_grids *g, const double *own, double quarter[4])
{
    const double length = g->horizon / 4;
    size_t       k = 1;

    for (int q = 0; q < 4; q++) {
        const double begin = q * length, end = (q + 1) * length;
        quarter[q] = 0;
        for (; k < g->cells; k++) {
            const double low = fmax(g->cell[k - 1], begin), high = fmin(g->cell[k], end);
            quarter[q] += (own[k - 1] + own[k]) / 2 * (high - low) / length;
            if (g->cell[k] >= end) break;
        }
    }
}

tg_status
tg_replica_run(const tg_setup *setup, uint64_t index, const tg_replica_grids *grids,
               const tg_replica_room *room, tg_replica *out)
{
    tg_setup   bounded = *setup;
    tg_replica r = { .hit = INFINITY, .hit_gradients = INFINITY, .diverged_at = INFINITY };
    walk       w = { .grids = grids,
                     .room = *room,
                     .r = &r,
                     .beginning = 2 * (double)setup->cluster->workers };

    bounded.horizon = grids->horizon;
    TG_TRY(tg_sim_create(&bounded, index, &w.sim));
    metrics_begin(&w);
    if (room->metric) tg_sim_watch(w.sim, metrics_see, &w);
    const tg_status status =
        setup->problem->kind->cheap_loss ? follow(&w) : follow_dear(&w);
    metrics_finish(&w);
    r.ledger = tg_sim_ledger(w.sim);
    if (isfinite(r.diverged_at)) tg_sim_sick(w.sim, r.sick, sizeof r.sick);
    r.stalled = tg_sim_stalled(w.sim, &r.stalled_worker);
    if (r.ledger.updates == 0) r.began = grids->horizon;
    tg_sim_free(w.sim);
    TG_TRY(status);
    while (w.k < grids->cells) room->own[w.k++] = INFINITY; /* diverged */
    while (w.i < grids->points) room->loss[w.i++] = INFINITY;
    fill_quarters(grids, room->own, r.quarter);
    *out = r;
    return TG_OK;
}
