/* streams_kernel: the copies of core/streams_kernel.c, one per instruction set. `high` is as in
 * core/normals_kernel.h. Private to core/. */
#ifndef TG_CORE_STREAMS_KERNEL_H
#define TG_CORE_STREAMS_KERNEL_H

#include "core/streams.h"

/* The first block of each of the streams of a worker's jobs job, job + 1, ..., with the normals of
 * its first word if these are asked for. */
#define TG_STREAMS_WORDS(isa)                                                              \
    void tg_streams_words_##isa(uint64_t seed, uint64_t high, uint32_t worker,             \
                                uint32_t job, int normals,                                 \
                                tg_block block[TG_STREAMS_AHEAD])

TG_STREAMS_WORDS(plain);
TG_STREAMS_WORDS(avx2);
TG_STREAMS_WORDS(avx512);

#endif
