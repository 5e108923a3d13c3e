#include "roots/chart.h"

#include "core/complexes.h"
#include "roots/bounds.h"

#include <math.h>
#include <string.h>

double
tg_chart_value(const tg_chart_axis *a, size_t i)
{
    const double u = (double)i / (double)(a->count - 1);

    return a->logarithmic ? a->low * pow(a->high / a->low, u)
                          : a->low + u * (a->high - a->low);
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

static double complex
root_of(const tg_chart_cell *c)
{
    return complex_of(c->re, c->im);
}

/* Newton from a guess that neighbours gave: the step that is taken last squares an error below
 * 1e-6. Real guesses stay real, so a pair that meets or parts is left to the full search. */
static int
creep(const tg_loop *l, double complex s, double edge, tg_chart_cell *out)
{
    for (int i = 0; i < 8; i++) {
        double complex       slope;
        const double complex f = tg_loop_value(l, s, &slope);
        const double complex step = divide(f, slope);
        const double         size = abs_squared(step), whole = abs_squared(s);
        s -= step;
        if (!(size < whole)) return 0;
        if (size > 1e-13 * whole) continue;
        *out = (tg_chart_cell){ creal(s), cimag(s), 1 };
        return creal(s) > edge && cimag(s) >= 0;
    }
    return 0;
}

static tg_status
solve(const tg_loop *l, tg_chart_cell *out)
{
    tg_rightmost r;

    TG_TRY(tg_loop_rightmost(l, &r));
    *out = (tg_chart_cell){ creal(r.s), fabs(cimag(r.s)), r.exponential };
    return TG_OK;
}

/* Quadratic, linear or constant continuation along a row; 0 if there is nothing to go by. */
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

/* The principal branch of Lambert's function is the rightmost root, and it has |Im| < pi. */
static int
proved_by_branch(const tg_loop *l, const tg_chart_cell *c)
{
    const double tau = tg_delay_mean(l->delay), u = (c->re + l->b) * tau, v = c->im * tau;

    return l->a > 0 && v < 3.14159 && (v > 0 || u > -1);
}

static int
is_plain_constant(const tg_loop *l)
{
    return (!l->filter || l->filter == tg_filters[0]) &&
           !strcmp(tg_delay_name(l->delay), "constant");
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
fill_row(grid *g, size_t j)
{
    const tg_chart_plan *p = g->plan;
    const size_t         nx = p->x.count, stride = p->proof ? p->proof : 8;
    tg_chart_cell       *row = g->cell + j * nx;
    const double         y = tg_chart_value(&p->y, j);

    for (size_t i = 0; i < nx; i++) {
        double complex guess;
        tg_loop        l;
        TG_TRY(p->loop(tg_chart_value(&p->x, i), y, p->context, &l));
        const int constant = is_plain_constant(&l);
        if (predict(row, i, &guess) &&
            creep(&l, guess, constant ? -INFINITY : tg_loop_edge(&l), &row[i])) {
            if (constant && proved_by_branch(&l, &row[i])) {
                g->proved++;
                continue;
            }
            if (!constant && (i % stride || j % stride)) continue;
            if (!constant && rightmost_is(&l, &row[i])) {
                g->proved++;
                continue;
            }
            if (!constant) TG_TRY(redo_around(g, i, j, stride));
        }
        TG_TRY(solve(&l, &row[i]));
        g->proved++;
    }
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
