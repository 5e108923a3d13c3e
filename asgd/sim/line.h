/* line: a link at work, with the jobs that are on it. Private to asgd/sim.
 *
 * Time on it is counted by what a transfer in service has got done, V' = r(n): one that is begun at
 * V with size z is done at V + z whatever comes and goes, so that who comes or goes moves one event,
 * that of the first to be done. Where r = 1 throughout V is the time itself.
 */
#ifndef TG_ASGD_SIM_LINE_H
#define TG_ASGD_SIM_LINE_H

#include "asgd/links/link.h"
#include "asgd/sim/sim_impl.h"

struct tg_line {
    const tg_link      *link;
    const tg_link_kind *kind;
    tg_purpose          purpose;
    uint8_t   waits, moves, lands; /* tg_stage of a job that waits, is served, has left */
    unsigned  leaves, arrives;     /* what its events are */
    double    most, serving;       /* at once, and now */
    uint64_t  come;                /* so far */
    uint32_t *number;              /* (workers) transfers of each; NULL: as its jobs */

    tg_events *waiting;              /* in order of coming */
    tg_events *moving;               /* in V */
    double     reached, since, rate; /* V = reached + (t - since) rate */
    tg_event   first, due;           /* the first of `moving`, and its event */
};

/* Owner: the caller, tg_line_free(). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_line_create(const tg_link *link, bool up, size_t workers,
                                    tg_line **out);
void                 tg_line_free(tg_line *l);

/* A job comes to the link. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_line_enter(tg_sim *s, tg_line *l, uint32_t index);

/* A job of this link is ended, be it waiting, served or on its way. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_line_drop(tg_sim *s, tg_line *l, uint32_t index);

/* The event of a link for this worker, of this handle. The job that arrives; TG_NO_JOB: it has only
 * left the link. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_line_step(tg_sim *s, tg_line *l, unsigned what, size_t worker,
                                  tg_event handle, uint32_t *out);

#endif
