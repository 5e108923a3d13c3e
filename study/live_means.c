/* live_means: what was measured of a real run, with standard errors by batches */
#include "study/live.h"

#include <math.h>
#include <stdlib.h>

enum { BATCHES = 16, FEWEST = 4 /* deliveries of a batch */ };

static tg_live_mean
mean_of(const double batch[BATCHES])
{
    const tg_stats s = tg_stats_of(batch, BATCHES);

    return (tg_live_mean){ s.mean, tg_stats_error(&s) };
}

tg_live_mean
tg_live_rate(const tg_live *run, double from, double to)
{
    double batch[BATCHES] = { 0 }, n = 0;

    for (size_t i = 0; i < run->jobs; i++) {
        const tg_live_job *j = &run->job[i];
        if (!tg_fate_delivered(j->fate) || j->ended < from || !(j->ended < to)) continue;
        const double at = (j->ended - from) / (to - from) * BATCHES;
        batch[at < BATCHES ? (size_t)at : BATCHES - 1] += BATCHES / (to - from);
        n++;
    }
    const tg_live_mean m = mean_of(batch);
    return n < BATCHES * FEWEST ? (tg_live_mean){ m.mean, NAN } : m;
}

/* Mean of f over deliveries, its batches consecutive ones. */
static tg_live_mean
over_deliveries(const tg_live *run, double (*f)(const tg_live_job *j, double level),
                double         level)
{
    const uint64_t all = run->ledger.delivered;
    double         batch[BATCHES] = { 0 }, sum = 0;
    uint64_t       n = 0;

    for (size_t i = 0; i < run->jobs; i++) {
        const tg_live_job *j = &run->job[i];
        if (!tg_fate_delivered(j->fate)) continue;
        sum += f(j, level);
        const size_t at = (size_t)(n++ * BATCHES / all);
        batch[at] += f(j, level) * BATCHES / (double)all;
    }
    const double mean = sum / (double)n;
    if (all < BATCHES * FEWEST) return (tg_live_mean){ mean, NAN };
    return (tg_live_mean){ mean, mean_of(batch).error };
}

static double
staleness(const tg_live_job *j, double level)
{
    (void)level;
    return (double)j->staleness;
}

static double
is_no_staler(const tg_live_job *j, double level)
{
    return (double)j->staleness <= level;
}

tg_live_mean
tg_live_staleness(const tg_live *run)
{
    return over_deliveries(run, staleness, 0);
}

tg_live_mean
tg_live_no_staler(const tg_live *run, double most)
{
    return over_deliveries(run, is_no_staler, most);
}

double
tg_live_end(const tg_living *l)
{
    const size_t n = l->run->points;

    return n ? l->plan.horizon * (double)(n - 1) / (double)(l->plan.points - 1) : 0;
}

double
tg_live_late_loss(const tg_living *l)
{
    const tg_live *run = l->run;
    const size_t   last = run->points - 1, first = last / 2;
    double         sum = 0;

    if (run->points < 3) return NAN;
    for (size_t i = first; i < last; i++)
        sum += (run->point[i].loss + run->point[i + 1].loss) / 2;
    return sum / (double)(last - first);
}

double
tg_live_overhead(const tg_live *run, double *of)
{
    double overhead = 0;

    *of = 0;
    for (size_t w = 0; w < run->workers; w++) {
        const tg_live_worker *at = &run->worker[w];
        overhead += at->waiting + at->serving;
        *of += at->computing + at->slept + at->waiting + at->serving;
    }
    return overhead;
}

double
tg_live_processor(const tg_live *run)
{
    double had = 0, work = 0;

    for (size_t w = 0; w < run->workers; w++) {
        had += run->worker[w].processor;
        work += run->worker[w].computing + run->worker[w].serving;
    }
    return fmin(had / work, 1);
}
