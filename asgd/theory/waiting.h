/* waiting: the distribution of a time that not every run lived to see, in four numbers
 *
 * The estimate is that of Kaplan and Meier (solver/survival.h) with what did not come by the
 * horizon still running there. A quantile's standard error is a quarter of the distance to
 * the further of the quantiles 4 standard errors of its share below and above it, those kept within
 * the sample: no density is needed, and where runs come in bunches the next bunch counts.
 */
#ifndef TG_ASGD_WAITING_H
#define TG_ASGD_WAITING_H

#include "core/status.h"

#include <stddef.h>

enum { TG_WAITING_MEAN, TG_WAITING_EARLY, TG_WAITING_MEDIAN, TG_WAITING_LATE, TG_WAITINGS };

/* "mean", "10 %", "median", "90 %". */
const char *tg_waiting_name(int which);

typedef struct tg_waiting {
    size_t runs;
    /* mean of min(time, horizon); quantiles, inf beyond the horizon [time], with standard
     * errors: of an infinite one 0 if it is sure to be, else inf */
    double value[TG_WAITINGS], error[TG_WAITINGS];
} tg_waiting;

/* Of the times of n >= 1 runs, inf where it did not come by the horizon. Errors: TG_EDOMAIN
 * no runs; TG_ENOMEM. */
TG_CHECKED tg_status tg_waiting_of(const double *time, size_t n, double horizon,
                                   tg_waiting *out);

#endif
