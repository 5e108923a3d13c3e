/* simd: the few vector operations the kernels need, on whatever width is being compiled for
 *
 * vd holds LANES doubles and vu as many 64-bit words; +, -, *, /, &, |, ^ and shifts are
 * the compiler's. Private to *_kernel.c files, which are compiled once per entry of
 * TG_ISA_LIST with TG_KERNEL(name) giving each copy its own symbol.
 */
#ifndef TG_CORE_SIMD_H
#define TG_CORE_SIMD_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANES 8
#elif defined(__AVX2__)
#define LANES 4
#else
#define LANES 2
#endif

#define TG_JOIN2(a, b)  a##_##b
#define TG_JOIN(a, b)   TG_JOIN2(a, b)
#define TG_KERNEL(name) TG_JOIN(name, TG_ISA)

typedef double   vd __attribute__((vector_size(8 * LANES)));
typedef uint64_t vu __attribute__((vector_size(8 * LANES)));

/* The same width in single precision: 2 LANES floats, words and whole numbers. */
#define LANES_SINGLE (2 * LANES)
typedef float    vf __attribute__((vector_size(8 * LANES)));
typedef uint32_t vw __attribute__((vector_size(8 * LANES)));
typedef int32_t  vi __attribute__((vector_size(8 * LANES)));
typedef uint32_t vh __attribute__((vector_size(4 * LANES))); /* LANES words */

static inline vu
bits_of(vd x)
{
    return (vu)x;
}

static inline vd
double_of(vu x)
{
    return (vd)x;
}

static inline vd
load(const double *p)
{
    vd x;

    memcpy(&x, p, sizeof x);
    return x;
}

static inline void
store(double *p, vd x)
{
    memcpy(p, &x, sizeof x);
}

/* The product of the low halves of each 64-bit lane. */
static inline vu
multiply_low_halves(vu a, vu b)
{
#if defined(__AVX512F__)
    return (vu)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
    return (vu)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__x86_64__)
    return (vu)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
    return (a & 0xffffffff) * (b & 0xffffffff);
#endif
}

static inline vu
xor3(vu a, vu b, vu c)
{
#if defined(__AVX512F__)
    return (vu)_mm512_ternarylogic_epi64((__m512i)a, (__m512i)b, (__m512i)c, 0x96);
#else
    return a ^ b ^ c;
#endif
}

/* Exchange *a and *b in the lanes where w is odd. */
static inline void
exchange_where_odd(vu w, vd *a, vd *b)
{
#if defined(__AVX512F__)
    const __mmask8 k = _mm512_test_epi64_mask((__m512i)w, _mm512_set1_epi64(1));
    const vd       c = (vd)_mm512_mask_blend_pd(k, (__m512d)*a, (__m512d)*b);
    *b = (vd)_mm512_mask_blend_pd(k, (__m512d)*b, (__m512d)*a);
    *a = c;
#elif defined(__AVX2__)
    const vu top = w << 63;
    const vd c = (vd)_mm256_blendv_pd((__m256d)*a, (__m256d)*b, (__m256d)top);
    *b = (vd)_mm256_blendv_pd((__m256d)*b, (__m256d)*a, (__m256d)top);
    *a = c;
#else
    const vu t = (bits_of(*a) ^ bits_of(*b)) & -(w & 1);
    *a = double_of(bits_of(*a) ^ t);
    *b = double_of(bits_of(*b) ^ t);
#endif
}

/* x = 2^e m with 3/4 <= m < 3/2, for x > 0 and normal. */
static inline void
split(vd x, vd *e, vd *m)
{
#if defined(__AVX512F__)
    *m = (vd)_mm512_getmant_pd((__m512d)x, _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_src);
    *e = (vd)_mm512_getexp_pd((__m512d)(x * (4. / 3)));
#else
    const uint64_t one = UINT64_C(0x3ff0000000000000), low = UINT64_C(0x3fe8000000000000);
    const vu       t = bits_of(x) + (one - low);
    *e = double_of(t >> 52 | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023);
    *m = double_of((t & UINT64_C(0x000fffffffffffff)) + low);
#endif
}

static inline vd
square_root(vd x)
{
#if defined(__AVX512F__)
    return (vd)_mm512_sqrt_pd((__m512d)x);
#elif defined(__AVX2__)
    return (vd)_mm256_sqrt_pd((__m256d)x);
#elif defined(__x86_64__)
    return (vd)_mm_sqrt_pd((__m128d)x);
#else
    for (int i = 0; i < LANES; i++) x[i] = sqrt(x[i]);
    return x;
#endif
}

static inline vf
load_single(const float *p)
{
    vf x;

    memcpy(&x, p, sizeof x);
    return x;
}

static inline void
store_single(float *p, vf x)
{
    memcpy(p, &x, sizeof x);
}

static inline vf
square_root_single(vf x)
{
#if defined(__AVX512F__)
    return (vf)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
    return (vf)_mm256_sqrt_ps((__m256)x);
#elif defined(__x86_64__)
    return (vf)_mm_sqrt_ps((__m128)x);
#else
    for (int i = 0; i < LANES_SINGLE; i++) x[i] = sqrtf(x[i]);
    return x;
#endif
}

#endif
