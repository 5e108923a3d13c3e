/* exact_block: a block of paths of one mode under way by solver/exact.h. Private to solver/. */
#ifndef TG_SOLVER_EXACT_BLOCK_H
#define TG_SOLVER_EXACT_BLOCK_H

#include "solver/ensemble.h"

#define TG_EXACT_BLOCK  128 /* paths in flight */
#define TG_EXACT_LEVELS 4

/* One mode's step: the lag in steps, h^k/k!, and J = root z. */
typedef struct tg_exact_step {
    double a, b, g, x0, power[TG_EXACT_LEVELS + 1];
    double root[TG_EXACT_LEVELS][TG_EXACT_LEVELS]; /* lower triangle */
    size_t lag;
} tg_exact_step;

typedef struct tg_exact_block {
    const tg_exact_step *step;
    uint64_t             seed;
    size_t               mode, first, now, slots; /* slots >= lag + 2 */
    double              *ring, *z; /* (slots, LEVELS, BLOCK): X^1 .. X^LEVELS; (4, BLOCK) */
    double               x[TG_EXACT_BLOCK];
} tg_exact_block;

/* Errors: TG_EDOMAIN h does not divide tau. */
TG_CHECKED tg_status tg_exact_step_make(const tg_linear *m, double h, tg_exact_step *out);

/* Doubles that ring and z take, z behind the ring. */
double tg_exact_block_size(double slots);

/* All paths at t = 0, in memory for `slots` steps. */
void tg_exact_block_start(tg_exact_block *b, const tg_exact_step *s, size_t slots,
                          double *memory);

void tg_exact_block_advance(tg_exact_block *b);

#endif
