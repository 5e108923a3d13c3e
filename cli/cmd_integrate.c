#include "cli/answer_figures.h"
#include "cli/answers.h"

static tg_status
run(const arguments *a)
{
    return answer_run(
        a, &(answering){ .of = &tg_answer_integrate, .shown = 1, .draw = draw_ensemble },
        NULL);
}

const command cmd_integrate = { .answers = &tg_answer_integrate, .run = run };
