/* mode_fit_parts: what a fit of modes is made of. Private to asgd/theory/mode_fit*.c. */
#ifndef TG_ASGD_MODE_FIT_PARTS_H
#define TG_ASGD_MODE_FIT_PARTS_H

#include "asgd/theory/mode_fit.h"

#include <stdbool.h>

enum {
    TG_FIT_BINS = 48,
    TG_FIT_COLUMNS = TG_FITTED_MODES + 2, /* E_j, sigma^2, F* */
    TG_FIT_CLASSES = 12,                  /* of known eigenvalues */
    TG_FIT_WAVES = 4
};

/* Neighbouring points are averaged: bin b has the points first[b] .. first[b + 1] - 1. */
typedef struct tg_fit_bins {
    size_t count, first[TG_FIT_BINS + 1];
} tg_fit_bins;

/* A task being fitted. */
typedef struct tg_fit_room {
    const tg_mode_task *task;
    tg_fit_bins         bins;
    double              sigma2; /* >= 0: sigma^2 is given; < 0: it is fitted */
    double             *known;  /* (2, n) start and noise of all known eigenvalues; owned */
    double              y[TG_FIT_BINS];
    double factor[TG_FIT_BINS * TG_FIT_BINS]; /* L: the weights are (L L')^-1 */
    double log_root;                          /* sum ln L_ii */
} tg_fit_room;

TG_CHECKED tg_status tg_fit_room_open(const tg_mode_task *task, tg_fit_room *out);
void                 tg_fit_room_close(tg_fit_room *r);

/* Averages of (n) values in the bins. */
void tg_fit_bins_average(const tg_fit_bins *b, const double *x, double *out);

/* A and V B / (2 h) of the mode h at the points, into start and noise (n). */
void tg_fit_mode_columns(const tg_mode_task *t, double h, double *start, double *noise);

/* The best linear parts at these eigenvalues: into f, and the weighted residuals into e (bins); the sum of their
 * squares. */
double tg_fit_linear(const tg_fit_room *r, size_t modes, const double *h, tg_mode_fit *f,
                     double *e);

/* The squares of e that slow waves in the mean (n) above F* would explain: relative ones, of half a period to two
 * along the bins. */
double tg_fit_waves(const tg_fit_room *r, const tg_mode_fit *f, const double *mean,
                    const double *e);

/* ln h_j that make that least, from those of f on. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_fit_descend(const tg_fit_room *r, tg_mode_fit *f, double *squares);

/* Weights by the covariance of a fit; by a guess before there is one. Errors: TG_ENOCONV it is not definite;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_fit_weigh(tg_fit_room *r, const tg_mode_fit *f);
void                 tg_fit_weigh_first(tg_fit_room *r);

/* The range of eigenvalues that can be seen in the curve. */
void tg_fit_range(const tg_mode_task *t, double *low, double *high);

#endif
