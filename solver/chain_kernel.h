/* chain_kernel: the copies of solver/chain_kernel.c, one per instruction set. Private to
 * solver/. */
#ifndef TG_SOLVER_CHAIN_KERNEL_H
#define TG_SOLVER_CHAIN_KERNEL_H

#include "solver/chain.h"

/* As tg_chain_move(). */
#define TG_CHAIN_MOVE(isa)                                                                 \
    void tg_chain_move_##isa(const tg_chain *c, size_t n, const double *z,                 \
                             const double *x, const double *x_next, double *next,          \
                             double *mean)

TG_CHAIN_MOVE(plain);
TG_CHAIN_MOVE(avx2);
TG_CHAIN_MOVE(avx512);

#endif
