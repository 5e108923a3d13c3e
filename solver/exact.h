/* exact: paths of the linear delay equation whose law on the grid is that of the equation
 *
 *     dX = ( -b X(t) - a X(t - tau) ) dt + g dW,    X = x0 on t <= 0,    dt divides tau
 *
 * Beside x_n each step keeps its iterated integrals, h = dt,
 *
 *     X^k_n = int_0^h (h-u)^(k-1)/(k-1)! x(t_n + u) du,  k >= 1,     X^0_n = x_{n+1},
 *     X^k_n = x_n h^k/k! - b X^{k+1}_n - a X^{k+1}_{n-m} + g J^k_n,
 *
 * where J^k = int_0^h (h-u)^k/k! dW are jointly Gaussian with covariance
 * h^{i+j+1} / (i! j! (i+j+1)), drawn exactly (derived here). Levels 0 .. 3 are kept; what is cut
 * off changes x by less than (|a| + |b|)^4 h^4.5 |g|: no step bias that any ensemble could see.
 */
#ifndef TG_SOLVER_EXACT_H
#define TG_SOLVER_EXACT_H

#include "solver/ensemble.h"

/* Bytes tg_exact_run will allocate, and `kept` twice (results are handed out at the end). */
double tg_exact_memory(const tg_ensemble *e);

/* As tg_ensemble_run, with the same meaning of every argument but `isa`, which is ignored.
 * Errors: the same, and TG_EDOMAIN where dt does not divide a tau. */
TG_CHECKED tg_status tg_exact_run(const tg_ensemble *e, tg_stats *stats, double *kept);

#endif
