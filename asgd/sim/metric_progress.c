/* metric_progress: loss, gradient and score against time, updates, gradients and what became of them */
#include "asgd/sim/metric.h"

#include "core/stats.h"

#include <math.h>

typedef struct point {
    tg_stats loss, norm, score, updates, gradients, applied, dropped, aborted, jobs, up,
        down;
} point;

enum { QUANTITIES = sizeof(point) / sizeof(tg_stats) };

static size_t
room(const tg_metric_plan *p)
{
    return p->points * sizeof(point);
}

static void
look(const tg_metric_plan *p, void *room_, tg_sim *s, size_t i)
{
    point          *at = (point *)room_ + i;
    const tg_ledger l = tg_sim_ledger(s);

    (void)p;
    tg_stats_add(&at->loss, tg_sim_loss(s));
    tg_stats_add(&at->norm, tg_sim_slope(s));
    tg_stats_add(&at->score, tg_sim_score(s));
    tg_stats_add(&at->updates, (double)l.updates);
    tg_stats_add(&at->gradients, (double)l.gradients);
    tg_stats_add(&at->applied, (double)l.applied);
    tg_stats_add(&at->dropped, (double)l.dropped);
    tg_stats_add(&at->aborted, (double)l.aborted);
    tg_stats_add(&at->jobs, (double)tg_sim_jobs(s));
    tg_stats_add(&at->up, l.bytes_up);
    tg_stats_add(&at->down, l.bytes_down);
}

static void
merge(const tg_metric_plan *p, void *into, const void *one)
{
    tg_stats       *a = into;
    const tg_stats *b = one;

    for (size_t i = 0; i < p->points * QUANTITIES; i++) tg_stats_merge(&a[i], &b[i]);
}

static const tg_column column[] = {
    { "t", "time", "", false },
    { "loss", "loss", "mean over replicas", false },
    { "loss_error", "loss", "its standard error", false },
    { "gradient", "loss/x", "norm of the exact gradient, mean; nan: the objective has none",
      false },
    { "gradient_error", "loss/x", "its standard error", false },
    { "score", "1", "of the model on data to test, mean; nan: there is none", false },
    { "score_error", "1", "its standard error", false },
    { "updates", "", "made so far, mean", false },
    { "gradients", "", "evaluated so far, mean", false },
    { "applied", "", "results used so far, mean", false },
    { "dropped", "", "results not used so far, mean", false },
    { "aborted", "", "jobs ended before they were delivered so far, mean", false },
    { "jobs", "", "on their way, mean", false },
    { "bytes_up", "bytes", "delivered over the uplink so far, mean", false },
    { "bytes_down", "bytes", "fetched over the downlink so far, mean", false },
};

static tg_status
report(const tg_metric_plan *p, const void *room_, tg_table *out)
{
    for (size_t i = 0; i < p->points; i++) {
        const point *at = (const point *)room_ + i;
        TG_TRY(tg_table_add(
            out,
            (tg_cell[]){ TG_NUMBER(p->t[i]), TG_NUMBER(at->loss.mean),
                         TG_NUMBER(tg_stats_error(&at->loss)), TG_NUMBER(at->norm.mean),
                         TG_NUMBER(tg_stats_error(&at->norm)), TG_NUMBER(at->score.mean),
                         TG_NUMBER(tg_stats_error(&at->score)), TG_NUMBER(at->updates.mean),
                         TG_NUMBER(at->gradients.mean), TG_NUMBER(at->applied.mean),
                         TG_NUMBER(at->dropped.mean), TG_NUMBER(at->aborted.mean),
                         TG_NUMBER(at->jobs.mean), TG_NUMBER(at->up.mean),
                         TG_NUMBER(at->down.mean) }));
    }
    return TG_OK;
}

const tg_metric_kind tg_metric_progress = {
    .is = { "progress", "loss and gradient against time, updates and gradients", "", NULL },
    .room = room,
    .look = look,
    .merge = merge,
    .column = column,
    .columns = sizeof column / sizeof *column,
    .report = report,
};
