/* settling: when a mean over replicas is below a level for good, with a resampled error
 *
 * The mean loss of N replicas is followed on a grid of its own,
 *
 *     t_0 = 0,    t_{k+1} = t_k + max(first, t_k / per_unit),
 *
 * fine against the time itself, so that its length grows like the logarithm of the horizon
 * and neither horizon nor reported grid move a crossing. Replicas are summed in batches;
 * crossings lie between two grid times by linear interpolation.
 *
 * The standard error is the bootstrap's (Efron 1979) over batches: as many batches are
 * drawn with replacement, the crossing of their mean is found again, and the standard
 * deviation of it taken, corrected by sqrt(B / (B - 1)). A crossing is like a quantile: where
 * replicas cross one by one, what is near it in the sample decides, and the bootstrap may
 * see too little. So the error is at least half of how far the crossing moves as the level
 * moves by two standard errors of the mean. The resolution of the grid, a cell / sqrt(12),
 * is added in squares.
 *
 * It is inf, unknown, where some resampled means settle and others do not, and where fewer
 * than 8 batches (or half of them, if that is less) carry the mean at its crossing, (sum S)^2
 * / sum S^2: the next replica may then be like none of these.
 */
#ifndef TG_ASGD_SETTLING_H
#define TG_ASGD_SETTLING_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/* The grid from 0 to `horizon`, both in it, into *t (*n); free() it.
 * Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_settling_grid(double horizon, double first, double per_unit,
                                      double **t, size_t *n);

/* Sums over the replicas of each batch at every grid time. */
typedef struct tg_settling {
    const double        *t;        /* (n) [time] */
    const double *const *sum;      /* (batches) of (n); inf where a replica has diverged */
    const size_t        *replicas; /* (batches) how many are in each sum, >= 1 */
    size_t               n, batches;
} tg_settling;

/* First time from which the mean is <= level up to the last grid time, inf if there is none,
 * and its standard error: NaN below two batches and where no resampled mean settles. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_settling_find(const tg_settling *s, double level, uint64_t seed,
                                      double *time, double *error);

#endif
