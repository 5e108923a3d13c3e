#include "study/batches.h"

#include <math.h>

tg_stats
tg_batches_mean(const tg_batches *c)
{
    tg_stats s = { 0 };

    for (size_t i = 0; i < c->n; i++)
        if (isfinite(c->batches[i])) tg_stats_add(&s, c->batches[i]);
    return s;
}

double
tg_batches_unseen(double batches, double spacing)
{
    return batches * spacing / sqrt(12);
}

tg_batches_ratio
tg_batches_beside(const tg_batches *y, const tg_batches *x, double spacing)
{
    const tg_stats a = tg_batches_mean(y), b = tg_batches_mean(x);
    tg_stats       rest = { 0 };

    if (b.n < x->n || x->n != y->n) return (tg_batches_ratio){ NAN, NAN };
    if (a.n < y->n) return (tg_batches_ratio){ INFINITY, INFINITY };
    const double r = a.mean / b.mean;
    for (size_t i = 0; i < y->n; i++)
        tg_stats_add(&rest, y->batches[i] - r * x->batches[i]);
    const double looks = sqrt(2) * tg_batches_unseen(r, spacing);
    return (tg_batches_ratio){ r, hypot(tg_stats_error(&rest) / b.mean, looks) };
}
