/* course_figures: loss in time, and time to target against the workers, of predict and
 * simulate, drawn by the scripts of a study from tables of the same form */
#include "cli/answer_figures.h"
#include "cli/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const tg_column trajectory[] = {
    { "t", "time", "", false },
    { "predicted", "loss", "expected excess loss", false },
    { "low", "loss", "predicted, less the expected model error", false },
    { "high", "loss", "predicted, plus the expected model error", false },
    { "simulated", "loss", "mean over replicas", false },
    { "error", "loss", "its standard error", false },
    { "target", "loss", "", false },
};
static const tg_column spread[] = {
    { "t", "time", "", false },
    { "low", "loss", "lower end of the band", false },
    { "high", "loss", "its upper end", false },
};
static const tg_column curve[] = {
    { "workers", "", "", false },
    { "settle", "time", "predicted time to target", false },
    { "settle_error", "time", "expected model error", false },
};
static const tg_column sweep[] = {
    { "workers", "", "", false },
    { "predicted", "time", "to the target", false },
    { "simulated", "time", "to the target", false },
    { "simulated_error", "time", "its standard error", false },
};
static const tg_column marks[] = {
    { "best", "", "number of workers with the least time to target; -1: none", false },
    { "best_low", "", "from here ...", false },
    { "best_high", "", "... to here within 5 % of it", false },
    { "best_time", "time", "to target with the best; -1: none", false },
    { "limit", "", "number of workers at which the mean square is lost; -1: none", false },
    { "own", "", "the study's own number of workers", false },
    { "own_time", "time", "to target with these; -1: never", false },
};

enum { COLUMNS = 7, LABELS = 4096 };
#define COUNT(list) (sizeof list / sizeof *list)

/* An answer of one algorithm, with the columns of its tables by name. */
typedef struct part {
    const arguments *a;
    const tg_study  *study;
    const tg_table  *rows, *course;
    const char      *label;
    bool             simulated;
} part;

/* Number of a column by its name; NaN where there is no such column. */
static double
number(const tg_table *t, size_t row, const char *name)
{
    size_t c = 0;

    return tg_table_find(t, name, &c) == TG_OK ? tg_table_number(t, row, c) : (double)NAN;
}

static bool
mine(const part *p, const tg_table *t, size_t row)
{
    return !strcmp(tg_table_cell(t, row, 0).text, p->label);
}

/* KIND-LABEL.csv of all rows of `from`; what a row gives is filled into cells. */
static tg_status
write_rows(const part *p, const char *kind, const tg_column *columns, size_t count,
           const tg_table *from, bool (*row)(const part *p, size_t i, tg_cell *cell))
{
    char      name[160];
    tg_cell   cell[COLUMNS];
    tg_table *t = NULL;
    tg_status status = table_begin(p->a, p->study, columns, count, &t);

    for (size_t i = 0; i < tg_table_rows(from) && status == TG_OK; i++)
        if (mine(p, from, i) && row(p, i, cell)) status = tg_table_add(t, cell);
    snprintf(name, sizeof name, "%.40s-%.100s", kind, p->label);
    if (status == TG_OK) return table_write(p->a, name, t);
    tg_table_free(t);
    return status;
}

/* ---- loss in time -------------------------------------------------------------------- */

static bool
trajectory_row(const part *p, size_t i, tg_cell *cell)
{
    const double loss = number(p->course, i, "loss"), none = NAN;
    const bool   s = p->simulated;

    cell[0] = TG_NUMBER(number(p->course, i, "t"));
    cell[1] = TG_NUMBER(s ? none : loss);
    cell[2] = TG_NUMBER(s ? none : number(p->course, i, "low"));
    cell[3] = TG_NUMBER(s ? none : number(p->course, i, "high"));
    cell[4] = TG_NUMBER(s ? loss : none);
    cell[5] = TG_NUMBER(s ? number(p->course, i, "error") : none);
    cell[6] = TG_NUMBER(p->study->target);
    return true;
}

static bool
spread_row(const part *p, size_t i, tg_cell *cell)
{
    cell[0] = TG_NUMBER(number(p->course, i, "t"));
    cell[1] = TG_NUMBER(number(p->course, i, "low"));
    cell[2] = TG_NUMBER(number(p->course, i, "high"));
    return !isnan(cell[1].number);
}

/* Whether any of its losses can be drawn on a logarithmic axis. */
static bool
is_drawn(const part *p)
{
    for (size_t i = 0; i < tg_table_rows(p->course); i++) {
        const double loss = number(p->course, i, "loss");
        if (mine(p, p->course, i) && loss > 0 && isfinite(loss)) return true;
    }
    return false;
}

/* ---- time to target against the workers ----------------------------------------------- */

static bool
curve_row(const part *p, size_t i, tg_cell *cell)
{
    cell[0] = TG_NUMBER(number(p->rows, i, "workers"));
    cell[1] = TG_NUMBER(p->simulated ? (double)NAN : number(p->rows, i, "settle"));
    cell[2] = TG_NUMBER(p->simulated ? (double)NAN : number(p->rows, i, "settle_error"));
    return true;
}

static bool
sweep_row(const part *p, size_t i, tg_cell *cell)
{
    const double settle = number(p->rows, i, "settle"), none = NAN;

    cell[0] = TG_NUMBER(number(p->rows, i, "workers"));
    cell[1] = TG_NUMBER(p->simulated ? none : settle);
    cell[2] = TG_NUMBER(p->simulated ? settle : none);
    cell[3] = TG_NUMBER(p->simulated ? number(p->rows, i, "settle_error") : none);
    return true;
}

/* The fastest of the numbers of workers tried, and those within 5 % of it. */
typedef struct fastest {
    double best, low, high, time, own;
} fastest;

static fastest
fastest_of(const part *p)
{
    fastest f = { .best = -1, .low = -1, .high = -1, .time = INFINITY, .own = -1 };

    for (size_t i = 0; i < tg_table_rows(p->rows); i++) {
        const double P = number(p->rows, i, "workers"), t = number(p->rows, i, "settle");
        if (!mine(p, p->rows, i) || !isfinite(t)) continue;
        if (t < f.time) f = (fastest){ P, P, P, t, f.own };
        if (P == (double)p->study->workers) f.own = t;
    }
    for (size_t i = 0; i < tg_table_rows(p->rows); i++) {
        const double P = number(p->rows, i, "workers"), t = number(p->rows, i, "settle");
        if (!mine(p, p->rows, i) || !(t <= 1.05 * f.time)) continue;
        f.low = fmin(f.low, P);
        f.high = fmax(f.high, P);
    }
    return f;
}

/* The number of workers at which the mean square is lost; NaN: none that is known. */
static double
limit_of(const part *p)
{
    for (size_t i = 0; i < tg_table_rows(p->rows); i++)
        if (mine(p, p->rows, i) &&
            number(p->rows, i, "workers") == (double)p->study->workers)
            return number(p->rows, i, "workers_limit");
    return NAN;
}

static tg_status
write_marks(const part *p, const fastest *f)
{
    const double limit = limit_of(p);
    char         name[160];
    tg_table    *t = NULL;

    TG_TRY(table_begin(p->a, p->study, marks, COUNT(marks), &t));
    tg_status status = tg_table_add(
        t, (tg_cell[]){ TG_NUMBER(f->best), TG_NUMBER(f->low), TG_NUMBER(f->high),
                        TG_NUMBER(isfinite(f->time) ? f->time : -1),
                        TG_NUMBER(isfinite(limit) ? limit : -1),
                        TG_NUMBER((double)p->study->workers), TG_NUMBER(f->own) });
    snprintf(name, sizeof name, "marks-%.100s", p->label);
    if (status == TG_OK) return table_write(p->a, name, t);
    tg_table_free(t);
    return status;
}

static tg_status
write_workers(const part *p)
{
    const fastest f = fastest_of(p);

    TG_TRY(write_rows(p, "curve", curve, COUNT(curve), p->rows, curve_row));
    TG_TRY(write_rows(p, "sweep", sweep, COUNT(sweep), p->rows, sweep_row));
    return write_marks(p, &f);
}

static tg_status
draw_workers(const part *p, const char *labels, size_t rule)
{
    const fastest f = fastest_of(p);
    const double  limit = limit_of(p);
    char          caption[400], title[140];

    if (!(f.best > 0)) {
        snprintf(caption, sizeof caption,
                 "%s reaches the target with none of the numbers of workers tried.",
                 p->label);
        return figure_none(results_folder(p->a), caption);
    }
    size_t used = (size_t)snprintf(
        caption, sizeof caption, "%s: of the numbers tried (%s) %g worker%s fastest: %.3g",
        p->label, p->simulated ? "dots, simulated" : "corners of the line", f.best,
        f.best == 1 ? " is" : "s are", f.time);
    if (f.own > 0 && f.own != f.time)
        used += (size_t)snprintf(caption + used, sizeof caption - used,
                                 "; your %zu take %.3g", p->study->workers, f.own);
    if (isfinite(limit))
        used += (size_t)snprintf(caption + used, sizeof caption - used,
                                 "; past %.0f it diverges", ceil(limit) - 1);
    snprintf(caption + used, sizeof caption - used, ".");
    snprintf(title, sizeof title, "%.90s: time to target", p->label);
    return figure_make(results_folder(p->a),
                       &(figure){ .script = "workers",
                                  .name = p->study->algorithms > 1 ? p->label : NULL,
                                  .labels = labels,
                                  .number = (int)rule + 1,
                                  .title = title,
                                  .caption = caption });
}

/* ---- both ------------------------------------------------------------------------------ */

static tg_status
draw_trajectory(const part *p, const char *labels, size_t drawn)
{
    const size_t own = p->study->workers;
    char         caption[300];

    if (drawn == 0)
        return figure_none(results_folder(p->a),
                           "The excess loss is 0 throughout, or not known: there is no "
                           "curve to draw.");
    if (p->simulated)
        snprintf(caption, sizeof caption,
                 "Excess loss of %zu simulations with %zu worker%s: mean (dots, with two "
                 "standard errors) and the band that eight of ten runs lie in.",
                 p->study->replicas, own, own == 1 ? "" : "s");
    else
        snprintf(
            caption, sizeof caption,
            "Excess loss predicted with %zu worker%s (line), and how far the model may "
            "be off (band).",
            own, own == 1 ? "" : "s");
    return figure_make(results_folder(p->a), &(figure){ .script = "trajectory",
                                                        .labels = labels,
                                                        .title = "Excess loss in time",
                                                        .caption = caption });
}

/* One more word of a list that a script is told. */
static void
add_word(char list[LABELS], const char *word)
{
    const size_t used = strlen(list);

    snprintf(list + used, LABELS - used, "%s%s", used ? " " : "", word);
}

static tg_status
draw(const arguments *a, const tg_study *study, const tg_answer *answer, bool simulated)
{
    part   p = { .a = a,
                 .study = study,
                 .rows = answer->table[0],
                 .course = answer->table[1],
                 .simulated = simulated };
    char   curves[LABELS] = "", labels[LABELS] = "";
    size_t drawn = 0;

    for (size_t k = 0; k < study->algorithms; k++) {
        p.label = study->algorithm[k].label;
        add_word(labels, p.label);
        TG_TRY(write_workers(&p));
        if (!is_drawn(&p)) continue;
        TG_TRY(write_rows(&p, "trajectory", trajectory, COUNT(trajectory), p.course,
                          trajectory_row));
        TG_TRY(write_rows(&p, "spread", spread, COUNT(spread), p.course, spread_row));
        add_word(curves, p.label);
        drawn++;
    }
    TG_TRY(draw_trajectory(&p, curves, drawn));
    for (size_t k = 0; k < study->algorithms && study->sweeps > 1 && study->target > 0;
         k++) {
        p.label = study->algorithm[k].label;
        TG_TRY(draw_workers(&p, labels, k));
    }
    return TG_OK;
}

tg_status
draw_prediction(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    return draw(a, study, answer, false);
}

tg_status
draw_simulation(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    return draw(a, study, answer, true);
}
