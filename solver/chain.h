/* chain: E X(t - T) of a phase-type law as the state of a chain, X linear between grid points
 *
 *     z' = S z + l X(t),    E X(t - T) = start z,    z(t) = int e^{S u} l X(t - u) du
 *
 * with S the chain's moves (diagonal: minus what leaves) and l its rates to the end. A step of dt is
 * exact: z_{n+1} = e^{S dt} z_n + old x_n + new x_{n+1}. A constant past is z = X in every phase. Derived
 * here. Private to solver/.
 */
#ifndef TG_SOLVER_CHAIN_H
#define TG_SOLVER_CHAIN_H

#include "solver/phase.h"

typedef struct tg_chain {
    size_t phases; /* 0: the law is of no phase type */
    double keep[TG_PHASE_MAX][TG_PHASE_MAX], old[TG_PHASE_MAX], new[TG_PHASE_MAX];
    double start[TG_PHASE_MAX];
    size_t first[TG_PHASE_MAX], last[TG_PHASE_MAX]; /* of what is not 0 in a row of keep */
} tg_chain;

/* Steps of dt; phases = 0 where the law itself is none. */
tg_chain tg_chain_make(const tg_delay *law, double dt);

/* next (phases, n) from z (phases, n), x and x_next (n), and mean (n) = start next. */
void tg_chain_move(const tg_chain *c, size_t n, const double *z, const double *x,
                   const double *x_next, double *next, double *mean);

#endif
