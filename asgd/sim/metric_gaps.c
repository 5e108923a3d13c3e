/* metric_gaps: how the times between two arrivals at the server are distributed, beside a Poisson
 * process of the same rate
 *
 * Many independent workers together tend to a Poisson process whatever the law of each (Palm 1943,
 * Khinchin 1960), which the stochastic equations take for granted; few do not. Gaps are counted in
 * buckets, PER_OCTAVE to each factor of two between 2^-SPAN and 2^SPAN [time].
 */
#include "asgd/sim/metric.h"

#include <math.h>
#include <stdint.h>

enum { PER_OCTAVE = 8, SPAN = 60 };
enum { BUCKETS = 2 * SPAN * PER_OCTAVE + 1 }; /* the first takes what is smaller */
static const double LEAST = 0.01, MOST = 16;  /* of the mean gap: what is shown */

typedef struct gaps {
    uint64_t seen;              /* gaps */
    double   sum, square, last; /* of gaps; time of the last arrival, < 0: none yet */
    uint64_t count[BUCKETS];
} gaps;

static size_t
room(const tg_metric_plan *p)
{
    (void)p;
    return sizeof(gaps);
}

static void
begin(const tg_metric_plan *p, void *room_)
{
    (void)p;
    ((gaps *)room_)->last = -1;
}

static void
see(const tg_metric_plan *p, void *room_, const tg_sim *s, const tg_job *job, tg_fate fate)
{
    gaps        *r = room_;
    const double now = tg_sim_now(s), gap = now - r->last;

    (void)p;
    (void)job;
    if (!tg_fate_delivered(fate)) return;
    if (r->last >= 0) {
        const double at = gap > 0 ? (log2(gap) + SPAN) * PER_OCTAVE + 1 : 0;
        r->count[(size_t)fmin(fmax(at, 0), BUCKETS - 1)]++;
        r->seen++;
        r->sum += gap;
        r->square += gap * gap;
    }
    r->last = now;
}

static void
merge(const tg_metric_plan *p, void *into, const void *one)
{
    gaps       *a = into;
    const gaps *b = one;

    (void)p;
    a->seen += b->seen;
    a->sum += b->sum;
    a->square += b->square;
    for (size_t k = 0; k < BUCKETS; k++) a->count[k] += b->count[k];
}

static const tg_column column[] = {
    { "gap", "", "time from one arrival to the next, over its mean", false },
    { "share", "", "of the gaps that are no longer", false },
    { "poisson", "", "the same of a Poisson process", false },
    { "cv", "", "standard deviation of the gaps over their mean; Poisson: 1", false },
};

/* At the upper edges of the buckets, where the count is exact. */
static tg_status
report(const tg_metric_plan *p, const void *room_, tg_table *out)
{
    const gaps  *r = room_;
    const double n = (double)r->seen, mean = r->sum / n;
    const double cv = sqrt(fmax(r->square / n - mean * mean, 0)) / mean;
    double       sum = 0;

    (void)p;
    for (size_t k = 0; k < BUCKETS && r->seen > 0; k++) {
        const double gap = exp2((double)k / PER_OCTAVE - SPAN) / mean;
        sum += (double)r->count[k];
        if (!(gap >= LEAST && gap <= MOST)) continue;
        TG_TRY(tg_table_add(out, (tg_cell[]){ TG_NUMBER(gap), TG_NUMBER(sum / n),
                                              TG_NUMBER(-expm1(-gap)), TG_NUMBER(cv) }));
    }
    return TG_OK;
}

const tg_metric_kind tg_metric_gaps = {
    .is = { "gaps", "times between arrivals, beside a Poisson process", "", NULL },
    .room = room,
    .begin = begin,
    .see = see,
    .merge = merge,
    .column = column,
    .columns = sizeof column / sizeof *column,
    .report = report,
};
