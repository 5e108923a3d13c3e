/* report_verdict: the boxes at the head of the page */
#include "cli/figures.h"
#include "cli/report.h"
#include "study/rows.h"
#include "study/sentences.h"

#include "core/quote.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 12 }; /* failures that are listed; the table has them all */

/* ---- paragraphs of tg_say_prediction ---------------------------------------------------- */

/* Line ends within a paragraph are blanks of it, and +- has a sign of its own. */
static void
put_paragraph(FILE *f, char *text, const char *class, const char *label)
{
    for (char *s = text; *s; s++)
        if (*s == '\n') *s = ' ';
    fprintf(f, "<p class=\"%s\">", class);
    if (label) tg_quote_html(f, label);
    if (label) fputs(": ", f);
    for (char *sign; (sign = strstr(text, "+- ")); text = sign + 3) {
        *sign = '\0';
        tg_quote_html(f, text);
        fputs("±&nbsp;", f);
    }
    tg_quote_html(f, text);
    fprintf(f, "</p>\n");
}

/* What was asked and how sure it is are the first and the last; the cause comes first here. */
static void
put_paragraphs(FILE *f, char *text, const char *label)
{
    enum { MOST = 8 };
    char  *at[MOST];
    size_t n = 0;

    for (char *s = text; *s && n < MOST;) {
        char *end = strstr(s, "\n\n");
        at[n++] = s;
        if (!end) break;
        *end = '\0';
        s = end + 2;
    }
    if (n < 2) return;
    put_paragraph(f, at[1], "cause", label);
    put_paragraph(f, at[0], "asked", NULL);
    for (size_t i = 2; i < n; i++) put_paragraph(f, at[i], i + 1 < n ? "do" : "sure", NULL);
}

static tg_status
put_sentences(const study_run *r, size_t rule, FILE *f)
{
    tg_scene s;
    char    *text = NULL;
    size_t   size;

    TG_TRY(tg_scene_open(r->study, r->own, &s));
    s.level = r->level;
    FILE     *memory = open_memstream(&text, &size);
    tg_status status = memory ? TG_OK : tg_fail(TG_ENOMEM, "out of memory");
    if (memory) {
        const tg_page page = { memory, TG_PAGE_COLUMNS };
        status = tg_say_prediction(&page, &s, rule,
                                   outcome_at(r, r->own_index, rule)->prediction);
        if (fclose(memory) != 0 && status == TG_OK)
            status = tg_fail(TG_ENOMEM, "out of memory");
    }
    if (status == TG_OK) put_paragraphs(f, text, r->study->algorithm[rule].label);
    free(text);
    tg_scene_close(&s);
    return status;
}

/* What the figure of workers says of an algorithm stands here too. */
static void
put_sweep(const study_run *r, size_t rule, FILE *f)
{
    for (size_t i = 0; i < tg_table_rows(r->figures); i++) {
        if (strcmp(tg_table_cell(r->figures, i, FIGURE_SCRIPT).text, "workers") != 0 ||
            tg_table_cell(r->figures, i, FIGURE_NUMBER).number != (double)rule + 1)
            continue;
        fprintf(f, "<p>");
        tg_quote_html(f, tg_table_cell(r->figures, i, FIGURE_CAPTION).text);
        fprintf(f, "</p>\n");
    }
}

static tg_status
put_algorithm(const study_run *r, size_t rule, FILE *f)
{
    const outcome   *o = outcome_at(r, r->own_index, rule);
    const tg_outcome verdict =
        *o->why ? o->simulation->growth.outcome : o->prediction->outcome;
    tg_status status = TG_OK;

    fprintf(f, "<div class=\"verdict%s\">\n", verdict == TG_CONVERGES ? "" : " bad");
    if (*o->why) {
        fprintf(f, "<p class=\"cause\">");
        tg_quote_html(f, r->study->algorithm[rule].label);
        fprintf(f,
                " with %zu worker%s: simulated only, it %s.</p>\n<p>It was not computed: ",
                r->own, r->own == 1 ? "" : "s", tg_outcome_name(verdict));
        tg_quote_html(f, o->why);
        fprintf(f, ".</p>\n");
    } else {
        status = put_sentences(r, rule, f);
    }
    put_sweep(r, rule, f);
    fprintf(f, "</div>\n");
    return status;
}

/* ---- failures ------------------------------------------------------------------------ */

static void
put_failure(FILE *f, const report_claim *c)
{
    fprintf(f, "<li><b>");
    tg_quote_html(f, c->algorithm);
    if (c->workers)
        fprintf(f, ", %zu worker%s, ", c->workers, c->workers == 1 ? "" : "s");
    else
        fprintf(f, ", all numbers of workers, ");
    tg_quote_html(f, c->name);
    fprintf(f, "</b>: predicted ");
    report_put_value(f, c, c->predicted, c->model_error);
    fprintf(f, ", simulated ");
    report_put_value(f, c, c->simulated, c->error);
    fprintf(f, "</li>\n");
}

static void
put_agreement(const study_run *r, FILE *f)
{
    const size_t all = tg_table_rows(r->claims), failed = r->tally.of[TG_FAILS],
                 open = r->tally.of[TG_OPEN];
    size_t shown = 0, mine = 0;

    for (size_t i = 0; i < all; i++) {
        const report_claim c = report_claim_at(r, i);
        mine += report_claim_is(&c, "fails") && c.workers == r->own;
    }
    fprintf(f,
            "<div class=\"verdict%s\">\n<p>%zu of %zu predictions hold against %zu "
            "simulation%s each",
            failed ? " bad" : "", r->tally.of[TG_HOLDS], all, r->study->replicas,
            r->study->replicas == 1 ? "" : "s");
    if (open) fprintf(f, ", %zu %s undecided", open, open == 1 ? "is" : "are");
    if (failed)
        fprintf(f,
                "; <span class=\"fails\">%zu %s</span>, %.0zu%s with your %zu worker%s:"
                "</p>\n<ul>\n",
                failed, failed == 1 ? "fails" : "fail", mine,
                mine ? " of them" : "none of them", r->own, r->own == 1 ? "" : "s");
    else
        fprintf(f, "; none fails.</p>\n");
    for (size_t i = 0; failed && i < all && shown < SHOWN; i++) {
        const report_claim c = report_claim_at(r, i);
        if (!report_claim_is(&c, "fails")) continue;
        put_failure(f, &c);
        shown++;
    }
    if (failed > shown)
        fprintf(f, "<li>and %zu more, in the table below</li>\n", failed - shown);
    fprintf(f, "%s</div>\n", failed ? "</ul>\n" : "");
}

/* Two algorithms in one sentence. */
static tg_status
put_comparison(const study_run *r, FILE *f)
{
    const outcome *a = outcome_at(r, r->own_index, 0), *b = outcome_at(r, r->own_index, 1);
    char          *text = NULL;
    size_t         size;

    if (*a->why || *b->why) return TG_OK;
    FILE *memory = open_memstream(&text, &size);
    if (!memory) return tg_fail(TG_ENOMEM, "out of memory");
    const tg_page page = { memory, TG_PAGE_COLUMNS };
    tg_say_comparison(&page, r->study->algorithm[0].label, a->prediction,
                      r->study->algorithm[1].label, b->prediction, r->study->target);
    const int failed = fclose(memory) != 0;
    if (!failed && *text) put_paragraph(f, text, "cause", NULL);
    free(text);
    return failed ? tg_fail(TG_ENOMEM, "out of memory") : TG_OK;
}

tg_status
report_verdict(const study_run *r, FILE *f)
{
    if (r->rules == 2) TG_TRY(put_comparison(r, f));
    for (size_t k = 0; k < r->rules; k++) TG_TRY(put_algorithm(r, k, f));
    put_agreement(r, f);
    return TG_OK;
}
