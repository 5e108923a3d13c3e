/* Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011) and Box-Muller on LANES blocks at once.
 * The polynomials were fitted at Chebyshev nodes in 40-digit arithmetic; errors stated are
 * those of the polynomial, before rounding. */
#include "core/normals_kernel.h"
#include "core/simd.h"

#define LOW32    UINT64_C(0xffffffff)
#define MANTISSA UINT64_C(0x000fffffffffffff)
#define TOP36    UINT64_C(0x000fffffffff0000) /* of a mantissa */
#define TOP27    UINT64_C(0x000ffffffe000000)
#define ONE      UINT64_C(0x3ff0000000000000)
#define ROOT     UINT64_C(0x3fe6a09e667f3bcd) /* sqrt(1/2) */

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

static inline block4
philox(block4 c, const uint64_t key[20])
{
    for (int round = 0; round < 10; round++) {
        const vu p = multiply_low_halves(c.x[0], spread(0xD2511F53));
        const vu q = multiply_low_halves(c.x[2], spread(0xCD9E8D57));
        c = (block4){ { xor3(q >> 32, c.x[1], spread(key[2 * round])), q,
                        xor3(p >> 32, c.x[3], spread(key[2 * round + 1])), p } };
    }
    return c;
}

static inline vd
polynomial(vd z, const double *c, int degree)
{
    vd p = c[degree] - (vd){ 0 };

    for (int i = degree - 1; i >= 0; i--) p = p * z + c[i];
    return p;
}

/* -2 ln u for u in (0, 1): u = 2^e m, sqrt(1/2) <= m < sqrt 2, s = (m - 1)/(m + 1),
 * -2 ln m = s (-4 + s^2 L(s^2)), |error of L| < 1.5e-11, so relative to ln m < 1.1e-13. */
static inline vd
minus_two_log(vd u)
{
    static const double L[] = { -0x1.5555555564e96p+0, -0x1.999998cafbf2ap-1,
                                -0x1.249323e4d7fc7p-1, -0x1.c67ada017cf97p-2,
                                -0x1.8c8c11e54d389p-2 };
    const vu            t = bits_of(u) + (ONE - ROOT);
    const vd e = double_of(t >> 52 | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023);
    const vd m = double_of((t & MANTISSA) + ROOT);
    const vd s = (m - 1) / (m + 1), z = s * s;

    return e * -1.386294361119890618834464 + s * (z * polynomial(z, L, 4) - 4);
}

/* sin and cos of pi v, |v| <= 1/2, from those of pi v / 2: the angle doubles.
 * |error of S| < 7e-15, of C < 6e-14. */
static inline void
half_circle(vd v, vd *cosine, vd *sine)
{
    static const double S[] = { 0x1.921fb54442cfap+0,  -0x1.4abbce6257a2ap-1,
                                0x1.466bc67123fa1p-4,  -0x1.32d2c644adc0bp-8,
                                0x1.5071ce4b47930p-13, -0x1.dd54805f3f706p-19 };
    static const double C[] = { 0x1.ffffffffffe0bp-1,  -0x1.3bd3cc9bd2c35p+0,
                                0x1.03c1f074ded21p-2,  -0x1.55d3ba300cd50p-6,
                                0x1.e1e7ccccb387ap-11, -0x1.a0ee132c60c1fp-16 };
    const vd            z = v * v, s = v * polynomial(z, S, 5), c = polynomial(z, C, 5);

    *cosine = 1 - 2 * (s * s);
    *sine = 2 * (s * c);
}

/* Of the word's 64 bits the upper 36 give the radius, the lower 28 the angle, of which bit
 * 0 chooses the half of the circle. Both lie at the middles of their cells. */
static inline void
box_muller(vu word, vd *cosine, vd *sine)
{
    const vd u = double_of((word >> 12 & TOP36) | ONE) - (1 - 0x1p-37);
    const vd v = double_of((word << 24 & TOP27) | ONE) - (1.5 - 0x1p-28);
    const vd r = double_of(bits_of(square_root(minus_two_log(u))) ^ word << 63);

    half_circle(v, cosine, sine);
    *cosine *= r;
    *sine *= r;
}

/* at, at + 1, ..., one a lane */
static inline vu
ramp(uint64_t at)
{
    vu x;

    for (int i = 0; i < LANES; i++) x[i] = at + (uint64_t)i;
    return x;
}

/* Blocks and normals are two passes over a buffer in the first cache: each pass has short
 * independent chains, which one long pass has not. */
#define CHUNK 64

static inline void
store_words(block4 b, uint64_t *first, uint64_t *second)
{
    const vu x = (b.x[0] & LOW32) | b.x[1] << 32, y = (b.x[2] & LOW32) | b.x[3] << 32;

    memcpy(first, &x, sizeof x);
    memcpy(second, &y, sizeof y);
}

static inline void
store_normals(const uint64_t *word, size_t n, double *cosine, double *sine)
{
    for (size_t i = 0; i < n; i += LANES) {
        vu w;
        vd x, y;

        memcpy(&w, word + i, sizeof w);
        box_muller(w, &x, &y);
        if (i + LANES <= n) {
            store(cosine + i, x);
            store(sine + i, y);
        } else {
            memcpy(cosine + i, &x, (n - i) * sizeof *cosine);
            memcpy(sine + i, &y, (n - i) * sizeof *sine);
        }
    }
}

void
TG_KERNEL(tg_normals_along)(uint64_t seed, uint64_t high, uint64_t index, uint64_t block,
                            size_t groups, double *out)
{
    uint64_t key[20], word[2][8];

    schedule(seed, key);
    for (size_t g = 0; g < groups; g++, block += 8, out += 32) {
        for (size_t j = 0; j < 8; j += LANES) {
            const vu     at = ramp(block + j);
            const block4 c = { { at, at >> 32 | spread(high), spread(index),
                                 spread(index >> 32) } };
            store_words(philox(c, key), word[0] + j, word[1] + j);
        }
        store_normals(word[0], 8, out, out + 8);
        store_normals(word[1], 8, out + 16, out + 24);
    }
}

void
TG_KERNEL(tg_normals_across)(uint64_t seed, uint64_t high, uint64_t first, uint64_t block,
                             size_t n, size_t stride, double *out)
{
    uint64_t key[20], word[2][CHUNK];

    schedule(seed, key);
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t some = n - i < CHUNK ? n - i : CHUNK;
        for (size_t j = 0; j < some; j += LANES) {
            const vu     at = ramp(first + i + j);
            const block4 c = { { spread(block), spread(block >> 32 | high), at,
                                 at >> 32 } };
            store_words(philox(c, key), word[0] + j, word[1] + j);
        }
        store_normals(word[0], some, out + i, out + stride + i);
        store_normals(word[1], some, out + 2 * stride + i, out + 3 * stride + i);
    }
}
