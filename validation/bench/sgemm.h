/* sgemm: products of matrices in float by BLAS */
#ifndef TG_VALIDATION_SGEMM_H
#define TG_VALIDATION_SGEMM_H

#include <stddef.h>

void sgemm_(const char *ta, const char *tb, const int *m, const int *n, const int *k,
            const float *alpha, const float *a, const int *lda, const float *b,
            const int *ldb, const float *beta, float *c, const int *ldc);

/* c (m, n) = a (m, k) b (k, n), either turned round. */
static inline void
gemm(char ta, char tb, size_t m, size_t n, size_t k, const float *a, const float *b,
     float *c)
{
    const int   M = (int)m, N = (int)n, K = (int)k;
    const float one = 1, none = 0;

    sgemm_(&tb, &ta, &N, &M, &K, &one, b, tb == 'N' ? &N : &K, a, ta == 'N' ? &K : &M,
           &none, c, &N);
}

#endif
