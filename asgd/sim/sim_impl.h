/* sim_impl: what a simulation holds. Private to asgd/sim. */
#ifndef TG_ASGD_SIM_SIM_IMPL_H
#define TG_ASGD_SIM_SIM_IMPL_H

#include "asgd/sim/delays.h"
#include "asgd/sim/outside.h"
#include "asgd/sim/version.h"

#define TG_NO_JOB UINT32_MAX

/* Jobs of a worker, in the order in which they were given to it. At most one is computed. */
typedef struct tg_worker {
    uint32_t head, tail; /* TG_NO_JOB: none */
    uint32_t number;     /* jobs it has begun to compute */
} tg_worker;

/* The workers' behaviour and its rooms (asgd/sim/work.h). */
typedef struct tg_work {
    const tg_behaviour_kind *kind;
    uint32_t                 steps; /* gradients a job */
    size_t                   keeps; /* doubles a worker */
    double                  *bench, *kept, *message;
    bool                     weighed; /* message is the one of this job */
    uint32_t                 worker, number;
} tg_work;

typedef struct tg_line tg_line;

struct tg_sim {
    tg_setup                 setup;
    const tg_rule_kind      *rule;
    const tg_optimiser_kind *optimiser;
    const tg_schedule_kind  *schedule; /* NULL: constant */
    size_t                   workers, dim;
    uint64_t                 seed;   /* of this replica */
    tg_delays                delays; /* work of jobs */
    tg_streams               noise;
    tg_rng                   dice;
    double                   now;
    tg_events               *events;
    uint32_t                 ahead[4]; /* whose events may be the next ones, last time */
    size_t                   aheads;
    tg_event                 alarm;

    tg_line *up, *down; /* NULL: transfers take no time */

    tg_versions versions;
    uint32_t    current; /* version */

    tg_worker  *worker;  /* (workers) */
    tg_stretch *stretch; /* (workers) of speed, reached; NULL: none changes */
    tg_job     *job;     /* (jobs_room); worker w's first one is at w */
    uint32_t   *spare;   /* (spares) slots beyond the workers' own */
    size_t      jobs_room, spares, jobs;
    uint32_t    oldest, newest; /* of the jobs by age, for rules that ask */

    void   *room; /* the rule's */
    double *kept; /* the optimiser's */
    tg_work work;
    double *scratch, *clipped;
    const double *
        made; /* (dim) outside, by the job that is being delivered; NULL: it is computed here */
    uint64_t stale; /* of what was delivered last [updates] */
    bool     dear;  /* gradients take so long that each is worth a look at the stop flag */
    bool     asked; /* the rule has asked for the gradient of what is being delivered */

    tg_onlooker look; /* NULL: nobody */
    void       *look_context;

    tg_ledger ledger;
};

/* Tell who looks on. */
static inline void
tg_job_seen(const tg_sim *s, const tg_job *job, tg_fate fate)
{
    if (s->look) s->look(s->look_context, s, job, fate);
}

/* The job joins those by age, for rules that ask, or leaves them. */
void tg_ages_join(tg_sim *s, uint32_t index);
void tg_ages_leave(tg_sim *s, const tg_job *job);

/* The job leaves: its worker's list, the order by age, its slot. Its version is still held, and
 * the worker's next one begins. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_job_end(tg_sim *s, uint32_t index);

/* The result of a job is computed: it goes on its way, if it is worth it. Errors: those of the rule. */
TG_CHECKED tg_status tg_job_finish(tg_sim *s, uint32_t index, tg_happening *out);

/* Let the worker begin the first job that waits for it, unless it computes. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_job_begin(tg_sim *s, size_t worker);

#endif
