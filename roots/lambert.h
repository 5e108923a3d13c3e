/* lambert: all roots of s + b + a e^{-s tau} = 0, branch by branch
 *
 *     s_j = W_j(-a tau e^{b tau})/tau - b
 *
 * Real parts fall with the distance of the branch from 0 (-1/2 for a > 0); the conjugate of
 * branch j is -j for a < 0 and -j-1 for a > 0. Source: Corless et al. 1996; Asl, Ulsoy
 * 2003.
 */
#ifndef TG_ROOTS_LAMBERT_H
#define TG_ROOTS_LAMBERT_H

#include "core/lambert.h"
#include "roots/set.h"

/* Is this the loop of a constant delay > 0 without a filter, with b tau and log|a tau|
 * moderate and no double root near? */
int tg_lambert_applies(const tg_loop *loop);

/* The roots with Re s >= line and Im s >= 0. Errors: TG_ENOCONV more than a million;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_lambert_search(const tg_loop *loop, double line, tg_root_set *out);

/* How many roots lie right of the line, by the argument principle without a step: 0 where it
 * does not apply, or a root is on the line or near it. */
int tg_lambert_count(const tg_loop *loop, double line, size_t *count);

/* Roots with Re s >= 0 for b = 0: two more at a tau = pi/2, 5 pi/2, 9 pi/2, ... */
size_t tg_lambert_unstable(const tg_loop *loop);

#endif
