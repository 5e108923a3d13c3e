/* gain_points: few loop gains between which those of many modes are found
 *
 * Runs of gains that lie close to each other in ln(k + b) + 2 k/c, c being a limit or 4, are given Chebyshev's
 * points there; the least and the largest gain of a run are points, and so is every gain of a run of few. No run
 * goes past the limit. Private to asgd/theory.
 */
#ifndef TG_ASGD_GAIN_POINTS_H
#define TG_ASGD_GAIN_POINTS_H

#include "core/status.h"

#include <stddef.h>

/* Points of a run: first .. first + count - 1 of all. */
typedef struct tg_gain_run {
    size_t first, count;
} tg_gain_run;

typedef struct tg_gain_points {
    double       unit, alike; /* c, b */
    size_t       count;
    double      *k;   /* (count) rising; owned */
    tg_gain_run *run; /* (count) of each point; owned */
} tg_gain_points;

/* For the gains (count) > 0, with this limit > 0; those below `alike` are to be alike, and below .03 c. Errors:
 * TG_ENOMEM. */
TG_CHECKED tg_status tg_gain_points_lay(const double *gain, size_t count, double limit,
                                        double alike, tg_gain_points *out);
void                 tg_gain_points_free(tg_gain_points *p);

enum { TG_GAIN_CUBIC = 4 };

/* Where a gain is among the points: up to four of its run, their weights in a cubic and in a parabola, and those of the
 * two nearest in a line. */
typedef struct tg_gain_spot {
    double k;
    size_t first, count;
    double cubic[TG_GAIN_CUBIC], parabola[TG_GAIN_CUBIC], line[TG_GAIN_CUBIC];
} tg_gain_spot;

/* Of one of the gains for which they were laid. */
tg_gain_spot tg_gain_points_spot(const tg_gain_points *p, double k);

#endif
