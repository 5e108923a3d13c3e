/* slowdown_figures: batches to target over a setting, beside those of its first value */
#include "cli/answer_figures.h"
#include "cli/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns of slowdown.csv, of which a series has SERIES_COLUMNS. */
enum {
    SERIES,
    VALUE,
    BATCHES = 6,
    RATIO = 8,
    RATIO_ERROR,
    SERIES_COLUMNS = 4,
    LABELS = 4096
};

static const tg_column columns[SERIES_COLUMNS] = {
    { "x", "", "the value; its place, where not all are numbers", false },
    { "ratio", "", "batches to target over those of the first value", false },
    { "error", "", "its standard error", false },
    { "batches", "", "to target, mean", false },
};

static bool
is_number(const char *text)
{
    char *end;

    return isfinite(strtod(text, &end)) && end != text && !*end;
}

static bool
all_numbers(const tg_table *t)
{
    for (size_t r = 0; r < tg_table_rows(t); r++)
        if (!is_number(tg_table_cell(t, r, VALUE).text)) return false;
    return true;
}

static tg_status
write_series(const arguments *a, const tg_study *study, const tg_table *from,
             const char *series)
{
    const bool numbers = all_numbers(from);
    char       name[160];
    double     place = 0;
    tg_table  *t = NULL;
    tg_status  status = table_begin(a, study, columns, SERIES_COLUMNS, &t);

    for (size_t r = 0; r < tg_table_rows(from) && status == TG_OK; r++) {
        if (strcmp(tg_table_cell(from, r, SERIES).text, series) != 0) continue;
        const double x =
            numbers ? strtod(tg_table_cell(from, r, VALUE).text, NULL) : place++;
        status = tg_table_add(
            t, (tg_cell[]){ TG_NUMBER(x), TG_NUMBER(tg_table_number(from, r, RATIO)),
                            TG_NUMBER(tg_table_number(from, r, RATIO_ERROR)),
                            TG_NUMBER(tg_table_number(from, r, BATCHES)) });
    }
    snprintf(name, sizeof name, "slowdown-%.120s", series);
    if (status == TG_OK) return table_write(a, name, t);
    tg_table_free(t);
    return status;
}

/* Whether this row is the first of its series. */
static bool
is_first(const tg_table *t, size_t row)
{
    for (size_t r = 0; r < row; r++)
        if (!strcmp(tg_table_cell(t, r, SERIES).text, tg_table_cell(t, row, SERIES).text))
            return false;
    return true;
}

static const char *
last_word(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot ? dot + 1 : path;
}

/* The largest ratio of those there are; 0: there is none. */
static size_t
worst(const tg_table *t, double *most)
{
    size_t at = 0;

    *most = 0;
    for (size_t r = 0; r < tg_table_rows(t); r++) {
        const double ratio = tg_table_number(t, r, RATIO);
        if (!isfinite(ratio) || ratio <= *most) continue;
        *most = ratio;
        at = r;
    }
    return at;
}

tg_status
draw_slowdown(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    const tg_table *t = answer->table[0];
    const char     *word = last_word(tg_table_find_note(t, "over"));
    char            labels[LABELS] = "", caption[400];
    double          most;
    const size_t    at = worst(t, &most);

    for (size_t r = 0; r < tg_table_rows(t); r++) {
        const char *series = tg_table_cell(t, r, SERIES).text;
        if (!is_first(t, r) || strlen(labels) + strlen(series) + 2 > sizeof labels)
            continue;
        TG_TRY(write_series(a, study, t, series));
        snprintf(labels + strlen(labels), sizeof labels - strlen(labels), "%s%s",
                 *labels ? " " : "", series);
    }
    if (most == 0)
        return figure_none(
            results_folder(a),
            "No run with the first value is at the target within the horizon: "
            "there is nothing to hold the others against.");
    snprintf(
        caption, sizeof caption,
        "Batches to the target, over those with %s = %s: most with %s = %s of %s, %.3g ± "
        "%.2g times as many.",
        word, tg_table_cell(t, 0, VALUE).text, word, tg_table_cell(t, at, VALUE).text,
        tg_table_cell(t, at, SERIES).text, most, tg_table_number(t, at, RATIO_ERROR));
    return figure_make(results_folder(a), &(figure){ .script = "slowdown",
                                                     .labels = labels,
                                                     .title = "Batches to target",
                                                     .caption = caption });
}
