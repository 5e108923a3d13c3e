#include "asgd/predict_parts.h"
#include "cli/axis.h"
#include "cli/output.h"
#include "cli/scene.h"
#include "core/parallel.h"
#include "roots/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tg_column cell_columns[] = {
    { "algorithm", "", "", true },
    { "x", "", "value of the setting --x", false },
    { "y", "", "value of the setting --y", false },
    { "unstable", "", "characteristic roots with Re s >= 0, all modes together", false },
    { "converges", "", "1 if the mean converges", false },
    { "mean_square", "", "largest over the modes; the variance settles iff it is < 1",
      false },
    { "rate", "1/time", "of the slowest mode; < 0: grows", false },
};
static const tg_column curve_columns[] = {
    { "algorithm", "", "", true },
    { "curve", "", "number of the boundary curve", false },
    { "x", "", "value of the setting --x", false },
    { "y", "", "value of the setting --y", false },
    { "frequency", "1/time", "of the root on the imaginary axis", false },
    { "unstable_left", "", "unstable roots of that mode left of the curve, as it runs",
      false },
    { "unstable_right", "", "and right of it", false },
};
enum { CELL_COLUMNS = 7, CURVE_COLUMNS = 7, MOST_CURVES = 64 };

typedef struct cell {
    double unstable, mean_square, rate, re,
        im; /* re, im: rightmost root of the largest h */
} cell;

typedef struct region {
    const tg_study *study;
    axis            x, y;
    size_t          algorithm;
    cell           *cell; /* (y, x) */
} region;

/* The study with both settings. */
static tg_status
study_at(const region *r, double x, double y, tg_study **out)
{
    tg_study *half = NULL;

    TG_TRY(axis_apply(&r->x, r->study, x, &half));
    const tg_status status = axis_apply(&r->y, half, y, out);
    tg_study_free(half);
    return status;
}

typedef struct setting {
    tg_study *study;
    scene     scene;
    tg_case   one;
} setting;

static void
setting_close(setting *s)
{
    tg_case_close(&s->one);
    scene_close(&s->scene);
    tg_study_free(s->study);
    *s = (setting){ 0 };
}

static tg_status
setting_open(const region *r, double x, double y, setting *out)
{
    setting             s = { 0 };
    const tg_algorithm *rule;

    TG_TRY(study_at(r, x, y, &s.study));
    tg_status status = scene_open(s.study, 0, &s.scene);
    if (status != TG_OK) {
        tg_study_free(s.study);
        return status;
    }
    status = scene_modes(&s.scene);
    if (status == TG_OK) status = study_rule(s.study, r->algorithm, &rule);
    if (status == TG_OK)
        status =
            tg_case_open(s.scene.cluster, rule, study_step(s.study, r->algorithm), &s.one);
    if (status == TG_OK) {
        *out = s;
        return TG_OK;
    }
    scene_close(&s.scene);
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
fill_cell(size_t index, size_t thread, void *context)
{
    region      *r = context;
    const size_t i = index % r->x.values.count, j = index / r->x.values.count;
    setting      s;
    cell         c = { .rate = INFINITY };

    (void)thread;
    TG_TRY(setting_open(r, axis_value(&r->x, i), axis_value(&r->y, j), &s));
    const tg_modes *m = &s.scene.modes;
    const size_t    top = steepest(m);
    tg_status       status = TG_OK;
    for (size_t k = 0; k < m->count && status == TG_OK; k++) {
        tg_mode_prediction mode = { 0 };
        status = tg_case_mode(&s.one, m, k, 1, &mode);
        c.unstable += (double)mode.unstable;
        c.mean_square = fmax(c.mean_square, mode.mean_square);
        c.rate = fmin(c.rate, -mode.re);
        if (k == top) {
            c.re = mode.re;
            c.im = fabs(mode.im);
        }
    }
    setting_close(&s);
    if (status == TG_OK) r->cell[index] = c;
    return status;
}

/* The loop of the steepest mode, for the tracer; the setting lives until the next call. */
typedef struct steep {
    region *region;
    setting now;
} steep;

static tg_status
steep_loop(double x, double y, void *context, tg_loop *out)
{
    steep *t = context;

    setting_close(&t->now);
    TG_TRY(setting_open(t->region, x, y, &t->now));
    const tg_modes *m = &t->now.scene.modes;
    *out = (tg_loop){ .a = t->now.one.step * t->now.one.lambda * m->h[steepest(m)],
                      .delay = t->now.one.delay,
                      .filter = t->now.one.filter,
                      .lambda = t->now.one.lambda };
    return TG_OK;
}

static int
on_curve(const region *r, const tg_chart_curve *curve, size_t count, double x, double y)
{
    const double dx =
        (r->x.values.high - r->x.values.low) / (double)(r->x.values.count - 1);
    const double dy =
        (r->y.values.high - r->y.values.low) / (double)(r->y.values.count - 1);

    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < curve[k].count; i++)
            if (hypot((curve[k].point[i].x - x) / dx, (curve[k].point[i].y - y) / dy) < 1.5)
                return 1;
    return 0;
}

/* Where a pair of roots crosses the axis between two cells of a row or a column, and no curve
 * runs yet, one begins. */
static tg_status
trace_all(region *r, tg_chart_curve *curve, size_t *count)
{
    const size_t        nx = r->x.values.count, ny = r->y.values.count;
    steep               t = { .region = r };
    const tg_chart_plan plan = {
        .x = r->x.values, .y = r->y.values, .loop = steep_loop, .context = &t
    };
    tg_status status = TG_OK;

    for (size_t k = 0; k < nx * ny && status == TG_OK && *count < MOST_CURVES; k++)
        for (int way = 0; way < 2 && status == TG_OK; way++) {
            const size_t other = way ? k + nx : k + 1;
            if (way ? k / nx + 1 == ny : k % nx + 1 == nx) continue;
            const cell *a = &r->cell[k], *b = &r->cell[other];
            if ((a->re < 0) == (b->re < 0) || !(fmax(a->im, b->im) > 0)) continue;
            const double u = a->re / (a->re - b->re);
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

static tg_status
add_cells(const region *r, const char *label, tg_table *table)
{
    const size_t nx = r->x.values.count;

    for (size_t k = 0; k < nx * r->y.values.count; k++) {
        const cell *c = &r->cell[k];
        TG_TRY(tg_table_add(
            table,
            (tg_cell[]){ TG_TEXT(label),
                         TG_NUMBER(axis_value(&r->x, k % nx)),
                         TG_NUMBER(axis_value(&r->y, k / nx)),
                         TG_NUMBER(c->unstable), TG_NUMBER(c->unstable == 0),
                         TG_NUMBER(c->mean_square), TG_NUMBER(c->rate) }));
    }
    return TG_OK;
}

static tg_status
add_curves(const tg_chart_curve *curve, size_t count, const char *label, tg_table *table)
{
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < curve[k].count; i++) {
            const tg_chart_point p = curve[k].point[i];
            TG_TRY(tg_table_add(table,
                                (tg_cell[]){ TG_TEXT(label), TG_NUMBER((double)k + 1),
                                             TG_NUMBER(p.x), TG_NUMBER(p.y), TG_NUMBER(p.w),
                                             TG_NUMBER((double)curve[k].unstable[0]),
                                             TG_NUMBER((double)curve[k].unstable[1]) }));
        }
    return TG_OK;
}

/* A number of workers moves in whole steps: there is a grid, but no curve to follow. */
static bool
continuous(const region *r)
{
    return !strstr(r->x.path, "count") && !strstr(r->y.path, "count");
}

static tg_status
chart_one(region *r, size_t threads, tg_table *cells, tg_table *curves)
{
    tg_chart_curve curve[MOST_CURVES] = { 0 };
    size_t         count = 0;
    char           label[48];

    study_label(r->study, r->algorithm, label);
    tg_status status =
        tg_parallel_run(r->x.values.count * r->y.values.count, threads, fill_cell, r, NULL);
    if (status == TG_OK) status = add_cells(r, label, cells);
    if (status == TG_OK && continuous(r)) status = trace_all(r, curve, &count);
    if (status == TG_OK) status = add_curves(curve, count, label, curves);
    for (size_t k = 0; k < count; k++) tg_chart_curve_free(&curve[k]);
    return status;
}

static tg_status
deliver(const arguments *a, tg_table *cells, tg_table *curves)
{
    if (given(a, "json")) {
        json_t *document = json_pack("{s:o, s:o}", "region", json_of_table(cells),
                                     "boundary", json_of_table(curves));
        tg_table_free(cells);
        tg_table_free(curves);
        return document ? json_print(document) : tg_fail(TG_ENOMEM, "out of memory");
    }
    const tg_status status = table_deliver(a, "region", cells);
    if (status == TG_OK) return table_deliver(a, "boundary", curves);
    tg_table_free(curves);
    return status;
}

static tg_status
begin_tables(const arguments *a, const region *r, tg_table **cells, tg_table **curves)
{
    TG_TRY(table_begin(a, r->study, cell_columns, CELL_COLUMNS, cells));
    TG_TRY(table_begin(a, r->study, curve_columns, CURVE_COLUMNS, curves));
    for (int i = 0; i < 2; i++) {
        TG_TRY(tg_table_note(i ? *cells : *curves, "x", "%s", r->x.path));
        TG_TRY(tg_table_note(i ? *cells : *curves, "y", "%s", r->y.path));
    }
    return TG_OK;
}

static tg_status
run(const arguments *a)
{
    const char *file;
    tg_study   *study = NULL;
    tg_table   *cells = NULL, *curves = NULL;
    size_t      threads = 0;
    region      r = { 0 };

    TG_TRY(only_file(a, &file));
    TG_TRY(whole_of(a, "threads", &threads));
    TG_TRY(axis_of(a, "x", &r.x));
    TG_TRY(axis_of(a, "y", &r.y));
    TG_TRY(tg_study_read(file, a->set, a->sets, &study));
    r.study = study;
    r.cell = calloc(r.x.values.count * r.y.values.count, sizeof *r.cell);
    tg_status status = r.cell ? study_check(study) : tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) status = begin_tables(a, &r, &cells, &curves);
    for (; r.algorithm < tg_study_count(study, "algorithm") && status == TG_OK;
         r.algorithm++)
        status = chart_one(&r, threads, cells, curves);
    if (status == TG_OK) {
        status = deliver(a, cells, curves);
    } else {
        tg_table_free(cells);
        tg_table_free(curves);
    }
    free(r.cell);
    tg_study_free(study);
    return status;
}

static const option options[] = {
    { "x", "PATH=LOW:HIGH:COUNT[:log]",
      "the setting along x, e.g. algorithm.step=0.001:0.1:50:log" },
    { "y", "PATH=LOW:HIGH:COUNT[:log]",
      "the setting along y, e.g. workers[0].compute.shape=1:16:50" },
    { 0 },
};

const command cmd_region = {
    .name = "region",
    .operands = "STUDY",
    .summary = "the region of convergence over any two settings, and its boundary curves",
    .doc = "Solve a study on a grid of two of its settings: verdict in mean and in mean "
           "square, rate,\n"
           "number of unstable roots. Where both settings are continuous the boundary "
           "curves of the\n"
           "steepest mode are traced by continuation, with the number of unstable roots on "
           "either\n"
           "side. Tables: region, boundary.",
    .options = options,
    .run = run
};
