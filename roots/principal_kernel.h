/* principal_kernel: the copies of roots/principal_kernel.c, one per instruction set.
 * Private to roots/. */
#ifndef TG_ROOTS_PRINCIPAL_KERNEL_H
#define TG_ROOTS_PRINCIPAL_KERNEL_H

#include <stddef.h>

enum { PRINCIPAL_BLOCK = 64 };

/* Two steps from the start, which is good for k <= 50, for a whole block; `miss` is < 0
 * where the second was so short that the root is exact to rounding. */
#define TG_PRINCIPAL_BLOCK(isa)                                                            \
    void tg_principal_block_##isa(const double *k, double *re, double *im, double *miss)

TG_PRINCIPAL_BLOCK(plain);
TG_PRINCIPAL_BLOCK(avx2);
TG_PRINCIPAL_BLOCK(avx512);

#endif
