#include "asgd/sim/delays.h"

#include <stdlib.h>

/* What is kept stays in a processor's own cache. */
enum { MOST_WORKERS = 32768 };

tg_status
tg_delays_create(uint64_t seed, size_t workers, tg_delays *out)
{
    *out = (tg_delays){ .seed = seed, .isa = tg_isa_resolve(TG_ISA_BEST) };
    if (workers > MOST_WORKERS) return TG_OK;
    out->next = calloc(workers, sizeof *out->next);
    out->work = calloc(workers, sizeof *out->work);
    if (out->next && out->work) return TG_OK;
    return tg_fail(TG_ENOMEM, "out of memory");
}

void
tg_delays_clear(tg_delays *d)
{
    free(d->next);
    free(d->work);
    *d = (tg_delays){ 0 };
}

void
tg_delays_refill(tg_delays *d, const tg_delay *law, uint32_t worker, uint32_t number)
{
    const uint32_t first = number - number % TG_STREAMS_AHEAD;
    tg_block       block;

    tg_streams_block(d->isa, d->seed, TG_PURPOSE_DELAY, worker, first, false, &block);
    for (uint32_t i = 0; i < TG_STREAMS_AHEAD; i++) {
        tg_rng g = tg_rng_of(d->seed, TG_PURPOSE_DELAY, worker, first + i);
        tg_rng_begin(&g, &block, i, false);
        d->work[worker][i] = tg_delay_sample(law, &g);
    }
    d->next[worker] = first + TG_STREAMS_AHEAD;
}
