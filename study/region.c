#include "study/region.h"

#include "asgd/theory/gain_course.h"
#include "core/parallel.h"
#include "core/work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tg_status
tg_chart_region_axes(const char *x, const char *y, tg_chart_region *r)
{
    TG_TRY(tg_axis_read("x", x, &r->x));
    TG_TRY(tg_axis_read("y", y, &r->y));
    if (!strcmp(r->x.path, r->y.path))
        return tg_fail(TG_EINPUT, "--x and --y are both %s: a chart needs two settings",
                       r->x.path);
    return TG_OK;
}

/* The study with both settings. */
static tg_status
study_at(const tg_chart_region *r, double x, double y, tg_study **out)
{
    tg_study *half = NULL;

    TG_TRY(tg_axis_apply(&r->x, r->study, x, &half));
    const tg_status status = tg_axis_apply(&r->y, half, y, out);
    tg_study_free(half);
    return status;
}

/* A number of workers between two whole ones: the nearest, at `share` of its rate of
 * arrivals. That is what it means where there is one group; of several each moves in whole
 * steps. */
static double
whole_workers(const tg_chart_region *r, const tg_axis *a, double value, double *share)
{
    if (!tg_axis_is_workers(a)) return value;
    const double whole = fmax(1, round(value));
    if (r->study->groups == 1) *share *= value / whole;
    return whole;
}

tg_status
tg_chart_region_cluster(const tg_chart_region *r, double x, double y, tg_cluster **out)
{
    tg_study *study = NULL;
    double    share = 1;

    TG_TRY(study_at(r, whole_workers(r, &r->x, x, &share),
                    whole_workers(r, &r->y, y, &share), &study));
    const tg_status status = tg_study_cluster(study, 0, out);
    tg_study_free(study);
    return status;
}

typedef struct setting {
    tg_study *study;
    tg_scene  scene;
    tg_case   one;
} setting;

static void
setting_close(setting *s)
{
    tg_case_close(&s->one);
    tg_scene_close(&s->scene);
    tg_study_free(s->study);
    *s = (setting){ 0 };
}

static tg_status
setting_open(const tg_chart_region *r, double x, double y, setting *out)
{
    setting             s = { 0 };
    const tg_algorithm *rule;
    double              share = 1;

    const double wx = whole_workers(r, &r->x, x, &share);
    const double wy = whole_workers(r, &r->y, y, &share);
    TG_TRY(study_at(r, wx, wy, &s.study));
    tg_status status = tg_scene_open(s.study, 0, &s.scene);
    if (status != TG_OK) {
        tg_study_free(s.study);
        return status;
    }
    status = tg_scene_modes(&s.scene);
    if (status == TG_OK) status = tg_study_rule(s.study, r->algorithm, &rule);
    if (status == TG_OK)
        status = tg_case_open(s.scene.cluster, rule, s.study->algorithm[r->algorithm].step,
                              &s.one);
    if (status == TG_OK) {
        s.one.lambda *= share;
        *out = s;
        return TG_OK;
    }
    tg_scene_close(&s.scene);
    tg_study_free(s.study);
    return status;
}

static size_t
steepest(const tg_modes *m)
{
    size_t k = 0;

    for (size_t j = 1; j < m->count; j++)
        if (m->h[j] > m->h[k]) k = j;
    return k;
}

static tg_status
solve_cell(const setting *s, tg_gain_course *course, tg_region_cell *out)
{
    const tg_modes *m = &s->scene.modes;
    const size_t    top = steepest(m);
    tg_region_cell  c = { .rate = INFINITY };

    c.gain = s->one.step * s->one.lambda * m->h[top] * tg_delay_mean(s->one.delay);
    for (size_t k = 0; k < m->count; k++) {
        tg_mode_prediction mode;
        const double       a = s->one.step * s->one.weigh * s->one.lambda * m->h[k];
        TG_TRY(tg_gain_course_at(course, &s->one, a, &mode));
        c.unstable += (double)mode.unstable;
        if (mode.rate < c.rate) {
            c.rate = mode.rate;
            c.effective = mode.effective;
        }
        if (k == top) {
            c.re = mode.re;
            c.im = fabs(mode.im);
            c.lost = mode.unstable;
        }
    }
    *out = c;
    return TG_OK;
}

/* What cannot be solved is not known, and the others are. */
static tg_status
fill_cell(const setting *s, tg_gain_course *course, tg_region_cell *out)
{
    const tg_status status = solve_cell(s, course, out);

    if (!tg_scene_is_of_one_row(status)) return status;
    *out =
        (tg_region_cell){ .unstable = NAN, .rate = NAN, .gain = NAN, .re = NAN, .im = NAN };
    return TG_OK;
}

/* ---- lines ----------------------------------------------------------------------------- */

static bool
runs_down(const tg_chart_region *r)
{
    return tg_axis_is_step(&r->y, r->algorithm);
}

static size_t
lines_of(const tg_chart_region *r)
{
    return runs_down(r) ? r->x.values.count : r->y.values.count;
}

static size_t
length_of(const tg_chart_region *r)
{
    return runs_down(r) ? r->y.values.count : r->x.values.count;
}

/* Lines of a block: sixteen blocks, or sixteen lines. */
static size_t
lines_each(const tg_chart_region *r)
{
    enum { MANY = 16 };
    const size_t each = (lines_of(r) + MANY - 1) / MANY;

    return each < MANY ? each : MANY;
}

/* The first line of a block; of the one after the last: how many there are. */
static size_t
first_of(const tg_chart_region *r, size_t block)
{
    const size_t lines = lines_of(r), first = block * lines_each(r);

    return first < lines ? first : lines;
}

size_t
tg_chart_region_blocks(const tg_chart_region *r)
{
    return (lines_of(r) + lines_each(r) - 1) / lines_each(r);
}

size_t
tg_chart_region_cells(const tg_chart_region *r, size_t block)
{
    return (first_of(r, block + 1) - first_of(r, block)) * length_of(r);
}

/* As long as the step alone changes, the setting stays open. */
static tg_status
solve_line(const tg_chart_region *r, size_t line, tg_gain_course *course,
           tg_region_cell *cell)
{
    const bool   down = runs_down(r), along = !down && tg_axis_is_step(&r->x, r->algorithm);
    const size_t n = length_of(r);
    setting      s = { 0 };
    tg_status    status = TG_OK;

    for (size_t k = 0; k < n && status == TG_OK; k++) {
        const double x = tg_axis_value(&r->x, down ? line : k);
        const double y = tg_axis_value(&r->y, down ? k : line);
        if (k == 0 || !(down || along)) {
            setting_close(&s);
            status = setting_open(r, x, y, &s);
        } else
            s.one.step = down ? y : x;
        if (status == TG_OK && k == 0) status = tg_gain_course_turn(course, &s.one);
        if (status == TG_OK) status = fill_cell(&s, course, &cell[k]);
    }
    setting_close(&s);
    return status;
}

tg_status
tg_chart_region_block(const tg_chart_region *r, size_t block, tg_gain_course *course,
                      tg_region_cell *cell)
{
    const size_t first = first_of(r, block), end = first_of(r, block + 1);

    for (size_t line = first; line < end; line++)
        TG_TRY(solve_line(r, line, course, cell + (line - first) * length_of(r)));
    return TG_OK;
}

typedef struct filling {
    tg_chart_region *region;
    tg_gain_course **course; /* (threads) */
} filling;

/* From the records, if it is there. */
static tg_status
find_block(const tg_chart_region *r, size_t block, tg_gain_course *course,
           tg_region_cell *cell)
{
    const size_t number = r->first + block,
                 size = tg_chart_region_cells(r, block) * sizeof *cell;
    const double since = tg_work_clock();

    if (r->records && tg_records_find(r->records, number, cell, size)) return TG_OK;
    TG_TRY(tg_chart_region_block(r, block, course, cell));
    return tg_work_keep(r->records, number, cell, size, since);
}

static tg_status
fill_block(size_t block, size_t thread, void *context)
{
    const filling   *f = context;
    tg_chart_region *r = f->region;
    const size_t     n = tg_chart_region_cells(r, block), length = length_of(r);
    tg_region_cell  *cell = calloc(n, sizeof *cell);

    if (!cell) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = find_block(r, block, f->course[thread], cell);
    for (size_t k = 0; k < n && status == TG_OK; k++) {
        const size_t line = first_of(r, block) + k / length, along = k % length;
        const size_t i = runs_down(r) ? line : along, j = runs_down(r) ? along : line;
        r->cell[j * r->x.values.count + i] = cell[k];
    }
    free(cell);
    return status;
}

tg_status
tg_chart_region_fill(tg_chart_region *r, size_t threads)
{
    const size_t n = threads ? threads : tg_parallel_threads();
    filling      f = { r, calloc(n, sizeof *f.course) };
    tg_status    status = f.course ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");

    for (size_t i = 0; i < n && status == TG_OK; i++)
        status = tg_gain_course_create(r->study->horizon, &f.course[i]);
    if (status == TG_OK)
        status = tg_parallel_run(tg_chart_region_blocks(r), n, fill_block, &f, NULL);
    for (size_t i = 0; f.course && i < n; i++) tg_gain_course_free(f.course[i]);
    free(f.course);
    return status;
}

/* The loop of the steepest mode, for the tracer. The setting lives as long as no more than the step,
 * or the share of a worker, changes. */
typedef struct steep {
    tg_chart_region *region;
    setting          now;
    bool             open;
    double           x, y; /* where it was opened, as place_of() says */
} steep;

/* What of a value on an axis the setting depends on. */
static double
place_of(const tg_chart_region *r, const tg_axis *a, double value)
{
    double share = 1;

    if (tg_axis_is_step(a, r->algorithm)) return 0;
    return whole_workers(r, a, value, &share);
}

static tg_status
move_to(steep *t, double x, double y)
{
    const tg_chart_region *r = t->region;
    const double           px = place_of(r, &r->x, x), py = place_of(r, &r->y, y);

    if (t->open && t->x == px && t->y == py) return TG_OK;
    setting_close(&t->now);
    t->open = false;
    TG_TRY(setting_open(r, x, y, &t->now));
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
    whole_workers(r, &r->x, x, &share);
    whole_workers(r, &r->y, y, &share);
    tg_case         one = t->now.one;
    const tg_modes *m = &t->now.scene.modes;
    one.lambda = tg_cluster_rate(t->now.scene.cluster) * share;
    if (tg_axis_is_step(&r->x, r->algorithm)) one.step = x;
    if (tg_axis_is_step(&r->y, r->algorithm)) one.step = y;
    *out = tg_case_loop(&one, one.step * one.weigh * one.lambda * m->h[steepest(m)]);
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
    setting_close(&t.now);
    return status;
}
