#include "cli/answers.h"
#include "cli/parts.h"

#include <stdio.h>

static tg_status
run(const arguments *a)
{
    tg_tally tally = { { 0 } };
    char     text[80];

    TG_TRY(answer_run(a, &tg_answer_validate, NULL, &tally));
    if (given(a, "shard")) return TG_OK;
    tg_tally_text(&tally, text);
    if (!given(a, "quiet")) fprintf(stderr, "predictions: %s\n", text);
    if (tally.of[TG_FAILS] == 0) return TG_OK;
    return tg_fail(TG_ENOCONV,
                   "%zu predictions are further from the simulation than their model "
                   "error and 4 standard errors",
                   tally.of[TG_FAILS]);
}

static const tg_option options[] = { PARTS_OPTIONS, { 0 } };

const command cmd_validate = { .answers = &tg_answer_validate,
                               .options = options,
                               .run = run };
