/* predict_parts: the steps of a prediction, each a call into roots/ or solver/
 *
 * A delay law scaled to T c is the same loop in time scaled by c: gain a c, noise q c,
 * results read at t / c. So a prediction for a delay shorter by a factor needs no other
 * law.
 */
#ifndef TG_ASGD_PREDICT_PARTS_H
#define TG_ASGD_PREDICT_PARTS_H

#include "asgd/theory/predict.h"
#include "core/loop.h"
#include "solver/linear_rule.h"

typedef struct tg_case {
    const tg_linear_kind *kind;   /* theory's own entry of the rule ... */
    double                number; /* ... and its number */
    double            weigh; /* steps that a gradient is worth in the end: 1/K in batches */
    const tg_filter  *filter;  /* NULL: none is known */
    const tg_cluster *cluster; /* borrowed */
    tg_delay         *delay;   /* of an arriving gradient; owned */
    tg_delay *slots; /* DuDe-ASGD, several groups: mixture by workers; owned, or NULL */
    double   *share; /* ... and their shares of the workers; owned */
    double    lambda, step;
    double    wait; /* expected time before the model first moves as in steady state */
    tg_delay *kept; /* steps by staleness, as in core/loop.h; owned, or NULL */
    double    kept_share, kept_power;
    bool      plain;  /* no slots: it moves from the first delivery on */
    bool      biased; /* settles where arrivals, not workers, weigh equally */
    bool      solved; /* level renewal has it: ASGD, DuDe-ASGD */
} tg_case;

TG_CHECKED tg_status tg_case_open(const tg_cluster *cluster, const tg_algorithm *algorithm,
                                  double step, tg_case *out);
/* The same of a rule of theory's table. Errors: TG_EDOMAIN its number is out of range. */
TG_CHECKED tg_status tg_case_of_rule(const tg_cluster *cluster, const tg_linear_kind *kind,
                                     double number, double step, tg_case *out);
void                 tg_case_close(tg_case *c);

/* The loop of a mode with damping coefficient a [1/time]. */
tg_loop tg_case_loop(const tg_case *c, double a);

/* k*, the smallest loop gain at which the mean is lost; inf if it never is. */
TG_CHECKED tg_status tg_case_threshold(const tg_case *c, double *threshold);

/* The rightmost root of a loop into out->re, out->im, and how many are unstable. */
TG_CHECKED tg_status tg_case_roots(const tg_loop *l, tg_mode_prediction *out);

/* Mode j with all delays times `scale`: root, count, stationary variance (inf if unstable).
 */
TG_CHECKED tg_status tg_case_mode(const tg_case *c, const tg_modes *m, size_t j,
                                  double scale, tg_mode_prediction *out);

/* mode->rate and mode->effective of a mode as predicted by tg_case_mode() at this scale.
 * Without a horizon (not > 0) an effective rate is 0. Errors: those of tg_moments_mean().
 */
TG_CHECKED tg_status tg_case_effective_rate(const tg_case *c, double scale, double horizon,
                                            tg_mode_prediction *mode);

/* J, the variance per unit of noise whose spectrum is the filter's; and the same for the
 * noise of the workers' own minima (asgd/theory/predict_noise.c). Errors: TG_ENOCONV quadrature;
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_case_noise(const tg_case *c, const tg_loop *l, double *gain);
TG_CHECKED tg_status tg_case_renewal(const tg_case *c, const tg_loop *l, double *gain);

/* Expected excess loss on the plan's grid into loss (plan->points), delays times `scale`;
 * `mode` as predicted at scale 1. */
TG_CHECKED tg_status tg_case_loss(const tg_case *c, const tg_modes *m,
                                  const tg_mode_prediction *mode, double scale,
                                  const tg_predict_plan *plan, double *loss);

/* Fill the prediction at level sde or jump, the plan's. */
TG_CHECKED tg_status tg_predict_field(const tg_case *c, const tg_modes *m,
                                      const tg_predict_plan *plan, tg_prediction *p);

/* What noise brings to the modes that are not known, all of them slow: e / 2 of each one's variance
 * (derived here, THEORY 3.4). */
double tg_predict_left_floor(const tg_case *c, const tg_modes *m);
/* What the modes leave out of the loss a time t after the beginning, and its error. */
double tg_predict_rest(const tg_case *c, const tg_modes *m, const tg_prediction *p,
                       double t, double *error);

#endif
