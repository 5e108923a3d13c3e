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

enum { TG_CASE_TIMES = 64 };

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
    double    kept_doubt; /* what they may be off by, relative */
    double    every,
        ahead[TG_CASE_TIMES]; /* at first nothing is stale: as much has been done by i every
                                  as at rest by i every + ahead[i] [time] */
    double late; /* what is delivered then was read so long before; inf: at the start */
    double own;  /* factor of all delays: a worker reads what it has just made ... */
    double
        jumps; /* ... and share of a Poisson process's jumps that arrivals make: tg_case_few() */
    bool plain;  /* no slots: it moves from the first delivery on */
    bool biased; /* settles where arrivals, not workers, weigh equally */
    bool solved; /* level renewal has it: ASGD, DuDe-ASGD */
} tg_case;

TG_CHECKED tg_status tg_case_open(const tg_cluster *cluster, const tg_algorithm *algorithm,
                                  double step, tg_case *out);
/* The same of a rule of theory's table. Errors: TG_EDOMAIN its number is out of range. */
TG_CHECKED tg_status tg_case_of_rule(const tg_cluster *cluster, const tg_linear_kind *kind,
                                     double number, double step, tg_case *out);
void                 tg_case_close(tg_case *c);
/* The same for the workers there are, to first order in 1/P for slow modes (theory 4). */
tg_case tg_case_few(const tg_case *c);

/* What is kept of the delays under a rule that weighs or drops: kept, its share and power, ahead. Errors: those of
 * tg_delay_weighed(). */
TG_CHECKED tg_status tg_case_weigh(tg_case *c, const tg_linear_rule *rule);
/* Workers of irregular times that begin together deliver more at first: ahead and late. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_case_hurry(tg_case *c);
/* Add to a course (n) over [0, horizon] what first steps, ahead, move x more; and what jumps of what is read spread,
 * of a mode of step e and response r (n) on a grid of dt [its own time]. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_case_push(const tg_case *c, double horizon, size_t n, double *mean,
                                  double *second);
TG_CHECKED tg_status tg_case_jump(const tg_case *c, double e, double dt, size_t n,
                                  const double *r, const double *mean, double *second);

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

/* The largest eigenvalue. */
double tg_predict_steepest(const tg_modes *m);

/* What noise brings to the modes that are not known, all of them slow: e / 2 of each one's variance
 * (derived here, THEORY 3.4). */
double tg_predict_left_floor(const tg_case *c, const tg_modes *m);
/* What a finite p->settle may be off by, by when low and high settle. */
double tg_predict_settle_error(const tg_prediction *p, double target);

/* What the modes leave out of the loss a time t after the beginning, and its error. */
double tg_predict_rest(const tg_case *c, const tg_modes *m, const tg_prediction *p,
                       double t, double *error);

#endif
