/* server: the verbs by which a rule acts on a simulation */
#ifndef TG_ASGD_SIM_SERVER_H
#define TG_ASGD_SIM_SERVER_H

#include "asgd/sim/caches.h"
#include "asgd/sim/job.h"
#include "core/rng.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_sim tg_sim;

size_t        tg_sim_dim(const tg_sim *s);
size_t        tg_sim_workers(const tg_sim *s);
double        tg_sim_now(const tg_sim *s);     /* [time] */
uint64_t      tg_sim_updates(const tg_sim *s); /* times the model moved */
const double *tg_sim_model(const tg_sim *s);   /* (dim) the current model */
const double *tg_sim_param(const tg_sim *s);   /* the rule's parameters, in its order */
double        tg_sim_rate(const tg_sim *s);    /* learning rate of the next step */

/* How often the model moved since the job read it. */
static inline uint64_t
tg_sim_staleness(const tg_sim *s, const tg_job *job)
{
    return tg_sim_updates(s) - job->read;
}

/* What the job sends, by its worker's behaviour the gradient at the model that it read,
 * into g (dim). It counts as applied. Errors: those of the problem. */
TG_CHECKED tg_status tg_sim_gradient(tg_sim *s, const tg_job *job, double *g);
/* (dim) the model that the job read; good until the rule returns. */
const double *tg_sim_read(const tg_sim *s, const tg_job *job);

/* x <- x - rate scale g, through the optimiser: a new version. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_sim_step(tg_sim *s, const double *g, double scale);

/* For rules whose workers hold models of their own. The job's gradient at x (dim) instead of what
 * it read, into g (dim); it counts as applied. */
TG_CHECKED tg_status tg_sim_gradient_at(tg_sim *s, const tg_job *job, const double *x,
                                        double *g);
/* Where the optimiser, with tg_sim_kept() doubles of a worker's own room, goes from x along g at
 * step `number`, from 1, into out; all (dim). */
size_t tg_sim_kept(const tg_sim *s);
void tg_sim_walk(tg_sim *s, double *kept, uint64_t number, const double *x, const double *g,
                 double *out);
/* x <- x + u: a new version. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_sim_shift(tg_sim *s, const double *u);

/* The worker reads the current model, which goes to it over the downlink, and computes; if it is at
 * work the job waits in its queue. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_sim_assign(tg_sim *s, size_t worker);
/* The same with the model that this job has read: K-batch-sync goes on at one point. A worker that
 * goes on with its own has it already. */
TG_CHECKED tg_status tg_sim_assign_same(tg_sim *s, size_t worker, const tg_job *job);
/* The worker began at `since` <= now, when the model was already what it is, and was not
 * heard of until now: a result that is due before now comes now. For rules that find out at
 * their alarm that nothing more was to come. */
TG_CHECKED tg_status tg_sim_assign_since(tg_sim *s, size_t worker, double since);
/* Every worker that has nothing to do reads. */
TG_CHECKED tg_status tg_sim_assign_idle(tg_sim *s);

/* End all work of a worker; nothing of it is delivered, it costs no gradient. */
TG_CHECKED tg_status tg_sim_abort(tg_sim *s, size_t worker);

const tg_job *tg_sim_running(const tg_sim *s, size_t worker); /* NULL: nothing to do */
size_t        tg_sim_queue(const tg_sim *s, size_t worker);   /* jobs that wait for it */
size_t        tg_sim_jobs(const tg_sim *s); /* on their way, queued ones included */
/* The job that read earliest; NULL: none. For rules that declare `ages`. */
const tg_job *tg_sim_oldest(const tg_sim *s);
/* Whether the worker is there at this time, by its availability. */
bool tg_sim_available(const tg_sim *s, size_t worker);

/* Have `ring` called at `time`, after the deliveries of that time; replaces an alarm that was
 * set. inf: none. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_sim_alarm(tg_sim *s, double time);

/* Whether workers send the gradient at what they read, and always. */
bool tg_sim_plain(const tg_sim *s);

/* What is said of lags beside the rule's parameters; NULL: nothing. For staleness by decree. */
const tg_lag *tg_sim_lag(const tg_sim *s);

/* A stream of the rule's own. */
tg_rng *tg_sim_dice(tg_sim *s);

#endif
