/* dde: deterministic delay differential equations
 *
 *     x'(t) = f(t, x(t), x(t - tau_1), ..., x(t - tau_m)),   t > t0,     x = phi on t <= t0
 *
 * with delays tau_j >= 0 constant or a function of t and x. The method is the explicit
 * Runge-Kutta method got by iterating the Gauss tableau of s stages (van der Houwen,
 * Sommeijer 1990): order 2 s at the ends of a step, dense output of order s + 1 by the
 * collocation polynomial, which is also what a lagged argument reads, in the step at hand
 * too (so a delay may be shorter than the step, or vanish). The error of the dense output
 * is controlled: that of Mackey-Glass stays within 4 tolerances to t = 100, with any number
 * of stages, from 1e-4 to 1e-10 (validation/unit/t_dde.c). Kinks (breaking points) spread
 * from t0 by t -> t + tau; steps end on them.
 */
#ifndef TG_SOLVER_DDE_H
#define TG_SOLVER_DDE_H

#include "core/status.h"

#include <stddef.h>

/* A function e(t, x) whose passages through 0 are located on the dense output while the
 * solution is made. Where e is 0 and returns to its old sign it has not passed. The step
 * that passes a terminal event goes beyond it, so f must have values there. */
typedef struct tg_dde_event {
    tg_status (*value)(double t, const double *x, double *e, void *context);
    void *context;
    int   direction; /* > 0: e rises, < 0: e falls, 0: either */
    int   terminal;  /* the first passage ends the solution there */
} tg_dde_event;

typedef struct tg_dde {
    size_t dim, delays; /* n >= 1, m >= 0 */
    /* dx (n) from x (n) and past (m, n), row j at t - tau_j. May fail: the solution ends.
     */
    tg_status (*slope)(double t, const double *x, const double *past, double *dx,
                       void *context);
    const double *tau; /* (m) constant delays, NULL if m = 0; or NULL and */
    tg_status (*lag)(double t, const double *x, double *tau, void *context); /* tau (m) */
    /* phi, t <= t0; a table: solver/past.h */
    tg_status (*history)(double t, double *x, void *context);
    void               *context;
    const tg_dde_event *event; /* (events) */
    size_t              events;
} tg_dde;

typedef struct tg_dde_solution tg_dde_solution;

/* Integrate from t0 to t1 > t0 with local errors of the dense output below
 * absolute + relative |x|. `stages` is s, 2 .. 10; 0 chooses by the tolerance. The equation
 * is borrowed for the life of *out, which the caller frees. Errors: TG_EDOMAIN an argument
 * out of range or missing, t0 and t1 the same to rounding, a delay < 0; TG_EDIVERGED x, its slope or an event not finite
 * (which, when); TG_ENOCONV the step became too small (stiff, or a singularity), 1000 steps
 * went nowhere (the solution slides along a kink), or they take more than 2 GB;
 * TG_ENOMEM; TG_ESTOP; those of the callbacks. */
TG_CHECKED tg_status tg_dde_solve(const tg_dde *eq, double t0, double t1, double relative,
                                  double absolute, int stages, tg_dde_solution **out);
void                 tg_dde_solution_free(tg_dde_solution *s);

/* Where the solution ends: t1, or at a terminal event. */
double tg_dde_end(const tg_dde_solution *s);

/* x (n) at any t <= the end. Errors: TG_EDOMAIN t later or NaN; those of the history. */
TG_CHECKED tg_status tg_dde_at(const tg_dde_solution *s, double t, double *x);

/* Steps taken and evaluations of f; either may be NULL. */
void tg_dde_cost(const tg_dde_solution *s, size_t *steps, size_t *evaluations);

/* The passages of events seen, in order of time, and the k-th: which event, when. A passage
 * is seen where the signs at the ends, or eight points between, of a step differ; its time
 * is that of the dense output to rounding, so its error is that of e there over |e'|.
 * Errors: TG_EDOMAIN k out of range. */
size_t               tg_dde_passages(const tg_dde_solution *s);
TG_CHECKED tg_status tg_dde_passage(const tg_dde_solution *s, size_t k, size_t *event,
                                    double *t);

/* The same for a level of component i, asked afterwards: the first t > after at which x_i
 * passes it; *t is inf if there is none. Errors: TG_EDOMAIN i >= n, a NaN; TG_ENOMEM. */
TG_CHECKED tg_status tg_dde_crossing(const tg_dde_solution *s, size_t i, double level,
                                     double after, double *t);

#endif
