#include "cli/answers.h"

static tg_status
run(const arguments *a)
{
    return answer_run(a, &tg_answer_predict, NULL, NULL);
}

const command cmd_predict = { .answers = &tg_answer_predict, .run = run };
