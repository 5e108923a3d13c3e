/* predict_trigger: ASGD whose workers send only gradients longer than delta
 *
 * Far from the minimum everything is sent, so verdict and limits are those of plain ASGD, with its error. In time: the
 * closed moments of asgd/theory/trigger_course.h, on two grids, and what they miss of plain ASGD, as far as it has gone
 * when a clock that runs as E H does shows the same. At rest, where the mean gradient is 0, it is plain ASGD with the
 * curvatures H_j(V) and noise Q_j(V) - H_j^2 V_j that a Gaussian of variances V has there: V is the fixed point.
 * Behind an uplink what is sent queues with what the others send: computing takes a worker E T/p from one to the
 * next (theory 7), at every share p. The level is renewal, or less.
 *
 * Known: gradients with Gaussian noise that does not depend on x, all modes of F, twelve at most (what is closed grows like their square), workers with one minimum.
 * Derived here, theory 8.
 */
#ifndef TG_ASGD_PREDICT_TRIGGER_H
#define TG_ASGD_PREDICT_TRIGGER_H

#include "asgd/links/link.h"
#include "asgd/theory/predict.h"

/* Who the workers are, and what their gradients have to pass. */
typedef struct tg_trigger {
    const tg_cluster *workers; /* computing alone; borrowed */
    const tg_link    *uplink;  /* borrowed; NULL: takes no time */
    double            delta;   /* [loss/x] */
} tg_trigger;

/* Errors: TG_EDOMAIN workers with minima of their own, modes that are not all of F or too many, levels sde and jump; those of
 * tg_predict_rule() and tg_network_cluster(). */
TG_CHECKED tg_status tg_predict_trigger(const tg_modes *modes, const tg_trigger *trigger,
                                        double step, const tg_predict_plan *plan,
                                        tg_prediction **out);

#endif
