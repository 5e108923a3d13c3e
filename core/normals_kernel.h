/* normals_kernel: the copies of core/normals_kernel.c, one per instruction set. `high` is
 * purpose << 16, the part of counter word 1 above the block number. Private to core/. */
#ifndef TG_CORE_NORMALS_KERNEL_H
#define TG_CORE_NORMALS_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* 32 `groups` normals from blocks block, block + 1, ... of one stream; of
 * every eight blocks the first normals, the second, the third and the fourth. */
#define TG_NORMALS_ALONG(isa)                                                              \
    void tg_normals_along_##isa(uint64_t seed, uint64_t high, uint64_t index,              \
                                uint64_t block, size_t groups, double *out)
#define TG_NORMALS_ACROSS(isa)                                                             \
    void tg_normals_across_##isa(uint64_t seed, uint64_t high, uint64_t first,             \
                                 uint64_t block, double scale, size_t n, size_t stride,    \
                                 double *out)

#define TG_UNIFORMS_ACROSS(isa)                                                            \
    void tg_uniforms_across_##isa(uint64_t seed, uint64_t high, uint64_t first,            \
                                  uint64_t block, size_t n, size_t stride, double *out)

TG_NORMALS_ALONG(plain);
TG_NORMALS_ALONG(avx2);
TG_NORMALS_ALONG(avx512);
TG_NORMALS_ACROSS(plain);
TG_NORMALS_ACROSS(avx2);
TG_NORMALS_ACROSS(avx512);
TG_UNIFORMS_ACROSS(plain);
TG_UNIFORMS_ACROSS(avx2);
TG_UNIFORMS_ACROSS(avx512);

#endif
