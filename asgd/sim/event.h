/* event: what is to come, in order of time
 *
 * Events are taken by (time, what, who): at equal times the lower `what` comes first, then the
 * lower `who`. Every event is a player of a tournament; when one is added, taken or cancelled, its
 * matches are played again. Adding right after taking, which is what a worker does that reads again
 * at once, costs them once. Source: Knuth 1998, The Art of Computer Programming 3, 5.4.1.
 */
#ifndef TG_ASGD_SIM_EVENT_H
#define TG_ASGD_SIM_EVENT_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TG_MOST_WHO = (1 << 28) - 1, TG_MOST_WHAT = 15 };

typedef struct tg_events tg_events;
typedef uint32_t         tg_event; /* a handle, good until taken or cancelled; 0: none */

/* An empty queue. Owner: the caller, tg_events_free(). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_events_create(tg_events **out);
void                 tg_events_free(tg_events *q);

/* `what` <= TG_MOST_WHAT happens to `who` <= TG_MOST_WHO at t >= 0 [time]. Errors: TG_ENOMEM,
 * TG_EDOMAIN t < 0 or NaN. */
TG_CHECKED tg_status tg_event_add(tg_events *q, double t, unsigned what, size_t who,
                                  tg_event *out);
void                 tg_event_cancel(tg_events *q, tg_event e); /* 0: nothing to do */

double tg_event_next(tg_events *q); /* time of the next; inf: nothing is to come */

/* Who the next ones are about, likely; which of these will be next nobody knows yet: into who (4),
 * returns how many. */
size_t tg_events_ahead(const tg_events *q, uint32_t who[4]);

/* Take the next one, or see it; false if there is none. `handle` is what tg_event_add() gave. */
bool tg_event_pop(tg_events *q, double *t, unsigned *what, size_t *who, tg_event *handle);
bool tg_event_peek(tg_events *q, double *t, unsigned *what, size_t *who, tg_event *handle);

#endif
