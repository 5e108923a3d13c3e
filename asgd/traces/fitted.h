/* fitted: what a trace says of its workers, as a study could have them
 *
 * A group's round trip is the law of a job and, where there are gaps, the law of these; its
 * workers differ by a factor of their own where they do. The rate of the study that is made
 * of it stands beside that of the log.
 */
#ifndef TG_ASGD_FITTED_H
#define TG_ASGD_FITTED_H

#include "asgd/traces/course.h"
#include "asgd/traces/effects.h"
#include "asgd/traces/fit.h"
#include "asgd/traces/trace.h"

/* Jobs, or gaps, of a group. */
typedef struct tg_fitted_part {
    double   *seconds;  /* (n) rising, without the workers' own factors */
    size_t    n, zeros; /* zeros: gaps of length 0, which no density has */
    tg_fit    fit[TG_FIT_LAWS];
    size_t    count; /* of laws fitted to those that are > 0 */
    size_t    best;  /* the one taken; == count: none fits, or too few times */
    tg_delay *law;   /* that law; NULL: the empirical one */
    double    mean;  /* of what is taken, zeros included [s] */
} tg_fitted_part;

typedef struct tg_fitted_group {
    size_t         workers, rows;
    tg_effects     effects;
    tg_fitted_part job, gap; /* gap.n == 0: there are none */
    double scale; /* on both, so that the rate of the study is that of the workers */
    double rate;  /* of the study [1/s] */
} tg_fitted_group;

typedef struct tg_fitted {
    tg_fitted_group *group; /* (groups) */
    size_t           groups;
    tg_course        course;
    double counted, rate, error, low, high, study; /* lambda [1/s]: counted in the log
                     (NaN: it is too short, or has no starts);
                                                  of its workers with error; of the study */
} tg_fitted;

/* Fit a trace; its workers get their factors. Owner of *out: the caller, tg_fitted_free().
 * Errors: TG_EDOMAIN fewer than 2 rows; TG_ENOMEM, TG_ESTOP. */
TG_CHECKED tg_status tg_fitted_of(tg_trace *t, uint64_t seed, tg_fitted *out);
void                 tg_fitted_free(tg_fitted *f);

#endif
