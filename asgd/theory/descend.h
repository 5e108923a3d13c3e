/* descend: the least of a function of one variable between two places, by Brent's method
 *
 * Source: Brent 1973, ch. 5, as the GNU Scientific Library has it. Private to asgd/theory.
 */
#ifndef TG_ASGD_DESCEND_H
#define TG_ASGD_DESCEND_H

#include "core/status.h"

/* A place and what the function is there; where it is infinite, 1e290. */
typedef struct tg_descend_at {
    double x, value;
} tg_descend_at;

typedef tg_status (*tg_descend_of)(double x, void *context, double *value);

/* From *at, which lies below low and high, until the least is known to `sure` in x or `rounds` have been: into *at.
 * Errors: those of f. */
TG_CHECKED tg_status tg_descend(tg_descend_of f, void *context, tg_descend_at low,
                                tg_descend_at high, double sure, int rounds,
                                tg_descend_at *at);

#endif
