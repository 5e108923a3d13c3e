/* study_report: report.html from its template, self-contained */
#include "cli/figures.h"
#include "cli/report.h"
#include "cli/study_run.h"

#include "core/file.h"
#include "core/quote.h"
#include "core/version.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static tg_status
put_title(const study_run *r, FILE *f)
{
    tg_quote_html(f, r->study->name);
    return TG_OK;
}

static tg_status
put_summary(const study_run *r, FILE *f)
{
    char  *text = NULL;
    size_t size;
    FILE  *memory = open_memstream(&text, &size);

    if (!memory) return tg_fail(TG_ENOMEM, "out of memory");
    /* the page is as wide as its window: what is too long is wrapped there */
    tg_status status = study_run_summary(r, &(tg_page){ memory, INT_MAX });
    if (fclose(memory) != 0 && status == TG_OK)
        status = tg_fail(TG_ENOMEM, "out of memory");
    if (status == TG_OK) tg_quote_html(f, text);
    free(text);
    return status;
}

/* The SVG element without the XML declaration in front of it. */
static tg_status
put_figure(const study_run *r, size_t row, FILE *f)
{
    char        name[160];
    char       *svg = NULL;
    const char *caption = tg_table_cell(r->figures, row, FIGURE_CAPTION).text;

    snprintf(name, sizeof name, "figures/%s.svg",
             tg_table_cell(r->figures, row, FIGURE_PICTURE).text);
    char *path = tg_path_join(r->folder, name);
    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_status status = tg_file_read(path, &svg);
    free(path);
    if (status != TG_OK) return TG_OK; /* gnuplot is missing, which the command says */
    const char *begin = strstr(svg, "<svg");
    fprintf(f, "<figure>%s<figcaption>", begin ? begin : "");
    tg_quote_html(f, caption);
    fprintf(f, "</figcaption></figure>\n");
    free(svg);
    return TG_OK;
}

/* Those without data are sentences. */
static tg_status
put_figures(const study_run *r, FILE *f)
{
    for (size_t i = 0; i < tg_table_rows(r->figures); i++) {
        if (strcmp(tg_table_cell(r->figures, i, FIGURE_SCRIPT).text, "-") != 0) {
            TG_TRY(put_figure(r, i, f));
            continue;
        }
        fprintf(f, "<p class=\"note\">");
        tg_quote_html(f, tg_table_cell(r->figures, i, FIGURE_CAPTION).text);
        fprintf(f, "</p>\n");
    }
    return TG_OK;
}

static tg_status
put_settings(const study_run *r, FILE *f)
{
    for (size_t i = 0; i < tg_table_notes(r->claims); i++) {
        const char *key, *value;
        tg_table_get_note(r->claims, i, &key, &value);
        tg_quote_html(f, key);
        fputs(": ", f);
        tg_quote_html(f, value);
        fputc('\n', f);
    }
    return TG_OK;
}

static tg_status
put_made(const study_run *r, FILE *f)
{
    (void)r;
    fprintf(f, "tardigrad %s", TG_VERSION);
    return TG_OK;
}

static const struct section {
    const char *name;
    tg_status (*put)(const study_run *r, FILE *f);
} sections[] = { { "title", put_title },
                 { "verdict", report_verdict },
                 { "summary", put_summary },
                 { "figures", put_figures },
                 { "predictions", report_predictions },
                 { "claims", report_claims },
                 { "settings", put_settings },
                 { "made", put_made } };

/* Copy the template, each {{name}} replaced by its section. */
static tg_status
fill_template(const study_run *r, const char *text, FILE *f)
{
    for (const char *open; (open = strstr(text, "{{")); text = strstr(open, "}}") + 2) {
        fwrite(text, 1, (size_t)(open - text), f);
        for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
            const size_t n = strlen(sections[i].name);
            if (!strncmp(open + 2, sections[i].name, n) && open[2 + n] == '}')
                TG_TRY(sections[i].put(r, f));
        }
    }
    fputs(text, f);
    return TG_OK;
}

tg_status
study_run_report(const study_run *r)
{
    tg_file f;
    char   *path = tg_path_join(r->folder, "report.html");

    if (!path) return tg_fail(TG_ENOMEM, "out of memory");
    tg_status status = tg_file_begin(&f, path);
    free(path);
    if (status != TG_OK) return status;
    return tg_file_end(&f, fill_template(r, embedded_text("report.html"), f.stream));
}
