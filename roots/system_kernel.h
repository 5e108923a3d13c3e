/* system_kernel: the copies of roots/system_kernel.c, one per instruction set. Private to
 * roots/. */
#ifndef TG_ROOTS_SYSTEM_KERNEL_H
#define TG_ROOTS_SYSTEM_KERNEL_H

#include <stddef.h>

/* What the elimination of [M | ...] leaves of det M: its phase and the logarithm of its size;
 * whole: no pivot was 0. */
typedef struct tg_system_pivots {
    double re, im, log_size;
    int    whole;
} tg_system_pivots;

/* Gauss-Jordan on n rows of `width` complex numbers, real and imaginary parts apart (n, width),
 * of which the first n are M. */
#define TG_SYSTEM_ELIMINATE(isa)                                                           \
    void tg_system_eliminate_##isa(size_t n, size_t width, double *re, double *im,         \
                                   tg_system_pivots *out)

TG_SYSTEM_ELIMINATE(plain);
TG_SYSTEM_ELIMINATE(avx2);
TG_SYSTEM_ELIMINATE(avx512);

#endif
