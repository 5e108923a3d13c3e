/* zgrid: functions on a uniform grid of times and their transforms, without cut-offs or
 * tails
 *
 *     t_i = i dt, i < n;      z = e^{-(sigma + i w) dt},    s = (2/dt) (1 - z)/(1 + z)
 *
 * The generating function sum x_i z^i of a sequence is one real FFT of the damped sequence,
 * padded to twice its length at least; on such a grid the trapezoidal rule is s itself, so a
 * transform made of s and of lattice laws is inverted exactly on the grid, and what is
 * left is the error of the grid, O(dt^2) (derived here, theory 3.6). Private to solver/.
 */
#ifndef TG_SOLVER_ZGRID_H
#define TG_SOLVER_ZGRID_H

#include "core/status.h"

#include <complex.h>
#include <stddef.h>

typedef struct tg_zgrid tg_zgrid;

struct tg_zgrid {
    double          dt;     /* [time] */
    size_t          n;      /* points */
    size_t          padded; /* length of a transform, >= 2 n, and 4 n for short grids */
    size_t          nz;     /* padded / 2 + 1 frequencies */
    double         *decay;  /* (n) e^{-sigma t} */
    double         *growth; /* (n) e^{sigma t} */
    double complex *s;      /* (nz) [1/time] */
    void           *forward, *backward;
};

/* A grid of n >= 2 points dt apart. Owner of *out: the caller, tg_zgrid_free().
 * Errors: TG_EDOMAIN dt not > 0 or n < 2; TG_ENOMEM. */
TG_CHECKED tg_status tg_zgrid_create(double dt, size_t n, tg_zgrid **out);
void                 tg_zgrid_free(tg_zgrid *g);

/* `rows` arrays of n numbers, and of nz complex ones, aligned for the transforms; free with
 * tg_zgrid_release. NULL when out of memory. */
double         *tg_zgrid_reals(const tg_zgrid *g, size_t rows);
double complex *tg_zgrid_complexes(const tg_zgrid *g, size_t rows);
void            tg_zgrid_release(void *rows);

/* Room one thread needs for a transform. */
typedef struct tg_zroom {
    double         *line;      /* (padded) */
    double complex *one, *two; /* (nz) */
} tg_zroom;

TG_CHECKED tg_status tg_zroom_create(const tg_zgrid *g, tg_zroom *out);
void                 tg_zroom_free(tg_zroom *r);

/* sum x_i z^i; and the transform of the function x, whose value at 0 counts half. */
void tg_zgrid_generate(const tg_zgrid *g, tg_zroom *r, const double *x,
                       double complex *out);
void tg_zgrid_transform(const tg_zgrid *g, tg_zroom *r, const double *x,
                        double complex *out);

/* Their inverses: the sequence; the function that jumps to `jump` at 0. */
void tg_zgrid_sequence(const tg_zgrid *g, tg_zroom *r, const double complex *f,
                       double *out);
void tg_zgrid_function(const tg_zgrid *g, tg_zroom *r, const double complex *f, double jump,
                       double *out);

/* The spectrum of x followed by zeros (undamped), and of x continued to t < 0 as an even
 * (sign 1) or an odd (-1) function. */
void tg_zgrid_spectrum(const tg_zgrid *g, tg_zroom *r, const double *x,
                       double complex *out);
void tg_zgrid_mirrored(const tg_zgrid *g, tg_zroom *r, const double *x, int sign,
                       double complex *out);

/* Of two spectra: out(t) = sum_i x_i y(t + t_i), or sum_i x_i y(t - t_i). */
void tg_zgrid_ahead(const tg_zgrid *g, tg_zroom *r, const double complex *x,
                    const double complex *y, double *out);
void tg_zgrid_behind(const tg_zgrid *g, tg_zroom *r, const double complex *x,
                     const double complex *y, double *out);

/* int x(t) y(t + z) dt for z on the grid, trapezoidal at t = 0. */
void tg_zgrid_correlate(const tg_zgrid *g, tg_zroom *r, const double *x, const double *y,
                        double *out);

double tg_zgrid_integral(const tg_zgrid *g, const double *x);
double tg_zgrid_product(const tg_zgrid *g, const double *x, const double *y); /* int x y */
double tg_zgrid_dot(const tg_zgrid *g, const double *x, const double *y);     /* sum x y */
/* int_t^end x, by trapezoids. */
void tg_zgrid_tail(const tg_zgrid *g, const double *x, double *out);

#endif
