/* course: what the times of a trace do as time goes on, which no law of single jobs knows
 *
 * All of ln t less its worker's mean: correlation of a job with the worker's next one, a
 * trend, and stretches of slow jobs that are longer than chance makes them.
 */
#ifndef TG_ASGD_COURSE_H
#define TG_ASGD_COURSE_H

#include "asgd/traces/trace.h"
#include "core/status.h"

#include <stdbool.h>

typedef struct tg_course {
    double correlation,
        correlation_error; /* without bias; 0 +- 1/sqrt(pairs) of independent jobs */
    double drift,
        drift_error;  /* relative change of the times from the log's begin to its end */
    size_t stretches; /* of slow jobs: each over twice its worker's median */
    size_t length;    /* from so many in a row on */
    double share;     /* of all jobs that lie in them */
    size_t worst;     /* the worker of the longest */
    double begin;     /* when that begins [s], or its row where times are not known */
    size_t jobs;      /* how many it has */
} tg_course;

/* Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_course_of(const tg_trace *t, tg_course *out);

/* Past 4 standard errors, and large enough to matter: .1, a twentieth; any stretch. */
bool tg_course_correlated(const tg_course *c);
bool tg_course_drifts(const tg_course *c);

#endif
