/* decree: the moments of staleness by decree, exactly
 *
 * P workers move in step, each at a cache of its own; a move u_p(t') is in worker q's cache from t' + r + 1 on,
 * with r drawn from one law p_r for every (t', p, q) (Dai, Zhou, Dong, Zhang, Xing 2019). Of a mode h, with
 * e = eta h, K = e P and a linear optimiser F(z), such as momentum,
 *
 *     u_p = -eta F (h (x_p - b_p) + sigma xi_p),      X(t) = x0 + sum of all moves before t
 *     mean:     (z - 1) + K F(z) p(1/z) = 0,          p(1/z) = sum p_r z^-r
 *
 * What the lags scatter is uncorrelated from move to move, so second moments need no more than the mean's
 * responses. With y the response of F/((z - 1) + K F p), d(k) = y(k + 1) - y(k) and C the running sum of
 *
 *     own    e f - (e/P)(f - d)      other  (e/P)(f - d)      model  e y
 *
 * a move of k rounds ago scatters Var_r C(k - 1 - r), and w = E u^2, the mean over workers, is the solution of
 *
 *     w(t) = E[u]^2 + P sum_k (own(k) + (P - 1) other(k)) w(t - k) + noise,     E X^2 = E[X]^2 + P^2 sum_k model(k) w(t - k) + noise
 *
 * It settles where the mean does and the sum of that kernel is below 1. Derived here, theory 5. Lengths are in [x], time
 * in rounds. */
#ifndef TG_SOLVER_DECREE_H
#define TG_SOLVER_DECREE_H

#include "core/status.h"

#include <complex.h>
#include <stdbool.h>
#include <stddef.h>

/* How the model moves along gradients: v <- beta v + g, and a step along v, or, ahead, along g + beta v. */
typedef struct tg_decree_momentum {
    double beta; /* in [0, 1) */
    bool   ahead;
} tg_decree_momentum;

typedef struct tg_decree {
    size_t             workers; /* P */
    const double      *late;    /* (most + 1) p_r, with sum 1; borrowed */
    size_t             most;
    tg_decree_momentum momentum;
} tg_decree;

/* A law of r from weights (most + 1) that need not add up to 1, into late (most + 1). Errors: TG_EDOMAIN weights not >= 0 with a sum > 0. */
TG_CHECKED tg_status tg_decree_lags(const double *weight, size_t most, double *late);

/* ---- the mean ------------------------------------------------------------------------ */

/* How many roots of the mean's equation lie on or outside the unit circle, by the argument principle in steps that no
 * root can pass, and the least relative change of the equation that would alter it. Errors: TG_EDOMAIN gain K not > 0;
 * TG_ENOCONV a root too close to the circle. */
TG_CHECKED tg_status tg_decree_count(const tg_decree *d, double gain, size_t *outside,
                                     double *clearance);

/* The least K at which the mean is lost; sgd with r uniform on 0 .. s: 2 (s + 1) sin^2(pi/(2 (s + 1))). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_decree_threshold(const tg_decree *d, double *gain);

/* ---- responses ----------------------------------------------------------------------- */

/* The responses of one mode of gain K. Where the mean settles they go, from round n on, like (1 - fall)^k, or nothing
 * is left of them (fall 1). */
typedef struct tg_decree_mode {
    tg_decree d;
    double    gain; /* K */
    size_t    n;    /* rounds 0 .. n - 1 are kept */
    bool      settled;
    double    fall;
    double   *y;               /* (n) */
    double   *left;            /* (n) of a start of 1, after k rounds */
    double   *scatter, *model; /* (n) kernels of w and, times P^2, of X */
    double   *heard, *seen; /* (n) noise of k rounds ago in w and in X, per sigma^2/h^2 */
    double   *follows;      /* (n) running sum of F's own response */
} tg_decree_mode;

/* Followed until it has settled, but no longer than `rounds` and one more. Owner of *out: the caller, tg_decree_close().
 * Errors: TG_EDOMAIN gain not > 0, no workers, beta; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_decree_open(const tg_decree *d, double gain, size_t rounds,
                                    tg_decree_mode *out);
void                 tg_decree_close(tg_decree_mode *m);

/* The root of the mean of largest modulus, from how it goes in the end, im >= 0; NaN where that does not tell. */
double complex tg_decree_root(const tg_decree_mode *m);

/* The sum of the kernel of w: the mean square settles where it is below 1; inf where the mean has not. */
double tg_decree_kept(const tg_decree_mode *m);

/* The least K at which the mean square is lost, at most the mean's threshold. Errors: as above. */
TG_CHECKED tg_status tg_decree_limit(const tg_decree *d, double threshold, double *gain);

/* What moves a mode: where it begins, the variance of a gradient's noise over h^2, and that of workers' own minima b_p
 * over workers, about their mean, from which x is counted. */
typedef struct tg_decree_drive {
    double start, noise, spread; /* [x]; [x^2]; [x^2] */
} tg_decree_drive;

/* E X^2 at rest; inf where it does not settle. */
double tg_decree_rest(const tg_decree_mode *m, const tg_decree_drive *b);

/* E X(t), t = 0 .. rounds, into mean, unless NULL, and E X^2 into second (rounds + 1). Costs rounds times n. Errors:
 * TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_decree_course(const tg_decree_mode *m, const tg_decree_drive *b,
                                      size_t rounds, double *mean, double *second);

/* ---- single runs --------------------------------------------------------------------- */

/* By how much the logarithm of a run without noise grows in a round, from `paths` runs of as many rounds, and its standard
 * error. Costs P^2 paths rounds. Errors: TG_EDOMAIN; TG_ENOMEM; TG_ESTOP. */
TG_CHECKED tg_status tg_decree_exponent(const tg_decree *d, double gain, size_t paths,
                                        size_t rounds, double *growth, double *error);

#endif
