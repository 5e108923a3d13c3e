/* parallel: independent jobs over threads, with results that do not know how many there
 * were
 *
 * A job is identified by its index and writes only what belongs to that index.
 */
#ifndef TG_CORE_PARALLEL_H
#define TG_CORE_PARALLEL_H

#include "core/status.h"

#include <stddef.h>

/* One job: index in {0, ..., jobs-1}; `thread` in {0, ..., threads-1} names its scratch. */
typedef tg_status (*tg_parallel_job)(size_t index, size_t thread, void *context);

/* Threads to use when the caller has no wish: TARDIGRAD_THREADS if set, else the
 * processors. */
size_t tg_parallel_threads(void);

/* Run jobs 0 .. jobs-1 on `threads` threads (0: as many as tg_parallel_threads()). After a
 * failure or a stop request no new job begins. Returns the failure of the lowest index
 * among those that ran, with its message; TG_ESTOP if a stop was requested. `done`, unless
 * NULL, receives the number of jobs finished: after TG_ESTOP a caller keeps those it marked
 * whole. Errors: those of the job; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_parallel_run(size_t jobs, size_t threads, tg_parallel_job job,
                                     void *context, size_t *done);

/* Ask running work to stop: no new job begins, and jobs that look for it end (safe in a
 * signal handler); whether that was asked; forget it. */
void tg_stop_request(void);
int  tg_stop_requested(void);
void tg_stop_clear(void);

/* Whether some job has heard of it and ended, since it was asked. */
int tg_stop_heard(void);

/* TG_ESTOP and its message if that was asked: for a job that ends early with what it has.
 */
TG_CHECKED tg_status tg_stop_check(void);

#endif
