/* exact_block: a block of paths of one mode under way by solver/exact.h. Private to
 * solver/. */
#ifndef TG_SOLVER_EXACT_BLOCK_H
#define TG_SOLVER_EXACT_BLOCK_H

#include "solver/ensemble.h"

#define TG_EXACT_BLOCK  128 /* paths in flight */
#define TG_EXACT_LEVELS 20  /* at most */

/* One mode's step of h = dt / sub, in the letters of solver/exact.h and in units of h: a is
 * a h, X^k stands for X^k / h^k. */
typedef struct tg_exact_step {
    double a, x0;
    size_t lag, sub;                               /* tau = lag h, or the run if shorter */
    int    levels, draws;                          /* L; normals a step takes */
    double power[TG_EXACT_LEVELS + 1];             /* p_k */
    double past[TG_EXACT_LEVELS + 1];              /* I_k, X^k of a past that was 1 */
    double root[TG_EXACT_LEVELS][TG_EXACT_LEVELS]; /* g J = root z, lower triangle */
} tg_exact_step;

typedef struct tg_exact_block {
    const tg_exact_step *step;
    uint64_t             seed;
    size_t               mode, first, now; /* now: steps of dt taken */
    double              *ring, *z; /* (lag + 1, L, BLOCK): X^1 .. X^L; (draws, BLOCK) */
    double               x[TG_EXACT_BLOCK];
} tg_exact_block;

/* Errors: TG_EDOMAIN dt and tau have no common part, or more than 10000 steps to dt. */
TG_CHECKED tg_status tg_exact_step_make(const tg_linear *m, double dt, tg_exact_step *out);

/* For a run of at most `steps` of dt: rows of the past that it does not come to are not
 * kept. */
void tg_exact_step_shorten(tg_exact_step *s, size_t steps);

/* Doubles that ring and z take, z behind the ring. */
double tg_exact_block_size(const tg_exact_step *s);

/* All paths at t = 0, in that much memory. */
void tg_exact_block_start(tg_exact_block *b, const tg_exact_step *s, double *memory);

/* Over dt; over h, the n-th since the start, by the normals that are in z. */
void tg_exact_block_advance(tg_exact_block *b);
void tg_exact_block_move(tg_exact_block *b, size_t n);

#endif
