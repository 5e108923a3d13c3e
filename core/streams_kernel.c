/* First blocks of streams (core/streams.h). */
#include "core/streams_kernel.h"
#include "core/normals_inline.h"

enum { VECTORS = TG_STREAMS_AHEAD / LANES };

void
TG_KERNEL(tg_streams_block)(uint64_t seed, uint64_t high, uint32_t worker, uint32_t job,
                            int normals, tg_block *out)
{
    uint64_t key[20];
    block4   c[VECTORS];

    schedule(seed, key);
    for (int i = 0; i < VECTORS; i++)
        c[i] = (block4){ { spread(0), spread(high), spread(worker),
                           ramp(job + (uint64_t)(i * LANES)) } };
    philox(c, VECTORS, key);
    for (int i = 0; i < VECTORS; i++) {
        const vu even = (c[i].x[2] & LOW32) | c[i].x[3] << 32;
        const vu odd = (c[i].x[0] & LOW32) | c[i].x[1] << 32;
        vd       x, y;
        if (normals) {
            box_muller(odd, 1, &x, &y);
            store(out->normal[0] + i * LANES, x);
            store(out->normal[1] + i * LANES, y);
        } else {
            memcpy(out->word[0] + i * LANES, &even, sizeof even);
            memcpy(out->word[1] + i * LANES, &odd, sizeof odd);
        }
    }
}
