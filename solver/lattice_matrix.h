/* lattice_matrix: the moment equations u' = M u + f of solver/lattice.h. Private to
 * solver/.
 *
 * Unknown k of state N is u[N * each + k]; first moments: x, Y_p; second moments as in
 * solver/lattice_rule.h.
 */
#ifndef TG_SOLVER_LATTICE_MATRIX_H
#define TG_SOLVER_LATTICE_MATRIX_H

#include "solver/lattice.h"

typedef struct tg_moment_system {
    int     order, phases; /* 1 or 2 */
    size_t  states, each, size;
    int    *count;       /* (states, phases) N of each state */
    int    *begin, *row; /* M by compressed columns: (size + 1), (entries) */
    double *value;       /* (entries) */
    double *source;      /* (size) f */
} tg_moment_system;

/* Errors: TG_EDOMAIN as in lattice.h; TG_ENOMEM. */
TG_CHECKED tg_status tg_moment_system_create(const tg_lattice *l, int order,
                                             tg_moment_system **out);
void                 tg_moment_system_free(tg_moment_system *m);

/* The lattice's rule. */
tg_linear_rule tg_lattice_rule(const tg_lattice *l);

/* Probability of each state (states): multinomial, with the share of its time that a worker
 * spends in each phase. */
void tg_moment_system_weights(const tg_moment_system *m, const tg_lattice *l,
                              double *weight);

#endif
