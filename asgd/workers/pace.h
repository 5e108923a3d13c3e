/* pace: how fast a worker is, as a function of time
 *
 * A job is an amount of work W, its draw of the law of its worker; begun at b it is done at t with
 *
 *     int_b^t v(u) du = W
 *
 * where v, the worker's speed, is 1 at a plain worker. v is constant over stretches. They are made
 * one after the other from streams of (seed of the replica, worker, number of the stretch) and
 * know nothing of jobs, so that neither an abort nor another worker changes them.
 */
#ifndef TG_ASGD_WORKERS_PACE_H
#define TG_ASGD_WORKERS_PACE_H

#include "core/kind.h"
#include "core/rng.h"

#include <stdint.h>

/* How the speed of a group of workers changes. */
typedef struct tg_pace {
    tg_choice     choice; /* of tg_paces */
    const double *time;   /* (n) [time], for a kind that is `listed` */
    const double *speed;  /* (n) from each of these times on */
    size_t        n;
} tg_pace;

/* A stretch of constant speed. */
typedef struct tg_stretch {
    double   end;   /* [time]; inf: for good */
    double   speed; /* >= 0 */
    double   state; /* the kind's own */
    uint32_t n;     /* stretches there have been, this one included */
    bool     loses; /* at its end the work of a job under way is lost */
} tg_stretch;

typedef struct tg_pace_kind {
    tg_kind is;
    bool    listed; /* it has a list of times and speeds */

    /* What ranges of single parameters cannot say; NULL: nothing. */
    tg_status (*check)(const tg_pace *p);
    /* The speed of the `place`-th worker of the group, for a kind whose speeds do not change:
     * it is put into the law of the worker. NULL: they do, by `next`. */
    double (*fixed)(const tg_pace *p, size_t place);
    /* The stretch that begins at at->end, after at->n others; before the first both are 0. */
    void (*next)(const tg_pace *p, size_t place, tg_rng *g, tg_stretch *at);
    /* Mean speed in the long run; NaN: it depends on the jobs. */
    double (*mean)(const tg_pace *p);
    /* What a run is planned by: the largest speed, 1 where there is none; how often it changes
     * [1/time]. NULL: those of a plain worker. */
    double (*largest)(const tg_pace *p);
    double (*changes)(const tg_pace *p);
} tg_pace_kind;

extern const tg_kind *const tg_paces[]; /* heads of tg_pace_kind, NULL-terminated */

/* The pace of that name, with its fallbacks. Errors: TG_EINPUT, with the nearest name. */
TG_CHECKED tg_status tg_pace_find(const char *name, tg_pace *out);

/* Whether it can be one. Errors: TG_EDOMAIN parameters or list out of range. */
TG_CHECKED tg_status tg_pace_check(const tg_pace *p);

extern const tg_pace_kind tg_pace_constant, tg_pace_straggler, tg_pace_on_off,
    tg_pace_failure, tg_pace_windows, tg_pace_schedule, tg_pace_drift;

#endif
