/* calibrate: from a log of jobs and a loss curve of one run to a study that is held against the run.
 * Private to study/calibrate*.c.
 *
 * What one run says of a parameter is told by runs that are simulated with what was fitted (a parametric
 * bootstrap): each is fitted in the same way, and with q the quantiles of ln(theta*'/theta*),
 *
 *     theta* e^{-q_.975}  to  theta* e^{-q_.025}
 *
 * is the interval of 95 %. The same runs say how far a run may be from its prediction by chance. */
#ifndef TG_STUDY_CALIBRATE_H
#define TG_STUDY_CALIBRATE_H

#include "asgd/theory/mode_fit.h"
#include "study/answer.h"
#include "study/fit.h"
#include "study/scene.h"

enum { TG_RUN_LOSSES = 4, TG_RUN_QUANTILES = 3, TG_RUN_GROUPS = 8 };

/* ---- the loss curve (study/calibrate_curve.c) ----------------------------------------- */

/* Time and loss by name: time, t, seconds, elapsed, wall_time, timestamp; loss, train_loss, training_loss,
 * objective; or as `columns` says, "time=NAME,loss=NAME" (NULL: it does not). */
typedef struct tg_curve {
    double *time, *loss; /* (n) rising */
    size_t  n;
    bool    excess; /* a table of ours: F* is 0 */
} tg_curve;

/* Errors: TG_EIO; TG_EINPUT no such columns, fewer than 5 points, times that do not rise, numbers that are not
 * finite, a mean of several runs; each with its line. TG_ENOMEM. */
TG_CHECKED tg_status tg_curve_read(const char *path, const char *columns, tg_curve *out);
void                 tg_curve_free(tg_curve *c);

/* ---- runs (study/calibrate_run.c) ------------------------------------------------------ */

typedef struct tg_run_job {
    double begin, end; /* [s] */
    size_t worker;
} tg_run_job;

/* A run as it was seen: its jobs in order of their ends, its losses at the curve's times. */
typedef struct tg_run {
    tg_run_job *job; /* (jobs) */
    size_t      jobs;
    double     *loss; /* (points) */
} tg_run;

/* What is compared of a run. */
typedef struct tg_run_summary {
    double rate;                      /* of deliveries [1/s] */
    double staleness;                 /* mean, in deliveries; NaN: no starts are known */
    double stale[TG_RUN_QUANTILES];   /* its median, .9, .99 */
    double loss[TG_RUN_LOSSES], late; /* at quarters of the curve; mean of its last half */
    double mape, bias; /* of the loss curve against the simulated mean, relative */
    double shared;     /* correlation of jobs of several workers, in standard errors */
    double paced;      /* ln of the variation of the times between deliveries */
    double mean[TG_RUN_GROUPS], cv[TG_RUN_GROUPS]; /* of the groups' jobs; NaN */
    tg_mode_fit fit;
    bool        fitted;
} tg_run_summary;

typedef struct tg_calibration {
    const tg_ask *ask;
    tg_fitting    fitting;
    tg_curve      curve; /* where the log has it too, in seconds from its first start */
    double        step, least; /* NaN: F* is fitted */
    const char   *rule;
    double       *known;          /* eigenvalues that were given, rising; NULL: none */
    size_t        knowns, wanted; /* modes; 0: as many as show */
    double  horizon;  /* [s] the end of the log, or of the curve where that has no starts */
    bool    together; /* all workers begin their first jobs at once */
    bool    timed, whole; /* starts are known; and there are no gaps */
    size_t *first,
        points; /* points are means of curve.time[first[i]] .. [first[i + 1] - 1] */
    tg_run         seen;
    tg_run_summary sight; /* of that */
    size_t *
        group; /* (workers of the study) each one's group, TG_RUN_GROUPS: of none to compare ... */
    double *factor; /* ... and its own factor */
    char   *path,
        *room; /* of the study; a folder made for it, NULL: it was asked for; owned */
    tg_study       *study;
    tg_scene        scene;
    double          rate;     /* of its workers [1/s] */
    double         *expected; /* (curve.n) deliveries */
    tg_mode_table  *table;
    bool            known_rule; /* theory has it, and workers go on at once */
    tg_prediction  *predicted;  /* NULL: theory has none */
    tg_run_summary *run;        /* (runs) simulated */
    double         *course;     /* (runs, points) their losses */
    size_t          runs;
} tg_calibration;

/* How many of the jobs have ended by t. */
size_t tg_run_ended(const tg_run *run, double t);

/* How many deliveries are to be expected by the curve's times, into c->expected. Errors: TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_run_expect(tg_calibration *c);

/* What is asked, into an empty calibration, which is to be freed also after a failure. Errors: TG_EINPUT; those of
 * spectra; TG_ENOMEM (study/calibrate_open.c). */
TG_CHECKED tg_status tg_calibration_ask(const tg_ask *ask, tg_calibration *out);
/* The log's jobs; then the curve, where the log has it too. Errors: TG_EINPUT they do not overlap, the loss only rises;
 * those of tg_curve_read(); TG_ENOMEM. */
TG_CHECKED tg_status tg_calibration_take_jobs(tg_calibration *c);
TG_CHECKED tg_status tg_calibration_take_curve(tg_calibration *c);

/* What a run's clock says at the points: the time at which so many deliveries are to be expected as it had, or, where
 * its log has no starts, the time. */
void tg_run_clock(const tg_calibration *c, const tg_run *run, double *clock, double *loss);

/* Everything that is compared of a run. `from`: fit from there on; NULL: from nowhere. Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_run_summarise(const tg_calibration *c, const tg_run *run,
                                      const tg_mode_fit *from, tg_run_summary *out);

/* Simulate the study `c->runs` times. Errors: those of simulations; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_calibration_simulate(tg_calibration *c);

/* ---- the study (study/calibrate_study.c) ------------------------------------------------ */

/* Write the study with what is fitted so far, and read it back into c->study and c->scene. Errors: those of
 * files and studies. */
TG_CHECKED tg_status tg_calibration_write(tg_calibration *c, const tg_table *parameters);

/* ---- what comes out (study/calibrate_tables.c, calibrate_effects.c) --------------------- */

enum {
    TG_CALIBRATED_COLUMNS = 7,
    TG_CALIBRATED_CLAIM_COLUMNS = 9,
    TG_CALIBRATED_EFFECT_COLUMNS = 5,
    TG_CALIBRATED_COURSE_COLUMNS = 6
};
extern const tg_column tg_calibrated_columns[], tg_calibrated_claim_columns[],
    tg_calibrated_effect_columns[], tg_calibrated_course_columns[];

TG_CHECKED tg_status tg_calibrated_add(const tg_calibration *c, tg_table *t);
TG_CHECKED tg_status tg_calibrated_add_claims(const tg_calibration *c, tg_table *t,
                                              tg_tally *tally);
TG_CHECKED tg_status tg_calibrated_add_course(const tg_calibration *c, tg_table *t);

/* What does not fit and why: one row each; *seen of them are there. Said too. */
TG_CHECKED tg_status tg_calibrated_add_effects(const tg_calibration *c, const tg_sayings *s,
                                               tg_table *t, size_t *seen);

/* The best number of workers and step for the study, where words are read (study/calibrate_best.c). Errors: those of schedules. */
TG_CHECKED tg_status tg_calibrated_say_best(const tg_calibration *c, const tg_sayings *s);

/* The simulated runs' values of one number, without those that are NaN, rising. Owner: the caller. */
typedef double (*tg_run_number)(const tg_run_summary *s, size_t i);
TG_CHECKED tg_status tg_runs_sorted(const tg_calibration *c, tg_run_number number, size_t i,
                                    double **out, size_t *n);

#endif
