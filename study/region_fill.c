/* region_fill: what the boundary curves of a region enclose, as outlines */
#include "study/region.h"

#include "core/outline.h"

#include <math.h>
#include <stdlib.h>

const tg_column tg_region_fill_columns[TG_REGION_FILL_COLUMNS] = {
    { "algorithm", "", "", true },
    { "ring", "", "number of the outline; each is ended by a row without a point", false },
    { "side", "", "converges, single run (these only) or diverges", true },
    { "x", "", "value of the setting --x", false },
    { "y", "", "value of the setting --y", false },
};

/* An axis between two of its values. */
double
tg_region_between(const tg_axis *a, double u)
{
    const size_t i = (size_t)floor(u), last = a->values.count - 1;
    const double low = tg_axis_value(a, i),
                 high = tg_axis_value(a, i < last ? i + 1 : last);

    return low + (u - (double)i) * (high - low);
}

/* A function on the grid, `along` parts between two of its values of x, `up` between two of y. */
typedef struct field {
    double *f; /* (ny, nx) */
    size_t  nx, ny, along, up;
} field;

/* The outlines of where f < 0, numbered from *ring on. */
static tg_status
add_outlines(const tg_chart_region *r, const field *of, const char *side, const char *label,
             size_t *ring, tg_table *table)
{
    tg_contour_point *point = NULL;
    size_t            count = 0;
    const tg_cell     none = TG_NUMBER(NAN);

    TG_TRY(tg_outline_trace(of->f, of->nx, of->ny, &point, &count));
    tg_status status = TG_OK;
    for (size_t i = 0; i < count && status == TG_OK; i++) {
        const double x = point[i].x / (double)of->along, y = point[i].y / (double)of->up;
        *ring += point[i].first;
        status = tg_table_add(table, (tg_cell[]){ TG_TEXT(label), TG_NUMBER((double)*ring),
                                                  TG_TEXT(side),
                                                  TG_NUMBER(tg_region_between(&r->x, x)),
                                                  TG_NUMBER(tg_region_between(&r->y, y)) });
        if (status == TG_OK && (i + 1 == count || point[i + 1].first))
            status =
                tg_table_add(table, (tg_cell[]){ TG_TEXT(label), TG_NUMBER((double)*ring),
                                                 TG_TEXT(side), none, none });
    }
    free(point);
    return status;
}

/* Gain over limit as a logarithm that can be interpolated: what is never lost, or at once, is far. */
static double
distance(double gain, double limit)
{
    const double FAR = 50, d = log(gain / limit);

    return isnan(d) ? d : fmax(-FAR, fmin(FAR, d));
}

/* ---- between two boundaries ------------------------------------------------------------ */

/* What lies between two boundaries may be thinner than the grid, on which it would be lost: it is
 * traced on one of so many points. */
enum { FINE = 320 };

static size_t
parts(size_t n)
{
    return n < FINE ? (FINE + n - 2) / (n - 1) : 1;
}

/* f (ny, nx) at column x and row y, linear between the points of the grid. */
static double
between(const double *f, size_t nx, size_t ny, double x, double y)
{
    const size_t i = (size_t)fmin(floor(x), (double)nx - 2),
                 j = (size_t)fmin(floor(y), (double)ny - 2);
    const double u = x - (double)i, v = y - (double)j, *low = f + j * nx + i,
                 *high = low + nx;

    return (1 - v) * ((1 - u) * low[0] + u * low[1]) +
           v * ((1 - u) * high[0] + u * high[1]);
}

/* Past the mean square, and before the last boundary. */
static tg_status
add_band(const tg_chart_region *r, const double *square, const double *last,
         const char *label, size_t *ring, tg_table *table)
{
    const size_t nx = r->x.values.count, ny = r->y.values.count;
    field        fine = { .along = parts(nx), .up = parts(ny) };

    fine.nx = (nx - 1) * fine.along + 1;
    fine.ny = (ny - 1) * fine.up + 1;
    fine.f = malloc(fine.nx * fine.ny * sizeof *fine.f);
    if (!fine.f) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0; k < fine.nx * fine.ny; k++) {
        const double x = (double)(k % fine.nx) / (double)fine.along,
                     y = (double)(k / fine.nx) / (double)fine.up;
        fine.f[k] = fmax(-between(square, nx, ny, x, y), between(last, nx, ny, x, y));
    }
    const tg_status status = add_outlines(r, &fine, "single run", label, ring, table);
    free(fine.f);
    return status;
}

tg_status
tg_region_fills(const tg_chart_region *r, const char *label, tg_table *table)
{
    const size_t nx = r->x.values.count, ny = r->y.values.count, n = nx * ny;
    double      *f = malloc(3 * n * sizeof *f), *square = f, *last = f + n;
    field        grid = { f, nx, ny, 1, 1 };
    size_t       ring = 0;

    if (!f) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        const double single = distance(r->cell[i].gain, r->single[i]);
        square[i] = distance(r->cell[i].gain, r->square[i]);
        last[i] = isnan(single) ? square[i] : fmin(square[i], single);
        last[n + i] = -last[i];
    }
    tg_status status = add_outlines(r, &grid, "converges", label, &ring, table);
    if (status == TG_OK) status = add_band(r, square, last, label, &ring, table);
    grid.f = last + n;
    if (status == TG_OK) status = add_outlines(r, &grid, "diverges", label, &ring, table);
    free(f);
    return status;
}
