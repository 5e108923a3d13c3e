/* outline: the outline of where f < 0 on a grid, by linear interpolation between its points
 *
 * The same curves as core/contour.h, closed along the border of the grid, so that what they enclose
 * can be filled. The inside lies left of a ring as it runs; a ring around what is outside runs the
 * other way round.
 */
#ifndef TG_CORE_OUTLINE_H
#define TG_CORE_OUTLINE_H

#include "core/contour.h"

/* The rings of f (ny, nx), nx, ny >= 2, one after the other, into *out (*count); free() it. A ring's
 * first point is not repeated at its end. What is not a number is outside. Source: marching squares
 * (Lorensen, Cline 1987, in the plane). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_outline_trace(const double *f, size_t nx, size_t ny,
                                      tg_contour_point **out, size_t *count);

#endif
