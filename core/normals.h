/* normals: standard normals in bulk
 *
 *     r = sqrt(-2 ln u),    r cos theta,  r sin theta         (Box, Muller 1958)
 *
 * Four from each 128-bit Philox block: u is uniform on 2^36 points of (0, 1), theta on 2^28
 * of the circle, so their law is within 1e-10 of the normal law (Kolmogorov distance), |z|
 * < 7.17. A value is within 4e-10 of the exact function of its bits. The same bits come out
 * on every instruction set.
 */
#ifndef TG_CORE_NORMALS_H
#define TG_CORE_NORMALS_H

#include "core/isa.h"
#include "core/rng.h"

/* Fill out (n) with independent standard normals from the stream. Whole groups of eight
 * blocks are taken: bits left over from earlier draws are dropped first, and afterwards the
 * stream stands at its next unused group. The values differ from those of tg_rng_normal. */
void tg_rng_normals(tg_rng *g, double *out, size_t n);

/* The same for n <= TG_FEW: a word of the stream for two of them, as they come. Other values than those
 * of tg_rng_normals, of the same law. */
enum { TG_FEW = 8 };
void tg_rng_few_normals(tg_rng *g, double *out, size_t n);

/* The four normals of block number `block` of each of the streams (seed, purpose, first +
 * i), i < n, times `scale`: into out[q * stride + i], q < 4. A path that takes its steps 4
 * j .. 4 j + 3 from block j has the same noise whatever is computed beside it. `isa` is
 * resolved as by tg_isa_resolve. */
void tg_normals_across(tg_isa isa, uint64_t seed, tg_purpose purpose, uint64_t first,
                       uint64_t block, double scale, size_t n, size_t stride, double *out);

/* The two numbers that tg_rng_uniform gives of block number `block` of each of these streams: into
 * out[q * stride + i], q < 2. */
void tg_uniforms_across(tg_isa isa, uint64_t seed, tg_purpose purpose, uint64_t first,
                        uint64_t block, size_t n, size_t stride, double *out);

#endif
