#include "cli/answers.h"
#include "cli/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The loops that have roots; the table has their names in its first column, loop by loop. */
static size_t
loops_of(const tg_table *t)
{
    size_t n = 0;

    for (size_t i = 0; i < tg_table_rows(t); i++)
        n += i == 0 || strcmp(tg_table_cell(t, i, 0).text, tg_table_cell(t, i - 1, 0).text);
    return n;
}

/* "; the rightmost has real part -0.033: all decay" */
static void
rightmost(const tg_table *t, char *out, size_t room)
{
    enum { RE = 3 };
    double most = -INFINITY;

    for (size_t i = 0; i < tg_table_rows(t); i++)
        most = fmax(most, tg_table_number(t, i, RE));
    snprintf(out, room, "; the rightmost has real part %.3g: %s", most,
             most < 0 ? "all decay" : "it grows");
}

/* Along a setting, or of one or more loops. */
static tg_status
draw(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    const tg_table *t = answer->table[0];
    const char     *along = value_of(a, "along");
    const size_t    roots = tg_table_rows(t), loops = along ? 0 : loops_of(t);
    char            caption[300], right[80];

    (void)study;
    if (roots == 0) return figure_none(results_folder(a), "No root lies there.");
    rightmost(t, right, sizeof right);
    if (along)
        snprintf(caption, sizeof caption, "How %zu characteristic roots move along %.*s%s.",
                 roots, (int)strcspn(along, "="), along, right);
    else
        snprintf(caption, sizeof caption, "%zu characteristic root%s of %zu loop%s%s.",
                 roots, roots == 1 ? "" : "s", loops, loops == 1 ? "" : "s", right);
    return figure_make(results_folder(a), &(figure){ .script = along ? "locus" : "plane",
                                                     .title = "Characteristic roots",
                                                     .caption = caption });
}

static tg_status
run(const arguments *a)
{
    return answer_run(a, &(answering){ .of = &tg_answer_roots, .shown = 1, .draw = draw },
                      NULL);
}

const command cmd_roots = { .answers = &tg_answer_roots, .run = run };
