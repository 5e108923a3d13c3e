/* gang: threads that share one lock, wait for one another and sleep until called
 *
 * For work that happens in real time. Members are 0 .. members - 1; who has created the gang is one
 * more, `members`.
 */
#ifndef TG_CORE_GANG_H
#define TG_CORE_GANG_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_gang tg_gang;

/* Threads that run member(index, context), each from its beginning as soon as it is there. Owner of
 * *out: the caller, tg_gang_join(). Errors: TG_ENOMEM no more threads or memory; no member runs then. */
TG_CHECKED tg_status tg_gang_create(size_t members,
                                    void (*member)(size_t index, void *context),
                                    void *context, tg_gang **out);
/* Let them begin. `out` of tg_gang_create() is known to all by then. */
void tg_gang_begin(tg_gang *c);
/* Wait for the end of all members, who must come to it, and free. NULL allowed. */
void tg_gang_join(tg_gang *c);

void tg_gang_lock(tg_gang *c);
void tg_gang_unlock(tg_gang *c);

/* With the lock, which is given up meanwhile: wait until called, or until this time of
 * tg_gang_clock(), inf: only until called; it may return before either. Whether that time has come. */
bool tg_gang_wait(tg_gang *c, size_t member, double until);
/* With the lock: wake a member, or the creator, if it waits; all of them. */
void tg_gang_call(tg_gang *c, size_t member);
void tg_gang_call_all(tg_gang *c);

/* Seconds of a clock that only goes forward; those for which this thread has had a processor. */
double tg_gang_clock(void);
double tg_gang_processor(void);

#endif
