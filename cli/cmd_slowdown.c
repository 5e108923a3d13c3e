#include "cli/answer_figures.h"
#include "cli/answers.h"

static tg_status
run(const arguments *a)
{
    return answer_run(
        a, &(answering){ .of = &tg_answer_slowdown, .shown = 1, .draw = draw_slowdown },
        NULL);
}

const command cmd_slowdown = { .answers = &tg_answer_slowdown, .run = run };
