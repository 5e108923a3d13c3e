/* speed: how long a worker takes. Private to asgd/sim. */
#ifndef TG_ASGD_SIM_SPEED_H
#define TG_ASGD_SIM_SPEED_H

#include "asgd/sim/cluster.h"
#include "asgd/sim/job.h"

/* When the job that its worker has begun at job->began is done [time]. Errors: TG_ESTOP. */
TG_CHECKED tg_status tg_speed_finish(const tg_cluster *c, uint64_t seed, const tg_job *job,
                                     double *out);

#endif
