/* sdde_kernel: the copies of solver/sdde_kernel.c, one per instruction set. Private to
 * solver/. */
#ifndef TG_SOLVER_SDDE_KERNEL_H
#define TG_SOLVER_SDDE_KERNEL_H

#include <stddef.h>

/* next = x + f dt + g dW, (n) each. */
#define TG_SDDE_INCREMENT(isa)                                                             \
    void tg_sdde_increment_##isa(size_t n, double dt, const double *x, const double *f,    \
                                 const double *g, const double *dW, double *next)

TG_SDDE_INCREMENT(plain);
TG_SDDE_INCREMENT(avx2);
TG_SDDE_INCREMENT(avx512);

#endif
