/* growth: does the mean loss of a simulation grow? A test, with its error
 *
 * Of every replica, the means W_1 .. W_4 of the loss over the quarters of the horizon; a
 * difference counts where it exceeds 4 standard errors over replicas.
 *
 *   diverges    a replica left the finite range and the mean with it; or the mean rises from
 *               the third quarter to the last, and by more than from the second to the third
 *   converges   it falls, or keeps its level to a quarter of it; or rises by less than
 *               before: to a floor from below
 *   undecided   else, and where a standard error says nothing: 4 of them exceed a quarter
 *               of the mean. Few replicas then carry the mean, as they do where the mean
 *               square is lost though almost every replica decays. If ln W is near normal,
 *               ln E W = E ln W + var(ln W) / 2 is known much better than the mean of W:
 *               it converges if that falls from the second quarter to the last.
 *
 * A quarter shorter than two round trips of the slowest worker tells nothing but explosion.
 */
#ifndef TG_ASGD_GROWTH_H
#define TG_ASGD_GROWTH_H

#include "asgd/outcome.h"

#include <stddef.h>

typedef struct tg_growth {
    tg_outcome  outcome;
    const char *reason;      /* in words */
    double      rise, error; /* W_4 - W_3 over replicas and its standard error [loss] */
} tg_growth;

/* quarter (n) of {W_1, .., W_4}; inf after a replica has diverged. longest: mean round trip
 * of the slowest worker, horizon: both [time]. */
tg_growth tg_growth_judge(const double (*quarter)[4], size_t n, double longest,
                          double horizon);

#endif
