/* speed: how long a worker takes. Private to asgd/sim. */
#ifndef TG_ASGD_SIM_SPEED_H
#define TG_ASGD_SIM_SPEED_H

#include "asgd/sim/cluster.h"
#include "asgd/sim/delays.h"
#include "asgd/sim/job.h"

/* When the job that its worker has begun at job->began is done [time]; inf: never, or
 * it spans so many changes of speed beyond `horizon` that nobody looks so far. `at` (workers)
 * is where each worker's speed has got to, and is moved on to job->began, no further: a job that
 * begins later may begin before this one would have ended. NULL: no speed changes. Errors:
 * TG_ESTOP. */
TG_CHECKED tg_status tg_speed_finish(const tg_cluster *c, tg_delays *delays, double horizon,
                                     tg_stretch *at, const tg_job *job, double *out);

/* Whether the times of the worker's jobs are those of a recording. */
bool tg_speed_replays(const tg_cluster *c, size_t worker);

/* The speed of a worker at t [time], not before its last job began. 1 where none changes. */
double tg_speed_at(const tg_cluster *c, uint64_t seed, tg_stretch *at, size_t worker,
                   double t);

#endif
