/* tune: the learning rate of an algorithm that a study leaves open (step: tune)
 *
 * It is searched for on the logarithm of the step: from a point that has the objective's own scale,
 * by factors until it is bracketed, then by golden section (Kiefer 1953) to 5 %. What is made least
 * is the simulated time to the target or, in a study without one, the mean loss over the last half of
 * the horizon; every step is tried with the same seeds, so that two of them differ by little more
 * than what the step does.
 */
#ifndef TG_STUDY_TUNE_H
#define TG_STUDY_TUNE_H

#include "core/progress.h"
#include "study/study.h"

enum { TG_TUNE_REPLICAS = 32, TG_TUNE_TRIES = 24 }; /* at most; about */

typedef struct tg_tuning {
    double step;      /* the best [x^2/loss] */
    double low, high; /* the best lies between these, as far as these replicas tell */
    double value;     /* what was made least: [time], or [loss] without a target */
    bool   reached;   /* the target, within the horizon; without one: it converged */
    size_t tries;     /* simulations */
} tg_tuning;

/* The step of algorithm i with the study's own number of workers. A stop request is heard. Errors:
 * TG_EDIVERGED no step converges; those of the simulation; TG_ESTOP. */
TG_CHECKED tg_status tg_study_tune(const tg_study *study, size_t i, tg_progress *progress,
                                   tg_tuning *out);

#endif
