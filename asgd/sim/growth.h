/* growth: does the mean loss of a simulation grow? A test, with its error
 *
 * Of every replica, the means W_1 .. W_4 of the loss over the quarters of the horizon; a
 * difference counts where it exceeds 4 standard errors over replicas.
 *
 *   diverges    a replica left the finite range and the mean with it; or the mean rises from
 *               the third quarter to the last, and by more than from the second to the third
 *   converges   it falls, or keeps its level to a quarter of it; or rises by less than
 *               before: to a floor from below
 *   undecided   else
 *
 * Where 4 standard errors exceed a quarter of the mean, few replicas carry it, as they do
 * where the mean square is lost though almost every replica decays; then logarithms decide,
 * or nothing does. If ln W is near normal, ln E W = E ln W + var(ln W) / 2 is known much
 * better than the mean of W: it converges if that falls from the second quarter to the last.
 * It diverges if E ln W itself rises from the third to the last, and not by half of what it
 * rose before or less.
 *
 * Nothing but explosion is seen over quarters shorter than two round trips of the slowest
 * worker, or where replicas had not moved over half of the first one (DuDe-ASGD waits for
 * every worker). The rise to a floor from below is concave from about two round trips after
 * the first step on: the second quarter must begin later than that in every replica before
 * the mean is said to grow.
 */
#ifndef TG_ASGD_GROWTH_H
#define TG_ASGD_GROWTH_H

#include "asgd/sim/outcome.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_growth {
    tg_outcome  outcome;
    const char *reason;      /* in words */
    bool        too_short;   /* nothing can be seen within this horizon */
    double      rise, error; /* W_4 - W_3 over replicas and its standard error [loss] */
} tg_growth;

typedef struct tg_growth_times {
    double horizon, longest;  /* longest: mean round trip of the slowest worker [time] */
    double began, last_began; /* when the model first moved: mean over replicas, latest */
} tg_growth_times;

/* quarter (n) of {W_1, .., W_4}; inf after a replica has diverged. */
tg_growth tg_growth_judge(const double (*quarter)[4], size_t n, const tg_growth_times *t);

#endif
