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
} grid;

static tg_status
solve_cell(const grid *g, size_t i, size_t j)
{
    const tg_chart_plan *p = g->plan;
    tg_loop              l;

    TG_TRY(p->loop(tg_chart_value(&p->x, i), tg_chart_value(&p->y, j), p->context, &l));
    return solve(&l, &g->cell[j * p->x.count + i]);
}

/* A wrong root was followed: redo the cells since the last ones that were counted. */
static tg_status
redo_around(grid *g, size_t i, size_t j, size_t stride)
{
    const size_t left = i > stride ? i - stride : 0, low = j > stride ? j - stride : 0;

    for (size_t v = low; v <= j; v++)
        for (size_t u = left; u <= i; u++) TG_TRY(solve_cell(g, u, v));
    return TG_OK;
}

static tg_status
loop_at(const tg_chart_plan *p, size_t i, size_t j, tg_loop *l)
{
    return p->loop(tg_chart_value(&p->x, i), tg_chart_value(&p->y, j), p->context, l);
}

/* Cell i has a root right of where phi ends though its neighbour to the left was taken to
 * have none: follow it back over the cells that were not counted. */
static tg_status
walk_back(grid *g, size_t i, size_t j)
{
    tg_chart_cell *row = g->cell + j * g->plan->x.count;

    while (i-- > 0 && !row[i].exponential) {
        tg_loop       l;
        tg_chart_cell now;
        TG_TRY(loop_at(g->plan, i, j, &l));
        if (creep(&l, root_of(&row[i + 1]), tg_loop_edge(&l), &now) != ARRIVED) break;
        row[i] = now;
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

static tg_status
fill_cell(grid *g, const tg_loop *l, size_t i, size_t j)
{
    tg_chart_cell *row = g->cell + j * g->plan->x.count;
    const size_t   stride = g->plan->proof ? g->plan->proof : 8;
    const int      count = i % stride == 0 && j % stride == 0;
    const double   edge = tg_loop_edge(l);
    double complex guess = 0;
    passage        way = LOST;

    if (i > 0 && !row[i - 1].exponential)
        return continue_without(g, l, i, j, edge, i % stride == 0);
    if (predict(row, i, &guess)) way = creep(l, guess, edge, &row[i]);
    if (way == BEYOND) return continue_without(g, l, i, j, edge, 1);
    if (way == ARRIVED && !count) return TG_OK;
    g->proved++;
    if (way == ARRIVED && rightmost_is(l, &row[i])) return TG_OK;
    if (way == ARRIVED) TG_TRY(redo_around(g, i, j, stride));
    if (i > 0 && leap(l, &row[i - 1], edge, &row[i])) return TG_OK;
    return solve(l, &row[i]);
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
    const double         y = tg_chart_value(&p->y, j);
    batch                t = { .instant = NAN };

    for (size_t i = 0; i < p->x.count; i++) {
        tg_loop l;
        TG_TRY(p->loop(value_at(&p->x, i), y, p->context, &l));
        const int taken = take(&t, &l, i);
        if (t.count && (!taken || t.count == BATCH)) settle(g, &t, row);
        if (!taken) TG_TRY(fill_cell(g, &l, i, j));
    }
    if (t.count) settle(g, &t, row);
    return TG_OK;
}

tg_status
tg_chart_grid(const tg_chart_plan *plan, tg_chart_cell *cell, size_t *proved)
{
    grid g = { plan, cell, 0 };

    TG_TRY(check_axis(&plan->x, "x"));
    TG_TRY(check_axis(&plan->y, "y"));
    for (size_t j = 0; j < plan->y.count; j++) TG_TRY(fill_row(&g, j));
    if (proved) *proved = g.proved;
    return TG_OK;
}
