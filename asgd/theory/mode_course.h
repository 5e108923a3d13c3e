/* mode_course: how a mode goes in time, known on a grid of its own, whatever grid is reported
 *
 * The grid ends where the mode has settled or the horizon is; from there on it stays. */
#ifndef TG_ASGD_MODE_COURSE_H
#define TG_ASGD_MODE_COURSE_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tg_mode_course {
    double  dt;                  /* [time] */
    size_t  n;                   /* points from t = 0; 0: nothing is known */
    double *mean, *second, *off; /* (n) E x, E x^2 [x^2], what E x^2 may be off by; owned */
    double  end, end_off;        /* E x^2 and its error after the grid; inf: it grows */
    bool    jumps;               /* all that happens does on the grid's times */
    bool    whole; /* from t = 0, with the time DuDe-ASGD waits; else from when it begins */
} tg_mode_course;

/* Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_mode_course_create(double dt, size_t n, tg_mode_course *out);
void                 tg_mode_course_free(tg_mode_course *c);

/* E x^2 at t >= 0 and, unless NULL, its error: cubics through four points, or, where it jumps, the
 * last one. */
double tg_mode_course_second(const tg_mode_course *c, double t, double *off);

/* E x at t within the grid, in the same way. */
double tg_mode_course_mean(const tg_mode_course *c, double t);

/* The rate of the envelope of the mean's way to `limit` over the horizon [time] (asgd/theory/envelope.h); NaN where
 * there is none, or no memory. */
double tg_mode_course_rate(const tg_mode_course *c, double limit, double horizon);

#endif
