/* dde_mesh: delay equations with constant delays on a mesh that divides all of them
 *
 *     x'(t) = L x(t) + g(t, x(t - tau_1), ..., x(t - tau_m))        or
 *     x'(t) = f(t, x(t), x(t - tau_1), ..., x(t - tau_m)),    t > 0,     x = phi on t <= 0
 *
 * by Gauss collocation with equal steps h, each delay a whole number of them: no step
 * crosses a kink, lagged stage values are those of steps before, nothing is interpolated.
 * Order 2 s at the mesh points, s + 1 between. In the first form the stages of every step
 * are one product with the same matrix; in the second they are found by Newton's method to
 * rounding error, so f may be stiff, and must be smooth in x.
 */
#ifndef TG_SOLVER_DDE_MESH_H
#define TG_SOLVER_DDE_MESH_H

#include "core/status.h"

#include <stddef.h>

#define TG_DDE_MESH_DIM 256 /* components at most: matrices of (n s)^2 are kept */

/* Callbacks work on `count` points at once, t (count): component i of point k is x[i count
 * + k], of its past under delay j past[(j n + i) count + k]; out is like x. */
typedef struct tg_dde_mesh {
    size_t        dim, delays; /* n, 1 .. TG_DDE_MESH_DIM; m >= 1 */
    const double *tau;         /* (m) > 0, with a common measure */
    const double *L;           /* (n, n), or NULL: 0; with */
    tg_status (*forcing)(size_t count, const double *t, const double *past, double *out,
                         void *context); /* g; or NULL and */
    tg_status (*slope)(size_t count, const double *t, const double *x, const double *past,
                       double *out, void *context);           /* f */
    tg_status (*history)(double t, double *x, void *context); /* phi, t <= 0 */
    void *context;
} tg_dde_mesh;

/* The greatest number of which all tau (m) are multiples, each within 1e-12 of itself.
 * Errors: TG_EDOMAIN a delay is not > 0; there is none above 1e-5 of the longest delay. */
TG_CHECKED tg_status tg_dde_mesh_measure(size_t delays, const double *tau, double *measure);

/* x at times 0, horizon/(rows-1), .. horizon into x (rows, n), with at least `steps` >= 1
 * steps to the shortest delay (exactly, where there is one delay) and 2 .. 10 `stages`.
 * Errors: TG_EDOMAIN an argument out of range or missing, delays without a common measure,
 * more memory than core/memory.h allows (8 n stages bytes to each step of the longest
 * delay, and x once more);
 * TG_EDIVERGED x or f not finite; TG_ENOCONV Newton's method failed, more steps may help;
 * TG_ENOMEM; those of the callbacks. */
TG_CHECKED tg_status tg_dde_mesh_solve(const tg_dde_mesh *eq, double horizon, size_t rows,
                                       size_t steps, int stages, double *x);

#endif
