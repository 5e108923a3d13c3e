/* lattice: the worker process itself, exactly, for phase-type delays (level exact)
 *
 * P workers compute gradients of a mode h x^2 / 2. Worker i holds y_i, the x it read; when
 * its time, a phase-type law, is over,  x <- x - eta (h y_i + sigma xi),  y_i <- x,  and it
 * starts again. With N = (N_1, .., N_n) the numbers of workers in each phase, the moments
 * close on the lattice of all N: of
 *
 *     E[x; N],  E[sum_{i in p} y_i; N]                                        (first)
 *     E[x^2; N],  E[x sum_{i in p} y_i; N],  E[sum_{i in p} y_i^2; N],
 *     E[sum_{i in p, j in q, i != j} y_i y_j; N]                              (second)
 *
 * each obeys a linear equation with constant coefficients (derived here, theory 3.3; n = 1
 * is the exponential case). Its solve gives the exact stationary variance. The same of any
 * linear rule with s and w_i in place of x and y_i, whose steps do not depend on staleness; with a cycle
 * of K the states are those of N and of how many of K have been delivered.
 */
#ifndef TG_SOLVER_LATTICE_H
#define TG_SOLVER_LATTICE_H

#include "solver/linear_rule.h"
#include "solver/phase.h"

#include <complex.h>

typedef struct tg_lattice {
    tg_phase law;
    size_t   workers; /* P >= 1 */
    double   eta, h, sigma;
    const tg_linear_rule
        *rule; /* borrowed; NULL: ASGD with eta and h, which are else unused */
} tg_lattice;

/* Unknowns of the second-moment system, of ASGD C(P+n-1, n-1) (1 + 2n + n(n+1)/2): its cost. */
double tg_lattice_size(const tg_lattice *l);

/* Stationary E x^2, exact; and, unless NULL, the slowest rate < 0 of the second moments
 * [1/time] (their spectral abscissa, real because the moments keep a cone invariant).
 * Errors: TG_EDOMAIN an argument out of range, a rule with steps by staleness, more
 * than 20,000 unknowns, or the mean square does not settle; TG_ENOMEM. */
TG_CHECKED tg_status tg_lattice_variance(const tg_lattice *l, double *variance,
                                         double *abscissa);

/* The eigenvalue of the means' system that is nearest to `guess` [1/time]: how they settle, where that is
 * about the rightmost. Errors: TG_EDOMAIN as above; TG_ENOCONV two are equally near; TG_ENOMEM. */
TG_CHECKED tg_status tg_lattice_root(const tg_lattice *l, double complex guess,
                                     double complex *root);

/* Mean and second moment of x at times 0, horizon/(n-1), ..., horizon into mean (n) and
 * second (n), to 1e-6 of the largest; either may be NULL. At t = 0 the workers have long
 * been busy, each holding x0. Of ASGD only. Errors: as above but the last (a mean square that grows has a
 * transient too); TG_ENOCONV the integrator gave up. */
TG_CHECKED tg_status tg_lattice_transient(const tg_lattice *l, double x0, double horizon,
                                          size_t n, double *mean, double *second);

#endif
