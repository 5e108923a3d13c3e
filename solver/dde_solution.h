/* dde_solution: the piecewise polynomial a delay equation leaves behind. Private to
 * solver/. */
#ifndef TG_SOLVER_DDE_SOLUTION_H
#define TG_SOLVER_DDE_SOLUTION_H

#include "solver/dde.h"
#include "solver/gauss.h"

typedef struct tg_dde_sight { /* of an event: its sign when last not 0, and when */
    int    sign;
    double since;
} tg_dde_sight;

typedef struct tg_dde_found {
    size_t event;
    double t;
} tg_dde_found;

struct tg_dde_solution {
    const tg_dde *eq;
    int           degree; /* of the polynomials: the stages s */
    size_t        count, room, evaluations;
    double       *begin; /* (count + 1) ends of the segments */
    double       *coef;  /* (count, degree + 1, dim) powers of (t - begin)/length - 1/2 */
    double        cut;   /* a terminal event, or inf */
    tg_dde_sight *sight; /* (events) */
    double       *x;     /* (dim) of an event looked at */
    tg_dde_found *found; /* (passages) in order of time */
    size_t        passages, passage_room;
};

/* An empty solution at t0. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_dde_solution_create(const tg_dde *eq, int degree, double t0,
                                            tg_dde_solution **out);

/* Events at t0; then after each segment appended. *ended: a terminal event was passed.
 * Errors: TG_EDIVERGED an event is not finite; TG_ENOMEM; those of the events. */
TG_CHECKED tg_status tg_dde_watch_begin(tg_dde_solution *s);
TG_CHECKED tg_status tg_dde_watch(tg_dde_solution *s, int *ended);

/* What both solvers ask of their arguments: t1 is one with t0 neither. Errors: TG_EDOMAIN,
 * in a sentence. */
TG_CHECKED tg_status tg_dde_check(const tg_dde *eq, double t0, double t1, double relative,
                                  double absolute);

/* Two times near t closer than this are one, in a run over `span`. */
double tg_dde_blur(double span, double t);

/* TG_ENOCONV at t, with the spacing of doubles where that may be the cause, or else `why`.
 */
tg_status tg_dde_too_small(double span, double t, const char *why);

/* x (n) at t0, finite. Errors: TG_EDIVERGED; those of the history. */
TG_CHECKED tg_status tg_dde_begin(const tg_dde *eq, double t0, double *x);

/* Append x(t) = start + h sum_j B_j F_j on [end, end + h], F (s, dim). Errors: TG_ENOMEM.
 */
TG_CHECKED tg_status tg_dde_append(tg_dde_solution *s, const tg_gauss *g, double h,
                                   const double *start, const double *slopes);

/* Append a segment of length h from its powers (degree + 1, dim). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_dde_append_powers(tg_dde_solution *s, double h, const double *coef);

/* x (dim) at t <= the last end; *hint, the segment of the last call, makes the search
 * short. */
TG_CHECKED tg_status tg_dde_look(const tg_dde_solution *s, double t, size_t *hint,
                                 double *x);

#endif
