/* exact: paths of the linear delay equation whose law on the grid is that of the equation
 *
 *     dX = ( -b X(t) - a X(t - tau) ) dt + g dW,    X = x0 on t <= 0
 *
 * Beside x_n each step of length h, tau = m h, keeps its iterated integrals
 *
 *     X^k_n = int_0^h e^{-bv} v^{k-1}/(k-1)! x(t_n + h - v) dv,  k >= 1,    X^0_n = x_{n+1},
 *     X^k_n = p_k x_n - a X^{k+1}_{n-m} + g J^k_n,      p_k = e^{-bh} h^k/k!,
 *
 * where J^k = int_0^h e^{-bv} v^k/k! dW are jointly Gaussian and drawn as such (derived
 * here). Level L is p_L x_n alone, with L so large that |a|^L int_0^h e^{-bv}
 * v^{L-1}/(L-1)! dv < 1e-12: that is what X means to x so far up. b is exact, so without
 * delay every step is. A step dt is done in n steps of h = dt/n, n the least with |a| h <=
 * 1 that puts tau on the grid of h: dt = .7 does for tau = .5. Mean, variance and
 * covariances on the grid are those of the equation to 1e-10 of the largest.
 */
#ifndef TG_SOLVER_EXACT_H
#define TG_SOLVER_EXACT_H

#include "solver/ensemble.h"

/* Bytes tg_exact_run will allocate, and `kept` twice (results are handed out at the end); 0
 * where it refuses the step. */
double tg_exact_memory(const tg_ensemble *e);

/* Whether tg_exact_run would take it. Errors: TG_EDOMAIN as there. */
TG_CHECKED tg_status tg_exact_check(const tg_ensemble *e);

/* As tg_ensemble_run, with the same meaning of every argument but `isa` and `single`, which
 * are ignored. Errors: the same, and TG_EDOMAIN where no dt/n (up to 100 of them) divides a
 * tau, or |a| dt is above 10000. */
TG_CHECKED tg_status tg_exact_run(const tg_ensemble *e, tg_stats *stats, double *kept);

/* Variance of X at dt, 2 dt, ..., steps dt into variance (steps) as these steps make it,
 * without sampling: the squares of what becomes of each normal that is drawn, summed.
 * Errors: TG_EDOMAIN as above; TG_ENOMEM. */
TG_CHECKED tg_status tg_exact_variance(const tg_linear *m, double dt, size_t steps,
                                       double *variance);

#endif
