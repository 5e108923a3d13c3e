/* predict_decree: staleness by decree, rules stale_*
 *
 * Workers move in rounds, as long as the slowest of them takes, at caches that hear of moves later by random numbers of rounds
 * (solver/decree.h has the moments exactly; theory 5). The loop gain is K = eta h P, what a round moves x by. Beyond the mean
 * square's limit runs without noise tell whether single ones still settle. Level exact; in time exact where rounds are all as
 * long, else to what asgd/theory/round_clock.h states. */
#ifndef TG_ASGD_PREDICT_DECREE_H
#define TG_ASGD_PREDICT_DECREE_H

#include "asgd/theory/predict.h"
#include "solver/decree.h"

/* The law of a round's length, borrowed, and mean and standard deviation of the first's [time]; NaN: as of the others. */
typedef struct tg_decree_rounds {
    const tg_delay *length;
    double          first, first_spread;
} tg_decree_rounds;

/* Errors: TG_EDOMAIN modes that are not all of F, with gradients that differ beyond them; more than 1e7 rounds; levels sde and
 * jump; those of solver/decree.h. */
TG_CHECKED tg_status tg_predict_decree(const tg_modes *modes, const tg_decree *decree,
                                       const tg_decree_rounds *rounds, double step,
                                       const tg_predict_plan *plan, tg_prediction **out);

#endif
