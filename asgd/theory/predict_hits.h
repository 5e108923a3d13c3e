/* predict_hits: when single runs reach a target, by the worker form of the integrator
 *
 * What theory says of a target is about the mean loss. A run of its own reaches it at a time
 * of its own, whose distribution is found by following paths (solver/workers.h): each up to
 * where it hits. That form is the worker process itself whatever P is, so the only error is
 * that of the paths; of a problem that its modes do not hold whole it says nothing.
 */
#ifndef TG_ASGD_PREDICT_HITS_H
#define TG_ASGD_PREDICT_HITS_H

#include "asgd/problems/problem.h"
#include "asgd/sim/cluster.h"
#include "asgd/theory/algorithm.h"
#include "asgd/theory/waiting.h"

#include <stdint.h>

typedef struct tg_hits_plan {
    double   target, horizon; /* excess loss; [time] */
    size_t   paths, threads;  /* threads 0: as many as there are */
    uint64_t seed;
    bool     settles; /* also when a run is below the target for good */
} tg_hits_plan;

typedef struct tg_hits_prediction {
    tg_waiting hit, settled; /* settled: if asked for, up to the horizon */
} tg_hits_prediction;

/* Whether there is something to say: the modes are the whole problem, the rule is known. */
bool tg_predict_hits_apply(const tg_modes *modes, const tg_algorithm *algorithm);

/* After TG_ESTOP nothing is kept. Errors: TG_EDOMAIN target, horizon, step or paths not > 0,
 * an algorithm that is neither ASGD nor DuDe-ASGD; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_predict_hits(const tg_modes *modes, const tg_cluster *cluster,
                                     const tg_algorithm *algorithm, double step,
                                     const tg_hits_plan *plan, tg_hits_prediction *out);

/* The loop gain k = eta h P at which a single run ceases to settle, and its standard error:
 * the zero of the top Lyapunov exponent; inf if there is none. The search begins at
 * half of `low`, the gain at which the mean or the mean square is lost; the
 * error is about .3 % at effort 1, which takes a tenth of a second, and falls like the root.
 * Errors: TG_EDOMAIN as above, or over 10000 workers; TG_ENOCONV; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_predict_single(const tg_cluster   *cluster,
                                       const tg_algorithm *algorithm, double low,
                                       double effort, double *gain, double *error);

#endif
