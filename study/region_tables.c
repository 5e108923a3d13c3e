/* region_tables: the region of convergence over two settings as tables */
#include "core/contour.h"
#include "study/answer.h"
#include "study/cost.h"
#include "study/plan.h"
#include "study/rows.h"
#include "study/say.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tg_column cell_columns[] = {
    { "algorithm", "", "", true },
    { "x", "", "value of the setting --x", false },
    { "y", "", "value of the setting --y", false },
    { "unstable", "",
      "characteristic roots of very many workers with Re s >= 0, all modes together",
      false },
    { "converges", "", "1 if there are none: the mean of many workers converges", false },
    { "mean_square", "", "loop gain over that at which the mean square is lost", false },
    { "single_run", "", "loop gain over that at which a single run ceases to settle",
      false },
    { "rate", "1/time",
      "of the slowest mode; < 0: grows; with these workers under asgd where they have one "
      "law and it is exponential, else with very many",
      false },
    { "rate_kind", "",
      "exponential; effective: over the horizon from a staggered beginning, where no root "
      "gives one",
      true },
};
static const tg_column curve_columns[] = {
    { "algorithm", "", "", true },
    { "curve", "", "number of the boundary curve", false },
    { "kind", "", "mean (of many workers), mean square or single run", true },
    { "x", "", "value of the setting --x", false },
    { "y", "", "value of the setting --y", false },
    { "frequency", "1/time", "of the root on the imaginary axis; kind mean", false },
    { "unstable_left", "", "unstable roots of that mode left of the curve, as it runs",
      false },
    { "unstable_right", "", "and right of it", false },
};
enum { CELL_COLUMNS = 9, CURVE_COLUMNS = 8 };

static tg_status
add_cells(const tg_chart_region *r, const char *label, tg_table *table)
{
    const size_t nx = r->x.values.count;

    for (size_t k = 0; k < nx * r->y.values.count; k++) {
        const tg_region_cell *c = &r->cell[k];
        TG_TRY(tg_table_add(
            table,
            (tg_cell[]){ TG_TEXT(label), TG_NUMBER(tg_axis_value(&r->x, k % nx)),
                         TG_NUMBER(tg_axis_value(&r->y, k / nx)), TG_NUMBER(c->unstable),
                         TG_NUMBER(c->unstable == 0), TG_NUMBER(c->gain / r->square[k]),
                         TG_NUMBER(c->gain / r->single[k]), TG_NUMBER(c->rate),
                         TG_TEXT(tg_rate_kind(c->effective)) }));
    }
    return TG_OK;
}

static tg_status
add_curves(const tg_chart_curve *curve, size_t count, const char *label, tg_table *table)
{
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < curve[k].count; i++) {
            const tg_chart_point p = curve[k].point[i];
            TG_TRY(tg_table_add(
                table, (tg_cell[]){ TG_TEXT(label), TG_NUMBER((double)k + 1),
                                    TG_TEXT("mean"), TG_NUMBER(p.x), TG_NUMBER(p.y),
                                    TG_NUMBER(p.w), TG_NUMBER((double)curve[k].unstable[0]),
                                    TG_NUMBER((double)curve[k].unstable[1]) }));
        }
    return TG_OK;
}

/* The curves on which the loop gain is `limit`, numbered from *curve on. */
static tg_status
add_contours(const tg_chart_region *r, const double *limit, const char *kind,
             const char *label, size_t *curve, tg_table *table)
{
    const size_t      nx = r->x.values.count, ny = r->y.values.count;
    tg_contour_point *point = NULL;
    size_t            count = 0;
    double           *f = malloc(nx * ny * sizeof *f);

    if (!f) return tg_fail(TG_ENOMEM, "out of memory");
    for (size_t k = 0; k < nx * ny; k++) f[k] = log(r->cell[k].gain / limit[k]);
    tg_status status = tg_contour_trace(f, nx, ny, &point, &count);
    for (size_t i = 0; i < count && status == TG_OK; i++) {
        *curve += point[i].first;
        status = tg_table_add(
            table, (tg_cell[]){ TG_TEXT(label), TG_NUMBER((double)*curve), TG_TEXT(kind),
                                TG_NUMBER(tg_region_between(&r->x, point[i].x)),
                                TG_NUMBER(tg_region_between(&r->y, point[i].y)),
                                TG_NUMBER(NAN), TG_NUMBER(NAN), TG_NUMBER(NAN) });
    }
    free(point);
    free(f);
    return status;
}

/* The cell of the largest rate, of those that converge in mean square if any does. */
static size_t
fastest(const tg_chart_region *r)
{
    size_t best = 0;

    for (size_t k = 1; k < r->x.values.count * r->y.values.count; k++) {
        const bool now = r->cell[k].gain < r->square[k],
                   was = r->cell[best].gain < r->square[best];
        const double rate = r->cell[best].rate;
        if (now > was || (now == was && (isnan(rate) || r->cell[k].rate > rate))) best = k;
    }
    return best;
}

/* It is a row of the axes, for the chart. */
static tg_status
add_fastest(const tg_chart_region *r, const char *label, tg_table *axes)
{
    const size_t nx = r->x.values.count, best = fastest(r);

    if (!(r->cell[best].rate > 0) || !(r->cell[best].gain < r->square[best])) return TG_OK;
    return tg_table_add(axes, (tg_cell[]){ TG_TEXT("fastest"), TG_TEXT(label),
                                           TG_NUMBER(tg_axis_value(&r->x, best % nx)),
                                           TG_NUMBER(tg_axis_value(&r->y, best / nx)),
                                           TG_NUMBER(r->cell[best].rate), TG_NUMBER(0) });
}

/* One sentence. */
static void
announce(const tg_page *page, const tg_chart_region *r, const char *label)
{
    const size_t cells = r->x.values.count * r->y.values.count;
    const size_t best = fastest(r);
    size_t       mean = 0, square = 0, single = 0, unknown = 0, used;
    double       most = 0;
    char         text[700];

    for (size_t k = 0; k < cells; k++) {
        const tg_region_cell *c = &r->cell[k];
        mean += c->unstable == 0;
        square += c->gain < r->square[k];
        single += c->gain < r->square[k] || c->gain < r->single[k];
        most = fmax(most, c->unstable);
        unknown += isnan(c->rate);
    }
    used = (size_t)snprintf(
        text, sizeof text,
        "%s: of %zu settings %zu converge in mean square, %zu run by run, %zu in the mean "
        "of many workers; up to %g unstable roots",
        label, cells, square, single, mean, most);
    if (r->cell[best].rate > 0)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "; fastest: rate %.4g at %.80s = %.4g, %.80s = %.4g",
                                 r->cell[best].rate, r->x.path,
                                 tg_axis_value(&r->x, best % r->x.values.count), r->y.path,
                                 tg_axis_value(&r->y, best / r->x.values.count));
    if (unknown)
        snprintf(text + used, sizeof text - used, "; %zu could not be solved", unknown);
    tg_say_wrapped(page, text, 2);
}

static tg_status
chart_one(tg_chart_region *r, const tg_ask *ask, tg_table *const table[])
{
    tg_table *const cells = table[0], *const curves = table[1];
    tg_chart_curve curve[TG_MOST_CURVES] = { 0 };
    size_t         count = 0, number;

    const char *label = r->study->algorithm[r->algorithm].label;
    tg_status   status = tg_chart_region_fill(r, 0);
    if (status == TG_OK) status = tg_chart_region_limits(r, 0, false, r->square);
    if (status == TG_OK) status = tg_chart_region_limits(r, 0, true, r->single);
    if (status == TG_OK) status = add_cells(r, label, cells);
    if (status == TG_OK) status = tg_chart_region_trace(r, curve, &count);
    if (status == TG_OK) status = add_curves(curve, count, label, curves);
    number = count;
    if (status == TG_OK)
        status = add_contours(r, r->square, "mean square", label, &number, curves);
    if (status == TG_OK)
        status = add_contours(r, r->single, "single run", label, &number, curves);
    if (status == TG_OK) status = tg_region_fills(r, label, table[3]);
    if (status == TG_OK) status = add_fastest(r, label, table[2]);
    if (status == TG_OK && ask->words.stream) announce(&ask->words, r, label);
    for (size_t k = 0; k < count; k++) tg_chart_curve_free(&curve[k]);
    return status;
}

static tg_status
add_axes(const tg_chart_region *r, size_t points, tg_table *t)
{
    const tg_axis boundary = { .path = "points of all curves",
                               .values = { .count = points } };

    TG_TRY(tg_axis_add(t, "x", &r->x));
    TG_TRY(tg_axis_add(t, "y", &r->y));
    return tg_axis_add(t, "boundary", &boundary);
}

/* Tables region, boundary, axes and fill, empty. */
static tg_status
begin_tables(const tg_ask *ask, const tg_chart_region *r, tg_answer *out)
{
    const tg_answer_table *made = tg_answer_region.tables;

    for (size_t i = 0; made[i].name; i++) {
        tg_table *t = NULL;
        TG_TRY(tg_ask_table(ask, r->study, made[i].columns, made[i].count, &t));
        tg_answer_add(out, made[i].name, t);
        if (i == 2) continue;
        TG_TRY(tg_table_note(t, "x", "%s", r->x.path));
        TG_TRY(tg_table_note(t, "y", "%s", r->y.path));
    }
    return TG_OK;
}

static tg_status
check_cost(const tg_ask *ask, const tg_chart_region *r)
{
    tg_scene s;

    TG_TRY(tg_scene_open(r->study, 0, &s));
    const tg_status status =
        tg_cost_of_verdicts(ask->listener, &s, r->x.values.count * r->y.values.count);
    tg_scene_close(&s);
    return status;
}

static tg_status
chart(tg_chart_region *r, const tg_ask *ask, tg_answer *out)
{
    const size_t cells = r->x.values.count * r->y.values.count;

    r->cell = calloc(cells, sizeof *r->cell);
    r->square = malloc(2 * cells * sizeof *r->square);
    r->single = r->square ? r->square + cells : NULL;
    if (!r->cell || !r->square) return tg_fail(TG_ENOMEM, "out of memory");
    TG_TRY(check_cost(ask, r));
    TG_TRY(begin_tables(ask, r, out));
    for (; r->algorithm < r->study->algorithms; r->algorithm++) {
        TG_TRY(chart_one(r, ask, out->table));
        r->first += tg_chart_region_blocks(r);
    }
    return add_axes(r, tg_table_rows(out->table[1]), out->table[2]);
}

static tg_status
answer(const tg_ask *ask, const tg_study *study, tg_answer *out)
{
    tg_chart_region r = { .study = study, .records = ask->records };

    TG_TRY(tg_chart_region_axes(tg_ask_value(ask, "x"), tg_ask_value(ask, "y"), &r));
    const tg_status status = chart(&r, ask, out);
    free(r.cell);
    free(r.square);
    return status;
}

static const tg_option options[] = {
    { "x", "PATH=LOW:HIGH:COUNT[:log]",
      "the setting along x, e.g. algorithm.step=0.001:0.1:50:log" },
    { "y", "PATH=LOW:HIGH:COUNT[:log]",
      "the setting along y, e.g. workers[0].compute.shape=1:16:50" },
    { 0 },
};

const tg_answerer tg_answer_region = {
    .is = { .name = "region",
            .operands = "STUDY",
            .summary = "the region of convergence over any two settings, of asgd and dude",
            .doc =
                "Solve a study on a grid of two of its settings: rate, number of unstable "
                "roots, and how "
                "far\n"
                "the loop gain is from the three at which the mean of many workers, the "
                "mean "
                "square of\n"
                "these and a single run are lost. Their boundary curves: that of the mean "
                "by "
                "continuation,\n"
                "with the number of unstable roots on either side, the others between the "
                "points of "
                "the\n"
                "grid. A number of workers is a continuous setting where there is one "
                "group of "
                "them. "
                "With\n"
                "--out: tables region, boundary and axes, and a chart of every algorithm,\n"
                "figures/chart-NAME.svg.",
            .options = options },
    .study = true,
    .tables = { { "region", cell_columns, CELL_COLUMNS },
                { "boundary", curve_columns, CURVE_COLUMNS },
                { "axes", tg_axis_columns, TG_AXIS_COLUMNS },
                { "fill", tg_region_fill_columns, TG_REGION_FILL_COLUMNS } },
    .answer = answer,
    .plan = tg_plan_chart
};
