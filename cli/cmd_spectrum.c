#include "cli/answer_figures.h"
#include "cli/answers.h"

static tg_status
run(const arguments *a)
{
    return answer_run(
        a, &(answering){ .of = &tg_answer_spectrum, .shown = 1, .draw = draw_spectrum },
        NULL);
}

const command cmd_spectrum = { .answers = &tg_answer_spectrum, .run = run };
