/* dde_mesh: delay equations with one constant delay on a mesh that divides it
 *
 *     x'(t) = L x(t) + g(t, x(t - tau)),   t > 0,     x = phi on t <= 0
 *
 * by Gauss collocation with steps tau / m: no step crosses a kink, the lagged stage values
 * are those of m steps ago, nothing is interpolated, and the linear part is solved once for
 * all steps. Order 2 s at the mesh points, s + 1 between.
 */
#ifndef TG_SOLVER_DDE_MESH_H
#define TG_SOLVER_DDE_MESH_H

#include "core/status.h"

#include <stddef.h>

#define TG_DDE_MESH_DIM 8 /* components at most */

typedef struct tg_dde_mesh {
    size_t        dim; /* n, 1 .. TG_DDE_MESH_DIM */
    double        tau; /* > 0 */
    const double *L;   /* (n, n) */
    /* g at `count` points at once: past and out (n, count), component i of point k at
     * [i * count + k]; t (count). */
    tg_status (*forcing)(size_t count, const double *t, const double *past, double *out,
                         void *context);
    tg_status (*history)(double t, double *x, void *context); /* phi, t <= 0 */
    void *context;
} tg_dde_mesh;

/* x at times horizon/(rows-1) .. horizon (row 0 is t = 0) into x (rows, n), with m =
 * `steps`
 * >= 1 steps to a delay and 2 .. 10 `stages`. Errors: TG_EDOMAIN an argument out of range;
 * TG_EDIVERGED x not finite; TG_ENOMEM; those of the callbacks. */
TG_CHECKED tg_status tg_dde_mesh_solve(const tg_dde_mesh *eq, double horizon, size_t rows,
                                       size_t steps, int stages, double *x);

#endif
