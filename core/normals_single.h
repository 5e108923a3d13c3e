/* normals_single: the normals of core/normals_inline.h in single precision, from the same
 * bits, 2 LANES at once. Each is within 1e-6 (1 + |z|) of its double. Private to *_kernel.c
 * files. */
#ifndef TG_CORE_NORMALS_SINGLE_H
#define TG_CORE_NORMALS_SINGLE_H

#include "core/normals_inline.h"

/* Words by halves: low and high 32 bits of the even and of the odd word of each path. */
typedef struct halves {
    uint32_t *low[2], *high[2];
} halves;

static inline void
store_half(vu x, uint32_t *out)
{
    const vh h = __builtin_convertvector(x & LOW32, vh);

    memcpy(out, &h, sizeof h);
}

/* As words_across. */
static inline void
halves_across(const uint64_t key[20], uint64_t high, uint64_t first, uint64_t block,
              size_t n, const halves *out)
{
    for (size_t j = 0; j < n; j += BATCH) {
        block4 c[BESIDE];
        blocks_across(key, high, first + j, block, c);
        for (size_t i = 0; i < BESIDE; i++) {
            const size_t at = j + i * LANES;
            store_half(c[i].x[0], out->low[0] + at);
            store_half(c[i].x[1], out->high[0] + at);
            store_half(c[i].x[2], out->low[1] + at);
            store_half(c[i].x[3], out->high[1] + at);
        }
    }
}

static inline vf
float_of(vw x) /* of values < 2^31 */
{
    return __builtin_convertvector((vi)x, vf);
}

/* u = (n + 1/2) / 2^36 for the 36 bits n after the sign, and 1 - u; rounded once each. */
static inline vf
uniform_single(vw high, vw low, vf *rest)
{
    const vf a = float_of(high >> 7 & 0xffffff);
    const vf b = float_of((high & 0x7f) << 5 | low >> 27) + 0.5f;

    *rest = (16777215 - a) * 0x1p-24f + (4096 - b) * 0x1p-36f;
    return a * 0x1p-24f + b * 0x1p-36f;
}

/* -2 ln u as minus_two_log; where u > sqrt(1/2), ln loses nothing since 1 - u is known from
 * the bits. |error of L| < 4e-7. */
static inline vf
minus_two_log_single(vf u, vf rest)
{
    const vw t = (vw)u + (0x3f800000u - 0x3f3504f3u);
    const vi e = (vi)(t >> 23) - 127;
    const vf m = (vf)((t & 0x7fffff) + 0x3f3504f3u);
    const vw near = (vw)(e == 0);
    const vf above = (vf)((near & (vw)-rest) | (~near & (vw)(m - 1)));
    const vf s = above / (m + 1), z = s * s;
    const vf L = (-0.591598988f * z - 0.799775611f) * z - 1.3333337f;

    return __builtin_convertvector(e, vf) * -1.38629436f + s * (z * L - 4);
}

/* As box_muller; |error of the sine's polynomial| < 5e-9, of the cosine's < 3e-8. */
static inline void
box_muller_single(vw low, vw high, float scale, vf *x, vf *y)
{
    vf       rest;
    const vf u = uniform_single(high, low, &rest);
    const vf v = float_of((low >> 1 & 0x3ffffff) - 0x2000000) * 0x1p-26f + 0x1p-27f;
    const vf r = scale * (vf)((vw)square_root_single(minus_two_log_single(u, rest)) ^
                              (high & 0x80000000u));
    const vf z = v * v;
    const vf s =
        v * (((-0.00460214921f * z + 0.0796802176f) * z - 0.645963478f) * z + 1.57079632f);
    const vf c = ((-0.0204081584f * z + 0.253598571f) * z - 1.23369701f) * z + 0.999999972f;
    const vw swap = ((vw)s ^ (vw)c) & -(low & 1);

    *x = r * (vf)((vw)c ^ swap);
    *y = r * (vf)((vw)s ^ swap);
}

#endif
