/* region_trace: the boundary curves of the mean of many workers, by continuation */
#include "study/region_setting.h"

#include <math.h>
#include <string.h>

/* The loop of the steepest mode, for the tracer. The tg_region_setting lives as long as no more than the step,
 * or the share of a worker, changes. */
typedef struct steep {
    tg_chart_region  *region;
    tg_region_setting now;
    bool              open;
    double            x, y; /* where it was opened, as place_of() says */
} steep;

/* What of a value on an axis the tg_region_setting depends on. */
static double
place_of(const tg_chart_region *r, const tg_axis *a, double value)
{
    double share = 1;

    if (tg_axis_is_step(a, r->algorithm)) return 0;
    return tg_region_whole_workers(r, a, value, &share);
}

static tg_status
move_to(steep *t, double x, double y)
{
    const tg_chart_region *r = t->region;
    const double           px = place_of(r, &r->x, x), py = place_of(r, &r->y, y);

    if (t->open && t->x == px && t->y == py) return TG_OK;
    tg_region_setting_close(&t->now);
    t->open = false;
    TG_TRY(tg_region_setting_open(r, x, y, &t->now));
    t->open = true;
    t->x = px;
    t->y = py;
    return TG_OK;
}

static tg_status
steep_loop(double x, double y, void *context, tg_loop *out)
{
    steep                 *t = context;
    const tg_chart_region *r = t->region;
    double                 share = 1;

    TG_TRY(move_to(t, x, y));
    tg_region_whole_workers(r, &r->x, x, &share);
    tg_region_whole_workers(r, &r->y, y, &share);
    tg_case         one = t->now.one;
    const tg_modes *m = &t->now.scene.modes;
    one.lambda = tg_cluster_rate(t->now.scene.cluster) * share;
    if (tg_axis_is_step(&r->x, r->algorithm)) one.step = x;
    if (tg_axis_is_step(&r->y, r->algorithm)) one.step = y;
    *out =
        tg_case_loop(&one, one.step * one.weigh * one.lambda * m->h[tg_region_steepest(m)]);
    return TG_OK;
}

/* The distance of (x, y) to the segment from p to q, in cells of dx by dy. */
static double
distance(tg_chart_point p, tg_chart_point q, double x, double y, double dx, double dy)
{
    const double qx = (q.x - p.x) / dx, qy = (q.y - p.y) / dy;
    const double ux = (x - p.x) / dx, uy = (y - p.y) / dy;
    const double length = qx * qx + qy * qy;
    const double at = length > 0 ? fmin(fmax((ux * qx + uy * qy) / length, 0), 1) : 0;

    return hypot(ux - at * qx, uy - at * qy);
}

static bool
on_curve(const tg_chart_region *r, const tg_chart_curve *curve, size_t count, double x,
         double y)
{
    const double dx =
        (r->x.values.high - r->x.values.low) / (double)(r->x.values.count - 1);
    const double dy =
        (r->y.values.high - r->y.values.low) / (double)(r->y.values.count - 1);

    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < curve[k].count; i++) {
            const tg_chart_point *p = &curve[k].point[i];
            if (distance(p[0], p[i + 1 < curve[k].count], x, y, dx, dy) < 1.5) return true;
        }
    return false;
}

/* Workers of several groups, and counts of anything else, move in whole steps: there is a
 * grid, but no curve to follow. */
static bool
is_continuous(const tg_chart_region *r, const tg_axis *a)
{
    if (tg_axis_is_workers(a)) return r->study->groups == 1;
    return strstr(a->path, "count") == NULL;
}

/* Where a pair of roots crosses the axis between two cells of a row or a column, and no
 * curve runs yet, one begins. */
tg_status
tg_chart_region_trace(tg_chart_region *r, tg_chart_curve *curve, size_t *count)
{
    const size_t        nx = r->x.values.count, ny = r->y.values.count;
    steep               t = { .region = r };
    const tg_chart_plan plan = {
        .x = r->x.values, .y = r->y.values, .loop = steep_loop, .context = &t
    };
    tg_status status = TG_OK;

    *count = 0;
    if (!is_continuous(r, &r->x) || !is_continuous(r, &r->y)) return TG_OK;
    for (size_t k = 0; k < nx * ny && status == TG_OK && *count < TG_MOST_CURVES; k++)
        for (int way = 0; way < 2 && status == TG_OK; way++) {
            const size_t other = way ? k + nx : k + 1;
            if (way ? k / nx + 1 == ny : k % nx + 1 == nx) continue;
            const tg_region_cell *a = &r->cell[k], *b = &r->cell[other];
            if ((a->lost > 0) == (b->lost > 0) || !(fmax(a->im, b->im) > 0)) continue;
            const double u = a->re * b->re < 0 ? a->re / (a->re - b->re) : 0.5;
            const double xa = tg_chart_value(&r->x.values, k % nx),
                         xb = tg_chart_value(&r->x.values, other % nx);
            const double ya = tg_chart_value(&r->y.values, k / nx),
                         yb = tg_chart_value(&r->y.values, other / nx);
            const tg_chart_point start = { xa + u * (xb - xa), ya + u * (yb - ya),
                                           fmax(a->im, b->im) };
            if (on_curve(r, curve, *count, start.x, start.y)) continue;
            status = tg_chart_trace(&plan, start, 0.01, 2000, &curve[*count]);
            *count += status == TG_OK;
            if (status == TG_ENOCONV) status = TG_OK; /* the grid still shows it */
        }
    tg_region_setting_close(&t.now);
    return status;
}
