#include "core/normals.h"

#include "core/dispatch.h"
#include "core/normals_kernel.h"

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

void
tg_normals_across(tg_isa isa, uint64_t seed, tg_purpose purpose, uint64_t first,
                  uint64_t block, double scale, size_t n, size_t stride, double *out)
{
    const uint64_t high = (uint64_t)purpose << 16;

    TG_DISPATCH(tg_isa_resolve(isa), tg_normals_across, seed, high, first, block, scale, n,
                stride, out);
}
