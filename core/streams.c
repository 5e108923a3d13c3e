#include "core/streams.h"

#include "core/dispatch.h"
#include "core/streams_kernel.h"

#include <stdlib.h>

/* What they keep stays in a processor's own cache. */
enum { MOST_WORKERS = 16384 };

tg_status
tg_streams_create(tg_isa isa, uint64_t seed, tg_purpose purpose, size_t workers,
                  bool normals, tg_streams *out)
{
    *out = (tg_streams){ .seed = seed,
                         .purpose = (uint16_t)purpose,
                         .isa = tg_isa_resolve(isa),
                         .normals = normals };
    if (workers > MOST_WORKERS) return TG_OK;
    out->next = calloc(workers, sizeof *out->next);
    out->block = calloc(workers, sizeof *out->block);
    if (out->next && out->block) return TG_OK;
    return tg_fail(TG_ENOMEM, "out of memory");
}

void
tg_streams_clear(tg_streams *s)
{
    free(s->next);
    free(s->block);
    *s = (tg_streams){ 0 };
}

void
tg_streams_block(tg_isa isa, uint64_t seed, tg_purpose purpose, uint32_t worker,
                 uint32_t job, bool normals, tg_block *out)
{
    TG_DISPATCH(isa, tg_streams_block, seed, (uint64_t)purpose << 16, worker, job, normals,
                out);
}

/* Whole groups of eight, so that a job's place is its number's. */
void
tg_streams_refill(tg_streams *s, uint32_t worker, uint32_t job)
{
    const uint32_t first = job - job % TG_STREAMS_AHEAD;

    tg_streams_block(s->isa, s->seed, (tg_purpose)s->purpose, worker, first, s->normals,
                     &s->block[worker]);
    s->next[worker] = first + TG_STREAMS_AHEAD;
}
