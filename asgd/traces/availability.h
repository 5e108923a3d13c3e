/* availability: a cluster's table of jobs as times at which its nodes are there
 *
 * A node is there while at least one job of the table runs on it, and away between its
 * jobs: the speed on_off of a study. Means are over all stretches that ended.
 */
#ifndef TG_ASGD_AVAILABILITY_H
#define TG_ASGD_AVAILABILITY_H

#include "asgd/traces/trace.h"
#include "core/status.h"

typedef struct tg_availability {
    size_t nodes, jobs, stretches;
    double on, off; /* [s] mean time that a node is there; away; NaN: no node comes back */
    double share; /* of the time between a node's first and last moment that it is there */
    double mean;  /* [s] of a job */
} tg_availability;

/* Errors: TG_EINPUT starts are not known; TG_ENOMEM. */
TG_CHECKED tg_status tg_availability_of(const tg_trace *t, tg_availability *out);

#endif
