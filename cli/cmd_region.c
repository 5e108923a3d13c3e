#include "cli/answers.h"
#include "cli/figures.h"
#include "cli/parts.h"

#include <stdio.h>
#include <string.h>

/* The setting of an axis: what stands before = in its option. */
static const char *
axis_path(const arguments *a, const char *option, char out[81])
{
    const char *text = value_of(a, option);

    snprintf(out, 81, "%.*s", (int)strcspn(text, "="), text);
    return out;
}

/* How many settings of an algorithm converge, of how many, and the fastest of them. */
static size_t
count(const tg_table *cells, const char *label, size_t *all, size_t *fastest)
{
    enum { ALGORITHM, SQUARE = 5, RATE = 7 };
    size_t converge = 0;
    double best = 0;

    *all = 0;
    *fastest = SIZE_MAX;
    for (size_t r = 0; r < tg_table_rows(cells); r++) {
        if (strcmp(tg_table_cell(cells, r, ALGORITHM).text, label) != 0) continue;
        ++*all;
        converge += tg_table_number(cells, r, SQUARE) < 1;
        if (!(tg_table_number(cells, r, RATE) > best)) continue;
        best = tg_table_number(cells, r, RATE);
        *fastest = r;
    }
    return converge;
}

/* A chart of every algorithm. */
static tg_status
draw(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    const tg_table *cells = answer->table[0];
    char            caption[500], best[240] = "", x[81], y[81];
    size_t          all, fastest;

    for (size_t i = 0; i < study->algorithms; i++) {
        const char  *label = study->algorithm[i].label;
        const size_t converge = count(cells, label, &all, &fastest);
        axis_path(a, "x", x);
        axis_path(a, "y", y);
        if (fastest != SIZE_MAX)
            snprintf(best, sizeof best, "; the fastest has %.80s = %.4g and %.80s = %.4g",
                     x, tg_table_number(cells, fastest, 1), y,
                     tg_table_number(cells, fastest, 2));
        snprintf(caption, sizeof caption,
                 "%zu of %zu settings of %.80s and %.80s converge with %.40s%s.", converge,
                 all, x, y, label, fastest != SIZE_MAX ? best : "");
        TG_TRY(figure_make(results_folder(a), &(figure){ .script = "chart",
                                                         .name = label,
                                                         .number = (int)i + 1,
                                                         .title = "Region of convergence",
                                                         .caption = caption }));
    }
    return TG_OK;
}

static tg_status
run(const arguments *a)
{
    const answering how = { .of = &tg_answer_region, .shown = 2, .draw = draw };

    return answer_run(a, &how, NULL);
}

static const tg_option options[] = { PARTS_OPTIONS, { 0 } };

const command cmd_region = { .answers = &tg_answer_region, .options = options, .run = run };
