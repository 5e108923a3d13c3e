/* progress: a bar for long work, on a terminal only */
#ifndef TG_CORE_PROGRESS_H
#define TG_CORE_PROGRESS_H

#include "core/status.h"

#include <stddef.h>
#include <stdio.h>

typedef struct tg_progress tg_progress;

/* A bar on `terminal` for `total` units of work; silent if it is NULL or not a terminal.
 * Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_progress_create(FILE *terminal, tg_progress **out);
void                 tg_progress_free(tg_progress *p); /* wipes the bar; NULL allowed */

/* Begin a stage of work; `what` is borrowed until the next stage. */
void tg_progress_stage(tg_progress *p, const char *what, size_t total);

/* One unit is done; from any thread. NULL allowed. */
void tg_progress_tick(tg_progress *p);

#endif
