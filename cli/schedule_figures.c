#include "cli/schedule_figures.h"

#include "cli/figures.h"
#include "cli/output.h"

#include <stdio.h>
#include <string.h>

/* Columns of best.csv. */
enum { ALGORITHM, TARGET, WHAT, WORKERS, STEP, TIME = 6 };

/* The first row that is the best of this algorithm; none: the number of rows. */
static size_t
best_row(const tg_table *t, const char *label)
{
    size_t r = 0;

    while (r < tg_table_rows(t) &&
           (strcmp(tg_table_cell(t, r, ALGORITHM).text, label) != 0 ||
            strcmp(tg_table_cell(t, r, WHAT).text, "best") != 0))
        r++;
    return r;
}

static tg_status
draw(const char *folder, const tg_table *t, size_t row, const char *label)
{
    char caption[300];

    snprintf(
        caption, sizeof caption,
        "%.60s is at the target of %.4g soonest with %.4g worker%s and a learning rate of "
        "%.3g: after %.4g.",
        label, tg_table_number(t, row, TARGET), tg_table_number(t, row, WORKERS),
        tg_table_number(t, row, WORKERS) == 1 ? "" : "s", tg_table_number(t, row, STEP),
        tg_table_number(t, row, TIME));
    return figure_make(folder,
                       &(figure){ .script = "schedule",
                                  .name = label,
                                  .title = "Time to target over workers and learning rate",
                                  .caption = caption });
}

tg_status
schedule_figures(const arguments *a, const tg_study *study, const tg_table *best)
{
    for (size_t i = 0; i < study->algorithms; i++) {
        const char  *label = study->algorithm[i].label;
        const size_t row = best_row(best, label);
        if (row < tg_table_rows(best)) TG_TRY(draw(results_folder(a), best, row, label));
    }
    return TG_OK;
}
