/* lattice_rule: what a move and a delivery do to the second moments of a linear rule on the
 * occupancy lattice. Private to solver/.
 *
 * Of a state N = (N_1, .., N_n), rows of one vector (theory 3.3, derived here):
 *
 *     S = E[s s'; N] (q, q),   X_r = E[s sum_{i in r} w_i'; N] (q, p) by phase,
 *     Y_r = E[sum_{i in r} w_i w_i'; N] (p, p),
 *     Z_rt = E[sum_{i in r, k in t, i != k} w_i w_k'; N] (p, p) by pair r <= t
 */
#ifndef TG_SOLVER_LATTICE_RULE_H
#define TG_SOLVER_LATTICE_RULE_H

#include "solver/linear_rule.h"

/* Moments of a state with this many phases, and where Y_r begins. */
size_t tg_lattice_moments(const tg_linear_rule *rule, int phases);
size_t tg_lattice_squares(const tg_linear_rule *rule, int phases, int r);

/* Summed over the workers i of phase p, N_p = count[p]: the moments v after i has moved to
 * phase q, and after i has delivered and begun in q, with noise = sigma^2 times the chance of
 * N. Into out, which is overwritten. */
void tg_lattice_move(const tg_linear_rule *rule, int phases, const int *count, int p, int q,
                     const double *v, double *out);
void tg_lattice_deliver(const tg_linear_rule *rule, int phases, const int *count, int p,
                        int q, const double *v, double noise, double *out);

#endif
