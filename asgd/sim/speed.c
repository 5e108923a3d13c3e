#include "asgd/sim/speed.h"

#include "core/parallel.h"

/* Staggered workers have been at work for long: their jobs are renewed from a random phase some
 * twenty jobs back, unseen, up to t = 0. */
static tg_status
first_delivery(const tg_delay *law, tg_rng *rng, double *out)
{
    enum { PAST = 20, LISTEN = 1024 };

    double t = -(PAST + tg_rng_uniform(rng)) * tg_delay_mean(law);
    for (size_t n = 1; t <= 0; n++) {
        t += tg_delay_sample(law, rng);
        if (n % LISTEN == 0) TG_TRY(tg_stop_check());
    }
    *out = t;
    return TG_OK;
}

tg_status
tg_speed_finish(const tg_cluster *c, uint64_t seed, const tg_job *job, double *out)
{
    tg_rng rng = tg_rng_of(seed, TG_PURPOSE_DELAY, job->worker, job->number);

    if (job->number == 0 && job->began == 0 && !c->together)
        return first_delivery(c->of[job->worker], &rng, out);
    *out = job->began + tg_delay_sample(c->of[job->worker], &rng);
    return TG_OK;
}
