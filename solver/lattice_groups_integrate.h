/* lattice_groups_integrate: u' = M u + source by CVODE, as in solver/lattice_transient.c. Private to solver/. */
#ifndef TG_SOLVER_LATTICE_GROUPS_INTEGRATE_H
#define TG_SOLVER_LATTICE_GROUPS_INTEGRATE_H

#include "solver/lattice_groups_matrix.h"

/* slope = M u + source, all (size). */
void tg_group_flow(const tg_group_system *m, const double *source, const double *u,
                   double *slope);

/* E x and E x^2 of the moments u (size). */
void tg_group_observe(const tg_group_system *m, const double *u, double *mean,
                      double *second);

/* From u at time `from` to the horizon: E x and E x^2 at those of the times 0, horizon/(n-1), ..., horizon that are not
 * before, the others stay as they are. `scale`: of a moment that matters. u is at the horizon then. Errors:
 * TG_ENOCONV; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_group_integrate(const tg_group_system *m, const double *source,
                                        double scale, double from, double horizon, size_t n,
                                        double *u, double *mean, double *second);

#endif
