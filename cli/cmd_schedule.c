#include "cli/answers.h"
#include "cli/figures.h"

#include <string.h>

/* Whether the table, whose first column is an algorithm, has one of that name. */
static bool
has(const tg_table *best, const char *label)
{
    for (size_t r = 0; r < tg_table_rows(best); r++)
        if (!strcmp(tg_table_cell(best, r, 0).text, label)) return true;
    return false;
}

/* A figure of every algorithm that theory knows. */
static tg_status
draw(const arguments *a, const tg_study *study, const tg_table *best)
{
    for (size_t i = 0; i < study->algorithms; i++) {
        const char *label = study->algorithm[i].label;
        if (has(best, label)) TG_TRY(figure_make(results_folder(a), "schedule", label));
    }
    return TG_OK;
}

/* The rows were said in words; without figures the tables are kept all the same. */
static tg_status
deliver(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    TG_TRY(answer_deliver(a, answer, 0));
    if (!results_folder(a)) return TG_OK;
    const tg_status drawn = draw(a, study, answer->table[0]);
    TG_TRY(results_keep(a));
    return drawn;
}

static tg_status
run(const arguments *a)
{
    const tg_listener l = listener_of(a);
    const char       *file;
    tg_study         *study = NULL;
    tg_answer         answer = { 0 };
    tg_ask            ask;

    TG_TRY(only_file(a, &file));
    TG_TRY(tg_study_read(file, a->set, a->sets, &study));
    ask_of(a, &tg_answer_schedule, &l, &ask);
    tg_status status = tg_answer_ask(&tg_answer_schedule, ask, study, &answer);
    if (status == TG_OK) status = deliver(a, study, &answer);
    tg_answer_free(&answer);
    tg_study_free(study);
    return status;
}

const command cmd_schedule = { .answers = &tg_answer_schedule, .run = run };
