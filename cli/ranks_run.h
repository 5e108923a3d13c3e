/* ranks_run: blocks handed out to ranks as they ask for them
 *
 * Rank 0 keeps the list, dearest first, and the records; it computes too. Every rank asks for as many
 * numbers as its threads need, sends what it has computed, and lets itself be heard of twice a second.
 * The blocks of one that is silent for too long are handed to the others.
 */
#ifndef TG_CLI_RANKS_RUN_H
#define TG_CLI_RANKS_RUN_H

#include "cli/ranks.h"
#include "core/work.h"

typedef struct ranks_task {
    const tg_work *work;
    tg_share       share;
    size_t         threads; /* of this rank */
    unsigned
           sum; /* of what the blocks are of; a rank where it is another one cannot help */
    double patience; /* a rank that is silent for so long is lost [s] */
    tg_progress *progress;
    tg_records  *records; /* of rank 0 */
    /* Hears what became of other ranks. */
    void (*tell)(const char *sentence, const void *context);
    const void *context;
} ranks_task;

/* Rank 0: all blocks of the share into the records. Errors: those of the blocks, TG_EWRITE, TG_ENOMEM;
 * TG_ESTOP what was finished is there. */
TG_CHECKED tg_status ranks_lead(const ranks_task *task);

/* Any other: compute what rank 0 says, until it says that all is done. Errors: TG_ENOMEM, TG_ESTOP,
 * TG_EIO. */
TG_CHECKED tg_status ranks_help(const ranks_task *task);

/* Tell the others that all is written; wait for that. `why`: this one could not help (NULL: it could). */
void ranks_dismiss(void);
void ranks_await_end(const char *why);

#endif
