/* delays: how much work a worker's jobs are. Private to asgd/sim.
 *
 * What a job's amount of work is depends on (seed, worker, number) alone, so the jobs of a worker that
 * has done eight are drawn eight at a time.
 */
#ifndef TG_ASGD_SIM_DELAYS_H
#define TG_ASGD_SIM_DELAYS_H

#include "core/delay.h"
#include "core/streams.h"

typedef struct tg_delays {
    uint64_t  seed; /* of the replica */
    tg_isa    isa;
    uint32_t *next;                   /* (workers) number after the last that is there */
    double (*work)[TG_STREAMS_AHEAD]; /* (workers); NULL: drawn one by one */
} tg_delays;

/* Release with tg_delays_clear() also after failure. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_delays_create(uint64_t seed, size_t workers, tg_delays *out);
void                 tg_delays_clear(tg_delays *d);

/* Draw those of this job and the next ones. */
void tg_delays_refill(tg_delays *d, const tg_delay *law, uint32_t worker, uint32_t number);

/* The work of a job by this law, which is the worker's own [time at speed 1]. */
static inline double
tg_delays_of(tg_delays *d, const tg_delay *law, uint32_t worker, uint32_t number)
{
    if (!d->work || number < TG_STREAMS_AHEAD) {
        tg_rng g = tg_rng_of(d->seed, TG_PURPOSE_DELAY, worker, number);
        return tg_delay_sample(law, &g);
    }
    if (d->next[worker] - number - 1 >= TG_STREAMS_AHEAD)
        tg_delays_refill(d, law, worker, number);
    return d->work[worker][number % TG_STREAMS_AHEAD];
}

#endif
