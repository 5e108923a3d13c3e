#include "cli/figures.h"

#include "core/file.h"
#include "core/process.h"

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

/* Single quotes cannot be escaped inside gnuplot's single quotes but by doubling. */
static void
quote(const char *text, char *out, size_t room)
{
    size_t n = 0;

    for (; *text && n + 2 < room; text++) {
        out[n++] = *text;
        if (*text == '\'') out[n++] = '\'';
    }
    out[n] = '\0';
}

/* Run fig_NAME.gp on the tables in `tables` to make FOLDER/figures/PICTURE. */
static tg_status
draw(const char *folder, const char *tables, const char *name, const char *labels,
     const char *picture)
{
    char settings[4 * PATH_ROOM], script[PATH_ROOM], quoted[PATH_ROOM], source[PATH_ROOM];

    snprintf(script, sizeof script, "fig_%s.gp", name);
    TG_TRY(write_script(folder, script));
    quote(folder, quoted, sizeof quoted);
    quote(tables, source, sizeof source);
    snprintf(
        settings, sizeof settings,
        "style='%s/figures/style.gp'; tables='%s'; labels='%s'; output='%s/figures/%s'",
        quoted, source, labels, quoted, picture);
    snprintf(script, sizeof script, "%.4000s/figures/fig_%s.gp", folder, name);
    const tg_status status =
        tg_process_run((const char *[]){ "gnuplot", "-e", settings, script, NULL });
    if (status == TG_OK) return TG_OK;
    return tg_fail_within(status, "figure %s (package gnuplot-nox)", name);
}

static tg_status
make_one(const char *folder, const figure *f, const char *labels, const char *format)
{
    char tables[PATH_ROOM], picture[64];

    snprintf(tables, sizeof tables, "%.4000s/tables", folder);
    snprintf(picture, sizeof picture, "%s.%s", f->name, format);
    return draw(folder, tables, f->name, labels, picture);
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

    snprintf(picture, sizeof picture, "%s%s%s.svg", name, label ? "-" : "",
             label ? label : "");
    TG_TRY(open_folder(folder));
    return draw(folder, folder, name, label ? label : "", picture);
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
        snprintf(path, sizeof path, "%.4000s/figures/%s.%s", folder, f->name, format);
        remove(path); /* of an earlier run: this one may not make it */
    }
    for (const figure *f = figures; f->name; f++)
        if (has_table(folder, f->needs, labels))
            TG_TRY(make_one(folder, f, labels, format));
    return TG_OK;
}
