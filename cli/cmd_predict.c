#include "cli/answer_figures.h"
#include "cli/answers.h"

static tg_status
run(const arguments *a)
{
    return answer_run(
        a, &(answering){ .of = &tg_answer_predict, .shown = 1, .draw = draw_prediction },
        NULL);
}

const command cmd_predict = { .answers = &tg_answer_predict, .run = run };
