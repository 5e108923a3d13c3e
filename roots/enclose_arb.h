/* enclose_arb: f(s) = s + b + a phi(s) F(s) in ball arithmetic
 *
 * The ball returned holds f(s) for every s in the ball given. Source: Johansson 2017 (Arb).
 * Private to the proofs, which alone know Arb.
 */
#ifndef TG_ROOTS_ENCLOSE_ARB_H
#define TG_ROOTS_ENCLOSE_ARB_H

#include "core/loop.h"

#include <acb.h>

enum { TG_ENCLOSE_BITS = 106 }; /* working precision */

/* 0 if the law or the filter has no closed form here; f is then of no use. */
int tg_enclose(acb_t f, const tg_loop *l, const acb_t s);

#endif
