/* empirical: each of n observed times with probability 1/n
 *
 *     phi(s) = (1/n) sum_i e^{-s t_i}
 *
 * Long traces are also kept as panels, exact for |s| up to their reach; beyond it, term by
 * term.
 */
#include "core/complexes.h"
#include "core/file.h"
#include "core/law.h"
#include "core/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_TRACE = 256 };

static const tg_delay_param params[] = {
    { "file", "", "CSV file of observed times", 0, 0, 0, 0, TG_DELAY_WORD },
    { "column", "", "name of the column [time]", 0, 0, 0, 0, TG_DELAY_WORD },
    { "group", "", "take the rows whose column group reads so", 0, 0, 1, 0, TG_DELAY_WORD }
};

static int
ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static tg_status
prepare(tg_delay *d)
{
    double m1 = 0, m2 = 0, m3 = 0;

    for (size_t i = 0; i < d->n; i++)
        if (!(d->x[i] >= 0 && d->x[i] <= LAW_LONGEST))
            return tg_fail(TG_EDOMAIN, "a time must be >= 0 and <= %g, got %g", LAW_LONGEST,
                           d->x[i]);
    qsort(d->x, d->n, sizeof *d->x, ascending);
    for (size_t i = 0; i < d->n; i++) m1 += d->x[i] / (double)d->n;
    for (size_t i = 0; i < d->n; i++) {
        const double x = d->x[i] - m1;
        m2 += x * x / (double)d->n;
        m3 += x * x * x / (double)d->n;
    }
    d->mean = m1;
    d->variance = m2;
    d->third = m3;
    d->low = d->x[0];
    d->high = d->x[d->n - 1];
    d->panelled = d->n >= LONG_TRACE && d->high > d->low;
    return TG_OK;
}

static tg_status
measure(tg_delay *d)
{
    return d->panelled ? tg_panels_times_create(d->x, d->n, &d->panels) : TG_OK;
}

tg_status
tg_delay_empirical(const double *times, size_t n, tg_delay **out)
{
    tg_delay *d;

    if (n == 0) return tg_fail(TG_EDOMAIN, "an empirical law needs at least one time");
    TG_TRY(tg_law_begin(&tg_law_empirical, n, &d));
    memcpy(d->x, times, n * sizeof *times);
    return tg_law_finish(d, out);
}

/* The law remembers the file and column it came from. */
static tg_status
from_file(const tg_node *node, const tg_node *file, const tg_node *column,
          const tg_node *group, tg_delay **out)
{
    double   *times;
    size_t    n;
    tg_delay *d = NULL;
    char     *path = tg_path_beside(node->source, file->text);

    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status =
        tg_table_read_times(path, column->text, group ? group->text : NULL, &times, &n);
    free(path);
    if (status != TG_OK) return status;
    status = tg_law_begin(&tg_law_empirical, n, &d);
    if (status == TG_OK) {
        memcpy(d->x, times, n * sizeof *times);
        if (!(d->text = tg_node_print(node))) status = tg_fail(TG_ENOMEM, "out of memory");
        if (status == TG_OK)
            status = tg_law_finish(d, out);
        else
            tg_delay_free(d);
    }
    free(times);
    return status == TG_OK ? TG_OK : tg_law_fail_at(file, status);
}

static tg_status
read_law(const tg_node *node, tg_delay **out)
{
    const tg_node *file = tg_node_find(node, "file"),
                  *column = tg_node_find(node, "column"),
                  *group = tg_node_find(node, "group");

    if (!file || file->type != TG_NODE_SCALAR || !column || column->type != TG_NODE_SCALAR)
        return tg_node_fail(node, "the law \"empirical\" needs the keys file and column");
    if (group && group->type != TG_NODE_SCALAR)
        return tg_node_fail(group, "the law \"empirical\": group: expected a word");
    return from_file(node, file, column, group, out);
}

static double
sample(const tg_delay *d, tg_rng *g)
{
    return d->x[tg_rng_below(g, d->n)];
}

static double
pdf(const tg_delay *d, double t)
{
    (void)d, (void)t;
    return 0;
}

static double
cdf(const tg_delay *d, double t)
{
    size_t low = 0, high = d->n; /* x[i] <= t for i < low, x[i] > t for i >= high */

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (d->x[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return (double)low / (double)d->n;
}

static double
quantile(const tg_delay *d, double p)
{
    const double i = ceil(p * (double)d->n) - 1;

    return d->x[i < 0 ? 0 : (size_t)i < d->n ? (size_t)i : d->n - 1];
}

static double complex
laplace(const tg_delay *d, double complex s, double complex *derivative)
{
    double complex phi = 0, slope = 0;

    if (d->panelled && tg_law_measured(d) &&
        abs_squared(s) <= tg_panels_reach(d->panels) * tg_panels_reach(d->panels))
        return tg_panels_laplace(d->panels, s, derivative);
    for (size_t i = 0; i < d->n; i++) {
        const double complex term = exponential(-d->x[i] * s);
        phi += term;
        slope -= d->x[i] * term;
    }
    if (derivative) *derivative = slope / (double)d->n;
    return phi / (double)d->n;
}

const tg_delay_kind tg_law_empirical = { .name = "empirical",
                                         .also = "trace data log histogram observed",
                                         .doc = "file (CSV), column [time], group",
                                         .params = params,
                                         .count = 3,
                                         .read = read_law,
                                         .prepare = prepare,
                                         .measure = measure,
                                         .sample = sample,
                                         .pdf = pdf,
                                         .cdf = cdf,
                                         .quantile = quantile,
                                         .laplace = laplace,
                                         .costly = true };
