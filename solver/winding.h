/* winding: how many characteristic roots lie right of a line, by the argument principle.
 * Private to solver/. */
#ifndef TG_SOLVER_WINDING_H
#define TG_SOLVER_WINDING_H

#include "core/loop.h"

/* Roots with real part > left >= 0. Errors: TG_EDOMAIN no finite mean delay; TG_ENOCONV a
 * root on the line, or as good as. */
TG_CHECKED tg_status tg_winding_right_of(const tg_loop *l, double left, size_t *count);

/* 0 if the mean settles; else no less than the largest real part of a root, and by 1 % more
 * at most. Errors: TG_EDOMAIN as above; TG_ENOCONV the phase turns too often to be followed. */
TG_CHECKED tg_status tg_winding_growth(const tg_loop *l, double *growth);

#endif
