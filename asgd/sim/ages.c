/* ages: jobs in the order of what they read, not of when they were given: who goes on at an earlier
 * model is older */
#include "asgd/sim/sim_impl.h"

void
tg_ages_join(tg_sim *s, uint32_t index)
{
    tg_job  *job = &s->job[index];
    uint32_t before = s->newest;

    while (before != TG_NO_JOB && s->job[before].read > job->read)
        before = s->job[before].before;
    job->before = before;
    job->after = before == TG_NO_JOB ? s->oldest : s->job[before].after;
    if (before == TG_NO_JOB)
        s->oldest = index;
    else
        s->job[before].after = index;
    if (job->after == TG_NO_JOB)
        s->newest = index;
    else
        s->job[job->after].before = index;
}

void
tg_ages_leave(tg_sim *s, const tg_job *job)
{
    if (job->before == TG_NO_JOB)
        s->oldest = job->after;
    else
        s->job[job->before].after = job->after;
    if (job->after == TG_NO_JOB)
        s->newest = job->before;
    else
        s->job[job->after].before = job->before;
}
