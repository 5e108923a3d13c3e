#include "cli/command.h"
#include "cli/figures.h"

#include "core/file.h"
#include "core/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
has_word(const char *list, const char *word)
{
    const size_t n = strlen(word);

    for (const char *at = list; *at; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        if (length == n && !strncmp(at, word, n)) return 1;
        at += length;
    }
    return 0;
}

/* The algorithms of a finished study stand in its prediction table. */
static tg_status
read_labels(const char *folder, char *labels, size_t room)
{
    tg_table *t = NULL;
    size_t    column, n = 0;
    char     *path = tg_path_join(folder, "tables/prediction.csv");

    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = tg_table_read(path, &t);
    free(path);
    if (status != TG_OK)
        return tg_fail_within(status, "%s is not the folder of a study", folder);
    status = tg_table_find(t, "algorithm", &column);
    *labels = '\0';
    for (size_t r = 0; status == TG_OK && r < tg_table_rows(t); r++) {
        const char *word = tg_table_cell(t, r, column).text;
        if (word && !has_word(labels, word) && n + strlen(word) + 2 < room)
            n += (size_t)sprintf(labels + n, "%s%s", n ? " " : "", word);
    }
    tg_table_free(t);
    return status;
}

static tg_status
run(const arguments *a)
{
    const char *folder, *format = value_of(a, "format");
    char        labels[1024];

    TG_TRY(only_file(a, &folder));
    TG_TRY(read_labels(folder, labels, sizeof labels));
    return figures_make(folder, labels, format ? format : "svg");
}

static const tg_option options[] = { { "format", "FORMAT", "svg (default), pdf or png" },
                                     { 0 } };

const command cmd_plot = { .name = "plot",
                           .operands = "FOLDER",
                           .summary = "figures again from the tables of a finished study",
                           .doc = "Make the figures of a study again from the tables in "
                                  "its folder, for example as PDF\n"
                                  "for a paper. Needs gnuplot.",
                           .refuses = "set out json",
                           .options = options,
                           .run = run };
