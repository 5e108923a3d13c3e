#include "asgd/traces/groups.h"

#include "core/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With fewer cycles of a worker nothing can be told apart; with more workers speeds are
 * spread. */
enum { FEW_CYCLES = 8, MANY_WORKERS = 1000 };

static int
by_mean(const void *a, const void *b)
{
    const tg_trace_worker *x = a, *y = b;

    if (x->mean != y->mean) return x->mean < y->mean ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

/* Two-sample Kolmogorov-Smirnov distance of rising samples. */
static double
distance(const double *a, size_t n, const double *b, size_t m)
{
    double most = 0;

    for (size_t i = 0, j = 0; i < n && j < m;) {
        const double t = fmin(a[i], b[j]);
        while (i < n && a[i] <= t) i++;
        while (j < m && b[j] <= t) j++;
        most = fmax(most, fabs((double)i / (double)n - (double)j / (double)m));
    }
    return most;
}

/* Alike: the difference is not significant, or too small to matter: under a tenth in mean
 * and a quarter in distribution. `rising` has each worker's cycles, rising. */
static int
alike(const double *rising, const tg_trace_worker *a, const tg_trace_worker *b)
{
    const double na = (double)a->cycles, nb = (double)b->cycles,
                 d = distance(rising + a->first, a->cycles, rising + b->first, b->cycles);

    if (tg_kolmogorov_p(d, na * nb / (na + nb)) > 0.01) return 1;
    return d < 0.25 && b->mean < 1.1 * a->mean;
}

/* Mean distance of neighbours within groups, in logarithms of their means; 0 if every
 * worker is a group. */
static double
spacing(const tg_trace *t)
{
    double sum = 0;

    for (size_t i = 1; i < t->workers; i++)
        if (t->worker[i].group == t->worker[i - 1].group)
            sum += log(t->worker[i].mean / t->worker[i - 1].mean);
    return t->workers > t->groups ? sum / (double)(t->workers - t->groups) : 0;
}

/* Where speeds are spread continuously neighbours across a border are as near as others: no
 * border. */
static void
join(tg_trace *t)
{
    const double usual = spacing(t);
    size_t       before = 0, groups = 1;

    for (size_t i = 0; i < t->workers; i++) {
        const bool border = t->worker[i].group != before;
        before = t->worker[i].group;
        if (border && log(t->worker[i].mean / t->worker[i - 1].mean) > 10 * usual) groups++;
        t->worker[i].group = groups - 1;
    }
    t->groups = groups;
}

static void
cut(tg_trace *t, const double *rising)
{
    size_t first = 0;

    for (size_t i = 0; i < t->workers; i++) {
        if (!alike(rising, &t->worker[first], &t->worker[i])) {
            t->groups++;
            first = i;
        }
        t->worker[i].group = t->groups - 1;
    }
    join(t);
    if (t->groups <= TG_MOST_GROUPS) return;
    t->groups = 1;
    for (size_t i = 0; i < t->workers; i++) t->worker[i].group = 0;
}

tg_status
tg_groups_form(tg_trace *t)
{
    qsort(t->worker, t->workers, sizeof *t->worker, by_mean);
    t->groups = 1;
    if (t->workers > MANY_WORKERS || t->rows < FEW_CYCLES * t->workers) return TG_OK;
    double *rising = malloc(t->rows * sizeof *rising);
    if (!rising) return tg_fail(TG_ENOMEM, "out of memory");
    memcpy(rising, t->cycle, t->rows * sizeof *rising);
    for (size_t i = 0; i < t->workers; i++)
        qsort(rising + t->worker[i].first, t->worker[i].cycles, sizeof *rising,
              tg_trace_rising);
    cut(t, rising);
    free(rising);
    return TG_OK;
}
