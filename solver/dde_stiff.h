/* dde_stiff: stiff delay equations with constant delays > 0, by the method of steps
 *
 * The equation of solver/dde.h with CVODE's backward differentiation formulas (order 1 ..
 * 5, dense Newton; Hindmarsh et al. 2005). No step is longer than the shortest delay, so
 * lagged values are known; they are read from the interpolating polynomial of each step
 * taken. The integrator starts afresh at every kink up to level 5, the sums of up to 5
 * delays; or up to the highest level with less than 128 kinks, the same for all delays: 4
 * for 5 delays, 1 for 20, in general position. The error of the solution, not that of a
 * step, is kept near absolute + relative |x|: below 3 times that, and 20 times where the
 * equation itself amplifies errors fivefold, on the equations of
 * validation/unit/t_dde_stiff.c, from 1e-4 to 1e-10.
 */
#ifndef TG_SOLVER_DDE_STIFF_H
#define TG_SOLVER_DDE_STIFF_H

#include "solver/dde.h"

/* As tg_dde_solve, events included; the solution is read and freed by the functions of
 * solver/dde.h. Errors: TG_EDOMAIN an argument out of range or missing, t0 and
 * t1 the same to rounding, delays that vary or are not > 0; TG_EDIVERGED x, its slope or an event not finite (which, when); TG_ENOCONV
 * the step became too small (singular, or t0 so large that doubles there are too far
 * apart), CVODE gave up, or more than a million steps; TG_ENOMEM; TG_ESTOP; those
 * of the callbacks. */
TG_CHECKED tg_status tg_dde_stiff_solve(const tg_dde *eq, double t0, double t1,
                                        double relative, double absolute,
                                        tg_dde_solution **out);

#endif
