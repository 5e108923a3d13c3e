/* simulate: the true worker process, event by event, under any server rule
 *
 * A worker reads the model, computes for a random time, and its result is delivered, over links
 * if there are any; what it and others do next the rule says. Between events nothing happens, so
 * the simulation jumps from one to the next. Times accumulate as t + delay; equal times go to
 * the lower worker.
 */
#ifndef TG_ASGD_SIM_SIMULATE_H
#define TG_ASGD_SIM_SIMULATE_H

#include "asgd/links/link.h"
#include "asgd/optimisers/optimiser.h"
#include "asgd/problems/problem.h"
#include "asgd/rules/rule.h"
#include "asgd/sim/caches.h"
#include "asgd/sim/cluster.h"
#include "asgd/workers/behaviour.h"

#include <stdint.h>

/* What is simulated; what it points to is borrowed and must outlive the simulation. A choice
 * whose kind is NULL is the plain one. */
typedef struct tg_setup {
    const tg_problem *problem;
    const tg_cluster *cluster; /* as many workers as the problem has */
    tg_choice         rule;    /* of tg_rules */
    double            horizon; /* events later than this are not asked for; 0: any may be */
    double            step;    /* learning rate [x^2/loss] */
    uint64_t          seed;
    tg_choice         optimiser, schedule; /* of tg_optimisers, tg_schedules */
    double            clip;      /* largest norm of a direction; 0: any [loss/x] */
    double            decay;     /* weight decay [loss/x^2] */
    tg_choice         behaviour; /* of tg_behaviours, all workers' */
    /* 0: transfers take no time. Over a downlink that takes some, staggered workers too begin a
     * whole job after the first model. */
    tg_link uplink, downlink;
    const tg_lag
        *lag; /* of rules of staleness by decree: stages, a table's weights; NULL: none */
    const struct tg_outside *
        outside; /* who does the jobs (asgd/sim/outside.h); NULL: nobody, they are simulated */
} tg_setup;

/* A setup with all else plain. */
static inline tg_setup
tg_setup_of(const tg_problem *problem, const tg_cluster *cluster, tg_choice rule,
            double step, uint64_t seed)
{
    return (tg_setup){
        .problem = problem, .cluster = cluster, .rule = rule, .step = step, .seed = seed
    };
}

/* What has become of the work. At any time
 *     begun = applied + dropped + aborted + skipped + jobs on their way
 *     delivered = applied + dropped
 */
typedef struct tg_ledger {
    uint64_t begun;     /* jobs given out */
    uint64_t delivered; /* results that reached the server */
    uint64_t applied;   /* of these, whose gradient the rule asked for */
    uint64_t dropped;   /* of these, the others */
    uint64_t aborted;   /* jobs ended before they were delivered */
    uint64_t skipped;   /* results that their workers did not send */
    uint64_t gradients; /* evaluated */
    uint64_t updates;   /* times the model moved */
    uint64_t fetched;   /* models that have come to a worker that did not have them */
    double   away;      /* from reading to delivery, all that were delivered [time] */
    double   bytes_up,
        bytes_down; /* of what was delivered and fetched, by those of the links */
} tg_ledger;

/* One event, as those see it who look on. */
typedef enum tg_event_kind {
    TG_DELIVERS,    /* a result is at the server */
    TG_FINISHES,    /* it is computed, and goes to the uplink */
    TG_ARRIVES,     /* a model is at its worker */
    TG_LEAVES_UP,   /* a result has left the uplink */
    TG_LEAVES_DOWN, /* a model has left the downlink */
    TG_RINGS,       /* the rule's alarm */
    TG_SKIPS        /* a result is not sent */
} tg_event_kind;

typedef struct tg_happening {
    tg_event_kind what;
    size_t        worker;    /* of the job */
    uint64_t      staleness; /* updates between its reading and now, at a delivery */
    bool          applied;   /* whether its gradient was used */
} tg_happening;

/* The simulation of one replica at t = 0. Its streams are made from (seed, replica, worker, job).
 * Owner: the caller, tg_sim_free(). Errors: TG_EDOMAIN step not > 0, parameters out of range or
 * unfit for so many workers, problem and cluster of different numbers of workers; TG_ENOMEM;
 * TG_ESTOP. */
TG_CHECKED tg_status tg_sim_create(const tg_setup *setup, uint64_t replica, tg_sim **out);
void                 tg_sim_free(tg_sim *s);

double
tg_sim_next(tg_sim *s); /* time of the next event; inf: nothing will happen any more */

/* Carry out the next event, if there is one. Errors: those of rule and problem; TG_ENOMEM;
 * TG_ESTOP where gradients are dear. */
TG_CHECKED tg_status tg_sim_advance(tg_sim *s, tg_happening *out);

/* Called at the end of every job, after the rule has answered. */
typedef void (*tg_onlooker)(void *context, const tg_sim *s, const tg_job *job,
                            tg_fate fate);
void tg_sim_watch(tg_sim *s, tg_onlooker look, void *context);
/* Staleness of the latest delivery, when its model was read to when the rule heard of it [updates]. */
uint64_t tg_sim_stale(const tg_sim *s);

tg_ledger tg_sim_ledger(const tg_sim *s);

/* How many workers are at a job that will never be done, since they never come back (a machine
 * without repair, the end of what was recorded); *first: the first of them. */
size_t tg_sim_stalled(const tg_sim *s, size_t *first);

double tg_sim_loss(tg_sim *s); /* F(x) - F* now, or F */
double
tg_sim_slope(tg_sim *s); /* |grad F(x)| now; NaN: the problem has none, or it is dear */
/* grad F(x) now into g (dim); false: the problem has none. */
bool tg_sim_steepest(tg_sim *s, double *g);
/* Where the model fails that is not finite, into text (size); "": it does not, or cannot tell. */
void   tg_sim_sick(tg_sim *s, char *text, size_t size);
double tg_sim_score(tg_sim *s); /* the problem's score now; NaN: it has none */

#endif
