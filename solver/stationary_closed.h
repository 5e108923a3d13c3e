/* stationary_closed: the energy I where it has a closed form. Private to solver/. */
#ifndef TG_SOLVER_STATIONARY_CLOSED_H
#define TG_SOLVER_STATIONARY_CLOSED_H

#include "core/loop.h"

/* True if the loop (no filter, F = 1) has a closed form; *energy is then I, or NaN if the
 * mean diverges. */
int tg_stationary_closed(const tg_loop *l, double *energy);

#endif
