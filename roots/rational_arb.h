/* rational_arb: rational transforms of delays, phi = N/Q, in ball arithmetic
 *
 * Exponential, erlang, gamma of whole shape, hyperexponential, their sums and mixtures; and what their
 * renewals have beyond even ones, du = sum_k c_k e^{t_k t}, t_k the roots of phi = 1 but 0, c_k =
 * -1/phi'(t_k). Private to the proofs, which alone know Arb. Source: Johansson 2017 (Arb).
 */
#ifndef TG_ROOTS_RATIONAL_ARB_H
#define TG_ROOTS_RATIONAL_ARB_H

#include "core/delay.h"

#include <acb_poly.h>

enum { TG_RATIONAL_BITS = 128 }; /* working precision */

typedef struct tg_rational {
    acb_poly_t up, down; /* N, Q */
    acb_ptr    t, c;     /* (terms) */
    slong      terms;
} tg_rational;

/* s, or 1/s if far. */
typedef struct tg_place {
    int     far;
    acb_ptr at; /* one number */
} tg_place;

tg_place tg_place_open(int far);
void     tg_place_close(tg_place *p);

/* 0: phi is not rational, or of more than 16 equal stages; *told: the t_k could be told apart. Close it
 * in either case. */
int  tg_rational_open(tg_rational *l, const tg_delay *d, int *told);
void tg_rational_close(tg_rational *l);

/* phi there. */
void tg_rational_at(acb_t phi, const tg_rational *l, const tg_place *p);

#endif
