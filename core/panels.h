/* panels: transform of a measure mu on [low, high] that is known piecewise
 *
 *     int e^{-s t} mu(dt) = sum over panels  e^{-s c} sum_n (2n+1) (-1)^n i_n(s r) m_n,
 *     m_n = int_panel P_n((t - c)/r) mu(dt)
 *
 * with c, r a panel's centre and half width, P_n Legendre's polynomials and i_n the
 * modified spherical Bessel functions. The m_n are made once; a transform costs one
 * exponential and a recurrence per panel at any frequency. For a density the sum is cut
 * where m_n is negligible, which does not depend on s; for observed times, where i_n(s r)
 * is. Source: Bakhvalov, Vasil'eva 1968 (integrals of oscillating functions).
 */
#ifndef TG_CORE_PANELS_H
#define TG_CORE_PANELS_H

#include "core/status.h"

#include <complex.h>
#include <stddef.h>

typedef struct tg_panels tg_panels;

typedef double (*tg_panels_density)(double t, const void *context);

/* The measure f(t) dt on [low, high], split until every panel's Legendre series has
 * converged to `accuracy` of the whole (3e-16: as far as doubles go). f may have an integrable singularity at `low` and jumps
 * or kinks at the `breaks` (count). *out is the caller's, tg_panels_free(). Errors:
 * TG_EDOMAIN the integral is not finite and > 0; TG_ENOMEM. */
TG_CHECKED tg_status tg_panels_density_create(tg_panels_density f, const void *context,
                                              double low, double high, const double *breaks,
                                              size_t count, double accuracy,
                                              tg_panels **out);

/* Mass 1/n at each of n >= 1 sorted times. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_panels_times_create(const double *times, size_t n, tg_panels **out);

void tg_panels_free(tg_panels *p);

/* The transform and, unless NULL, its derivative. */
double complex tg_panels_laplace(const tg_panels *p, double complex s,
                                 double complex *derivative);

/* The density at t, and the mass up to t. */
double tg_panels_density_at(const tg_panels *p, double t);
double tg_panels_mass_to(const tg_panels *p, double t);

/* Largest |s| for which the transform is exact: inf for a density. */
double tg_panels_reach(const tg_panels *p);

/* E (T - origin)^k, k = 0 .. 3. */
void tg_panels_moments(const tg_panels *p, double origin, double moment[4]);

#endif
