/* trace: from a log of worker times to laws of delay
 *
 * Laws are fitted by maximum likelihood, ranked by Akaike's criterion AIC = 2 p - 2 ln L
 * (Akaike 1974) and judged by the Kolmogorov-Smirnov distance. Workers whose times look
 * alike are one group.
 */
#ifndef TG_ASGD_TRACE_H
#define TG_ASGD_TRACE_H

#include "core/delay.h"
#include "core/status.h"

#include <stddef.h>

typedef struct tg_trace_worker {
    char   *name;
    double *seconds; /* (n), rising */
    size_t  n;
    size_t  group; /* workers of one group have similar times */
} tg_trace_worker;

typedef struct tg_trace {
    tg_trace_worker *worker; /* (workers), sorted by mean time */
    size_t           workers, groups;
} tg_trace;

/* Read a CSV log with columns worker, seconds or worker, start, end, and sort the workers
 * into groups. Owner: the caller, tg_trace_free(). Errors: TG_EIO; TG_EINPUT missing
 * columns, or a line whose time is not a number > 0, with its number; TG_ENOMEM. */
TG_CHECKED tg_status tg_trace_read(const char *path, tg_trace *out);
void                 tg_trace_free(tg_trace *t);

/* All times of a group, rising. The caller frees *seconds (*n). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_trace_group(const tg_trace *t, size_t group, double **seconds,
                                    size_t *n, size_t *workers);

typedef struct tg_fit {
    const char *law;          /* name in the registry */
    double      parameter[4]; /* in the registry's order */
    size_t      parameters;   /* how many were fitted */
    double      log_likelihood, aic;
    double      distance; /* Kolmogorov-Smirnov */
    double      p; /* its p-value as if the law had been known beforehand: an upper bound */
} tg_fit;

enum { TG_FIT_LAWS = 7 };

/* Fit every law that can be fitted to rising times (n), best AIC first; *count of them.
 * Errors: TG_EDOMAIN n < 2 or a time not > 0; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_fit_all(const double *seconds, size_t n, tg_fit fit[TG_FIT_LAWS],
                                size_t *count);

#endif
