/* outside: a simulation whose jobs are done elsewhere, by another clock
 *
 * The server and its rule are the simulation's, to the letter; what is not simulated is the work. A
 * job that begins is handed out; whoever does it says when it is done and what it has made. No event
 * lies ahead: tg_sim_next() is inf but for alarms. All calls, and those of tg_outside, are made by one
 * thread at a time: the caller has a lock. Models are immutable while they are held, and are read
 * without it.
 */
#ifndef TG_ASGD_SIM_OUTSIDE_H
#define TG_ASGD_SIM_OUTSIDE_H

#include "asgd/sim/simulate.h"

/* Who does the jobs, as a member of tg_setup. */
typedef struct tg_outside {
    /* The worker is to begin its job; `work` is what the cluster's law says that it takes, inf: for
     * ever [time]. */
    void (*begin)(void *context, size_t worker, double work);
    /* The job that was begun is given up. */
    void (*drop)(void *context, size_t worker);
    void *context;
} tg_outside;

/* A job that is being done. */
typedef struct tg_outside_job {
    const double *read;    /* (dim) the model, good until tg_outside_let_go() */
    uint32_t      version; /* of it */
    uint32_t      number;  /* the worker's, of the job's first gradient */
} tg_outside_job;

/* The rules and settings that can be carried out so. Errors: TG_EDOMAIN staleness by decree, a rule
 * that acts by its own clock, links that take time. */
TG_CHECKED tg_status tg_outside_check(const tg_setup *setup);

/* The worker takes the job that it was to begin, at `now` [time]: hold its model. */
void tg_outside_take(tg_sim *s, size_t worker, double now, tg_outside_job *out);
/* It was done at `finished` with this message (dim), by the worker's behaviour, and is at the server
 * `now` >= finished [time]. Errors: those of the rule. */
TG_CHECKED tg_status tg_outside_deliver(tg_sim *s, size_t worker, double finished,
                                        double now, const double *message,
                                        tg_happening *out);

/* How stale all jobs are by now that are on their way, added up [updates]. */
uint64_t tg_outside_pending(const tg_sim *s);

/* The current model, held; both until tg_outside_let_go(). */
const double *tg_outside_hold(tg_sim *s, uint32_t *version);
void          tg_outside_let_go(tg_sim *s, uint32_t version);

/* What a worker sends, into g (dim); `bench` has tg_outside_bench() doubles, scratch the problem's.
 * Any number of threads may do so, of setups that are the same. */
size_t tg_outside_bench(const tg_setup *setup);
void tg_outside_make(const tg_setup *setup, const tg_task *task, double *bench, double *g);

/* The seed of the streams of noise of replica 0: with TG_PURPOSE_NOISE those of its gradients. */
uint64_t tg_outside_seed(const tg_setup *setup);

#endif
