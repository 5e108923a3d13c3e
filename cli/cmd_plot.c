#include "cli/command.h"
#include "cli/figures.h"

static tg_status
run(const arguments *a)
{
    const char *folder, *format = value_of(a, "format");
    tg_table   *list = NULL;

    TG_TRY(only_file(a, &folder));
    TG_TRY(figures_read(folder, &list));
    const tg_status status = figures_make(folder, list, format ? format : "svg");
    tg_table_free(list);
    return status;
}

static const tg_option options[] = {
    { "format", "FORMAT",
      "svg (default), pdf, png, or tex: a PDF and a figure with its caption to \\input" },
    { 0 }
};

const command cmd_plot = { .name = "plot",
                           .operands = "FOLDER",
                           .summary = "figures again from the tables in a folder",
                           .doc = "Draw the figures of a folder that --out names "
                                  "again from the tables in it, for example\n"
                                  "as PDF for a paper. Needs gnuplot.",
                           .refuses = "set out json",
                           .options = options,
                           .run = run };
