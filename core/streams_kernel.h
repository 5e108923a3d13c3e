/* streams_kernel: the copies of core/streams_kernel.c, one per instruction set. `high` is as in
 * core/normals_kernel.h. Private to core/. */
#ifndef TG_CORE_STREAMS_KERNEL_H
#define TG_CORE_STREAMS_KERNEL_H

#include "core/streams.h"

#define TG_STREAMS_BLOCK(isa)                                                              \
    void tg_streams_block_##isa(uint64_t seed, uint64_t high, uint32_t worker,             \
                                uint32_t job, int normals, tg_block *out)

TG_STREAMS_BLOCK(plain);
TG_STREAMS_BLOCK(avx2);
TG_STREAMS_BLOCK(avx512);

#endif
