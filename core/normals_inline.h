/* normals_inline: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011) and Box-Muller on LANES
 * blocks at once, for kernels that use the normals where they arise. Private to *_kernel.c
 * files.
 *
 * The polynomials were fitted at Chebyshev nodes in 40-digit arithmetic; errors stated are
 * those of the polynomial, before rounding. */
#ifndef TG_CORE_NORMALS_INLINE_H
#define TG_CORE_NORMALS_INLINE_H

#include "core/simd.h"

#define LOW32 UINT64_C(0xffffffff)
#define TOP36 UINT64_C(0x000fffffffff0000) /* of a mantissa */
#define TOP26 UINT64_C(0x000ffffffc000000)
#define ONE   UINT64_C(0x3ff0000000000000)
#define SIGN  UINT64_C(0x8000000000000000)

typedef struct block4 {
    vu x[4]; /* each lane: one 32-bit word; the upper halves hold whatever is left there */
} block4;

static inline vu
spread(uint64_t x)
{
    return x - (vu){ 0 };
}

/* The keys of the ten rounds, two each. */
static void
schedule(uint64_t seed, uint64_t key[20])
{
    uint32_t a = (uint32_t)seed, b = (uint32_t)(seed >> 32);

    for (int round = 0; round < 10; round++, a += 0x9E3779B9, b += 0xBB67AE85) {
        key[2 * round] = a;
        key[2 * round + 1] = b;
    }
}

/* Vectors of blocks side by side: one alone is a chain of 20 multiplications and would
 * leave the multipliers idle; as many as the registers hold. Buffers of words are a
 * multiple of BATCH long. */
#define BESIDE (LANES == 8 ? 8 : 4)
#define BATCH  (BESIDE * LANES)

static inline void
philox(block4 *c, int vectors, const uint64_t key[20])
{
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
#pragma GCC unroll 8
        for (int i = 0; i < vectors; i++) {
            const vu p = multiply_low_halves(c[i].x[0], spread(0xD2511F53));
            const vu q = multiply_low_halves(c[i].x[2], spread(0xCD9E8D57));
            c[i] = (block4){ { xor3(q >> 32, c[i].x[1], spread(key[2 * round])), q,
                               xor3(p >> 32, c[i].x[3], spread(key[2 * round + 1])), p } };
        }
    }
}

static inline vd
polynomial(vd z, const double *c, int degree)
{
    vd p = c[degree] - (vd){ 0 };

    for (int i = degree - 1; i >= 0; i--) p = p * z + c[i];
    return p;
}

/* -2 ln u for u in (0, 1): u = 2^e m, 3/4 <= m < 3/2, s = (m - 1)/(m + 1),
 * -2 ln m = s (-4 + s^2 L(s^2)), |error of L| < 8.1e-9, so relative to ln m < 8e-11. */
static inline vd
minus_two_log(vd u)
{
    static const double L[] = { -0x1.55555533e0aa5p+0, -0x1.999a6a7a105a8p-1,
                                -0x1.242ce0e1e295fp-1, -0x1.e6587a4cb4546p-2 };
    vd                  e, m;

    split(u, &e, &m);
    const vd s = (m - 1) / (m + 1), z = s * s;
    return e * -1.386294361119890618834464 + s * (z * polynomial(z, L, 3) - 4);
}

/* cos and sin of pi v / 2, |v| <= 1/2. |error of S| < 7e-12, of C < 5e-11. */
static inline void
quarter_circle(vd v, vd *cosine, vd *sine)
{
    static const double S[] = { 0x1.921fb5443b587p+0, -0x1.4abbce56ae6e6p-1,
                                0x1.466bbac8a54e8p-4, -0x1.32ca9d79fc665p-8,
                                0x1.4bc85ccb213adp-13 };
    static const double C[] = { 0x1.ffffffff9785fp-1, -0x1.3bd3cc7313b31p+0,
                                0x1.03c1dc16cde6ep-2, -0x1.55c57912f05fdp-6,
                                0x1.d9c2e7f15bcf2p-11 };
    const vd            z = v * v;

    *sine = v * polynomial(z, S, 4);
    *cosine = polynomial(z, C, 4);
}

/* Of the word's 64 bits the first is a sign, which turns by half a circle, 36 give the
 * radius, 26 an angle of less than 45 degrees, and the last reflects at 45 degrees. Radius
 * and angle lie at the middles of their cells. Both normals times `scale`. */
static inline void
box_muller(vu word, double scale, vd *x, vd *y)
{
    const vd u = double_of((word >> 11 & TOP36) | ONE) - (1 - 0x1p-37);
    const vd v = double_of((word << 25 & TOP26) | ONE) - (1.5 - 0x1p-27);
    const vd r = scale * double_of(bits_of(square_root(minus_two_log(u))) ^ (word & SIGN));

    quarter_circle(v, x, y);
    exchange_where_odd(word, x, y);
    *x *= r;
    *y *= r;
}

/* at, at + 1, ..., one a lane */
static inline vu
ramp(uint64_t at)
{
    vu x;

    for (int i = 0; i < LANES; i++) x[i] = at + (uint64_t)i;
    return x;
}

/* Blocks number `block` of the streams first, first + 1, ..., a lane each. */
static inline void
blocks_across(const uint64_t key[20], uint64_t high, uint64_t first, uint64_t block,
              block4 c[BESIDE])
{
    for (int i = 0; i < BESIDE; i++) {
        const vu at = ramp(first + (uint64_t)(i * LANES));
        c[i] = (block4){ { spread(block), spread(block >> 32 | high), at, at >> 32 } };
    }
    philox(c, BESIDE, key);
}

/* Blocks block, block + 1, ... of one stream. */
static inline void
blocks_along(const uint64_t key[20], uint64_t high, uint64_t index, uint64_t block,
             block4 c[BESIDE])
{
    for (int i = 0; i < BESIDE; i++) {
        const vu at = ramp(block + (uint64_t)(i * LANES));
        c[i] =
            (block4){ { at, at >> 32 | spread(high), spread(index), spread(index >> 32) } };
    }
    philox(c, BESIDE, key);
}

/* The two words of each block, into (BATCH) each. */
static inline void
store_words(const block4 c[BESIDE], uint64_t *first, uint64_t *second)
{
    for (int i = 0; i < BESIDE; i++) {
        const vu x = (c[i].x[0] & LOW32) | c[i].x[1] << 32;
        const vu y = (c[i].x[2] & LOW32) | c[i].x[3] << 32;
        memcpy(first + i * LANES, &x, sizeof x);
        memcpy(second + i * LANES, &y, sizeof y);
    }
}

/* Two words for each of n paths; writes whole batches. */
static inline void
words_across(const uint64_t key[20], uint64_t high, uint64_t first, uint64_t block,
             size_t n, uint64_t *even, uint64_t *odd)
{
    for (size_t j = 0; j < n; j += BATCH) {
        block4 c[BESIDE];
        blocks_across(key, high, first + j, block, c);
        store_words(c, even + j, odd + j);
    }
}

#endif
