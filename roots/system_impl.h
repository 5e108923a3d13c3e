/* system_impl: what the files of roots/system share */
#ifndef TG_ROOTS_SYSTEM_IMPL_H
#define TG_ROOTS_SYSTEM_IMPL_H

#include "roots/set.h"
#include "roots/system.h"

/* Memory for M, M', their factors, and what is known of M on Re s >= line. */
typedef struct tg_system_work {
    const tg_system *system;
    double          *re, *im;         /* (n, 3n) [M | M' | I], then M^-1 of it */
    double          *norm;            /* (terms) |B_l| */
    double           instant_norm;    /* |A| */
    double line, radius, slope, bend; /* R; bounds of |M'|, |M''| on the half-plane */
    double wide_bend;                 /* of |M''| in Frobenius' norm */
    size_t evaluations;
} tg_system_work;

/* Errors: TG_EDOMAIN, TG_ENOMEM. */
TG_CHECKED tg_status tg_system_begin(const tg_system *s, double line, tg_system_work *w);
void                 tg_system_end(tg_system_work *w);

/* Factor M(at): the phase of det M, log|det|, tr X and |X| for X = M^-1 M', |M^-1|.
 * Frobenius norms. 0 if M is singular. */
typedef struct tg_system_point {
    double complex phase, trace;
    double         log_size, pull, inverse;
} tg_system_point;

int tg_system_factor(tg_system_work *w, double complex at, tg_system_point *out);

/* Zeros right of the line of w. Errors: TG_ENOCONV, without a message. */
TG_CHECKED tg_status tg_system_walk(tg_system_work *w, size_t *count);

/* The rightmost place where the transforms end; -inf: nowhere. */
double tg_system_edge(const tg_system *s);

/* R(x): no root with Re s >= x is larger. */
double tg_system_radius(const tg_system_work *w, double x);

/* Guesses for the roots with Re s >= line, Im s >= 0, strip by strip from `height` down by contour
 * integrals of M^-1 (Beyn 2012) with `points` points each: *s (count) is malloc'd.
 * Errors: TG_ENOMEM, TG_ENOCONV. */
TG_CHECKED tg_status tg_system_strips(tg_system_work *w, size_t points,
                                      double complex **out, size_t *count);

/* Eigenvalues of the collocation with `nodes` + 1 points: *s (count) is malloc'd.
 * Errors: TG_ENOMEM, TG_ENOCONV. */
TG_CHECKED tg_status tg_system_collocate(const tg_system *s, size_t nodes,
                                         double complex **out, size_t *count);

#endif
