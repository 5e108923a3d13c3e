/* Normals in bulk (core/normals.h). */
#include "core/normals_kernel.h"
#include "core/normals_inline.h"

/* Blocks and normals are two passes over a buffer in the first cache: each pass has short
 * independent chains, which one long pass has not. */
#define CHUNK 64

static inline void
store_normals(const uint64_t *word, double scale, size_t n, double *cosine, double *sine)
{
    for (size_t i = 0; i < n; i += LANES) {
        vu w;
        vd x, y;

        memcpy(&w, word + i, sizeof w);
        box_muller(w, scale, &x, &y);
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
    uint64_t key[20], word[2][CHUNK];

    schedule(seed, key);
    for (size_t n = 8 * groups; n > 0; n -= n < CHUNK ? n : CHUNK, block += CHUNK) {
        const size_t some = n < CHUNK ? n : CHUNK;
        for (size_t j = 0; j < some; j += BATCH) {
            block4 c[BESIDE];
            blocks_along(key, high, index, block + j, c);
            store_words(c, word[0] + j, word[1] + j);
        }
        for (size_t j = 0; j < some; j += 8, out += 32) {
            store_normals(word[0] + j, 1, 8, out, out + 8);
            store_normals(word[1] + j, 1, 8, out + 16, out + 24);
        }
    }
}

void
TG_KERNEL(tg_normals_across)(uint64_t seed, uint64_t high, uint64_t first, uint64_t block,
                             double scale, size_t n, size_t stride, double *out)
{
    uint64_t key[20], word[2][CHUNK];

    schedule(seed, key);
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t some = n - i < CHUNK ? n - i : CHUNK;
        words_across(key, high, first + i, block, some, word[0], word[1]);
        store_normals(word[0], scale, some, out + i, out + stride + i);
        store_normals(word[1], scale, some, out + 2 * stride + i, out + 3 * stride + i);
    }
}

/* (w >> 12 + 1/2) 2^-52: the mantissa of a number in [1, 2), less 1. */
static inline void
store_uniforms(const uint64_t *word, size_t n, double *out)
{
    for (size_t i = 0; i < n; i += LANES) {
        vu w;

        memcpy(&w, word + i, sizeof w);
        const vd u = double_of(w >> 12 | spread(ONE)) - 1 + 0x1p-53;
        if (i + LANES <= n)
            store(out + i, u);
        else
            memcpy(out + i, &u, (n - i) * sizeof *out);
    }
}

void
TG_KERNEL(tg_uniforms_across)(uint64_t seed, uint64_t high, uint64_t first, uint64_t block,
                              size_t n, size_t stride, double *out)
{
    uint64_t key[20], word[2][CHUNK];

    schedule(seed, key);
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t some = n - i < CHUNK ? n - i : CHUNK;
        words_across(key, high, first + i, block, some, word[0], word[1]);
        store_uniforms(word[0], some, out + i);
        store_uniforms(word[1], some, out + stride + i);
    }
}
