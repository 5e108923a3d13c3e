/* region_limits: the loop gains at which mean square and single runs are lost, over a grid
 *
 * They depend on the cluster alone, not on the step, and are smooth in its settings. So they
 * are found where the cluster differs: along an axis that changes it at every point up to a
 * number, else at points evenly between, with cubics between their logarithms.
 */
#include "asgd/theory/predict_hits.h"
#include "core/parallel.h"
#include "study/region.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Points along an axis: it alone changes the cluster, both do. */
enum { SQUARE_ALONE = 64, SQUARE_BOTH = 12, SINGLE_ALONE = 12, SINGLE_BOTH = 5 };
static const double EFFORT = 0.25; /* of single runs: their error is then about .6 % */

typedef struct nodes {
    tg_chart_region *region;
    bool             single;
    size_t           nx, ny;
    double
        *log; /* (ny, nx) logarithm of the mean square's limit, or of the single run's over
                    that; NaN: none */
} nodes;

/* Place of node i of n along an axis, in its index. */
static double
place(const tg_axis *a, size_t n, size_t i)
{
    if (n == a->values.count || n == 1) return (double)i;
    return round((double)i * (double)(a->values.count - 1) / (double)(n - 1));
}

/* A single run is lost no sooner than the mean square (theory 3.9); where the two are one, as of
 * constant times, its standard error may put it before. */
static tg_status
limit_of(const tg_cluster *c, const tg_algorithm *rule, bool single, double *logarithm)
{
    double step, gain, error;

    TG_TRY(tg_predict_step_square(1, c, rule, &step));
    const double square = step * (double)c->workers;
    *logarithm = log(square);
    if (!single) return TG_OK;
    TG_TRY(tg_predict_single(c, rule, square, EFFORT, &gain, &error));
    *logarithm = isinf(square) ? 0 : log(gain / square);
    return TG_OK;
}

static tg_status
fill_node(size_t index, size_t thread, void *context)
{
    nodes           *n = context;
    tg_chart_region *r = n->region;
    const double     x = tg_axis_value(&r->x, (size_t)place(&r->x, n->nx, index % n->nx));
    const double     y = tg_axis_value(&r->y, (size_t)place(&r->y, n->ny, index / n->nx));
    const tg_algorithm *rule;
    tg_cluster         *c = NULL;
    double              found = NAN;

    (void)thread;
    TG_TRY(tg_stop_check());
    TG_TRY(tg_chart_region_cluster(r, x, y, &c));
    tg_status status = tg_study_rule(r->study, r->algorithm, &rule);
    if (status == TG_OK) status = limit_of(c, rule, n->single, &found);
    tg_cluster_free(c);
    n->log[index] = status == TG_OK ? found : (double)NAN;
    return tg_scene_is_of_one_row(status) ? TG_OK : status;
}

/* Whether two places of the chart have different clusters. */
static tg_status
differ(const tg_chart_region *r, size_t i, size_t j, bool *yes)
{
    tg_cluster *a = NULL, *b = NULL;

    TG_TRY(
        tg_chart_region_cluster(r, tg_axis_value(&r->x, 0), tg_axis_value(&r->y, 0), &a));
    tg_status status =
        tg_chart_region_cluster(r, tg_axis_value(&r->x, i), tg_axis_value(&r->y, j), &b);
    if (status == TG_OK) {
        *yes = a->together != b->together;
        for (size_t g = 0; g < a->groups; g++)
            *yes = *yes || a->count[g] != b->count[g] ||
                   strcmp(tg_delay_text(a->law[g]), tg_delay_text(b->law[g])) != 0;
    }
    tg_cluster_free(a);
    tg_cluster_free(b);
    return status;
}

/* Lagrange's cubic through four of the n nodes around index u; a line where one of them is not
 * finite. */
static double
between(const tg_axis *a, const double *f, size_t n, double u)
{
    size_t k = 0, width = n < 4 ? n : 4;
    double sum = 0;

    while (k + 2 < n && place(a, n, k + 1) <= u) k++;
    size_t first = k > 0 ? k - 1 : 0;
    if (first + width > n) first = n - width;
    for (size_t i = first; i < first + width; i++)
        if (!isfinite(f[i])) width = 0;
    if (width == 0) {
        first = k;
        width = n < 2 ? 1 : 2;
    }
    for (size_t i = first; i < first + width; i++) {
        double weight = 1;
        for (size_t l = first; l < first + width; l++)
            if (l != i) weight *= (u - place(a, n, l)) / (place(a, n, i) - place(a, n, l));
        if (weight != 0) sum += weight * f[i];
    }
    return sum;
}

static tg_status
spread_out(const nodes *n, double *limit)
{
    const tg_chart_region *r = n->region;
    const size_t           nx = r->x.values.count;
    double                *column = malloc(n->ny * sizeof *column);

    if (!column) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < nx; i++) {
        for (size_t j = 0; j < n->ny; j++)
            column[j] = between(&r->x, n->log + j * n->nx, n->nx, (double)i);
        for (size_t j = 0; j < r->y.values.count; j++)
            limit[j * nx + i] = exp(between(&r->y, column, n->ny, (double)j)) *
                                (n->single ? r->square[j * nx + i] : 1);
    }
    free(column);
    return TG_OK;
}

static size_t
nodes_along(const tg_axis *a, bool changes, bool both, bool single)
{
    const size_t most =
        single ? (both ? SINGLE_BOTH : SINGLE_ALONE) : (both ? SQUARE_BOTH : SQUARE_ALONE);

    if (!changes) return 1;
    return a->values.count < most ? a->values.count : most;
}

tg_status
tg_chart_region_limits(tg_chart_region *r, size_t threads, bool single, double *limit)
{
    nodes n = { .region = r, .single = single };
    bool  x, y;

    TG_TRY(differ(r, r->x.values.count - 1, 0, &x));
    TG_TRY(differ(r, 0, r->y.values.count - 1, &y));
    n.nx = nodes_along(&r->x, x, x && y, single);
    n.ny = nodes_along(&r->y, y, x && y, single);
    if (!(n.log = malloc(n.nx * n.ny * sizeof *n.log)))
        return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = tg_parallel_run(n.nx * n.ny, threads, fill_node, &n, NULL);
    if (status == TG_OK) status = spread_out(&n, limit);
    free(n.log);
    return status;
}
