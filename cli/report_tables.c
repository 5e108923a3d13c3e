/* report_tables: claims and predictions, grouped by number of workers, failures first */
#include "cli/report.h"
#include "study/rows.h"

#include "core/quote.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- claims -------------------------------------------------------------------------- */

/* Where a claim is made reads "asgd P=96" or "asgd sweep". */
report_claim
report_claim_at(const study_run *r, size_t row)
{
    enum { NAME, WHERE, UNIT, PREDICTED, SIMULATED, ERROR, MODEL, Z, LEVEL, JUDGEMENT };
    const tg_table *t = r->claims;
    const char     *where = tg_table_cell(t, row, WHERE).text;
    report_claim    c = { .name = tg_table_cell(t, row, NAME).text,
                          .judgement = tg_table_cell(t, row, JUDGEMENT).text,
                          .predicted = tg_table_cell(t, row, PREDICTED).number,
                          .simulated = tg_table_cell(t, row, SIMULATED).number,
                          .error = tg_table_cell(t, row, ERROR).number,
                          .model_error = tg_table_cell(t, row, MODEL).number,
                          .z = tg_table_cell(t, row, Z).number };
    const char     *space = strrchr(where, ' ');
    const size_t    n = space ? (size_t)(space - where) : strlen(where);

    snprintf(c.algorithm, sizeof c.algorithm, "%.*s", (int)n, where);
    if (space && !strncmp(space, " P=", 3)) c.workers = strtoul(space + 3, NULL, 10);
    return c;
}

bool
report_claim_is(const report_claim *c, const char *judgement)
{
    return !strcmp(c->judgement, judgement);
}

void
report_put_value(FILE *f, const report_claim *c, double value, double error)
{
    if (isnan(value))
        fprintf(f, "undecided");
    else if (!strcmp(c->name, "converges"))
        fprintf(f, value > 0 ? "converges" : "diverges");
    else if (isinf(value))
        fprintf(f, "never");
    else if (isfinite(error) && error > 0)
        fprintf(f, "%.4g ± %.2g", value, error);
    else
        fprintf(f, "%.4g", value);
}

/* What is marked by more than its colour. */
static void
put_mark(FILE *f, const report_claim *c)
{
    if (report_claim_is(c, "undecided")) fprintf(f, " ?");
    if (!report_claim_is(c, "fails")) return;
    fprintf(f, " ✗");
    if (isfinite(c->z)) fprintf(f, " %.1f", c->z);
}

static const char *
class_of(const report_claim *c)
{
    return report_claim_is(c, "fails")       ? "fails"
           : report_claim_is(c, "undecided") ? "none"
                                             : "holds";
}

/* Predicted above simulated; one verdict where both are the same. */
static void
put_cell(FILE *f, const report_claim *c)
{
    const bool verdict = !strcmp(c->name, "converges");

    fprintf(f, "<td class=\"%s%s\">", verdict ? "word " : "", class_of(c));
    if (verdict && c->predicted == c->simulated) {
        report_put_value(f, c, c->predicted, NAN);
    } else {
        report_put_value(f, c, c->predicted, c->model_error);
        fprintf(f, "<br>");
        report_put_value(f, c, c->simulated, c->error);
    }
    put_mark(f, c);
    fprintf(f, "</td>");
}

/* Claims about so many workers; how many of them fail. */
static size_t
count_claims(const study_run *r, size_t workers, size_t *failed)
{
    size_t n = 0;

    *failed = 0;
    for (size_t i = 0; i < tg_table_rows(r->claims); i++) {
        const report_claim c = report_claim_at(r, i);
        n += c.workers == workers;
        *failed += c.workers == workers && report_claim_is(&c, "fails");
    }
    return n;
}

static void
put_group_head(const study_run *r, size_t workers, size_t rows, FILE *f)
{
    fprintf(f, "<th class=\"word\" scope=\"rowgroup\" rowspan=\"%zu\">", rows);
    if (!workers)
        fprintf(f, "all");
    else
        fprintf(f, "%zu%s", workers, workers == r->own ? "<br>(yours)" : "");
    fprintf(f, "</th>");
}

/* ---- the columns: names of claims ---------------------------------------------------- */

enum { MOST_NAMES = 16 };

typedef struct names {
    const char *name[MOST_NAMES];
    size_t      n;
} names;

/* Of claims about some number of workers, in their order. */
static names
names_of(const study_run *r)
{
    names all = { .n = 0 };

    for (size_t i = 0; i < tg_table_rows(r->claims); i++) {
        const report_claim c = report_claim_at(r, i);
        size_t             k = 0;
        while (k < all.n && strcmp(all.name[k], c.name) != 0) k++;
        if (c.workers && k == all.n && k < MOST_NAMES) all.name[all.n++] = c.name;
    }
    return all;
}

/* Where a claim is made is cut short where the label is long. */
static bool
is_about(const report_claim *c, const char *label, size_t workers, const char *name)
{
    const size_t n = strlen(c->algorithm);

    return c->workers == workers && !strcmp(c->name, name) && n > 0 &&
           !strncmp(c->algorithm, label, n) && (label[n] == '\0' || n >= 36);
}

static void
put_cells_of(const study_run *r, const names *all, size_t rule, size_t workers, FILE *f)
{
    for (size_t k = 0; k < all->n; k++) {
        bool there = false;
        for (size_t i = 0; i < tg_table_rows(r->claims) && !there; i++) {
            const report_claim c = report_claim_at(r, i);
            there = is_about(&c, r->study->algorithm[rule].label, workers, all->name[k]);
            if (there) put_cell(f, &c);
        }
        if (!there) fprintf(f, "<td class=\"none\">-</td>");
    }
}

static void
put_label(const study_run *r, size_t rule, FILE *f)
{
    if (r->rules < 2) return;
    fprintf(f, "<td class=\"word\">");
    tg_quote_html(f, r->study->algorithm[rule].label);
    fprintf(f, "</td>");
}

static void
put_claims_of(const study_run *r, size_t workers, FILE *f)
{
    const names all = names_of(r);
    size_t      failed;

    if (!workers || !count_claims(r, workers, &failed)) return;
    fprintf(f, "<tbody>\n");
    for (size_t k = 0; k < r->rules; k++) {
        fprintf(f, "<tr>");
        if (k == 0) put_group_head(r, workers, r->rules, f);
        put_label(r, k, f);
        put_cells_of(r, &all, k, workers, f);
        fprintf(f, "</tr>\n");
    }
    fprintf(f, "</tbody>\n");
}

/* Numbers of workers with a failure, then the others; 0 stands for the sweep as a whole. */
static void
each_group(const study_run *r, FILE *f,
           void (*put)(const study_run *r, size_t workers, FILE *f))
{
    for (int failing = 1; failing >= 0; failing--)
        for (size_t i = 0; i <= r->n; i++) {
            const size_t workers = i < r->n ? r->workers[i] : 0;
            size_t       failed;
            count_claims(r, workers, &failed);
            if ((failed > 0) == failing) put(r, workers, f);
        }
}

static void
put_head(FILE *f, const char *text, bool word)
{
    fprintf(f, "<th scope=\"col\"%s>", word ? " class=\"word\"" : "");
    for (const char *s = text; *s; s++) /* a bar is a line's end */
        *s == '|' ? fprintf(f, "<br>") : fputc(*s, f);
    fprintf(f, "</th>");
}

static void
begin_table(const study_run *r, FILE *f)
{
    fprintf(f, "<div class=\"scroll\"><table>\n<thead><tr>");
    put_head(f, "workers", true);
    if (r->rules > 1) put_head(f, "algorithm", true);
}

/* Best number and boundary, as sentences. */
static void
put_sweep_claims(const study_run *r, FILE *f)
{
    size_t failed;

    if (!count_claims(r, 0, &failed)) return;
    fprintf(f, "<ul class=\"note\">\n");
    for (size_t i = 0; i < tg_table_rows(r->claims); i++) {
        const report_claim c = report_claim_at(r, i);
        if (c.workers) continue;
        fprintf(f, "<li class=\"%s\">", class_of(&c));
        tg_quote_html(f, c.algorithm);
        fprintf(f, ", %s: predicted ", c.name);
        report_put_value(f, &c, c.predicted, c.model_error);
        fprintf(f, ", simulated ");
        report_put_value(f, &c, c.simulated, c.error);
        put_mark(f, &c);
        fprintf(f, "</li>\n");
    }
    fprintf(f, "</ul>\n");
}

tg_status
report_claims(const study_run *r, FILE *f)
{
    const names all = names_of(r);

    put_sweep_claims(r, f);
    begin_table(r, f);
    for (size_t k = 0; k < all.n; k++) {
        const bool verdict = !strcmp(all.name[k], "converges");
        put_head(f, verdict ? "verdict" : all.name[k], verdict);
    }
    fprintf(f, "</tr></thead>\n");
    each_group(r, f, put_claims_of);
    fprintf(f, "</table></div>\n");
    return TG_OK;
}

/* ---- predictions --------------------------------------------------------------------- */

static void
put_number(FILE *f, double x, const char *infinite)
{
    if (isnan(x))
        fprintf(f, "<td class=\"none\">-</td>");
    else if (isinf(x))
        fprintf(f, "<td>%s</td>", infinite);
    else
        fprintf(f, "<td>%.3g</td>", x);
}

static void
put_prediction(const study_run *r, const tg_prediction *p, FILE *f)
{
    put_number(f, 100 * p->gain / p->threshold_square, "-");
    put_number(f, p->step_limit, "any");
    put_number(f, p->rate, "-");
    put_number(f, p->floor + p->bias_loss, "none");
    if (r->study->target > 0) put_number(f, p->settle, "never");
    put_number(f, p->staleness, "-");
    fprintf(f, "<td class=\"word\">%s</td></tr>\n", tg_level_name(p->level));
}

static void
put_predictions_of(const study_run *r, size_t workers, FILE *f)
{
    size_t at = 0;

    while (at < r->n && r->workers[at] != workers) at++;
    if (at == r->n) return;
    fprintf(f, "<tbody>\n");
    for (size_t k = 0; k < r->rules; k++) {
        const tg_prediction *p = outcome_at(r, at, k)->prediction;
        fprintf(f, "<tr>");
        if (k == 0) put_group_head(r, workers, r->rules, f);
        put_label(r, k, f);
        fprintf(f, "<td class=\"word%s\">%s</td>",
                p->outcome == TG_DIVERGES ? " fails" : "", tg_verdict_text(p));
        put_prediction(r, p, f);
    }
    fprintf(f, "</tbody>\n");
}

tg_status
report_predictions(const study_run *r, FILE *f)
{
    static const char *const head[] = { "% of|the limit",   "largest|learning rate",
                                        "rate|[1/time]",    "settles at|[loss]",
                                        "at target|[time]", "mean|staleness" };

    begin_table(r, f);
    put_head(f, "verdict", true);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        if (i != 4 || r->study->target > 0) put_head(f, head[i], false);
    put_head(f, "level", true);
    fprintf(f, "</tr></thead>\n");
    each_group(r, f, put_predictions_of);
    fprintf(f, "</table></div>\n");
    return TG_OK;
}
