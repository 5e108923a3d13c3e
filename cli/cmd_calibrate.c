#include "cli/answers.h"

#include <stdlib.h>

static tg_status
run(const arguments *a)
{
    const tg_listener l = listener_of(a);
    tg_answer         answer = { 0 };
    tg_ask            ask;

    ask_of(a, &tg_answer_calibrate, &l, &ask);
    ask.more = (const char *const *)a->file + 1;
    ask.mores = a->files > 1 ? a->files - 1 : 0;
    TG_TRY(tg_answer_ask(&tg_answer_calibrate, ask, NULL, &answer));
    const tg_status status = answer_deliver(a, &answer, 3);
    tg_answer_free(&answer);
    return status == TG_OK ? results_keep(a) : status;
}

const command cmd_calibrate = { .answers = &tg_answer_calibrate,
                                .refuses = "set",
                                .run = run };
