#include "cli/figures.h"

#include "cli/stop.h"
#include "cli/svg.h"
#include "core/file.h"
#include "core/process.h"
#include "core/quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_ROOM = 4096 };

static const tg_column list_columns[FIGURE_COLUMNS] = {
    { "picture", "", "name of the file, without its ending", true },
    { "script", "", "fig_SCRIPT.gp drew it; -: without data it is a sentence", true },
    { "labels", "", "words that it was told", true },
    { "tables", "", "folder of the tables that it read", true },
    { "number", "", "which of the labels it is about", false },
    { "title", "", "", true },
    { "caption", "", "what to see in it", true },
};

const char *
embedded_text(const char *name)
{
    for (const embedded *e = embedded_files; e->name; e++)
        if (!strcmp(e->name, name)) return e->text;
    return NULL;
}

/* ---- the list ------------------------------------------------------------------------ */

tg_status
figures_list(tg_table **out)
{
    return tg_table_create(list_columns, FIGURE_COLUMNS, out);
}

tg_status
figures_add(tg_table *list, const figure *f)
{
    char        picture[128];
    const char *labels = f->labels ? f->labels : f->name;

    snprintf(picture, sizeof picture, "%.40s%s%.80s", f->script, f->name ? "-" : "",
             f->name ? f->name : "");
    return tg_table_add(list, (tg_cell[]){ TG_TEXT(picture), TG_TEXT(f->script),
                                           TG_TEXT(labels ? labels : "-"),
                                           TG_TEXT(f->tables ? f->tables : "."),
                                           TG_NUMBER(f->number ? f->number : 1),
                                           TG_TEXT(f->title), TG_TEXT(f->caption) });
}

static void
list_path(const char *folder, char path[PATH_ROOM])
{
    snprintf(path, PATH_ROOM, "%s/figures/figures.csv", folder);
}

tg_status
figures_read(const char *folder, tg_table **out)
{
    char      path[PATH_ROOM];
    size_t    column;
    tg_table *t = NULL;

    list_path(folder, path);
    if (tg_table_read(path, &t) != TG_OK)
        return tg_fail_within(
            TG_EINPUT,
            "%s holds no figures; every command draws some into the folder of its --out",
            folder);
    tg_status status = TG_OK;
    for (size_t c = 0; c < FIGURE_COLUMNS && status == TG_OK; c++) {
        status = tg_table_find(t, list_columns[c].name, &column);
        if (status == TG_OK && (column != c || (c != FIGURE_NUMBER && tg_table_rows(t) &&
                                                !tg_table_column(t, c)->text)))
            status = tg_fail(TG_EINPUT, "%s: expected words in column %zu, %s", path, c + 1,
                             list_columns[c].name);
    }
    if (status == TG_OK)
        *out = t;
    else
        tg_table_free(t);
    return status;
}

/* ---- drawing ------------------------------------------------------------------------- */

/* A row of the list, as values. */
typedef struct picture {
    const char *name, *script, *labels, *tables, *title, *caption;
    double      number;
} picture;

static picture
picture_at(const tg_table *list, size_t row)
{
    return (picture){ .name = tg_table_cell(list, row, FIGURE_PICTURE).text,
                      .script = tg_table_cell(list, row, FIGURE_SCRIPT).text,
                      .labels = tg_table_cell(list, row, FIGURE_LABELS).text,
                      .tables = tg_table_cell(list, row, FIGURE_TABLES).text,
                      .title = tg_table_cell(list, row, FIGURE_TITLE).text,
                      .caption = tg_table_cell(list, row, FIGURE_CAPTION).text,
                      .number = tg_table_number(list, row, FIGURE_NUMBER) };
}

static tg_status
write_script(const char *folder, const char *name)
{
    char        path[PATH_ROOM];
    tg_file     f;
    const char *text = embedded_text(name);

    if (!text) return tg_fail(TG_EINPUT, "there is no figure %s", name);
    snprintf(path, sizeof path, "%s/figures/%s", folder, name);
    TG_TRY(tg_file_begin(&f, path));
    fputs(text, f.stream);
    return tg_file_end(&f, TG_OK);
}

/* What a script is to read, where it is to write: values, relative to the folder. */
static tg_status
write_values(const char *folder, const picture *p, const char *output)
{
    const struct {
        const char *name, *value;
    } values[] = { { "style", "figures/style.gp" },
                   { "tables", p->tables },
                   { "labels", p->labels },
                   { "output", output } };
    char    path[PATH_ROOM];
    tg_file f;

    snprintf(path, sizeof path, "%s/%s.values", folder, output);
    TG_TRY(tg_file_begin(&f, path));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        fprintf(f.stream, "%s = ", values[i].name);
        tg_quote_gnuplot(f.stream, values[i].value);
        fputc('\n', f.stream);
    }
    fprintf(f.stream, "number = %d\n",
            p->number >= 1 && p->number < 1e6 ? (int)p->number : 1);
    return tg_file_end(&f, TG_OK);
}

/* NAME.tex beside NAME.pdf. */
static tg_status
write_tex(const char *folder, const picture *p)
{
    char    path[PATH_ROOM];
    tg_file f;

    snprintf(path, sizeof path, "%s/figures/%s.tex", folder, p->name);
    TG_TRY(tg_file_begin(&f, path));
    fputs("% \\usepackage{graphicx}; \\graphicspath says where the PDF is\n"
          "\\begin{figure}\n\\centering\n\\includegraphics{\\detokenize{",
          f.stream);
    fputs(p->name, f.stream);
    fputs("}}\n\\caption{", f.stream);
    tg_quote_tex(f.stream, p->caption);
    fputs("}\n\\end{figure}\n", f.stream);
    return tg_file_end(&f, TG_OK);
}

/* A name that is a file in the folder and nowhere else: printable ASCII, the same to all who read
 * it. */
static tg_status
check_name(const char *name)
{
    size_t n = 0;

    while (name[n] > ' ' && name[n] < 0x7f && !strchr("/{}\\%#", name[n])) n++;
    if (n > 0 && !name[n] && n < 200 && *name != '.' && *name != '-') return TG_OK;
    return tg_fail(TG_EINPUT, "expected the plain name of a picture, got \"%.60s\"", name);
}

/* Run fig_SCRIPT.gp to make FOLDER/figures/NAME.FORMAT, whole or not at all. */
static tg_status
draw(const char *folder, const picture *p, const char *format)
{
    const bool  tex = !strcmp(format, "tex");
    const char *ending = tex ? "pdf" : format;
    char        script[160], output[260], values[270], path[PATH_ROOM];

    TG_TRY(check_name(p->name));
    snprintf(output, sizeof output, "figures/%s.%s", p->name, ending);
    snprintf(path, sizeof path, "%s/%s", folder, output);
    remove(path); /* of an earlier run: this one may not make it */
    snprintf(script, sizeof script, "fig_%.100s.gp", p->script);
    TG_TRY(write_script(folder, script));
    TG_TRY(write_values(folder, p, output));
    snprintf(script, sizeof script, "figures/fig_%.100s.gp", p->script);
    snprintf(values, sizeof values, "%s.values", output);
    tg_status status =
        tg_process_run(folder, (const char *[]){ "gnuplot", "-d", values, script, NULL });
    if (status == TG_OK && !strcmp(format, "svg"))
        status = svg_describe(path, p->title, p->caption);
    if (status == TG_OK) return tex ? write_tex(folder, p) : TG_OK;
    remove(path);
    return tg_fail_within(status, "figure %s (package gnuplot-nox)", p->name);
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
figures_write(const char *folder, const tg_table *list)
{
    char path[PATH_ROOM];

    TG_TRY(open_folder(folder));
    list_path(folder, path);
    return tg_table_write(list, path);
}

tg_status
figures_make(const char *folder, const tg_table *list, const char *format)
{
    static const char *const formats[] = { "svg", "pdf", "png", "tex", NULL };
    size_t                   k = 0;

    while (formats[k] && strcmp(formats[k], format)) k++;
    if (!formats[k])
        return tg_fail(TG_EINPUT,
                       "figure format: expected svg, pdf, png or tex, got \"%s\"", format);
    TG_TRY(figures_write(folder, list));
    for (size_t i = 0; i < tg_table_rows(list); i++) {
        const picture p = picture_at(list, i);
        if (strcmp(p.script, "-") != 0) TG_TRY(draw(folder, &p, format));
    }
    return TG_OK;
}

tg_status
figure_none(const char *folder, const char *sentence)
{
    return figure_make(
        folder, &(figure){ .script = "-", .title = "no figure", .caption = sentence });
}

tg_status
figure_make(const char *folder, const figure *f)
{
    tg_table *list = NULL;

    tg_status status = figures_read(folder, &list);
    if (status == TG_EINPUT) status = figures_list(&list);
    if (status == TG_OK) status = figures_add(list, f);
    if (status == TG_OK) status = figures_write(folder, list);
    if (status == TG_OK && strcmp(f->script, "-") != 0 && !stop_status()) {
        const picture p = picture_at(list, tg_table_rows(list) - 1);
        status = draw(folder, &p, "svg");
    }
    tg_table_free(list);
    return status;
}
