/* team: threads that compute blocks of work as their numbers come
 *
 * For who gets numbers from elsewhere, one after the other, and must not wait: numbers are given,
 * results are taken.
 */
#ifndef TG_CORE_TEAM_H
#define TG_CORE_TEAM_H

#include "core/work.h"

typedef struct tg_team tg_team;

/* A block that was computed, or its failure with its message. */
typedef struct tg_team_block {
    size_t    number, size;
    void     *data; /* (size) the taker's, free() */
    tg_status status;
    char      message[1000];
} tg_team_block;

/* So many threads, idle. w is borrowed. Owner of *out: the caller, tg_team_free(). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_team_create(const tg_work *w, size_t threads, tg_team **out);

/* Blocks that were given and have not begun are dropped, those that have begun are waited for, which a
 * stop request makes short; none is handed out. NULL is allowed. */
void tg_team_free(tg_team *t);

/* One more number. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_team_give(tg_team *t, size_t number);

/* How many more it should have, so that no thread waits for a twentieth of a second. */
size_t tg_team_wants(tg_team *t);

/* Take a block that was computed; wait for one for so many milliseconds. Whether there was one. */
bool tg_team_take(tg_team *t, long milliseconds, tg_team_block *out);

#endif
