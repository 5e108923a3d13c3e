/* predict: from worker parameters to what staleness will do; the only bridge to theory
 *
 *     a_j = eta lambda h_j,    s + a_j phi(s) F(s) = 0,    v_j = q_j J_j
 *
 * for every mode j of the objective (theory: Yu, Chen, Poor 2024; mean-square theory and
 * the filters of other algorithms derived here). A prediction carries the level it was made
 * at and the size of the error to expect of it:
 *
 *     exact      the worker process itself: one worker of any law; exponential workers in any
 *                groups; few workers of one phase-type law
 *     renewal    first order in 1/P for any laws and groups (solver/renewal.h)
 *     sde        the papers' diffusion form, Poisson arrivals with independent delays
 *     jump       the same with the jumps' own noise, v_j = q_j J_j / (1 - c_j J_j)
 *
 * A prediction is made at level exact where that is at hand and cheap, else at renewal; sde
 * and jump are made where the plan asks for them. The error stated of renewal is what the
 * next order may change, fitted to exact values; of sde and jump, which are 1/P off for real
 * workers, what a delay shorter by 1/P changes and what the jumps do; and of all, what the
 * modes leave out of a problem that is not quadratic.
 */
#ifndef TG_ASGD_PREDICT_H
#define TG_ASGD_PREDICT_H

#include "asgd/problems/problem.h"
#include "asgd/sim/cluster.h"
#include "asgd/sim/outcome.h"
#include "asgd/theory/algorithm.h"
#include "core/status.h"

#include <stdbool.h>

typedef enum tg_level {
    TG_LEVEL_BEST, /* only asked for */
    TG_LEVEL_SDE,
    TG_LEVEL_JUMP,
    TG_LEVEL_RENEWAL,
    TG_LEVEL_EXACT
} tg_level;
const char *tg_level_name(tg_level level); /* "best", "sde", "jump", "renewal", "exact" */
/* The level of that name, which a plan may ask for: best, sde, jump. Errors: TG_EINPUT. */
TG_CHECKED tg_status tg_level_find(const char *name, tg_level *out);

/* How it is known how many roots of a mean lie right of 0. */
typedef enum tg_certificate_kind {
    TG_UNCOUNTED,
    TG_COUNTED,
    TG_PROVED
} tg_certificate_kind;

typedef struct tg_mode_prediction {
    double h, a, gain;  /* gain k = a E T */
    double re, im;      /* rightmost root [1/time] (im >= 0) */
    int    exponential; /* 0: a heavy-tailed law without a root has no exponential rate */
    double rate; /* -re; or over the plan's horizon, asgd/theory/predict_rate.c [1/time] */
    bool   effective;   /* the rate is of the second kind */
    size_t unstable;    /* roots with Re s >= 0, counted by the argument principle */
    double mean_square; /* c J: at level jump the variance settles iff it is < 1 */
    bool   settles;     /* whether the variance does, at the prediction's level */
    double variance;    /* stationary, inf if there is none [x^2] */
    double bias;        /* where the mean settles, minus the minimum [x] */
    double bias_error;  /* what that may be off by; 0 at levels sde and jump */
} tg_mode_prediction;

typedef struct tg_prediction {
    tg_level level;
    /* the cluster */
    size_t workers;
    double lambda, delay_mean, delay_cv; /* arrivals [1/time]; round trip [time] */
    double longest;                      /* mean round trip of the slowest workers [time] */
    double
        staleness; /* mean staleness in deliveries, which are updates where each is one: P - 1 */
    /* the loop */
    double     gain, threshold;  /* largest k = eta h_max P in force; the mean field's k* */
    double     threshold_square; /* where the mean square is lost with these workers */
    double     step_limit;       /* learning rate there, with these workers [x^2/loss] */
    double     workers_limit;    /* number of workers there, with this learning rate */
    bool       stable, stable_square; /* in mean; in mean square */
    tg_outcome outcome;         /* in mean square; undecided within the threshold's error */
    double     threshold_error; /* of that, in units of the gain */
    double     threshold_single, single_error; /* gain at which a single run ceases to
                                                  settle; NaN unless asked for */
    size_t     unstable;                       /* roots right of 0, all modes together */
    /* of the steepest mode's mean with these workers, asgd/theory/mode_roots.h */
    tg_certificate_kind certificate;
    size_t              right;     /* roots right of 0, unless uncounted */
    double              clearance; /* relative change of its equation that would alter
                                      that; NaN: not known */
    double              rate;      /* of the slowest mode [1/time]; < 0: grows */
    double              rate_error;
    bool effective; /* over the horizon: the slowest mode has no exponential rate */
    /* what it settles to, excess loss */
    double floor, floor_error; /* noise floor; inf if there is none */
    double bias_loss;          /* cost of the bias on heterogeneous data */
    double
        start_curvature; /* largest eigenvalue where runs begin, over that of the modes */
    double resolved;     /* share of the initial excess loss the modes account for */
    /* trajectory of the excess loss E F(x(t)) - F* */
    size_t  points;
    double *t, *loss, *low, *high; /* (points); low, high: expected model error */
    double  settle,
        settle_error; /* below the target from here on; inf: not by the horizon */
    /* of what workers compute, what they send (asgd/theory/predict_trigger.h); NULL: all of it */
    double
        *sent; /* (points) share of what is computed at t, that is sent; owned, with ... */
    double             *uploads; /* ... (points) gradients sent by then, of all workers */
    double              sent_mean, sent_rest; /* share up to the horizon; in the end */
    size_t              modes;
    tg_mode_prediction *mode; /* (modes) */
} tg_prediction;

struct tg_mode_course;

typedef struct tg_predict_plan {
    double   horizon; /* [time] */
    size_t   points;  /* grid t_i = i horizon / (points - 1); 0: no trajectory */
    double   target;  /* excess loss; NaN: none */
    tg_level level;   /* best, sde or jump */
    bool single; /* also where a single run ceases to settle (asgd/theory/predict_hits.h) */
    bool
        quick; /* for tables: of first order in 1/P where a lattice would be exact, on grids
                    of longer steps that end where e^-20 is left, without their error */
    bool   twin; /* workers chosen because they are solved, and to be */
    double known
        [2]; /* > 0: thresholds of the mean field and of the mean square that were found before */
    struct tg_mode_course *
        courses; /* (modes) receives each mode's course (asgd/theory/mode_course.h) from its own beginning, for
                           the caller to free; NULL: not kept. Not of DuDe-ASGD's wait. */
} tg_predict_plan;

/* Predict what this algorithm does with these modes on this cluster.
 * Owner of *out: the caller, tg_prediction_free().
 * Errors: TG_EDOMAIN step not > 0 or an algorithm without a filter; TG_ENOCONV; TG_ENOMEM.
 */
TG_CHECKED tg_status tg_predict(const tg_modes *modes, const tg_cluster *cluster,
                                const tg_algorithm *algorithm, double step,
                                const tg_predict_plan *plan, tg_prediction **out);

/* The same of a rule of theory's table (solver/linear_rule.h) with its own number. Rules that level
 * renewal does not have are exact for exponential workers where their moments are few, and else
 * at level sde. Errors: as above; TG_EINPUT no such rule; TG_EDOMAIN its number out of range, or a
 * rule without a filter and workers that are not exponential. */
TG_CHECKED tg_status tg_predict_rule(const tg_modes *modes, const tg_cluster *cluster,
                                     const char *rule, double number, double step,
                                     const tg_predict_plan *plan, tg_prediction **out);

/* A prediction of nothing yet, all zeros. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_prediction_create(size_t modes, size_t points, tg_prediction **out);
void                 tg_prediction_free(tg_prediction *p);

/* The largest learning rate with which the mean square settles for the largest eigenvalue
 * h_max, at the best level at hand. Errors: as tg_predict. */
TG_CHECKED tg_status tg_predict_step_square(double h_max, const tg_cluster *cluster,
                                            const tg_algorithm *algorithm, double *step);

/* P(staleness = j), j = 0 .. n-1, mixed Poisson: given T, Poisson((P - 1) T / m).
 * Source: generating function phi((P - 1)(1 - z) / m), theory 2, by FFT on the unit circle.
 * Errors: TG_EDOMAIN n == 0; TG_ENOMEM. */
TG_CHECKED tg_status tg_predict_staleness(const tg_cluster *cluster, double *probability,
                                          size_t n);

#endif
