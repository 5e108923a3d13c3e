#include "roots/chart.h"

#include "core/complexes.h"
#include "core/law.h"
#include "roots/bounds.h"
#include "roots/principal.h"

#include <math.h>

static inline double
value_at(const tg_chart_axis *a, size_t i)
{
    const double u = (double)i / (double)(a->count - 1);

    return a->logarithmic ? a->low * pow(a->high / a->low, u)
                          : a->low + u * (a->high - a->low);
}

double
tg_chart_value(const tg_chart_axis *axis, size_t i)
{
    return value_at(axis, i);
}

static tg_status
check_axis(const tg_chart_axis *a, const char *name)
{
    if (a->count < 2 || !isfinite(a->low) || !isfinite(a->high) || a->low == a->high)
        return tg_fail(TG_EDOMAIN, "axis %s needs two different ends and two values", name);
    if (a->logarithmic && !(a->low > 0 && a->high > 0))
        return tg_fail(TG_EDOMAIN, "logarithmic axis %s must be > 0", name);
    return TG_OK;
}

/* What became of a root that was followed to the next cell: found, left of where phi ends,
 * or not to be found this way. */
typedef enum passage { LOST, ARRIVED, BEYOND } passage;

static double complex
root_of(const tg_chart_cell *c)
{
    return complex_of(c->re, c->im);
}

/* Newton from a guess that neighbours gave: the step that is taken last squares an error
 * below 1e-6. Real guesses stay real, so a pair that meets or parts is left to others. */
static passage
creep(const tg_loop *l, double complex s, double edge, tg_chart_cell *out)
{
    for (int i = 0; i < 8; i++) {
        if (!(creal(s) > edge)) return BEYOND;
        double complex       slope;
        const double complex f = tg_loop_value(l, s, &slope);
        const double complex step = divide(f, slope);
        const double         size = abs_squared(step), whole = abs_squared(s);
        s -= step;
        if (!(size < whole)) return LOST;
        if (size > 1e-13 * whole) continue;
        *out = (tg_chart_cell){ creal(s), cimag(s), 1 };
        return !(creal(s) > edge) ? BEYOND : cimag(s) >= 0 ? ARRIVED : LOST;
    }
    return LOST;
}

static tg_status
solve(const tg_loop *l, tg_chart_cell *out)
{
    tg_rightmost r;

    TG_TRY(tg_loop_rightmost(l, &r));
    *out = (tg_chart_cell){ creal(r.s), fabs(cimag(r.s)), r.exponential };
    return TG_OK;
}

/* Quadratic, linear or constant continuation along a row; 0 if there is nothing to go by.
 */
static int
predict(const tg_chart_cell *row, size_t i, double complex *out)
{
    const size_t most = i < 3 ? i : 3;
    size_t       n = 0;

    while (n < most && row[i - 1 - n].exponential &&
           (row[i - 1 - n].im == 0) == (row[i - 1].im == 0))
        n++;
    if (n == 0) return 0;
    const double complex a = root_of(&row[i - 1]);
    if (n == 1) *out = a;
    if (n == 2) *out = 2 * a - root_of(&row[i - 2]);
    if (n == 3) *out = 3 * (a - root_of(&row[i - 2])) + root_of(&row[i - 3]);
    return 1;
}

static int
rightmost_is(const tg_loop *l, const tg_chart_cell *c)
{
    const double tiny = 1e-6 * (hypot(c->re, c->im) + 1e-3 * fabs(l->a));
    size_t       beyond = 1;

    return tg_count_right_of(l, c->re + tiny, &beyond, NULL) == TG_OK && beyond == 0;
}

/* Where two real roots part into a pair, or a pair becomes real: try both kinds nearby. */
static int
leap(const tg_loop *l, const tg_chart_cell *from, double edge, tg_chart_cell *out)
{
    static const double complex factor[] = { 1 - 0.1 * I, 1 - 0.5 * I, 0.9, 0.7, 1.2 };
    tg_chart_cell               best = { -INFINITY, 0, 0 }, now;

    for (size_t i = 0; i < sizeof factor / sizeof *factor; i++) {
        double complex guess = i < 2 ? root_of(from) * factor[i] : from->re * factor[i];
        if (cimag(guess) < 0) guess = conj(guess);
        if (creep(l, guess, edge, &now) == ARRIVED && now.re > best.re) best = now;
    }
    if (!best.exponential || !rightmost_is(l, &best)) return 0;
    *out = best;
    return 1;
}

typedef struct grid {
    const tg_chart_plan *plan;
    tg_chart_cell       *cell;
    size_t               proved;
    bool                 wrong; /* a wrong root was followed in this row */
    bool                 same;  /* the cell before has the root of the cell above it */
    tg_delay *law, *quick; /* a costly law that cells have; by tiles, once many have it */
    size_t    cells;       /* how many had it */
} grid;

enum { MANY = 64 };

static void
forget_law(grid *g)
{
    tg_delay_free(g->law);
    tg_delay_free(g->quick);
    g->law = g->quick = NULL;
    g->cells = 0;
}

/* A costly law of many cells has its transform by tiles. */
static tg_status
quicken(grid *g, tg_loop *l)
{
    if ((l->filter && l->filter != tg_filters[0]) || !tg_delay_costly(l->delay))
        return TG_OK;
    if (l->delay != g->law) {
        forget_law(g);
        g->law = tg_delay_keep(l->delay);
    }
    if (++g->cells < MANY) return TG_OK;
    if (!g->quick) TG_TRY(tg_law_tiled(g->law, &g->quick));
    l->delay = g->quick;
    return TG_OK;
}

static tg_status
loop_at(grid *g, size_t i, size_t j, tg_loop *l)
{
    const tg_chart_plan *p = g->plan;

    TG_TRY(p->loop(value_at(&p->x, i), value_at(&p->y, j), p->context, l));
    return quicken(g, l);
}

/* ---- where another root overtakes ------------------------------------------------------ */

static double
distance(const tg_chart_cell *a, const tg_chart_cell *b)
{
    return hypot(a->re - b->re, a->im - b->im);
}

/* Take the root that comes from a neighbour's, if it is further right. */
static bool
improve(const tg_loop *l, const tg_chart_cell *from, tg_chart_cell *cell, bool *same)
{
    tg_chart_cell now;
    const double  tiny = 1e-9 * hypot(cell->re, cell->im);

    *same = false;
    if (!from->exponential || creep(l, root_of(from), tg_loop_edge(l), &now) != ARRIVED)
        return false;
    *same = cell->exponential && distance(&now, cell) <= 1e3 * tiny;
    if (!(now.re > cell->re + tiny)) return false;
    *cell = now;
    return *same = true;
}

/* Back along the row, as far as the root of cell i is further right than those that were followed. */
static tg_status
walk_back(grid *g, size_t i, size_t j)
{
    tg_chart_cell *row = g->cell + j * g->plan->x.count;
    tg_loop        l;
    bool           same;

    while (i-- > 0) {
        TG_TRY(loop_at(g, i, j, &l));
        if (!improve(&l, &row[i + 1], &row[i], &same)) break;
    }
    return TG_OK;
}

/* The root that comes from above, where that is not known to be this one: which it is as long as they
 * part no faster than in the cell before. */
static tg_status
look_above(grid *g, const tg_loop *l, size_t i, size_t j)
{
    tg_chart_cell       *row = g->cell + j * g->plan->x.count;
    const tg_chart_cell *above = row - g->plan->x.count;

    if (i > 0 && g->same && row[i].exponential && above[i].exponential &&
        distance(&row[i], &above[i]) <= 1.5 * distance(&row[i - 1], &above[i - 1]))
        return TG_OK;
    return improve(l, &above[i], &row[i], &g->same) ? walk_back(g, i, j) : TG_OK;
}

/* In the rows above, after one that had followed a wrong root, up to the first that had not. */
static tg_status
mend_above(grid *g, size_t j)
{
    const size_t n = g->plan->x.count;
    bool         any = true, same;
    tg_loop      l;

    while (any && j-- > 0) {
        tg_chart_cell *row = g->cell + j * n;
        any = false;
        for (size_t i = 0; i < n; i++) {
            TG_TRY(loop_at(g, i, j, &l));
            any |= improve(&l, &row[n + i], &row[i], &same);
        }
    }
    return TG_OK;
}

/* No root right of where phi ends, as in the cell before; counted at every stride-th cell.
 */
static tg_status
continue_without(grid *g, const tg_loop *l, size_t i, size_t j, double edge, int count)
{
    tg_chart_cell *row = g->cell + j * g->plan->x.count;
    size_t         roots = 0;

    row[i] = (tg_chart_cell){ edge, 0, 0 };
    if (!count) return TG_OK;
    g->proved++;
    const tg_status status =
        tg_count_right_of(l, edge + (edge < 0 ? 1e-6 * fabs(edge) : 0), &roots, NULL);
    if (status == TG_OK && roots == 0) return TG_OK;
    TG_TRY(solve(l, &row[i]));
    return row[i].exponential ? walk_back(g, i, j) : TG_OK;
}

static size_t
stride_of(const grid *g)
{
    return g->plan->proof ? g->plan->proof : 8;
}

/* At every stride-th cell each way, and at the ends. */
static bool
is_counted(const grid *g, size_t i, size_t j)
{
    const tg_chart_plan *p = g->plan;

    return (i % stride_of(g) == 0 || i + 1 == p->x.count) &&
           (j % stride_of(g) == 0 || j + 1 == p->y.count);
}

static tg_status
find_root(grid *g, const tg_loop *l, size_t i, size_t j)
{
    tg_chart_cell *row = g->cell + j * g->plan->x.count;
    const double   edge = tg_loop_edge(l);
    double complex guess = 0;
    passage        way = LOST;

    if (i > 0 && !row[i - 1].exponential)
        return continue_without(g, l, i, j, edge, i % stride_of(g) == 0);
    if (predict(row, i, &guess)) way = creep(l, guess, edge, &row[i]);
    if (way == BEYOND) return continue_without(g, l, i, j, edge, 1);
    if (way == ARRIVED) return TG_OK;
    g->proved++;
    if (i > 0 && leap(l, &row[i - 1], edge, &row[i])) return TG_OK;
    return solve(l, &row[i]);
}

static tg_status
fill_cell(grid *g, const tg_loop *l, size_t i, size_t j)
{
    tg_chart_cell *cell = g->cell + j * g->plan->x.count + i;
    const size_t   before = g->proved;

    TG_TRY(find_root(g, l, i, j));
    if (j > 0) TG_TRY(look_above(g, l, i, j));
    if (!is_counted(g, i, j) || !cell->exponential || g->proved > before) return TG_OK;
    g->proved++;
    if (rightmost_is(l, cell)) return TG_OK;
    TG_TRY(solve(l, cell));
    g->wrong = true;
    return walk_back(g, i, j);
}

/* Cells of a row whose loops have one constant delay and nothing else, for which W_0 is the
 * rightmost root by itself: solved together. */
enum { BATCH = 128 };

typedef struct batch {
    size_t first, count;
    double k[BATCH], rate[BATCH], b[BATCH]; /* gain, 1/tau, instantaneous damping */
    double re[BATCH], im[BATCH];
    double tau, speed, instant, growth; /* 1/tau, e^{instant tau}: kept from cell to cell */
} batch;

static void
settle(grid *g, batch *t, tg_chart_cell *row)
{
    tg_principal_roots(TG_ISA_BEST, t->k, t->count, t->re, t->im);
    for (size_t i = 0; i < t->count; i++)
        row[t->first + i] =
            (tg_chart_cell){ t->re[i] * t->rate[i] - t->b[i], t->im[i] * t->rate[i], 1 };
    g->proved += t->count;
    t->count = 0;
}

/* Take cell i in, if it is of that kind and its root is not beside a double one. */
static int
take(batch *t, const tg_loop *l, size_t i)
{
    const double e = 2.71828182845904523536;

    if (l->delay->kind != &tg_law_constant || (l->filter && l->filter != tg_filters[0]) ||
        !(l->a > 0) || !(l->delay->p[0] > 0))
        return 0;
    if (!(l->b == t->instant && l->delay->p[0] == t->tau)) {
        t->instant = l->b;
        t->tau = l->delay->p[0];
        t->speed = 1 / t->tau;
        t->growth = exp(t->instant * t->tau);
    }
    const double k = l->a * t->tau * t->growth;
    if (!(fabs(t->instant * t->tau) < 300 && k > 1e-290 && k < 1e290) ||
        fabs(e * k - 1) < 3e-4)
        return 0;
    if (t->count == 0) t->first = i;
    t->k[t->count] = k;
    t->rate[t->count] = t->speed;
    t->b[t->count++] = l->b;
    return 1;
}

static tg_status
fill_row(grid *g, size_t j)
{
    const tg_chart_plan *p = g->plan;
    tg_chart_cell       *row = g->cell + j * p->x.count;
    batch                t = { .instant = NAN };

    g->wrong = g->same = false;
    for (size_t i = 0; i < p->x.count; i++) {
        tg_loop l;
        TG_TRY(loop_at(g, i, j, &l));
        const int taken = take(&t, &l, i);
        if (t.count && (!taken || t.count == BATCH)) settle(g, &t, row);
        if (!taken) TG_TRY(fill_cell(g, &l, i, j));
    }
    if (t.count) settle(g, &t, row);
    return g->wrong ? mend_above(g, j) : TG_OK;
}

tg_status
tg_chart_grid(const tg_chart_plan *plan, tg_chart_cell *cell, size_t *proved)
{
    grid g = { .plan = plan, .cell = cell };

    TG_TRY(check_axis(&plan->x, "x"));
    TG_TRY(check_axis(&plan->y, "y"));
    tg_status status = TG_OK;
    for (size_t j = 0; j < plan->y.count && status == TG_OK; j++) status = fill_row(&g, j);
    forget_law(&g);
    if (proved && status == TG_OK) *proved = g.proved;
    return status;
}
