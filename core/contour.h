/* contour: the curves f = 0 on a grid, by linear interpolation between its points */
#ifndef TG_CORE_CONTOUR_H
#define TG_CORE_CONTOUR_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_contour_point {
    double x, y;  /* in units of the grid, 0 .. nx - 1 and 0 .. ny - 1 */
    bool   first; /* of a curve */
} tg_contour_point;

/* The curves of f (ny, nx), one after the other, into *out (*count); free() it. Where f is not
 * finite there is none. Source: marching squares (Lorensen, Cline 1987, in the plane).
 * Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_contour_trace(const double *f, size_t nx, size_t ny,
                                      tg_contour_point **out, size_t *count);

#endif
