/* vectors_kernel: the copies of core/vectors_kernel.c, one per instruction set. Private to core/. */
#ifndef TG_CORE_VECTORS_KERNEL_H
#define TG_CORE_VECTORS_KERNEL_H

#include <stddef.h>

#define TG_VECTORS(isa)                                                                    \
    void tg_vectors_step_##isa(size_t n, double rate, const double *x, const double *d,    \
                               double *out);                                               \
    void tg_vectors_pull_##isa(size_t n, const double *h, const double *x,                 \
                               const double *b, const double *sigma, double *g);           \
    void tg_vectors_chain_##isa(size_t n, double all, const double *x, double *g)

TG_VECTORS(plain);
TG_VECTORS(avx2);
TG_VECTORS(avx512);

#endif
