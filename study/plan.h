/* plan: what is many in an answer, as one list of numbered blocks
 *
 * Simulations: for every number of workers of a study's sweep and every algorithm, its batches of
 * replicas. A chart: blocks of its lines, algorithm after algorithm.
 */
#ifndef TG_STUDY_PLAN_H
#define TG_STUDY_PLAN_H

#include "core/work.h"
#include "study/ask.h"
#include "study/region.h"

typedef struct tg_plan {
    tg_work work;                                    /* its context is owned */
    double *cost;                                    /* (work.stages) NULL: not known */
    tg_status (*price)(void *context, double *cost); /* NULL: its blocks are all alike */
    void (*close)(void *context);
} tg_plan;

/* The simulations of a study; those of its own number of workers measure `metrics` (NULL: nothing), as
 * tg_metrics for the command `study`. The study is borrowed. Release with tg_plan_close(). Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_plan_simulations(const tg_study       *study,
                                         const tg_kind *const *metrics, tg_plan *out);

/* The lines of a chart of all algorithms, of the settings that the question's x and y name. */
TG_CHECKED tg_status tg_plan_chart(const tg_ask *ask, const tg_study *study, tg_plan *out);

/* What its blocks cost, in seconds of the machine of study/cost.h, where that is known. Errors: those of
 * the scene; the workers' models do not fit into memory; TG_ENOMEM. */
TG_CHECKED tg_status tg_plan_price(tg_plan *p);

/* What blocks of simulations cost on this machine: that of each algorithm by what single replicas take,
 * with the study's own number of workers and as much of the horizon as a second or so is enough for.
 * Errors: those of the blocks; TG_ESTOP. */
TG_CHECKED tg_status tg_plan_measure(const tg_study *study, tg_plan *p);

void tg_plan_close(tg_plan *p);

#endif
