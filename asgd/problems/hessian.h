/* hessian: leading eigenpairs of a symmetric operator known by its products */
#ifndef TG_ASGD_HESSIAN_H
#define TG_ASGD_HESSIAN_H

#include "core/status.h"

#include <stddef.h>

/* out = H v; both (dim). */
typedef tg_status (*tg_product)(const double *v, double *out, void *context);

/* The `count` largest eigenvalues, falling, each to a part `tolerance` of itself, with unit
 * eigenvectors vector (count, dim).
 * The starting vector is fixed, so that the result is reproducible. Not for several threads
 * at once (ARPACK keeps state of its own).
 * Errors: TG_EDOMAIN count not in [1, dim - 1]; TG_ENOCONV; TG_EINPUT built without ARPACK;
 * those of the product. Source: implicitly restarted Lanczos, Lehoucq, Sorensen, Yang 1998.
 */
TG_CHECKED tg_status tg_hessian_top(tg_product product, void *context, size_t dim,
                                    size_t count, double tolerance, double *value,
                                    double *vector);

#endif
