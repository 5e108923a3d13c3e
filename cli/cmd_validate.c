#include "cli/answer_figures.h"
#include "cli/answers.h"

#include <stdio.h>

static tg_status
run(const arguments *a)
{
    tg_tally tally = { { 0 } };
    char     text[80];

    TG_TRY(answer_run(a,
                      &(answering){ .of = &tg_answer_validate,
                                    .simulates = true,
                                    .shown = 1,
                                    .draw = draw_validation },
                      &tally));
    tg_tally_text(&tally, text);
    if (!given(a, "quiet")) fprintf(stderr, "predictions: %s\n", text);
    if (tally.of[TG_FAILS] == 0) return TG_OK;
    return tg_fail(TG_ENOCONV,
                   "%zu predictions are further from the simulation than their model "
                   "error and 4 standard errors",
                   tally.of[TG_FAILS]);
}

static const tg_option options[] = { RESUME_OPTION, { 0 } };

const command cmd_validate = { .answers = &tg_answer_validate,
                               .options = options,
                               .run = run };
