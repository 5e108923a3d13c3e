#include "study/region_setting.h"

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

static tg_status
solve_cell(const tg_region_setting *s, tg_gain_course *course, tg_region_cell *out)
{
    const tg_modes *m = &s->scene.modes;
    const size_t    top = tg_region_steepest(m);
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
fill_cell(const tg_region_setting *s, tg_gain_course *course, tg_region_cell *out)
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

/* As long as the step alone changes, the tg_region_setting stays open. */
static tg_status
solve_line(const tg_chart_region *r, size_t line, tg_gain_course *course,
           tg_region_cell *cell)
{
    const bool   down = runs_down(r), along = !down && tg_axis_is_step(&r->x, r->algorithm);
    const size_t n = length_of(r);
    tg_region_setting s = { 0 };
    tg_status         status = TG_OK;

    for (size_t k = 0; k < n && status == TG_OK; k++) {
        const double x = tg_axis_value(&r->x, down ? line : k);
        const double y = tg_axis_value(&r->y, down ? k : line);
        if (k == 0 || !(down || along)) {
            tg_region_setting_close(&s);
            status = tg_region_setting_open(r, x, y, &s);
        } else
            s.one.step = down ? y : x;
        if (status == TG_OK && k == 0) status = tg_gain_course_turn(course, &s.one);
        if (status == TG_OK) status = fill_cell(&s, course, &cell[k]);
    }
    tg_region_setting_close(&s);
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
