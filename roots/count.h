/* count: how many zeros f(s) = s + b + a phi(s) F(s) has, by the argument principle
 *
 *     N = (1/2 pi) change of arg f around the contour
 *
 * The phase is followed in steps h so short that |f(s + h) - f(s)| < |f(s)| whatever f does
 * in between (|f'| h + D2 h^2/2, with bounds that hold on the whole half-plane): no zero
 * can slip through, up to rounding. Right of a line, the contour is closed by an arc |s| =
 * R' on which |f - s| < |s|, where the phase needs no steps at all. Derived here.
 */
#ifndef TG_ROOTS_COUNT_H
#define TG_ROOTS_COUNT_H

#include "core/loop.h"

/* A rectangle [1/time]. */
typedef struct tg_region {
    double left, right, bottom, top;
} tg_region;

/* Number of zeros with Re s > line, with multiplicity; `evaluations` of f (NULL allowed). A
 * zero within rounding of the line stops the count. Errors: TG_EDOMAIN line not right of
 * the law's abscissa and poles; TG_ENOCONV a zero on the line, or more than 1e6 steps. */
TG_CHECKED tg_status tg_count_right_of(const tg_loop *loop, double line, size_t *count,
                                       size_t *evaluations);

/* The same, giving up after `most` steps (TG_ENOCONV). */
TG_CHECKED tg_status tg_count_within(const tg_loop *loop, double line, size_t most,
                                     size_t *count, size_t *evaluations);

#endif
