/* dde_solution: the piecewise polynomial a delay equation leaves behind. Private to
 * solver/. */
#ifndef TG_SOLVER_DDE_SOLUTION_H
#define TG_SOLVER_DDE_SOLUTION_H

#include "solver/dde.h"
#include "solver/gauss.h"

struct tg_dde_solution {
    const tg_dde *eq;
    int           degree; /* of the polynomials: the stages s */
    size_t        count, room, evaluations;
    double       *begin; /* (count + 1) ends of the segments */
    double       *coef;  /* (count, degree + 1, dim) powers of (t - begin)/length - 1/2 */
};

/* What both solvers ask of their arguments. Errors: TG_EDOMAIN, in a sentence. */
TG_CHECKED tg_status tg_dde_check(const tg_dde *eq, double t0, double t1, double relative,
                                  double absolute);

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
