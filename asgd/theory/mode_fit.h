/* mode_fit: the modes of a quadratic objective from the loss curve of one run
 *
 *     E F(s) = F* + sum_j E_j A(k_j, s) + sigma^2 sum_j V(k_j) B(k_j, s) / (2 h_j)
 *
 * with A, V and B from the table of the workers (asgd/theory/mode_table.h), k_j = share eta h_j size, E_j the part of
 * the start's excess in mode j and s the time at which as many deliveries are to be expected as there were. The loss
 * of one run is not its mean: with x_j = y_j + z_j,
 *
 *     cov(F(s), F(t)) = sum_j h_j^2 (y_j(s) y_j(t) C_j + C_j^2 / 2),   C_j = v_j(s) e^{-r_j (t - s)},  s < t
 *
 * (derived here, for Gaussian z with one rate r_j), and the way down is a random walk in ln F: where deliveries are
 * counted, of variance 4 (eta h)^2 min(1, k)^2 / 10 a delivery, as measured; else of ten times that and more, their
 * number's own. The fit is by generalised least squares: the covariance is that of the last
 * fit, E_j, sigma^2 and F* are linear, ln h_j are found by Levenberg and Marquardt (GSL). Where F* is not
 * known, sigma is what it is likeliest by, by the same covariance (Gaussian quasi-likelihood).
 * Private to asgd/theory and study/. */
#ifndef TG_ASGD_MODE_FIT_H
#define TG_ASGD_MODE_FIT_H

#include "asgd/theory/mode_table.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { TG_FITTED_MODES = 3, TG_FITTED_POINTS = 256, TG_FITTED_LEAST = 5 };

typedef struct tg_mode_task {
    const tg_mode_table *table;
    double               step; /* eta [x^2/loss] */
    size_t               n;    /* of the curve, TG_FITTED_LEAST .. TG_FITTED_POINTS */
    const double        *clock, *loss; /* (n) rising [time]; [loss] */
    const double        *known; /* (knowns) eigenvalues, rising; NULL: they are fitted */
    size_t               knowns;
    double               least; /* F*; NaN: it is fitted */
    bool counted; /* the clock is that of the run\'s deliveries, not of time */
} tg_mode_task;

typedef struct tg_mode_fit {
    size_t modes;                   /* 1 stands for all where eigenvalues are known */
    double h[TG_FITTED_MODES];      /* rising; NaN where they are known [loss/x^2] */
    double excess[TG_FITTED_MODES]; /* E_j [loss] */
    double sigma;                   /* [loss/x] */
    double least;                   /* F* */
    double misfit;                  /* of weighted squares, a degree of freedom: about 1 */
    double
        structure; /* root of the squares that slow waves of ln (F - F*) would explain: about 2 */
    double likelihood; /* ln, but for a constant */
} tg_mode_fit;

/* As many modes as asked, 1 to TG_FITTED_MODES; 0: as many as make it likelier by more than chance. Errors: TG_EDOMAIN
 * no such curve, numbers that are not finite; TG_ENOCONV; TG_ENOMEM. */
TG_CHECKED tg_status tg_mode_fit_find(const tg_mode_task *task, size_t modes,
                                      tg_mode_fit *out);

/* The same number of modes from a fit of another curve on, which is near. Errors: as above. */
TG_CHECKED tg_status tg_mode_fit_near(const tg_mode_task *task, const tg_mode_fit *from,
                                      tg_mode_fit *out);

/* E F at the curve's points, into mean (n). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_mode_fit_mean(const tg_mode_task *task, const tg_mode_fit *f,
                                      double *mean);

#endif
