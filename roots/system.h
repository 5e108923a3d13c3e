/* system: characteristic roots of coupled modes, momentum, several groups of workers
 *
 *     x'(t) = A x(t) + sum_l B_l E x(t - T_l),     det M(s) = 0,
 *     M(s) = s I - A - sum_l B_l phi_l(s)
 *
 * A collocation of the equation's generator at Chebyshev points (Breda, Maset, Vermiglio
 * 2005) proposes roots, or of many unknowns contour integrals strip by strip (Beyn 2012);
 * Newton's iteration on log det M polishes them, and the argument principle counts them on a
 * half-plane: all roots have |s| <= |A| + sum |B_l| phi_l(Re s). The phase is followed in steps
 * so short that what tr M^-1 M' leaves unsaid of it is below pi (derived here). If the numbers
 * differ strips and collocation are refined.
 */
#ifndef TG_ROOTS_SYSTEM_H
#define TG_ROOTS_SYSTEM_H

#include "roots/find.h"

typedef struct tg_system_term {
    const tg_delay *delay;  /* borrowed */
    const double   *matrix; /* (n, n), row-major [1/time] */
} tg_system_term;

typedef struct tg_system {
    size_t                n;
    const double         *instant; /* A (n, n), row-major [1/time] */
    const tg_system_term *term;    /* (terms) */
    size_t                terms;
} tg_system;

/* log det M at s: its derivative tr(M^-1 M') in *slope; det M as *phase (modulus 1) and the
 * return value log|det M|; -inf where M is singular. NaN when out of memory. */
double tg_system_logdet(const tg_system *s, double complex at, double complex *phase,
                        double complex *slope);

/* Roots with Re s > line, counted with multiplicity.
 * Errors: TG_EDOMAIN a matrix is not finite, n = 0, or the line is not right of where the
 * transforms live; TG_ENOCONV a root on the line, or too many steps; TG_ENOMEM. */
TG_CHECKED tg_status tg_system_count(const tg_system *s, double line, size_t *count);

/* All of them. A residual is the smallest |M v|/|v| found, the size of M being about |s| +
 * R. Owner: the caller, tg_roots_free(). Errors: also TG_ENOCONV count and found differ. */
TG_CHECKED tg_status tg_system_roots(const tg_system *s, double line, tg_roots *out);

#endif
