/* queue: who delivers next
 *
 * Every worker always has exactly one delivery ahead, so the queue is a tournament of fixed
 * size (a tree of losers): giving the winner a new time replays one path, log2(n) matches
 * without searching. Equal times go to the lower index.
 * Source: Knuth 1998, TAOCP vol. 3, 5.4.1.
 */
#ifndef TG_ASGD_QUEUE_H
#define TG_ASGD_QUEUE_H

#include "core/status.h"

#include <stddef.h>

typedef struct tg_queue tg_queue;

/* A queue of n >= 1 entries at the given times (n); copied. Owner: the caller,
 * tg_queue_free(). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_queue_create(size_t n, const double *times, tg_queue **out);
void                 tg_queue_free(tg_queue *q);

size_t tg_queue_first(const tg_queue *q); /* index of the earliest entry */
double tg_queue_time(const tg_queue *q);  /* its time */

/* Give the earliest entry its next time. */
void tg_queue_reschedule(tg_queue *q, double time);

#endif
