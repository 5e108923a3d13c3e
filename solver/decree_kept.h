/* decree_kept: what staleness by decree keeps of its mean square, on the unit circle. Private to solver/.
 *
 * Var_r [C(k - 1 - r)], summed over k, is by Parseval
 *
 *     kept = P/(2 pi) int (|own|^2 + (P - 1) |other|^2) (1 - |p|^2)/|z - 1|^2 dw,    z = e^{iw}
 *
 * where the mean settles; the trapezoidal rule converges geometrically, as far as roots are from the circle. Derived here,
 * theory 5. */
#ifndef TG_SOLVER_DECREE_KEPT_H
#define TG_SOLVER_DECREE_KEPT_H

#include "solver/decree.h"

/* p(1/z) at even points of the upper half of the circle. */
typedef struct tg_decree_circle {
    const tg_decree *d; /* borrowed */
    size_t           points;
    double complex  *p; /* (points/2 + 1); owned: tg_decree_circle_free() */
} tg_decree_circle;

/* What is kept at a gain at which the mean settles, to 1e-10 of it; the circle gets the points that this takes. Errors:
 * TG_ENOCONV a root too close to the circle; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_decree_kept_on(tg_decree_circle *c, double gain, double *kept);
void                 tg_decree_circle_free(tg_decree_circle *c);

#endif
