/* claim_figures: the claims of validate, what was simulated over what was predicted */
#include "cli/answer_figures.h"
#include "cli/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const tg_column off_columns[] = {
    { "rule", "", "number of the algorithm in the study", false },
    { "kind", "", "of the claim, from 1 in the order of the table", false },
    { "claim", "", "what is predicted", true },
    { "where", "", "algorithm and cluster", true },
    { "place", "", "0 to 1 among the claims of its kind", false },
    { "off", "1", "simulated over predicted, less 1", false },
    { "error", "1", "standard error of that; -1: unknown", false },
    { "model_error", "1", "expected size of the prediction's own error; -1: unknown",
      false },
    { "verdict", "", "0 holds, 1 fails, 2 undecided", false },
};
enum { OFF_COLUMNS = sizeof off_columns / sizeof *off_columns, KINDS = 16 };

/* Columns of validation.csv. */
enum { CLAIM, WHERE, PREDICTED = 3, SIMULATED, ERROR, MODEL_ERROR, VERDICT = 9 };

/* The kinds of claims that are numbers, in their order, and how many of each. */
typedef struct kinds {
    const char *name[KINDS];
    size_t      count[KINDS], n;
} kinds;

static bool
is_number(const tg_table *t, size_t row)
{
    const double p = tg_table_number(t, row, PREDICTED),
                 s = tg_table_number(t, row, SIMULATED);

    return strcmp(tg_table_cell(t, row, CLAIM).text, "converges") != 0 && p > 0 && s > 0 &&
           isfinite(p) && isfinite(s);
}

/* The kind of a row; one more where it is the first of it. */
static size_t
kind_of(kinds *k, const char *name)
{
    size_t i = 0;

    while (i < k->n && strcmp(k->name[i], name) != 0) i++;
    if (i == k->n && k->n < KINDS) k->name[k->n++] = name;
    return i < KINDS ? i : KINDS - 1;
}

static double
verdict_of(const char *word)
{
    return !strcmp(word, "holds") ? 0 : !strcmp(word, "fails") ? 1 : 2;
}

/* What gnuplot can compute with. */
static double
known(double error)
{
    return isfinite(error) ? error : -1;
}

/* Number of the algorithm that stands before " P=". */
static double
rule_of(const tg_study *study, const char *where)
{
    size_t k = 0;

    for (; k < study->algorithms; k++) {
        const char  *label = study->algorithm[k].label;
        const size_t n = strlen(label);
        if (!strncmp(where, label, n) && !strncmp(where + n, " P=", 3)) break;
    }
    return (double)k + 1;
}

static tg_status
add_claims(const tg_study *study, const tg_table *claims, kinds *k, tg_table *out)
{
    size_t seen[KINDS] = { 0 };

    for (size_t i = 0; i < tg_table_rows(claims); i++)
        if (is_number(claims, i))
            k->count[kind_of(k, tg_table_cell(claims, i, CLAIM).text)]++;
    for (size_t i = 0; i < tg_table_rows(claims); i++) {
        const double p = tg_table_number(claims, i, PREDICTED);
        if (!is_number(claims, i)) continue;
        const size_t kind = kind_of(k, tg_table_cell(claims, i, CLAIM).text);
        TG_TRY(tg_table_add(
            out,
            (tg_cell[]){ TG_NUMBER(rule_of(study, tg_table_cell(claims, i, WHERE).text)),
                         TG_NUMBER((double)kind + 1), tg_table_cell(claims, i, CLAIM),
                         tg_table_cell(claims, i, WHERE),
                         TG_NUMBER(((double)seen[kind]++ + .5) / (double)k->count[kind]),
                         TG_NUMBER(tg_table_number(claims, i, SIMULATED) / p - 1),
                         TG_NUMBER(known(tg_table_number(claims, i, ERROR) / p)),
                         TG_NUMBER(known(tg_table_number(claims, i, MODEL_ERROR) / p)),
                         TG_NUMBER(verdict_of(tg_table_cell(claims, i, VERDICT).text)) }));
    }
    return TG_OK;
}

tg_status
draw_validation(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    kinds     k = { .n = 0 };
    tg_table *t = NULL;
    char      caption[400], tally[80], labels[4096] = "";

    for (size_t i = 0; i < study->algorithms; i++)
        snprintf(labels + strlen(labels), sizeof labels - strlen(labels), "%s%s",
                 i ? " " : "", study->algorithm[i].label);
    TG_TRY(table_begin(a, study, off_columns, OFF_COLUMNS, &t));
    tg_status    status = add_claims(study, answer->table[0], &k, t);
    const size_t shown = tg_table_rows(t);
    if (status == TG_OK)
        status = table_write(a, "off", t);
    else
        tg_table_free(t);
    if (status != TG_OK) return status;
    if (shown == 0)
        return figure_none(results_folder(a),
                           "No claim is a number: there is none to draw.");
    tg_tally_text(&answer->tally, tally);
    snprintf(caption, sizeof caption,
             "%s: what was simulated over what was predicted, less 1, with two standard "
             "errors; shaded: the model's own error; %zu claims that are numbers, by kind, "
             "workers growing downwards.",
             tally, shown);
    return figure_make(results_folder(a), &(figure){ .script = "claims",
                                                     .labels = labels,
                                                     .title = "Predictions and simulations",
                                                     .caption = caption });
}
