/* renewal_law: a law of delay on a grid, and its renewal measure
 *
 *     p_i = F_i - F_{i-1},   F_i = (1/dt) int_{t_i}^{t_{i+1}} F(t) dt
 *
 * keeps the mean exactly; a constant becomes at most two atoms. Private to solver/.
 */
#ifndef TG_SOLVER_RENEWAL_LAW_H
#define TG_SOLVER_RENEWAL_LAW_H

#include "core/delay.h"
#include "solver/zgrid.h"

#include <stdbool.h>

typedef struct tg_renewal_law {
    double          mean;     /* of the law itself [time] */
    double          cv2;      /* variance / mean^2; large where there is no variance */
    double         *p;        /* (n) its weights */
    double         *u, *more; /* (n) weights of U, of U without the atom at 0 ... */
    double         *du;       /* (n) ... and of U - dt/mean, which counts half at 0 */
    double          flat;     /* dt / the mean on the grid, to which u falls ... */
    size_t          known;    /* ... from this index on, to 1e-8 */
    double complex *phi;      /* (nz) sum p_i z^i */
    double complex *spectrum; /* (nz) of p */
} tg_renewal_law;

/* On a `slow` grid phi, and U with it, come from a finer one. Errors: TG_EDOMAIN a mean that is not finite and > 0; TG_ENOMEM. */
TG_CHECKED tg_status tg_renewal_law_create(const tg_zgrid *g, tg_zroom *room,
                                           const tg_delay *law, bool slow,
                                           tg_renewal_law *out);
void                 tg_renewal_law_free(tg_renewal_law *l);

/* (D f)(x) = sum_i p_i f(x + t_i). */
void tg_renewal_law_ahead(const tg_zgrid *g, tg_zroom *r, const tg_renewal_law *l,
                          const double *f, double *out);

#endif
