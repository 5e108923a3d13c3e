#include "cli/answers.h"

#include <stdio.h>

static tg_status
run(const arguments *a)
{
    const tg_listener l = listener_of(a);
    tg_answer         answer = { 0 };
    tg_ask            ask;

    ask_of(a, &tg_answer_explain, &l, &ask);
    TG_TRY(tg_answer_ask(&tg_answer_explain, ask, NULL, &answer));
    tg_status status = TG_OK;
    if (given(a, "json"))
        status = answer_deliver(a, &answer, 0);
    else if (!given(a, "quiet") && tg_table_rows(answer.table[1]) > 0) {
        puts("The largest eigenvalues that fit, by law:");
        table_print(answer.table[1]);
    }
    tg_answer_free(&answer);
    return status;
}

const command cmd_explain = { .answers = &tg_answer_explain,
                              .refuses = "set out threads",
                              .run = run };
