/* stationary: what a noisy delayed loop settles to
 *
 *     I = int_0^inf r(t)^2 dt = (1/pi) int_0^inf dw / |f(iw)|^2
 *     J = (1/pi) int_0^inf N(w) dw / |f(iw)|^2,     f(s) = s + b + a phi(s) F(s)
 *     V = q J / (1 - c J)                           (J = I where N = 1)
 *
 * with r the fundamental solution and N the filter's noise spectrum (Parseval; V derived
 * here, theory 3.2: the noise of (1) has stationary intensity q + c V). I, J in time, V in
 * X^2.
 *
 * Closed forms are used for a constant delay (Kuchler, Mensch 1992) and for gamma laws of
 * whole shape (rational spectra, Astrom 1970); every other law and filter goes by
 * quadrature.
 */
#ifndef TG_SOLVER_STATIONARY_H
#define TG_SOLVER_STATIONARY_H

#include "solver/mode.h"

/* Whether every root of f has Re s < 0, by the argument principle on the imaginary axis: f
 * has 1/2 - (1/pi) (change of arg f(iw), w from 0 to inf) roots to its right. `unstable`
 * receives that count. Errors: TG_EDOMAIN as tg_mode_check; TG_ENOCONV a root on the axis,
 * or a phase that turns faster than it can be followed. */
TG_CHECKED tg_status tg_stationary_unstable_roots(const tg_loop *l, size_t *unstable);

/* I and J to 1e-10 relative accuracy; either may be NULL.
 * Errors: TG_EDOMAIN coefficients not finite, or the mean diverges (the message says so);
 * TG_ENOCONV quadrature. */
TG_CHECKED tg_status tg_stationary_energy(const tg_loop *l, double *energy, double *gain);

/* V, the stationary variance. Errors: those of tg_stationary_energy; TG_EDOMAIN if c J >=
 * 1: the mean settles and the variance does not. */
TG_CHECKED tg_status tg_stationary_variance(const tg_mode *m, double *variance);

/* Covariance E X(t) X(t + lag[i]) into out (n), for n lags >= 0, to about 1e-8 of V.
 * Errors: those of tg_stationary_variance; TG_EDOMAIN a lag is negative or not finite. */
TG_CHECKED tg_status tg_stationary_covariance(const tg_mode *m, const double *lag, size_t n,
                                              double *out);

/* Spectral density S(w) = (q + c V) N(w) / |f(iw)|^2, so V = (1/pi) int_0^inf S dw, at n
 * frequencies [1/time]. Errors: those of tg_stationary_variance. */
TG_CHECKED tg_status tg_stationary_spectrum(const tg_mode *m, const double *w, size_t n,
                                            double *out);

#endif
