/* walk: the phase of f along segments and circles, for roots/count and roots/find */
#ifndef TG_ROOTS_WALK_H
#define TG_ROOTS_WALK_H

#include "roots/bounds.h"
#include "roots/count.h"

/* Change of arg f from `from` to `to` along a straight line on which the bounds hold.
 * Errors: TG_ENOCONV, without a message, when a zero is in the way. */
TG_CHECKED tg_status tg_walk_segment(tg_bounds *b, double complex from, double complex to,
                                     double *phase);

/* Zeros within `radius` of `centre`. Errors: as above. */
TG_CHECKED tg_status tg_walk_circle(tg_bounds *b, double complex centre, double radius,
                                    size_t *count);

/* Zeros right of b->left; inside a rectangle. Errors: TG_ENOCONV. */
TG_CHECKED tg_status tg_walk_half_plane(tg_bounds *b, size_t *count);
TG_CHECKED tg_status tg_walk_rectangle(tg_bounds *b, tg_region region, size_t *count);

#endif
