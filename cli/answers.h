/* answers: the commands that are the library's answers (study/answer.h), printed or
 * written */
#ifndef TG_CLI_ANSWERS_H
#define TG_CLI_ANSWERS_H

#include "cli/output.h"

/* The question on the command line; of->is options only. `l` and `line` are borrowed: NULL
 * with --json, so that the provenance is that of the bindings. */
void ask_of(const arguments *a, const tg_answerer *of, const tg_listener *l, tg_ask *ask);

/* Hand an answer out as the command line asks: --json as one document, --out into files of
 * the results' folder, else its first tables (shown) on the terminal. Errors: TG_EWRITE,
 * TG_ENOMEM. */
TG_CHECKED tg_status answer_deliver(const arguments *a, const tg_answer *answer,
                                    size_t shown);

/* What a command does with the answer. */
typedef struct answering {
    const tg_answerer *of;
    size_t             shown; /* of its tables on the terminal, the first */
    /* Draw it into the results' folder, where its tables are; NULL: it has no figures. */
    tg_status (*draw)(const arguments *a, const tg_study *study, const tg_answer *answer);
} answering;

/* Open the study on the command line; answer, in parts where there are many (cli/parts.h), deliver, draw and keep. *tally (NULL allowed) is what was counted. */
TG_CHECKED tg_status answer_run(const arguments *a, const answering *how, tg_tally *tally);

#endif
