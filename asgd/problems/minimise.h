/* minimise: the minimum of a smooth convex function, by GSL's BFGS2 */
#ifndef TG_ASGD_PROBLEMS_MINIMISE_H
#define TG_ASGD_PROBLEMS_MINIMISE_H

#include "core/status.h"

#include <stddef.h>

/* f and, unless NULL, its gradient g (dim) at x (dim). */
typedef tg_status (*tg_smooth)(const double *x, double *f, double *g, void *context);

/* From x (dim) to where |grad f| <= enough [loss/x], or 10 times that if no step makes it less;
 * *least: f there. `what` names the function in the complaint.
 * Errors: those of f; TG_ENOCONV; TG_ENOMEM. */
TG_CHECKED tg_status tg_minimise(tg_smooth f, void *context, const char *what, size_t dim,
                                 double enough, double *x, double *least);

#endif
