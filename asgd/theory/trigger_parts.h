/* trigger_parts: the steps of a prediction with a trigger. Private to theory. */
#ifndef TG_ASGD_TRIGGER_PARTS_H
#define TG_ASGD_TRIGGER_PARTS_H

#include "asgd/theory/network.h"
#include "asgd/theory/predict_trigger.h"
#include "asgd/theory/trigger_course.h"

enum { TG_TRIGGER_LEVELS = 12 };

typedef struct tg_trigger_job {
    const tg_modes        *modes;
    const tg_trigger      *trigger;
    const tg_predict_plan *plan;
    double                 step;
    tg_network             network; /* where all is sent */
} tg_trigger_job;

bool   tg_trigger_is_linked(const tg_trigger *t);
double tg_trigger_steepest(const tg_modes *m);

/* By how many widths of what blurs the edge x moves with one gradient of length delta; at most 1. */
double tg_trigger_jump(const tg_trigger_job *b);

/* Round trips of what is sent where this share is, and how many jobs end [1/time]. Owner of *out: the caller. */
TG_CHECKED tg_status tg_trigger_round_trips(tg_trigger_job *b, double share,
                                            tg_cluster **out, double *jobs);

/* At rest. */
typedef struct tg_trigger_rest {
    double  share, rate, rate_error, floor, floor_error; /* of the last solution */
    double *v, *h, *noise,
        *work;       /* (modes): variances, curvatures, noise; room (6 modes) */
    double *re, *im; /* (modes), in one block: roots [1/time] */
    bool    stops;   /* nothing is sent near 0: x does not come there */
    bool    timed;   /* rates are asked for that are no roots, but found over the horizon */
} tg_trigger_rest;

/* The fixed point, from no variance on; arrays are the caller's. Errors: TG_ENOCONV nothing settles; those of
 * tg_predict_rule(). */
TG_CHECKED tg_status tg_trigger_find_rest(tg_trigger_job *b, tg_trigger_rest *r);

/* The laws of delays as more waits on its way, on a grid. */
typedef struct tg_trigger_laws {
    size_t         count;
    tg_delay      *of[TG_TRIGGER_LEVELS];
    tg_trigger_law law[TG_TRIGGER_LEVELS];
    double         longest;   /* [time] that no more than 1e-4 exceed */
    tg_delay      *computing; /* NULL: nothing follows it */
    double        *done;      /* on the grid */
    double         mean;      /* of computing [time] */
} tg_trigger_laws;

/* Of one that was opened, also where that failed. */
void                 tg_trigger_close_laws(tg_trigger_laws *l);
TG_CHECKED tg_status tg_trigger_open_laws(tg_trigger_job *b, tg_trigger_laws *l);

/* Steps up to the horizon, even: a share of the time in which x or the edge of what is sent passes. Errors:
 * TG_EDOMAIN too many. */
TG_CHECKED tg_status tg_trigger_choose_steps(const tg_trigger_job  *b,
                                             const tg_trigger_laws *l, size_t *steps);

/* A course and where it is kept: block is the caller's to free. */
typedef struct tg_trigger_path {
    tg_trigger_course c;
    size_t            steps;
    double *t, *clock, *block; /* times; how far plain ASGD has gone that shows the same */
} tg_trigger_path;

TG_CHECKED tg_status tg_trigger_follow_once(const tg_trigger_job *b, tg_trigger_laws *l,
                                            size_t steps, double delta, bool narrow,
                                            tg_trigger_path *out);

/* The course from two grids, whose errors are of second order in the step, into the coarser one; off (steps + 1):
 * what that adds to the finer one. */
TG_CHECKED tg_status tg_trigger_follow_finely(const tg_trigger_job *b, tg_trigger_laws *l,
                                              size_t steps, double delta,
                                              tg_trigger_path *out, double *off);

/* One of the path's arrays at a time, the last value beyond. */
double tg_trigger_at(const tg_trigger_path *p, const double *f, double t);

#endif
