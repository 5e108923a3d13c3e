/* region_limits: the loop gains at which mean square and single runs are lost, over a grid
 *
 * They depend on the cluster alone, not on the step, and are smooth in its settings. So they
 * are found where the cluster differs, with cubics between their logarithms: along an axis that alone
 * changes it at as many nodes as the cubics need to meet what is found half way between two; where
 * both do, at nodes evenly between.
 */
#include "asgd/theory/predict_hits.h"
#include "core/parallel.h"
#include "study/region.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 5, SQUARE_BOTH = 12, SINGLE_BOTH = 5 }; /* nodes along an axis */
static const double EFFORT = 0.25; /* of single runs: their error is then about .6 % */
static const double SQUARE_MEETS = 2e-4, SINGLE_MEETS = 0.02; /* three of these errors */

/* The nodes of an axis, rising. Cubics see numbers of workers by their logarithm, a node where they are
 * whole, as its cluster is; all else by index. */
typedef struct line {
    const tg_axis *axis;
    size_t        *at; /* (n) indices of the axis; room for all */
    double        *u;  /* (n) where they lie */
    size_t         n;
} line;

typedef struct nodes {
    const tg_chart_region *region;
    bool                   single;
    line                   x, y;
    double *log; /* (y, x) logarithm of the mean square's limit, or of the single run's over
                    that; NaN: none */
} nodes;

static double
lies(const tg_axis *a, size_t index, bool node)
{
    const double value = tg_axis_value(a, index);

    if (!tg_axis_is_workers(a)) return (double)index;
    return log(fmax(node ? round(value) : value, 1));
}

static void
line_close(line *l)
{
    free(l->at);
    free(l->u);
}

/* About `count` nodes evenly over an axis, no two the same; one where nothing changes along it. */
static tg_status
line_open(const tg_axis *a, bool changes, size_t count, line *out)
{
    const size_t last = changes ? a->values.count - 1 : 0;
    const double low = lies(a, 0, true), high = lies(a, last, true);
    line         l = { .axis = a, .n = 1 };

    l.at = calloc(last + 1, sizeof *l.at);
    l.u = calloc(last + 1, sizeof *l.u);
    *out = l;
    if (!l.at || !l.u) return tg_fail(TG_ENOMEM, "out of memory");
    l.u[0] = low;
    for (size_t i = 1; i <= last; i++) {
        const double u = lies(a, i, true);
        const double due = low + (high - low) * (double)l.n / (double)(count - 1);
        if (!(u > l.u[l.n - 1]) || (u < due - 1e-9 && i < last)) continue;
        l.at[l.n] = i;
        l.u[l.n++] = u;
    }
    out->n = l.n;
    return TG_OK;
}

/* ---- one node ------------------------------------------------------------------------ */

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
    nodes                 *n = context;
    const tg_chart_region *r = n->region;
    const double           x = tg_axis_value(&r->x, n->x.at[index % n->x.n]);
    const double           y = tg_axis_value(&r->y, n->y.at[index / n->x.n]);
    const tg_algorithm    *rule;
    tg_cluster            *c = NULL;
    double                 found = NAN;

    (void)thread;
    TG_TRY(tg_stop_check());
    TG_TRY(tg_chart_region_cluster(r, x, y, &c));
    tg_status status = tg_study_rule(r->study, r->algorithm, &rule);
    if (status == TG_OK) status = limit_of(c, rule, n->single, &found);
    tg_cluster_free(c);
    n->log[index] = status == TG_OK ? found : (double)NAN;
    return tg_scene_is_of_one_row(status) ? TG_OK : status;
}

/* ---- between nodes ------------------------------------------------------------------- */

/* Lagrange's cubic at u through four of the nodes around it; a line where one of them is not finite. */
static double
between(const line *l, const double *f, double u)
{
    size_t k = 0, width = l->n < 4 ? l->n : 4;
    double sum = 0;

    while (k + 2 < l->n && l->u[k + 1] <= u) k++;
    size_t first = k > 0 ? k - 1 : 0;
    if (first + width > l->n) first = l->n - width;
    for (size_t i = first; i < first + width; i++)
        if (!isfinite(f[i])) width = 0;
    if (width == 0) {
        first = k;
        width = l->n < 2 ? 1 : 2;
    }
    for (size_t i = first; i < first + width; i++) {
        double weight = 1;
        for (size_t o = first; o < first + width; o++)
            if (o != i) weight *= (u - l->u[o]) / (l->u[i] - l->u[o]);
        if (weight != 0) sum += weight * f[i];
    }
    return sum;
}

static tg_status
spread_out(const nodes *n, double *limit)
{
    const tg_chart_region *r = n->region;
    const size_t           nx = r->x.values.count, ny = r->y.values.count;
    double                *row = malloc((nx * n->y.n + n->y.n) * sizeof *row);
    double                *column = row ? row + nx * n->y.n : NULL;

    if (!row) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < nx; i++) {
        const double u = lies(&r->x, i, false);
        for (size_t k = 0; k < n->y.n; k++)
            row[k * nx + i] = between(&n->x, n->log + k * n->x.n, u);
    }
    for (size_t j = 0; j < ny; j++) {
        const double u = lies(&r->y, j, false);
        for (size_t i = 0; i < nx; i++) {
            for (size_t k = 0; k < n->y.n; k++) column[k] = row[k * nx + i];
            limit[j * nx + i] = exp(n->y.n == 1 ? column[0] : between(&n->y, column, u)) *
                                (n->single ? r->square[j * nx + i] : 1);
        }
    }
    free(row);
    return TG_OK;
}

/* ---- along one axis ------------------------------------------------------------------ */

/* The nodes of one axis while they are laid. */
typedef struct laying {
    nodes *n;
    line  *line; /* n->x or n->y */
    bool *
        open; /* (values) whether the way from a node to the next is still to be looked at */
    bool   *far;   /* (values) whether the cubic missed what was found half way */
    line    half;  /* the nodes half way */
    double *found; /* (values) at these */
} laying;

static void
halve(laying *l)
{
    const line *w = l->line;

    l->half.n = 0;
    for (size_t i = 0; i + 1 < w->n; i++) {
        const size_t middle = (w->at[i] + w->at[i + 1]) / 2;
        const double u = lies(w->axis, middle, true);
        if (!l->open[i] || !(u > w->u[i]) || !(u < w->u[i + 1])) continue;
        l->half.at[l->half.n] = middle;
        l->half.u[l->half.n++] = u;
    }
}

/* Whether the cubic meets what was found; two places without a limit agree. */
static bool
meets(bool single, double cubic, double found)
{
    if (isnan(found) || isinf(found)) return isnan(cubic) == isnan(found) || cubic == found;
    return fabs(cubic - found) <= (single ? SINGLE_MEETS : SQUARE_MEETS);
}

/* Take in what was found half way: where the cubic met it both halves are done. */
static void
take_in(laying *l)
{
    line   *w = l->line;
    double *f = l->n->log;

    for (size_t i = 0; i < l->half.n; i++)
        l->far[i] = !meets(l->n->single, between(w, f, l->half.u[i]), l->found[i]);
    for (size_t i = l->half.n; i-- > 0;) {
        size_t k = w->n++;
        for (; w->at[k - 1] > l->half.at[i]; k--) {
            w->at[k] = w->at[k - 1];
            w->u[k] = w->u[k - 1];
            f[k] = f[k - 1];
            l->open[k] = l->open[k - 1];
        }
        w->at[k] = l->half.at[i];
        w->u[k] = l->half.u[i];
        f[k] = l->found[i];
        l->open[k] = l->open[k - 1] = l->far[i];
    }
}

/* Solve the nodes half way. */
static tg_status
find(const laying *l, size_t threads)
{
    nodes half = *l->n;

    half.log = l->found;
    *(l->line == &l->n->x ? &half.x : &half.y) = l->half;
    return tg_parallel_run(l->half.n, threads, fill_node, &half, NULL);
}

static tg_status
lay(laying *l, size_t threads)
{
    tg_status status;

    for (size_t i = 0; i < l->line->n; i++) l->open[i] = true;
    status = tg_parallel_run(l->line->n, threads, fill_node, l->n, NULL);
    for (halve(l); status == TG_OK && l->half.n > 0; halve(l)) {
        status = find(l, threads);
        if (status == TG_OK) take_in(l);
    }
    return status;
}

static tg_status
lay_along(nodes *n, bool x, size_t threads)
{
    line        *w = x ? &n->x : &n->y;
    const size_t all = w->axis->values.count;
    bool        *flags = calloc(2 * all, sizeof *flags);
    laying    l = { .n = n, .line = w, .open = flags, .far = flags ? flags + all : NULL };
    tg_status status = line_open(w->axis, true, FIRST, &l.half); /* room for all */

    l.found = malloc(all * sizeof *l.found);
    if (status == TG_OK && (!flags || !l.found))
        status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = lay(&l, threads);
    line_close(&l.half);
    free(flags);
    free(l.found);
    return status;
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

/* ---- the grid ------------------------------------------------------------------------ */

static tg_status
solve(nodes *n, bool x, bool y, size_t threads, double *limit)
{
    const size_t both = n->single ? SINGLE_BOTH : SQUARE_BOTH,
                 count = x && y ? both : FIRST;
    const size_t all = n->region->x.values.count + n->region->y.values.count;

    TG_TRY(line_open(&n->region->x, x, count, &n->x));
    TG_TRY(line_open(&n->region->y, y, count, &n->y));
    n->log = malloc((all + n->x.n * n->y.n) * sizeof *n->log);
    if (!n->log) return tg_fail(TG_ENOMEM, "out of memory");
    if (x != y)
        TG_TRY(lay_along(n, x, threads));
    else
        TG_TRY(tg_parallel_run(n->x.n * n->y.n, threads, fill_node, n, NULL));
    return spread_out(n, limit);
}

tg_status
tg_chart_region_limits(tg_chart_region *r, size_t threads, bool single, double *limit)
{
    nodes n = { .region = r, .single = single };
    bool  x, y;

    TG_TRY(differ(r, r->x.values.count - 1, 0, &x));
    TG_TRY(differ(r, 0, r->y.values.count - 1, &y));
    const tg_status status = solve(&n, x, y, threads, limit);
    line_close(&n.x);
    line_close(&n.y);
    free(n.log);
    return status;
}
