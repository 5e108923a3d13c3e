/* gain_course: the rightmost root of a loop as a function of its gain, and the rate with P workers
 *
 * A chart asks for the same loop at many gains. The root and its rate are solved on an even grid of
 * ln a, where they are first asked for, and a cubic runs between; what it misses is checked half way
 * between two nodes, and where that is more than 1e-6 of the root, or 1e-3 of a rate over the horizon, the count of unstable roots
 * changes, or the law has another edge, each gain is solved for itself.
 * The rate of ASGD by P workers of one law (finite_rate.h) runs in the same way for a few P, and in
 * cubics in 1/P between these.
 * Private to asgd/theory and study/.
 */
#ifndef TG_ASGD_GAIN_COURSE_H
#define TG_ASGD_GAIN_COURSE_H

#include "asgd/theory/predict_parts.h"

typedef struct tg_gain_course tg_gain_course;

/* Owner: the caller. Effective rates are over the horizon [time]. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_gain_course_create(double horizon, tg_gain_course **out);
void                 tg_gain_course_free(tg_gain_course *c);

/* From here on the course is that of the loop of `one`; what was found for another is forgotten. Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_gain_course_turn(tg_gain_course *c, const tg_case *one);

/* Root, count and rate of the loop of `one` at damping coefficient a [1/time] > 0 into out: on the course,
 * or solved where it is that of another loop. What was asked before does not show. Not for two
 * threads at once. Errors: those of tg_case_roots, tg_case_effective_rate. */
TG_CHECKED tg_status tg_gain_course_at(tg_gain_course *c, const tg_case *one, double a,
                                       tg_mode_prediction *out);

#endif
