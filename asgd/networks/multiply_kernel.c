/* Sums of products (asgd/networks/multiply.h), in float and in double. */
#include "asgd/networks/multiply_kernel.h"

#include "core/simd.h"

/* As many rows at a time as leave the registers of a set full of sums. */
#if defined(__AVX512F__)
#define MOST_ROWS 12
#elif defined(__AVX2__)
#define MOST_ROWS 6
#else
#define MOST_ROWS 2
#endif

#define number   float
#define vector   vf
#define WIDTH    LANES_SINGLE
#define OF(name) TG_JOIN(name, single)
#if defined(__AVX512F__)
#define FUSED(a, b, c) ((vf)_mm512_fmadd_ps(_mm512_set1_ps(a), (__m512)(b), (__m512)(c)))
#elif defined(__AVX2__)
#define FUSED(a, b, c) ((vf)_mm256_fmadd_ps(_mm256_set1_ps(a), (__m256)(b), (__m256)(c)))
#else
#define FUSE fmaf
#endif
#include "asgd/networks/multiply_loops.h"

#define number   double
#define vector   vd
#define WIDTH    LANES
#define OF(name) TG_JOIN(name, double)
#if defined(__AVX512F__)
#define FUSED(a, b, c) ((vd)_mm512_fmadd_pd(_mm512_set1_pd(a), (__m512d)(b), (__m512d)(c)))
#elif defined(__AVX2__)
#define FUSED(a, b, c) ((vd)_mm256_fmadd_pd(_mm256_set1_pd(a), (__m256d)(b), (__m256d)(c)))
#else
#define FUSE fma
#endif
#include "asgd/networks/multiply_loops.h"
