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

/* The outlines of where f < 0, numbered from *ring on. */
static tg_status
add_outlines(const tg_chart_region *r, const double *f, const char *side, const char *label,
             size_t *ring, tg_table *table)
{
    tg_contour_point *point = NULL;
    size_t            count = 0;
    const tg_cell     none = TG_NUMBER(NAN);

    TG_TRY(tg_outline_trace(f, r->x.values.count, r->y.values.count, &point, &count));
    tg_status status = TG_OK;
    for (size_t i = 0; i < count && status == TG_OK; i++) {
        *ring += point[i].first;
        status = tg_table_add(
            table, (tg_cell[]){ TG_TEXT(label), TG_NUMBER((double)*ring), TG_TEXT(side),
                                TG_NUMBER(tg_region_between(&r->x, point[i].x)),
                                TG_NUMBER(tg_region_between(&r->y, point[i].y)) });
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

tg_status
tg_region_fills(const tg_chart_region *r, const char *label, tg_table *table)
{
    static const char *const side[] = { "converges", "single run", "diverges" };
    const size_t             n = r->x.values.count * r->y.values.count;
    size_t                   ring = 0;
    tg_status                status = TG_OK;
    double                  *f = malloc(n * sizeof *f);

    if (!f) return tg_fail(TG_ENOMEM, "out of memory");
    for (int k = 0; k < 3 && status == TG_OK; k++) {
        for (size_t i = 0; i < n; i++) {
            const double square = distance(r->cell[i].gain, r->square[i]),
                         single = distance(r->cell[i].gain, r->single[i]),
                         last = isnan(single) ? square : fmin(square, single);
            f[i] = k == 0 ? square : k == 1 ? fmax(-square, last) : -last;
        }
        status = add_outlines(r, f, side[k], label, &ring, table);
    }
    free(f);
    return status;
}
