/* predict_finite: levels exact and renewal, the worker process with the workers there are.
 * Private to theory. */
#ifndef TG_ASGD_PREDICT_FINITE_H
#define TG_ASGD_PREDICT_FINITE_H

#include "asgd/theory/mode_course.h"
#include "asgd/theory/predict_parts.h"
#include "solver/lattice_groups.h"
#include "solver/linear_rule.h"
#include "solver/phase.h"
#include "solver/renewal.h"

#include <complex.h>

/* How it is done: one worker, exponential workers, the lattice of a phase-type law, workers of one
 * constant time in turn, phase-type laws in groups (all five exact), or to first order in 1/P. */
typedef enum tg_way {
    TG_WAY_SINGLE,
    TG_WAY_EXPONENTIAL,
    TG_WAY_LATTICE,
    TG_WAY_CYCLE,
    TG_WAY_GROUPS,
    TG_WAY_RENEWAL
} tg_way;

/* What is known of few workers from a phase-type law that is like theirs (predict_match.c): the gain
 * where that loses its mean square, how far theirs is moved from it, relative, what that may be off by,
 * and what its skewness is beyond 2. */
typedef struct tg_match {
    double limit, moved, error, skewed;
} tg_match;

/* A cluster under a rule. Arrays are by group of workers that has any. */
typedef struct tg_finite {
    const tg_case         *c;
    const tg_modes        *m;
    const tg_predict_plan *plan;
    tg_way                 way;
    size_t                 groups;
    tg_renewal_group      *group;
    double                *workers, *rate; /* n_g; deliveries of one worker [1/time] */
    double                 total, mean;    /* P; P / lambda [time] */
    double                 steepest;       /* the largest eigenvalue */
    double           *minimum, *within; /* (count, groups), or NULL: all at F's minimum */
    tg_phase          law;              /* of one group ... */
    bool              phases;  /* ... whose moments close on a cheap lattice; or ... */
    bool              matched; /* ... which has its mean and variance */
    tg_match          match;
    tg_lattice_group *lattice; /* (groups), or NULL: their moments are not solved */
    double            slow[4]; /* tg_finite_slow() */
    double
        apart; /* of a twin of the same variances, how far its laws are; NaN: it is exponential */
    bool   whole;              /* that has all variances */
    double limit, limit_error; /* gain at which the mean square is lost */
    double twin
        [3]; /* thresholds of exponential workers of the same means: of the mean field; of the mean square
                       exactly, and to first order (predict_unlike.h) */
} tg_finite;

/* The cluster's rule with this step for a mode h. */
tg_linear_rule tg_finite_rule(const tg_finite *f, double eta, double h);

/* Whether a rule that level renewal does not have is exact here: exponential workers, few enough
 * where steps depend on staleness. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_finite_applies(const tg_case *c, const tg_modes *m, bool *yes);

TG_CHECKED tg_status tg_finite_open(const tg_case *c, const tg_modes *m,
                                    const tg_predict_plan *plan, tg_finite *out);
void                 tg_finite_close(tg_finite *f);

/* The loop gain k = eta h P at which the mean square is lost, and what it may be off by. */
TG_CHECKED tg_status tg_finite_limit(tg_finite *f, double threshold);

/* Whether there is such a law with a cheap lattice, f->law then; f->limit and f->match; and the stationary
 * variance at gain k, per unit of noise, in place of *v where less is stated of it: then the relative
 * difference and what was stated go into *missed, else 0. Errors: those of the lattice. */
bool                 tg_match_applies(tg_finite *f);
TG_CHECKED tg_status tg_match_limit(tg_finite *f);
TG_CHECKED tg_status tg_match_variance(const tg_finite *f, double k, tg_renewal_variance *v,
                                       double *missed);

/* Whether groups of phase-type workers are solved: f->lattice; then f->limit and its error. Errors: TG_ENOMEM; those
 * of solver/lattice_groups.h. */
TG_CHECKED tg_status tg_groups_open(tg_finite *f);
/* Whether such groups in their place are solved, and followed, in a third of a second. */
bool tg_groups_affordable(const tg_finite *f, const tg_lattice_group *group, size_t groups);
TG_CHECKED tg_status tg_groups_limit(tg_finite *f);

/* Relative error of a rate that is no root's. */
#define TG_FINITE_EFFECTIVE 0.02

/* What is found of one mode. */
typedef struct tg_finite_mode {
    bool   settles;         /* in mean square */
    double variance, error; /* about the mean, stationary [x^2]; relative error */
    double missed; /* where that is exact, what the first order, which the course is
                                made of, misses of it, relative; else 0 */
    double bias, bias_error; /* of the mean [x] */
    size_t unstable;     /* roots of the mean with Re s > 0, or 1: grows in mean square */
    double complex root; /* of the mean, rightmost [1/time]; NaN: none */
    double         rate, rate_error;
    bool           effective;
    tg_mode_course course;
} tg_finite_mode;

/* Loop gain below which x hardly moves during a job. V/e at that gain and at twice that, V/e of
 * the mean field there, and the relative error, on a grid for TG_FINITE_SLOW. */
#define TG_FINITE_SLOW 0.05
TG_CHECKED tg_status tg_finite_slow(const tg_finite *f, const tg_renewal *laws,
                                    double out[4]);

/* A grid of times for a mode. */
typedef struct tg_finite_grid {
    double dt, span; /* [time] */
    bool   slow;
    double coarse_dt, coarse_span; /* 0: the mode is slow, and needs none */
} tg_finite_grid;

/* The grid of a mode of loop gain k whose mean settles at the rate `re` < 0 (> 0: grows). */
tg_finite_grid tg_finite_grid_of(const tg_finite *f, double k, double re);

/* Fill `out` for mode j of loop gain k. The laws on the mode's grids come from the caller:
 * `fine`; `rough`, with longer steps, or NULL, which tells the error of the grid; and `coarse` or
 * NULL. */
TG_CHECKED tg_status tg_finite_renewal(const tg_finite *f, size_t j, double k,
                                       const tg_renewal *fine, const tg_renewal *rough,
                                       const tg_renewal *coarse, tg_finite_mode *out);
/* e of mode j: what a delivery moves it by. */
double tg_finite_step(const tg_finite *f, size_t j);
/* Add to the errors of a mode's course what the level may miss of it. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_finite_doubt(const tg_finite *f, size_t j, tg_finite_mode *mode);
/* Add to off (course.n) what the error of the rate does to the mean's way. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_finite_drift(const tg_finite *f, size_t j,
                                     const tg_finite_mode *mode, double *off);
/* E x^2 at the end of a mode's course and after it, and their error. */
void tg_finite_end_course(const tg_finite *f, size_t j, tg_finite_mode *out);

TG_CHECKED tg_status tg_groups_mode(const tg_finite *f, size_t j, tg_finite_mode *out);
/* Points of a course of gain k that ends where it has settled: its second moments decay at `abscissa`. */
TG_CHECKED tg_status tg_finite_lay_course(const tg_finite *f, double k, double abscissa,
                                          tg_mode_course *out);

/* The exact ways but the single worker's. */
TG_CHECKED tg_status tg_finite_exact(const tg_finite *f, size_t j, tg_finite_mode *out);

/* All modes f->m, each of its loop gain (modes), into out (modes, zeroed); `threshold` is the mean field's. Errors: those
 * of the ways. */
TG_CHECKED tg_status tg_finite_modes(tg_finite *f, double threshold, const double *gain,
                                     tg_finite_mode *out);
/* The same of few gains, and between these by cubics, where modes are many (predict_between.c). */
TG_CHECKED tg_status tg_finite_between(tg_finite *f, double threshold, const double *gain,
                                       tg_finite_mode *out);

/* A prediction at work: the cluster and what has been found of its modes. */
typedef struct tg_finite_run {
    tg_finite      *f;
    tg_prediction  *p;
    tg_finite_mode *mode; /* (modes) */
} tg_finite_run;

/* p->certificate, right and clearance. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_predict_certify(const tg_finite_run *r);

/* p->loss, low, high and settle, from the modes' courses. Errors: TG_ESTOP; TG_ENOMEM. */
TG_CHECKED tg_status tg_predict_losses(const tg_finite_run *r);

/* Fill the prediction at the best level at hand, from the modes' roots on. */
TG_CHECKED tg_status tg_predict_finite(const tg_case *c, const tg_modes *m,
                                       const tg_predict_plan *plan, tg_prediction *p);

/* f between the times t (n, rising), linear; its ends outside. */
double tg_predict_between(const double *t, const double *f, size_t n, double at);

/* When the last worker delivers its first, with which DuDe-ASGD begins: the `n` times after which
 * it still waits with these probabilities, which fall (inf: not before `horizon`). Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_predict_begin(const tg_cluster *c, double horizon,
                                      const double *survival, double *at, size_t n);

#endif
