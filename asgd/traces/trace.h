/* trace: a log sorted by worker and time, its workers in groups that behave alike
 *
 * A worker's cycle is a job and the gap until its next one begins: a round trip. Where
 * starts are not known there are no gaps, and a cycle is a job.
 */
#ifndef TG_ASGD_TRACE_H
#define TG_ASGD_TRACE_H

#include "asgd/traces/log.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_trace_worker {
    char  *name;
    size_t first, n; /* its rows */
    size_t cycles;   /* rows first .. first + cycles - 1 have a cycle */
    double mean;     /* of its cycles [s] */
    double factor;   /* its own, on the times of its group; 1 where workers do not differ */
    size_t group;
} tg_trace_worker;

typedef struct tg_trace {
    tg_trace_worker *worker; /* (workers), rising by mean */
    size_t           workers, groups, rows;
    double *seconds; /* (rows) of a job, by worker, each worker's in order of time */
    double *begin;   /* (rows) since the log's first; NULL: not known */
    double
        *gap; /* (rows) until the worker's next job begins, >= 0; NaN after the last one */
    double *cycle;    /* (rows) job and gap; of the last job, the job and the mean gap */
    bool    gaps;     /* there are any that matter: a thousandth of the jobs or more */
    size_t  overlaps; /* jobs that begin before the worker's last one ended */
    double  mean_gap; /* [s] of all that are known */
    double  since;    /* [s] the log's first start on its own clock */
} tg_trace;

/* Sort a log, which is taken: its names are the trace's now. Owner: the caller,
 * tg_trace_free(). Errors: TG_ENOMEM; the log is then freed. */
TG_CHECKED tg_status tg_trace_of(tg_log *log, tg_trace *out);

/* tg_log_read() and tg_trace_of() in one. */
TG_CHECKED tg_status tg_trace_read(const char *path, tg_trace *out);
void                 tg_trace_free(tg_trace *t);

typedef enum tg_trace_part { TG_TRACE_JOB, TG_TRACE_GAP, TG_TRACE_CYCLE } tg_trace_part;

/* All times of a group, rising, without its workers' own factors. Gaps that are not known
 * are left out. The caller frees *seconds (*n). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_trace_group(const tg_trace *t, size_t group, tg_trace_part part,
                                    double **seconds, size_t *n, size_t *workers);

/* Rising order of doubles, for qsort. */
int tg_trace_rising(const void *a, const void *b);

#endif
