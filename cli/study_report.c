/* study_report: report.html from its template, self-contained */
#include "cli/figures.h"
#include "cli/output.h"
#include "cli/study_run.h"
#include "study/rows.h"

#include "core/file.h"
#include "core/quote.h"
#include "core/version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static tg_status
put_title(const study_run *r, FILE *f)
{
    tg_quote_html(f, r->study->name);
    return TG_OK;
}

/* What follows the verdict where there is a prediction. */
static void
put_prediction(const study_run *r, size_t rule, FILE *f)
{
    const tg_prediction *p = outcome_at(r, r->own_index, rule)->prediction;
    const advice        *v = &r->advice[rule];

    if (p->stable_square && isfinite(p->threshold_square))
        fprintf(f, "It uses %.0f %% of the loop gain at which it would diverge. ",
                100 * p->gain / p->threshold_square);
    else
        fprintf(f, "Its loop gain is %s. ", tg_threshold_text(p));
    if (p->stable && p->stable_square)
        fprintf(f, "It settles at an excess loss of %.3g. ", p->floor + p->bias_loss);
    if (p->stable && p->bias_loss > p->floor)
        fprintf(f, "Most of that is bias: the workers' data differ and fast workers weigh "
                   "more. ");
    if (isfinite(p->settle))
        fprintf(f, "The target is reached after %.3g time units. ", p->settle);
    if (r->n > 1 && isfinite(v->best_time) && v->best != (double)r->own)
        fprintf(f, "%g workers are fastest: %.3g. ", v->best, v->best_time);
    if (r->n > 1 && isfinite(v->limit))
        fprintf(f, "Past %.0f workers it diverges. ", floor(v->limit));
}

/* One box for each algorithm: the verdict in words first. */
static tg_status
put_verdict(const study_run *r, FILE *f)
{

    for (size_t k = 0; k < r->rules; k++) {
        const outcome   *o = outcome_at(r, r->own_index, k);
        const tg_outcome verdict = o->prediction->outcome;
        const char      *label = r->study->algorithm[k].label;
        fprintf(f, "<div class=\"verdict%s\"><strong>",
                verdict == TG_CONVERGES ? "" : " bad");
        tg_quote_html(f, label);
        fprintf(f, " with %zu workers %s.</strong> ", r->own,
                verdict == TG_UNDECIDED ? "is undecided" : tg_verdict_text(o->prediction));
        if (*o->why) {
            fprintf(f, "It was not computed: ");
            tg_quote_html(f, o->why);
        } else {
            put_prediction(r, k, f);
        }
        fprintf(f, "</div>\n");
    }
    return TG_OK;
}

static tg_status
put_summary(const study_run *r, FILE *f)
{
    char  *text = NULL;
    size_t size;
    FILE  *memory = open_memstream(&text, &size);

    if (!memory) return tg_fail(TG_ENOMEM, "out of memory");
    study_run_summary(r, memory);
    const int failed = fclose(memory) != 0;
    if (!failed) tg_quote_html(f, text);
    free(text);
    return failed ? tg_fail(TG_ENOMEM, "out of memory") : TG_OK;
}

/* The SVG element without the XML declaration in front of it. */
static tg_status
put_figures(const study_run *r, FILE *f)
{
    for (const figure *g = figures; g->name; g++) {
        char  name[96];
        char *svg = NULL;
        snprintf(name, sizeof name, "figures/%s.svg", g->name);
        char *path = tg_path_join(r->folder, name);
        if (!path) return tg_fail(TG_ENOMEM, "out of memory");
        const tg_status status = tg_file_read(path, &svg);
        free(path);
        if (status != TG_OK) continue; /* not every study has every figure */
        const char *begin = strstr(svg, "<svg");
        fprintf(f,
                "<figure>%s<figcaption>%s (fig_%s.gp on "
                "tables/%s-*.csv)</figcaption></figure>\n",
                begin ? begin : "", g->title, g->name, g->needs);
        free(svg);
    }
    return TG_OK;
}

static void
put_cell(FILE *f, const tg_cell *cell)
{
    if (cell->text) {
        const bool marked =
            !strcmp(cell->text, "fails") || !strcmp(cell->text, "undecided");
        fprintf(f, "<td class=\"word%s%s\">", marked ? " " : "", marked ? cell->text : "");
        tg_quote_html(f, cell->text);
    } else if (isnan(cell->number)) {
        fprintf(f, "<td>-");
    } else {
        fprintf(f, "<td>%.4g", cell->number);
    }
    fprintf(f, "</td>");
}

static void
put_table(FILE *f, const tg_table *t)
{
    fprintf(f, "<div class=\"scroll\"><table>\n<tr>");
    for (size_t c = 0; c < tg_table_columns(t); c++) {
        const tg_column *column = tg_table_column(t, c);
        fprintf(f, "<th class=\"%s\" title=\"", column->text ? "word" : "");
        tg_quote_html(f, column->doc);
        fprintf(f, "\">");
        tg_quote_html(f, column->name);
        fprintf(f, "</th>");
    }
    fprintf(f, "</tr>\n");
    for (size_t i = 0; i < tg_table_rows(t); i++) {
        fprintf(f, "<tr>");
        for (size_t c = 0; c < tg_table_columns(t); c++) {
            const tg_cell cell = tg_table_cell(t, i, c);
            put_cell(f, &cell);
        }
        fprintf(f, "</tr>\n");
    }
    fprintf(f, "</table></div>\n");
}

static tg_status
put_predictions(const study_run *r, FILE *f)
{
    tg_table *t;

    TG_TRY(tg_table_create(tg_prediction_columns, TG_PREDICTION_COLUMNS, &t));
    tg_status status = TG_OK;
    for (size_t k = 0; k < r->rules; k++)
        for (size_t i = 0; i < r->n && status == TG_OK; i++)
            status = tg_prediction_add(t, r->study, k, outcome_at(r, i, k)->prediction);
    if (status == TG_OK) put_table(f, t);
    tg_table_free(t);
    return status;
}

static tg_status
put_claims(const study_run *r, FILE *f)
{
    put_table(f, r->claims);
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
                 { "verdict", put_verdict },
                 { "summary", put_summary },
                 { "figures", put_figures },
                 { "predictions", put_predictions },
                 { "claims", put_claims },
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
