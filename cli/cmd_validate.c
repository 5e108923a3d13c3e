#include "cli/answer_figures.h"
#include "cli/answers.h"
#include "cli/parts.h"

#include <stdio.h>

static tg_status
run(const arguments *a)
{
    tg_tally tally = { { 0 } };
    char     text[80];

    TG_TRY(answer_run(
        a, &(answering){ .of = &tg_answer_validate, .shown = 1, .draw = draw_validation },
        &tally));
    if (given(a, "shard")) return TG_OK;
    tg_tally_text(&tally, text);
    if (!given(a, "quiet")) fprintf(stderr, "predictions: %s\n", text);
    const size_t n = tally.of[TG_FAILS];
    if (n == 0) return TG_OK;
    return tg_fail(TG_ENOCONV,
                   "%zu prediction%s further from the simulation than %s model "
                   "error and 4 standard errors",
                   n, n == 1 ? " is" : "s are", n == 1 ? "its" : "their");
}

static const tg_option options[] = { PARTS_OPTIONS, { 0 } };

const command cmd_validate = { .answers = &tg_answer_validate,
                               .options = options,
                               .run = run };
