/* multiply_kernel: the copies of multiply_kernel.c, one per instruction set. Private. */
#ifndef TG_ASGD_NETWORKS_MULTIPLY_KERNEL_H
#define TG_ASGD_NETWORKS_MULTIPLY_KERNEL_H

#include "asgd/networks/multiply.h"

#define TG_MULTIPLY_KERNELS(isa)                                                           \
    void tg_multiply_single_##isa(const tg_multiply *p);                                   \
    void tg_multiply_double_##isa(const tg_multiply *p)

TG_MULTIPLY_KERNELS(plain);
TG_MULTIPLY_KERNELS(avx2);
TG_MULTIPLY_KERNELS(avx512);

#endif
