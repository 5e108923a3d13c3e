/* streams: the streams of many workers' jobs, the beginnings of several made at once
 *
 * tg_rng_of() makes the first block of a stream when something is drawn from it, which is a chain of
 * twenty multiplications. A worker's jobs are numbered, so those of its next eight are made side by
 * side. What comes out is the same to the bit.
 */
#ifndef TG_CORE_STREAMS_H
#define TG_CORE_STREAMS_H

#include "core/isa.h"
#include "core/rng.h"
#include "core/status.h"

#include <stdbool.h>

enum { TG_STREAMS_AHEAD = 8 };

/* The first blocks of eight streams: their words, as in tg_rng, or the normals that
 * tg_rng_few_normals() makes of their first words. */
typedef union tg_block {
    uint64_t word[2][TG_STREAMS_AHEAD];
    double   normal[2][TG_STREAMS_AHEAD];
} tg_block;

typedef struct tg_streams {
    uint64_t  seed;
    uint16_t  purpose;
    tg_isa    isa;
    bool      normals; /* those of a block are made with it */
    uint32_t *next;    /* (workers) number after the last job that is there */
    tg_block *block;   /* (workers); NULL: made one by one */
} tg_streams;

/* Of so many workers in the replica of this seed (tg_rng_mix()); as they are made one by one where
 * there are so many workers that keeping them would cost more than it saves. `normals`: at most two
 * normals are drawn from each first. Release with
 * tg_streams_clear() also after failure. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_streams_create(tg_isa isa, uint64_t seed, tg_purpose purpose,
                                       size_t workers, bool normals, tg_streams *out);
void                 tg_streams_clear(tg_streams *s);

/* Those of the streams of a worker's jobs job, job + 1, ... of this seed and purpose. `isa` as
 * tg_isa_resolve() gives it. */
void tg_streams_block(tg_isa isa, uint64_t seed, tg_purpose purpose, uint32_t worker,
                      uint32_t job, bool normals, tg_block *out);

/* Make the blocks of this job and the next ones. */
void tg_streams_refill(tg_streams *s, uint32_t worker, uint32_t job);

/* Have what is kept of a job that is likely to be asked for come to the processor. */
static inline void
tg_streams_fetch(const tg_streams *s, uint32_t worker, uint32_t job)
{
    if (!s->block) return;
    __builtin_prefetch(&s->next[worker]);
    __builtin_prefetch(&s->block[worker].word[0][job % TG_STREAMS_AHEAD]);
}

/* The stream at its beginning, its first block or its normals being those number i. */
static inline void
tg_rng_begin(tg_rng *g, const tg_block *b, uint32_t i, bool normals)
{
    if (normals) {
        g->ready = &b->normal[0][i];
        return;
    }
    g->word[0] = b->word[0][i];
    g->word[1] = b->word[1][i];
    g->left = 2;
    g->block = 1;
}

/* The stream of a job: what tg_rng_of() gives. */
static inline tg_rng
tg_streams_of(tg_streams *s, uint32_t worker, uint32_t job)
{
    tg_rng g = { .seed = s->seed,
                 .purpose = s->purpose,
                 .index = worker | (uint64_t)job << 32 };

    if (!s->block) return g;
    if (s->next[worker] - job - 1 >= TG_STREAMS_AHEAD) tg_streams_refill(s, worker, job);
    tg_rng_begin(&g, &s->block[worker], job % TG_STREAMS_AHEAD, s->normals);
    return g;
}

#endif
