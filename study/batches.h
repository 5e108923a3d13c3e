/* batches: what replicas took to the target, and beside others that draw the same */
#ifndef TG_STUDY_BATCHES_H
#define TG_STUDY_BATCHES_H

#include "core/stats.h"

typedef struct tg_batches {
    double *batches; /* (n) of each replica; inf: never; owned by who made it */
    size_t  n;
} tg_batches;

/* Of those that came there. */
tg_stats tg_batches_mean(const tg_batches *c);

/* A loss is looked at now and then only, at distances of this share; when between two looks is uniform. */
double tg_batches_unseen(double batches, double spacing);

typedef struct tg_batches_ratio {
    double value, error;
} tg_batches_ratio;

/* sum y / sum x with its error by y - r x, replica by replica; NaN where x is not known, inf where y is not.
 * Source: Cochran 1977, 6.4. */
tg_batches_ratio tg_batches_beside(const tg_batches *y, const tg_batches *x,
                                   double spacing);

#endif
