/* follow: the rightmost root of s + b + a e^{-s tau} = 0 along a row of a chart
 *
 *     u + k e^{-u} = 0,   u = (s + b) tau,   k = a tau e^{b tau}
 *
 * At a root e^{-u} = -u/k, so at a guess u + d the exponential is (-u/k) e^{-d}, a short series;
 * one step of third order (Chebyshev) then gives the next root. It is the rightmost one as long as it stays on the
 * principal branch, |Im u| < pi. Derived here.
 */
#ifndef TG_ROOTS_FOLLOW_H
#define TG_ROOTS_FOLLOW_H

#include "roots/chart.h"

typedef struct tg_lambert_walk {
    const tg_delay *delay;                   /* NULL: no root to go on from */
    double          tau, rate, b, growth, k; /* rate = 1/tau, growth = e^{b tau} */
    double complex  u[3];                    /* the last roots, the newest first */
    int             known;
} tg_lambert_walk;

/* The root of `l` from those before it; 0 if it cannot be had that way. */
int tg_lambert_follow(tg_lambert_walk *w, const tg_loop *l, tg_chart_cell *out);

/* The root of `l` by Lambert's function; 0 if `l` is not the loop of a constant delay, a > 0. */
int tg_lambert_begin(tg_lambert_walk *w, const tg_loop *l, tg_chart_cell *out);

/* Go on from this root of `l`, if it is the loop of a constant delay. */
void tg_lambert_rest(tg_lambert_walk *w, const tg_loop *l, const tg_chart_cell *cell);

#endif
