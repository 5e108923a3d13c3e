/* boxes: the general finder of roots/find.h, for one loop and one region */
#ifndef TG_ROOTS_BOXES_H
#define TG_ROOTS_BOXES_H

#include "roots/bounds.h"
#include "roots/set.h"

/* All zeros in the region (closed), on which the bounds hold. With `upper` the region is
 * mirrored in the real axis and begins there: only zeros with Im s >= 0 are returned. It ends
 * with `wanted` zeros (counted beforehand, conjugates too; 0: not known), which where there are
 * many lie in chains that it follows first. *out is empty before, and rises in height.
 * Errors: TG_ENOCONV a box as small as rounding allows can neither be dropped nor
 * explained; TG_ENOMEM. */
TG_CHECKED tg_status tg_boxes_search(tg_bounds *b, tg_region region, int upper,
                                     size_t wanted, tg_root_set *out);

#endif
