/* metric_spread: how far the loss of single runs lies around its mean: quantiles over replicas
 *
 * Losses are counted in buckets, PER_OCTAVE to each factor of two between 2^-LOW and 2^HIGH, so that a
 * quantile is right to 2^(1 / (2 PER_OCTAVE)), 4.4 %, in bounded memory: at no more than MOST points of
 * the grid. A run that has left the finite range is above all others.
 */
#include "asgd/sim/metric.h"

#include <math.h>
#include <stdint.h>

enum { PER_OCTAVE = 8, LOW = 44, HIGH = 20, MOST = 121 };
/* The first bucket takes what is smaller, the last what is larger. */
enum { BUCKETS = (LOW + HIGH) * PER_OCTAVE + 2 };

typedef struct spread {
    uint64_t runs;
    uint32_t count[][BUCKETS]; /* (shown) */
} spread;

/* Every how many points of the grid it looks; how many it sees. */
static size_t
stride(const tg_metric_plan *p)
{
    return (p->points + MOST - 1) / MOST;
}

static size_t
shown(const tg_metric_plan *p)
{
    return (p->points + stride(p) - 1) / stride(p);
}

static size_t
room(const tg_metric_plan *p)
{
    return sizeof(spread) + shown(p) * sizeof(uint32_t[BUCKETS]);
}

static void
begin(const tg_metric_plan *p, void *room_)
{
    (void)p;
    ((spread *)room_)->runs++;
}

static size_t
bucket_of(double loss)
{
    if (!(loss < ldexp(1, HIGH))) return BUCKETS - 1;
    if (!(loss >= ldexp(1, -LOW))) return 0;
    const double at = (log2(loss) + LOW) * PER_OCTAVE;
    return 1 + (size_t)fmin(fmax(at, 0), BUCKETS - 3);
}

static void
look(const tg_metric_plan *p, void *room_, tg_sim *s, size_t i)
{
    spread *r = room_;

    if (i % stride(p) == 0) r->count[i / stride(p)][bucket_of(tg_sim_loss(s))]++;
}

static void
merge(const tg_metric_plan *p, void *into, const void *one)
{
    spread       *a = into;
    const spread *b = one;

    a->runs += b->runs;
    for (size_t i = 0; i < shown(p); i++)
        for (size_t k = 0; k < BUCKETS; k++) a->count[i][k] += b->count[i][k];
}

/* The loss that a share of the runs do not exceed: the middle of the bucket, in the logarithm. Runs
 * that are not counted have diverged. */
static double
quantile(const spread *r, size_t i, double share)
{
    const double rank = share * (double)r->runs;
    double       seen = 0;

    for (size_t k = 0; k < BUCKETS - 1; k++) {
        seen += r->count[i][k];
        if (seen >= rank && seen > 0)
            return k == 0 ? 0 : exp2(((double)k - 0.5) / PER_OCTAVE - LOW);
    }
    return INFINITY;
}

static const tg_column column[] = {
    { "t", "time", "", false },
    { "low", "loss", "of a tenth of the runs it is lower", false },
    { "median", "loss", "of half of them", false },
    { "high", "loss", "of nine tenths", false },
};

static tg_status
report(const tg_metric_plan *p, const void *room_, tg_table *out)
{
    const spread *r = room_;

    for (size_t i = 0; i < shown(p); i++)
        TG_TRY(tg_table_add(out, (tg_cell[]){ TG_NUMBER(p->t[i * stride(p)]),
                                              TG_NUMBER(quantile(r, i, 0.1)),
                                              TG_NUMBER(quantile(r, i, 0.5)),
                                              TG_NUMBER(quantile(r, i, 0.9)) }));
    return TG_OK;
}

const tg_metric_kind tg_metric_spread = {
    .is = { "spread", "quantiles of the loss of single runs in time", "", NULL },
    .room = room,
    .begin = begin,
    .look = look,
    .merge = merge,
    .column = column,
    .columns = sizeof column / sizeof *column,
    .report = report,
};
