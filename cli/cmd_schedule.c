#include "cli/answers.h"
#include "cli/schedule_figures.h"

static tg_status
draw(const arguments *a, const tg_study *study, const tg_answer *answer)
{
    return schedule_figures(a, study, answer->table[0]);
}

/* The rows are said in words. */
static tg_status
run(const arguments *a)
{
    const answering how = { .of = &tg_answer_schedule, .draw = draw };

    return answer_run(a, &how, NULL);
}

const command cmd_schedule = { .answers = &tg_answer_schedule, .run = run };
