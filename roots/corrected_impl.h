/* corrected_impl: what the files of roots/corrected share. Private to roots/. */
#ifndef TG_ROOTS_CORRECTED_IMPL_H
#define TG_ROOTS_CORRECTED_IMPL_H

#include "roots/corrected.h"

/* A walk along paths of z. */
typedef struct tg_corrected_walk {
    const tg_corrected *c;
    double              clearance, last;   /* least, and at the last place */
    size_t              evaluations, most; /* it gives up after so many */
} tg_corrected_walk;

/* z at a place of it; |dH| is at most `steepest` times the change of the place. */
typedef struct tg_corrected_path tg_corrected_path;
struct tg_corrected_path {
    double         complex (*at)(const tg_corrected_path *p, double place);
    double complex from, way;
    double         dt, steepest;
};

/* A walk of about 25 ms, or so many times as long. */
tg_corrected_walk tg_corrected_begin(const tg_corrected *c, double times);

/* H, its derivative by z, and |H| over the moduli of its two parts. */
double complex tg_corrected_disc(const tg_corrected *c, double complex z,
                                 double complex *slope, double *clearance);

/* A bound of |H'| by z over Re s >= left. */
double tg_corrected_steepest(const tg_corrected *c, double left);

/* The change of arg H from place 0 to `to`. Errors: TG_ENOCONV, without a message, a zero in the
 * way. */
TG_CHECKED tg_status tg_corrected_follow(tg_corrected_walk       *w,
                                         const tg_corrected_path *path, double to,
                                         double *change);

#endif
