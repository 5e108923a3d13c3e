#include "cli/answers.h"
#include "cli/schedule_figures.h"

/* The rows were said in words; without figures the tables are kept all the same. */
static tg_status
deliver(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    TG_TRY(answer_deliver(a, answer, 0));
    if (!results_folder(a)) return TG_OK;
    const tg_status drawn = schedule_figures(a, study, answer->table[0]);
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
