/* threshold: how hard a loop may be driven before its mean stops converging
 *
 *     i w + b + a G(i w) = 0,   G = phi F,   a > 0
 *
 * At the boundary a = -(i w + b)/G(i w) is real and positive; the threshold is the smallest
 * such a over all w. For b = 0 the condition is arg G(i w) = -pi/2 and a = w/|G(i w)|.
 */
#ifndef TG_ROOTS_THRESHOLD_H
#define TG_ROOTS_THRESHOLD_H

#include "core/loop.h"

typedef struct tg_threshold {
    double a;         /* [1/time]; inf: the mean converges however hard it is driven */
    double gain;      /* k* = a E T, the loop gain eta h P at the threshold */
    double frequency; /* w of the oscillation that is then undamped [1/time] */
    double searched; /* every crossing below this frequency was seen [1/time]; >= a G(0): no
                         smaller threshold is possible */
} tg_threshold;

/* The threshold of a loop, whose own `a` is not used. The search ends at 1e15/E T, after 4e6
 * steps (10,000 where phi has no closed form), or where nothing smaller is possible. Errors: TG_EDOMAIN incomplete loop, b < 0, or a delay with mean 0. */
TG_CHECKED tg_status tg_loop_threshold(const tg_loop *loop, tg_threshold *out);

#endif
