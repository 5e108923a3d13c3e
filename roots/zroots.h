/* zroots: convergence on the iteration clock
 *
 *     x_{j+1} = x_j - e g_j,  g_j = x_{j-J} + beta g_{j-1}:    z - 1 + e p(1/z) z/(z - beta) = 0
 *
 * with e = eta h, momentum beta, and p(u) = sum_j P(J = j) u^j the generating function of
 * the staleness J in updates. In u = 1/z, with p = N/(1 - ratio u), it is the polynomial
 *
 *     (1 - u)(1 - beta u)(1 - ratio u) + e u N(u) = 0,
 *
 * whose zeros in |u| <= 1/r are the modes that shrink more slowly than r^j. All
 * dimensionless.
 */
#ifndef TG_ROOTS_ZROOTS_H
#define TG_ROOTS_ZROOTS_H

#include "roots/find.h"

enum { TG_MOST_STALENESS = 1200 };

typedef struct tg_clock {
    double        step;      /* e = eta h */
    double        beta;      /* heavy-ball momentum, 0 <= beta < 1 */
    const double *staleness; /* (count) N: P(J = j) if ratio = 0 */
    size_t        count;     /* 1 .. TG_MOST_STALENESS */
    double        ratio; /* geometric tail, 0 <= ratio < 1; {1 - ratio}, 1: geometric J */
} tg_clock;

/* All zeros z with |z| >= radius, radius > max(ratio, beta), by falling |z|. The
 * certificate's winding is that of the circle; its contour is {radius, inf, 0, 0}. Errors:
 * TG_EDOMAIN a parameter out of range; TG_ENOCONV count and found differ; TG_ENOMEM. */
TG_CHECKED tg_status tg_zroots_outside(const tg_clock *c, double radius, tg_roots *out);

/* Largest |z|: < 1 iff the mean converges; -log of it is the rate per update.
 * Errors: as above. */
TG_CHECKED tg_status tg_zroots_radius(const tg_clock *c, double *out);

/* P(J = j), j < count, for J given T Poisson((workers - 1) T/E T): the staleness with so
 * many always-busy workers. What lies beyond `count` is put on the last entry. Errors:
 * TG_EDOMAIN workers = 0 or a delay with mean 0; TG_ENOMEM. */
TG_CHECKED tg_status tg_staleness_mixed_poisson(const tg_delay *delay, size_t workers,
                                                double *p, size_t count);

#endif
