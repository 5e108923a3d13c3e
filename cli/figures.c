#include "cli/figures.h"

#include "core/file.h"
#include "core/process.h"
#include "core/quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const figure figures[] = {
    { "trajectory", "Excess loss in time", "trajectory" },
    { "workers", "Time to target against the number of workers", "sweep" },
    { "region", "Which workers and learning rates converge", "region" },
    { "staleness", "Staleness", "staleness" },
    { "roots", "Characteristic roots as the workers grow", "roots" },
    { 0 },
};

enum { PATH_ROOM = 4096 };

const char *
embedded_text(const char *name)
{
    for (const embedded *e = embedded_files; e->name; e++)
        if (!strcmp(e->name, name)) return e->text;
    return NULL;
}

static tg_status
write_script(const char *folder, const char *name)
{
    char        path[PATH_ROOM];
    tg_file     f;
    const char *text = embedded_text(name);

    snprintf(path, sizeof path, "%s/figures/%s", folder, name);
    TG_TRY(tg_file_begin(&f, path));
    fputs(text ? text : "", f.stream);
    return tg_file_end(&f, TG_OK);
}

/* What a script is to read, where it is to write: values, relative to the folder. */
static tg_status
write_values(const char *folder, const char *tables, const char *labels,
             const char *picture)
{
    const struct {
        const char *name, *value;
    } values[] = { { "style", "figures/style.gp" },
                   { "tables", tables },
                   { "labels", labels },
                   { "output", picture } };
    char    path[PATH_ROOM];
    tg_file f;

    snprintf(path, sizeof path, "%s/%s.values", folder, picture);
    TG_TRY(tg_file_begin(&f, path));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        fprintf(f.stream, "%s = ", values[i].name);
        tg_quote_gnuplot(f.stream, values[i].value);
        fputc('\n', f.stream);
    }
    return tg_file_end(&f, TG_OK);
}

/* Run fig_NAME.gp on the tables in FOLDER/`tables` to make FOLDER/`picture`, whole or not
 * at all. */
static tg_status
draw(const char *folder, const char *tables, const char *name, const char *labels,
     const char *picture)
{
    char script[160], values[160], path[PATH_ROOM];

    snprintf(script, sizeof script, "fig_%s.gp", name);
    TG_TRY(write_script(folder, script));
    TG_TRY(write_values(folder, tables, labels, picture));
    snprintf(script, sizeof script, "figures/fig_%s.gp", name);
    snprintf(values, sizeof values, "%s.values", picture);
    const tg_status status =
        tg_process_run(folder, (const char *[]){ "gnuplot", "-d", values, script, NULL });
    if (status == TG_OK) return TG_OK;
    snprintf(path, sizeof path, "%s/%s", folder, picture);
    remove(path);
    return tg_fail_within(status, "figure %s (package gnuplot-nox)", name);
}

static tg_status
open_folder(const char *folder)
{
    char path[PATH_ROOM];

    snprintf(path, sizeof path, "%s/figures", folder);
    TG_TRY(tg_folder_make(path));
    return write_script(folder, "style.gp");
}

tg_status
figure_make(const char *folder, const char *name, const char *label)
{
    char picture[128];

    snprintf(picture, sizeof picture, "figures/%s%s%.60s.svg", name, label ? "-" : "",
             label ? label : "");
    TG_TRY(open_folder(folder));
    return draw(folder, ".", name, label ? label : "", picture);
}

static int
has_table(const char *folder, const char *name, const char *labels)
{
    char  path[PATH_ROOM];
    FILE *f;

    snprintf(path, sizeof path, "%s/tables/%s-%.*s.csv", folder, name,
             (int)strcspn(labels, " "), labels);
    f = fopen(path, "r");
    if (f) fclose(f);
    return f != NULL;
}

tg_status
figures_make(const char *folder, const char *labels, const char *format)
{
    char path[PATH_ROOM];

    if (strcmp(format, "svg") && strcmp(format, "pdf") && strcmp(format, "png"))
        return tg_fail(TG_EINPUT, "figure format: expected svg, pdf or png, got \"%s\"",
                       format);
    TG_TRY(open_folder(folder));
    for (const figure *f = figures; f->name; f++) {
        char picture[64];
        snprintf(picture, sizeof picture, "figures/%s.%s", f->name, format);
        snprintf(path, sizeof path, "%s/%s", folder, picture);
        remove(path); /* of an earlier run: this one may not make it */
        if (has_table(folder, f->needs, labels))
            TG_TRY(draw(folder, "tables", f->name, labels, picture));
    }
    return TG_OK;
}
