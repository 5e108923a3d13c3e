/* live_figures: a real run's loss and staleness beside what was predicted of it */
#include "cli/answer_figures.h"
#include "cli/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const tg_column loss_columns[] = {
    { "t", "time", "", false },
    { "measured", "loss", "of the run", false },
    { "low", "loss", "a tenth of such runs lie below", false },
    { "high", "loss", "a tenth of such runs lie above", false },
    { "predicted", "loss", "by theory, else the simulated mean", false },
};
static const tg_column shares_columns[] = {
    { "staleness", "updates", "", false },
    { "measured", "1", "of the run's deliveries", false },
    { "predicted", "1", "of those of the fitted workers, simulated", false },
};

enum { LABELS = 4096 };
static const double TENTH = 1.2816; /* of a normal law lies beyond so many deviations */

/* The tables of the answer that are drawn, in their order. */
enum { LIVE, COURSE = 2, STALENESS };

static double
number(const tg_table *t, size_t row, const char *name)
{
    size_t c = 0;

    return tg_table_find(t, name, &c) == TG_OK ? tg_table_number(t, row, c) : (double)NAN;
}

static bool
mine(const tg_table *t, size_t row, const char *label)
{
    return !strcmp(tg_table_cell(t, row, 0).text, label);
}

static tg_status
write_loss(const arguments *a, const tg_study *study, const tg_table *from,
           const char *label, size_t *rows)
{
    char      name[160];
    tg_table *t = NULL;

    tg_status status = table_begin(a, study, loss_columns, 5, &t);
    for (size_t i = 0; i < tg_table_rows(from) && status == TG_OK; i++) {
        const double mean = number(from, i, "simulated"),
                     theory = number(from, i, "predicted");
        const double apart = TENTH * number(from, i, "apart");
        const double measured = number(from, i, "loss");
        if (!mine(from, i, label) || !(measured > 0) || isinf(measured)) continue;
        ++*rows;
        status = tg_table_add(t, (tg_cell[]){ TG_NUMBER(number(from, i, "t")),
                                              TG_NUMBER(measured), TG_NUMBER(mean - apart),
                                              TG_NUMBER(mean + apart),
                                              TG_NUMBER(isnan(theory) ? mean : theory) });
    }
    snprintf(name, sizeof name, "loss-%.100s", label);
    if (status == TG_OK) return table_write(a, name, t);
    tg_table_free(t);
    return status;
}

/* Up to where 99.9 % of both lie. */
static tg_status
write_shares(const arguments *a, const tg_study *study, const tg_table *from,
             const char *label, size_t *rows)
{
    char      name[160];
    double    measured = 0, simulated = 0;
    tg_table *t = NULL;

    tg_status status = table_begin(a, study, shares_columns, 3, &t);
    for (size_t i = 0; i < tg_table_rows(from) && status == TG_OK; i++) {
        const double m = number(from, i, "measured"), s = number(from, i, "simulated");
        if (!mine(from, i, label) || isnan(m)) continue;
        if (measured > 0.999 && (isnan(s) || simulated > 0.999)) break;
        ++*rows;
        measured += m;
        simulated += s;
        status = tg_table_add(t, (tg_cell[]){ TG_NUMBER(number(from, i, "staleness")),
                                              TG_NUMBER(m), TG_NUMBER(s) });
    }
    snprintf(name, sizeof name, "shares-%.100s", label);
    if (status == TG_OK) return table_write(a, name, t);
    tg_table_free(t);
    return status;
}

static void
add_word(char list[LABELS], const char *word)
{
    const size_t used = strlen(list);

    snprintf(list + used, LABELS - used, "%s%s", used ? " " : "", word);
}

static tg_status
draw_one(const arguments *a, const char *script, const char *labels, const char *title,
         const char *caption)
{
    if (!*labels)
        return figure_none(
            results_folder(a),
            "No loss is known, or nothing was delivered: there is no curve to "
            "draw.");
    return figure_make(results_folder(a), &(figure){ .script = script,
                                                     .labels = labels,
                                                     .title = title,
                                                     .caption = caption });
}

tg_status
draw_live(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    const tg_table *live = answer->table[LIVE];
    char            losses[LABELS] = "", shares[LABELS] = "", caption[300];

    for (size_t k = 0; k < tg_table_rows(live); k++) {
        const char *label = tg_table_cell(live, k, 0).text;
        size_t      points = 0, bars = 0;
        TG_TRY(write_loss(a, study, answer->table[COURSE], label, &points));
        TG_TRY(write_shares(a, study, answer->table[STALENESS], label, &bars));
        if (points > 1) add_word(losses, label);
        if (bars > 0) add_word(shares, label);
    }
    TG_TRY(draw_one(a, "live", losses, "Loss of a real run",
                    "Dots: the run. Line: predicted of the workers as fitted to its first "
                    "half. Band: where eight of ten such runs lie, simulated."));
    snprintf(caption, sizeof caption,
             "Steps: the run, of mean %.3g (%s). Line: the workers as fitted to its first "
             "half, simulated.",
             tg_table_rows(live) ? number(live, 0, "staleness") : (double)NAN,
             tg_table_rows(live) ? tg_table_cell(live, 0, 0).text : "none");
    return draw_one(a, "shares", shares, "Staleness of a real run", caption);
}
