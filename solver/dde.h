/* dde: deterministic delay differential equations
 *
 *     x'(t) = f(t, x(t), x(t - tau_1), ..., x(t - tau_m)),   t > t0,     x = phi on t <= t0
 *
 * with delays tau_j >= 0 constant or a function of t and x. The method is the explicit
 * Runge-Kutta method got by iterating the Gauss tableau of s stages (van der Houwen,
 * Sommeijer 1990): order 2 s at the ends of a step, dense output of order s + 1 by the
 * collocation polynomial, which is also what a lagged argument reads, in the step at hand
 * too (so a delay may be shorter than the step, or vanish). The error of the dense output
 * is controlled. Kinks (breaking points) spread from t0 by t -> t + tau; steps end on them.
 */
#ifndef TG_SOLVER_DDE_H
#define TG_SOLVER_DDE_H

#include "core/status.h"

#include <stddef.h>

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
    void *context;
} tg_dde;

typedef struct tg_dde_solution tg_dde_solution;

/* Integrate from t0 to t1 > t0 with local errors of the dense output below
 * absolute + relative |x|. `stages` is s, 2 .. 10; 0 chooses by the tolerance. The equation
 * is borrowed for the life of *out, which the caller frees. Errors: TG_EDOMAIN an argument
 * out of range or missing, a delay < 0; TG_EDIVERGED x or its slope not finite (component,
 * time); TG_ENOCONV the step became too small (stiff, or a singularity); TG_ENOMEM; those of
 * the callbacks. */
TG_CHECKED tg_status tg_dde_solve(const tg_dde *eq, double t0, double t1, double relative,
                                  double absolute, int stages, tg_dde_solution **out);
void                 tg_dde_solution_free(tg_dde_solution *s);

/* x (n) at any t <= t1. Errors: TG_EDOMAIN t > t1 or NaN; those of the history. */
TG_CHECKED tg_status tg_dde_at(const tg_dde_solution *s, double t, double *x);

/* Steps taken and evaluations of f; either may be NULL. */
void tg_dde_cost(const tg_dde_solution *s, size_t *steps, size_t *evaluations);

/* The first t > after at which component i of x passes `level`, to rounding error on the
 * dense output; *t is inf if there is none. Passages are seen where the ends, or eight
 * points between, of a step lie on different sides. Errors: TG_EDOMAIN i >= n. */
TG_CHECKED tg_status tg_dde_crossing(const tg_dde_solution *s, size_t i, double level,
                                     double after, double *t);

#endif
