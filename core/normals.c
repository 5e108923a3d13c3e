#include "core/normals.h"

#include "core/dispatch.h"
#include "core/normals_kernel.h"
#include "core/streams.h"

#include <math.h>
#include <string.h>

static void
along(uint64_t seed, uint64_t high, uint64_t index, uint64_t block, size_t groups,
      double *out)
{
    TG_DISPATCH(tg_isa_resolve(TG_ISA_BEST), tg_normals_along, seed, high, index, block,
                groups, out);
}

void
tg_rng_normals(tg_rng *g, double *out, size_t n)
{
    const uint64_t high = (uint64_t)g->purpose << 16;
    const size_t   whole = n / 32, rest = n % 32;
    double         tail[32];

    g->left = g->has_spare = 0;
    along(g->seed, high, g->index, g->block, whole, out);
    g->block += 8 * whole;
    if (!rest) return;
    along(g->seed, high, g->index, g->block, 1, tail);
    g->block += 8;
    memcpy(out + 32 * whole, tail, rest * sizeof *out);
}

/* ---- a few --------------------------------------------------------------------------- */

/* Box and Muller's pair of core/normals_inline.h, one at a time: the same polynomials. */
static double
minus_two_log(double u)
{
    uint64_t bits;
    double   m;

    memcpy(&bits, &u, sizeof bits);
    const uint64_t t = bits + (UINT64_C(0x3ff0000000000000) - UINT64_C(0x3fe8000000000000));
    const double   e = (double)((int64_t)(t >> 52) - 1023);
    const uint64_t rest = (t & UINT64_C(0x000fffffffffffff)) + UINT64_C(0x3fe8000000000000);
    memcpy(&m, &rest, sizeof m);
    const double s = (m - 1) / (m + 1), z = s * s;
    const double L =
        ((-0x1.e6587a4cb4546p-2 * z - 0x1.242ce0e1e295fp-1) * z - 0x1.999a6a7a105a8p-1) *
            z -
        0x1.55555533e0aa5p+0;
    return e * -1.386294361119890618834464 + s * (z * L - 4);
}

static inline void
box_muller(uint64_t word, double *x, double *y)
{
    const double u = ((double)(word >> 27 & 0xfffffffff) + 0.5) * 0x1p-36;
    const double v = ((double)(word >> 1 & 0x3ffffff) + 0.5) * 0x1p-26 - 0.5;
    const double r = sqrt(minus_two_log(u)), z = v * v;
    const double sine =
        v *
        ((((0x1.4bc85ccb213adp-13 * z - 0x1.32ca9d79fc665p-8) * z + 0x1.466bbac8a54e8p-4) *
              z -
          0x1.4abbce56ae6e6p-1) *
             z +
         0x1.921fb5443b587p+0);
    const double cosine =
        (((0x1.d9c2e7f15bcf2p-11 * z - 0x1.55c57912f05fdp-6) * z + 0x1.03c1dc16cde6ep-2) *
             z -
         0x1.3bd3cc7313b31p+0) *
            z +
        0x1.ffffffff9785fp-1;
    const double turned = word >> 63 ? -r : r;

    *x = turned * (word & 1 ? sine : cosine);
    *y = turned * (word & 1 ? cosine : sine);
}

void
tg_rng_few_normals(tg_rng *g, double *out, size_t n)
{
    double other;

    if (g->ready && n <= 2) {
        for (size_t i = 0; i < n; i++) out[i] = g->ready[i * TG_STREAMS_AHEAD];
        g->ready = NULL;
        g->taken = 1;
        return;
    }
    for (size_t i = 0; i < n; i += 2)
        box_muller(tg_rng_bits(g), &out[i], i + 1 < n ? &out[i + 1] : &other);
}

void
tg_normals_across(tg_isa isa, uint64_t seed, tg_purpose purpose, uint64_t first,
                  uint64_t block, double scale, size_t n, size_t stride, double *out)
{
    const uint64_t high = (uint64_t)purpose << 16;

    TG_DISPATCH(tg_isa_resolve(isa), tg_normals_across, seed, high, first, block, scale, n,
                stride, out);
}

void
tg_uniforms_across(tg_isa isa, uint64_t seed, tg_purpose purpose, uint64_t first,
                   uint64_t block, size_t n, size_t stride, double *out)
{
    TG_DISPATCH(tg_isa_resolve(isa), tg_uniforms_across, seed, (uint64_t)purpose << 16,
                first, block, n, stride, out);
}
