#include "cli/answers.h"

#include "cli/parts.h"
#include "cli/stop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
takes(const tg_answerer *of, const tg_option *o)
{
    for (const tg_option *k = of->is.options; k && k->name; k++)
        if (k == o) return true;
    return false;
}

void
ask_of(const arguments *a, const tg_answerer *of, const tg_listener *l, tg_ask *ask)
{
    const bool words = !given(a, "json") && !given(a, "quiet");

    *ask = (tg_ask){ .manual = &of->is,
                     .operand = a->files ? a->file[0] : NULL,
                     .line = given(a, "json") ? NULL : a->line,
                     .sets = a->sets,
                     .listener = l,
                     .words = { words ? stdout : NULL, terminal_width() } };
    memcpy(ask->set, a->set, sizeof ask->set);
    for (size_t i = 0; i < a->count; i++)
        if (takes(of, a->given[i])) {
            ask->given[ask->count] = a->given[i];
            ask->value[ask->count++] = a->value[i];
        }
}

static tg_status
print_json(const tg_answer *answer)
{
    char *text = NULL;

    TG_TRY(tg_answer_json(answer, &text));
    const int failed = fputs(text, stdout) == EOF;
    free(text);
    return failed ? tg_fail(TG_EWRITE, "standard output cannot be written") : TG_OK;
}

tg_status
answer_deliver(const arguments *a, const tg_answer *answer, size_t shown)
{
    stop_saving();
    if (given(a, "json"))
        TG_TRY(print_json(answer));
    else if (!results_folder(a))
        for (size_t i = 0; i < answer->tables && i < shown; i++)
            table_print(answer->table[i]);
    for (size_t i = 0; i < answer->tables && results_folder(a); i++)
        TG_TRY(table_save(a, answer->name[i], answer->table[i]));
    return TG_OK;
}

/* Tables, then figures: without these the tables are kept all the same. */
static tg_status
deliver(const arguments *a, const answering *how, const tg_study *study,
        const tg_answer *answer)
{
    tg_status drawn = TG_OK;

    TG_TRY(answer_deliver(a, answer, how->shown));
    if (results_folder(a) && how->draw) drawn = how->draw(a, study, answer);
    TG_TRY(results_keep(a));
    return drawn;
}

typedef struct question {
    const arguments *arguments;
    const answering *how;
    const tg_study  *study; /* NULL: none was given */
    tg_tally        *tally;
} question;

static tg_status
answer_study(const question *q, tg_records *records)
{
    const tg_listener l = listener_of(q->arguments);
    tg_answer         answer = { 0 };
    tg_ask            ask;

    ask_of(q->arguments, q->how->of, &l, &ask);
    ask.records = records;
    TG_TRY(tg_answer_ask(q->how->of, ask, q->study, &answer));
    if (q->tally) *q->tally = answer.tally;
    tg_status status = deliver(q->arguments, q->how, q->study, &answer);
    if (status == TG_OK && answer.ended)
        status = tg_fail(answer.ended, "%s%s", answer.why,
                         records ? " (the same with --resume goes on from here)" : "");
    tg_answer_free(&answer);
    return status;
}

/* The study that the answerer needs or, where it may do without, that was given. */
static tg_status
open_study(const arguments *a, const tg_answerer *of, tg_study **out)
{
    const char *file;
    tg_ask      ask;

    ask_of(a, of, NULL, &ask);
    if (of->perhaps && a->files == 0) return TG_OK;
    TG_TRY(only_file(a, &file));
    if (!tg_answerer_reads_study(of, &ask)) return TG_OK;
    return of->untuned ? tg_study_read(file, a->set, a->sets, out)
                       : study_open(a, file, out);
}

/* A shard has no answer. */
static tg_status
answer_in_parts(const question *q)
{
    tg_plan plan;
    tg_ask  ask;
    parts   p = { 0 };

    ask_of(q->arguments, q->how->of, NULL, &ask);
    tg_status status = q->how->of->plan(&ask, q->study, &plan);
    if (status == TG_OK) status = parts_begin(q->arguments, q->study, &plan, &p);
    if (status == TG_OK)
        status = p.partial ? parts_compute(&p) : answer_study(q, p.records);
    parts_end(&p, status);
    tg_plan_close(&plan);
    return status;
}

tg_status
answer_run(const arguments *a, const answering *how, tg_tally *tally)
{
    tg_study *study = NULL;
    tg_level  level;

    TG_TRY(level_of(a, &level));
    TG_TRY(open_study(a, how->of, &study));
    const question  q = { a, how, study, tally };
    const tg_status status = how->of->plan ? answer_in_parts(&q) : answer_study(&q, NULL);
    tg_study_free(study);
    return status;
}
